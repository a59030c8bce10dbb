package engine

import (
	"os"
	"reflect"
	"strconv"
	"unsafe"
)

// Face is an argument of the builtins print and println that has an interface type.
type Face struct{ v any }

// builtinPrint is the builtin print, which writes to standard error what the runtime would.
func builtinPrint(list []any, sep, end string) {
	var b []byte
	for i, v := range list {
		if i > 0 {
			b = append(b, sep...)
		}
		b = appendPlain(b, v)
	}
	os.Stderr.Write(append(b, end...))
}

func appendPlain(b []byte, v any) []byte {
	if f, ok := v.(Face); ok {
		e := (*eface)(unsafe.Pointer(&f.v))
		b = appendPointer(append(b, '('), uintptr(unsafe.Pointer(e.typ)))
		return append(appendPointer(append(b, ','), uintptr(e.data)), ')')
	}
	x := reflect.ValueOf(v)
	switch k := x.Kind(); k {
	case reflect.Invalid: // nil without a type
		return appendPointer(b, 0)
	case reflect.Bool:
		return strconv.AppendBool(b, x.Bool())
	case reflect.String:
		return append(b, x.String()...)
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(b, x.Float(), 'g', -1, x.Type().Bits())
	case reflect.Complex64, reflect.Complex128:
		return append(b, strconv.FormatComplex(x.Complex(), 'g', -1, x.Type().Bits())...)
	case reflect.Slice:
		b = strconv.AppendInt(append(b, '['), int64(x.Len()), 10)
		b = strconv.AppendInt(append(b, '/'), int64(x.Cap()), 10)
		return appendPointer(append(b, ']'), x.Pointer())
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return appendPointer(b, x.Pointer())
	default:
		if x.CanInt() {
			return strconv.AppendInt(b, x.Int(), 10)
		}
		return strconv.AppendUint(b, x.Uint(), 10)
	}
}

func appendPointer(b []byte, p uintptr) []byte {
	return strconv.AppendUint(append(b, "0x"...), uint64(p), 16)
}
