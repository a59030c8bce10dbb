package engine

import (
	"fmt"
	"path"
	"reflect"
	"strings"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// real returns the type that compiled code sees for type id.
func (ts *types) real(id int) reflect.Type {
	if t := ts.reals[id]; t != nil {
		return t
	}
	t := ts.makeReal(ts.desc[id])
	ts.reals[id] = t
	return t
}

func (ts *types) makeReal(d program.Type) reflect.Type {
	switch d.Kind {
	case program.Basic:
		if t := basicTypes[d.Name]; t != nil {
			return t
		}
	case program.Compiled:
		return ts.compiled(d)
	case program.Struct:
		return ts.realStruct(d)
	case program.Interface:
		if len(d.Methods) == 0 {
			return reflect.TypeFor[any]()
		}
		return ts.realInterface(d)
	case program.User:
		panic("user type " + d.Name + " before its shell")
	default:
		return compose(d, ts.real)
	}
	panic(fmt.Sprintf("unknown type %q", d.Name))
}

// twin returns the type that interpreted code computes with for type id.
func (ts *types) twin(id int) reflect.Type {
	if t := ts.twins[id]; t != nil {
		return t
	}
	d := ts.desc[id]
	var t reflect.Type
	switch d.Kind {
	case program.Compiled:
		t = ts.real(id)
		if stand := ts.twins[id]; stand != nil {
			return stand
		}
		if d.Opaque {
			t = ts.twin(d.Elem)
		}
	case program.Basic, program.Interface:
		t = ts.real(id)
	case program.User:
		t = ts.twin(d.Elem)
	case program.Struct:
		t = ts.real(id) // struct{}
	default:
		t = compose(d, ts.twin)
	}
	ts.twins[id] = t
	return t
}

// compose builds a type literal from its components.
func compose(d program.Type, of func(int) reflect.Type) reflect.Type {
	switch d.Kind {
	case program.Pointer:
		return reflect.PointerTo(of(d.Elem))
	case program.Slice:
		return reflect.SliceOf(of(d.Elem))
	case program.Array:
		return reflect.ArrayOf(int(d.Len), of(d.Elem))
	case program.Map:
		return reflect.MapOf(of(d.Key), of(d.Elem))
	case program.Chan:
		return reflect.ChanOf(chanDir(d.Dir), of(d.Elem))
	case program.Func:
		return reflect.FuncOf(each(d.In, of), each(d.Out, of), d.Variadic)
	}
	panic(fmt.Sprintf("kind %d has no components", d.Kind))
}

func each(ids []int, of func(int) reflect.Type) []reflect.Type {
	list := make([]reflect.Type, len(ids))
	for i, id := range ids {
		list[i] = of(id)
	}
	return list
}

func (ts *types) compiled(d program.Type) reflect.Type {
	if d.Pkg == "" && d.Name == "error" {
		return reflect.TypeFor[error]()
	}
	if d.Pkg == "unsafe" {
		return reflect.TypeFor[unsafe.Pointer]()
	}
	if len(d.Targs) > 0 {
		return ts.compiledInstance(d)
	}
	v := ts.exports(d.Pkg)[d.Name]
	if !v.IsValid() || v.Kind() != reflect.Pointer {
		panic(fmt.Sprintf("type %s of package %q is not compiled into the kernel", d.Name, d.Pkg))
	}
	return v.Type().Elem()
}

// compiledInstance returns an instance of a compiled generic type. A func type that is not
// compiled in is made of its parts, without its name.
func (ts *types) compiledInstance(d program.Type) reflect.Type {
	args := make([]string, len(d.Targs))
	for i, id := range d.Targs {
		args[i] = ts.real(id).String()
	}
	if ts.generic != nil {
		if v, ok := ts.generic(d.Pkg, d.Name, args...); ok && v.Kind() == reflect.Pointer {
			return v.Type().Elem()
		}
	}
	if d.Opaque {
		return ts.real(d.Elem)
	}
	if like := standIns[d.Pkg+"."+d.Name]; like != nil {
		ts.twins[d.ID] = like
		t := ts.newShell(path.Base(d.Pkg)+"."+d.Name+"["+strings.Join(args, ",")+"]", d.Pkg, like)
		return t
	}
	panic(fmt.Sprintf("type %s[%s] of package %q is not compiled into the kernel", d.Name, strings.Join(args, ","), d.Pkg))
}

// realStruct builds an unnamed struct type. reflect.StructOf refuses some embedded fields
// and, for recursive types, is asked again for each mention: the types must be identical.
func (ts *types) realStruct(d program.Type) reflect.Type {
	fields := make([]reflect.StructField, len(d.Fields))
	plain := true
	for i, f := range d.Fields {
		fields[i] = reflect.StructField{Name: f.Name, Type: ts.real(f.Type), Tag: reflect.StructTag(f.Tag), Anonymous: f.Embedded}
		if !exported(f.Name) {
			fields[i].PkgPath = "main"
		}
		plain = plain && !f.Embedded && f.Name != "_"
	}
	if plain {
		return reflect.StructOf(fields)
	}
	t := ts.newShell("struct {...}", "main", ts.layout(d.ID))
	r := rtypeOf(t)
	ts.fillStruct((*structType)(unsafe.Pointer(r)), d, false)
	r.tflag &^= flagNamed
	r.str = nameOffset(encodeName(structString(t), "", false, false))
	if len(d.Methods) > 0 && !ts.erased {
		ts.newPointer(r)
		ts.gens.users[d.ID] = append(ts.gens.users[d.ID], &generation{t: t})
		ts.enroll(t, d)
		ts.fillMethods(r, d)
	}
	return t
}

func structString(t reflect.Type) string {
	s := "struct {"
	for i := range t.NumField() {
		f := t.Field(i)
		if i > 0 {
			s += ";"
		}
		if !f.Anonymous {
			s += " " + f.Name
		}
		s += " " + f.Type.String()
		if f.Tag != "" {
			s += fmt.Sprintf(" %q", string(f.Tag))
		}
	}
	return s + " }"
}

// realInterface builds an unnamed interface type with methods.
func (ts *types) realInterface(d program.Type) reflect.Type {
	t := ts.newShell("interface {...}", "main", reflect.TypeFor[error]())
	r := rtypeOf(t)
	ts.fillInterface((*interfaceType)(unsafe.Pointer(r)), d)
	r.tflag &^= flagNamed
	s := "interface {"
	for i, m := range d.Methods {
		if i > 0 {
			s += ";"
		}
		s += " " + m.Name + ts.real(m.Type).String()[len("func"):]
	}
	r.str = nameOffset(encodeName(s+" }", "", false, false))
	return t
}

var basicTypes = map[string]reflect.Type{
	"bool": reflect.TypeFor[bool](), "string": reflect.TypeFor[string](),
	"int": reflect.TypeFor[int](), "int8": reflect.TypeFor[int8](), "int16": reflect.TypeFor[int16](),
	"int32": reflect.TypeFor[int32](), "int64": reflect.TypeFor[int64](),
	"uint": reflect.TypeFor[uint](), "uint8": reflect.TypeFor[uint8](), "uint16": reflect.TypeFor[uint16](),
	"uint32": reflect.TypeFor[uint32](), "uint64": reflect.TypeFor[uint64](), "uintptr": reflect.TypeFor[uintptr](),
	"float32": reflect.TypeFor[float32](), "float64": reflect.TypeFor[float64](),
	"complex64": reflect.TypeFor[complex64](), "complex128": reflect.TypeFor[complex128](),
}
