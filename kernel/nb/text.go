package nb

import (
	"fmt"
	"reflect"
)

// Text writes a value as a cell's result shows it. It is what fmt prints with %+v, made
// legible: texts are quoted as in Go, a struct at the top says its type, pointers are
// followed, long values are broken into lines. What has a String method is shown by
// it, an error with those that it wraps, a matrix (whatever has Dims and At) in rows and
// columns, bytes as text or in hexadecimal digits, a function by its type. Methods are
// called on exported fields only. What is long is cut and counted: the result has at most
// about [MaxText] bytes, and takes milliseconds for a value of any size.
func Text(v any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("(%T could not be printed: panic: %v)", v, r)
		}
	}()
	if m, ok := asMatrix(v); ok {
		return formatMatrix(m)
	}
	return cut(newBuilder().build(reflect.ValueOf(v), 0, true).lay(), MaxText*3/2)
}

// line is Text on one line of at most n letters.
func line(v reflect.Value, n int) string {
	b := newBuilder()
	b.left, b.nodes = 8*n, n
	return clip(newlineless(b.build(v, 1, true).flat()), n)
}

func clip(s string, n int) string {
	count := 0
	for i := range s {
		if count++; count > n {
			return s[:i] + "…"
		}
	}
	return s
}

func nilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}
