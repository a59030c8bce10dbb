package nb

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text writes a value as a cell's result shows it: a string quoted as in Go, a function
// or a channel by its type, a matrix (whatever has Dims and At) in rows and columns,
// anything else as fmt prints it with %v. Long slices, maps and texts are cut, the rest
// is counted; the result has at most about [MaxText] bytes.
func Text(v any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("(%T could not be printed: panic: %v)", v, r)
		}
	}()
	if speaks(v) {
		return cut(fmt.Sprintf("%v", v), MaxText)
	}
	if m, ok := withMethods(v).(matrix); ok && !nilPointer(m) {
		return formatMatrix(m)
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Invalid:
		return "<nil>"
	case reflect.String:
		return quote(rv.String())
	case reflect.Func, reflect.Chan:
		return rv.Type().String()
	}
	p := printer{left: MaxText}
	p.print(rv, 0)
	return p.String()
}

// speaks tells whether fmt would call a method of v.
func speaks(v any) bool {
	switch v.(type) {
	case fmt.Formatter, fmt.Stringer, error:
		return true
	}
	return false
}

func nilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}

func quote(s string) string {
	if len(s) <= MaxText {
		return strconv.Quote(s)
	}
	short := cutRunes(s, MaxText)
	return fmt.Sprintf("%s… (%d more bytes)", strconv.Quote(short), len(s)-len(short))
}

// cut shortens a text to limit bytes and says what is missing.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	short := cutRunes(s, limit)
	return fmt.Sprintf("%s… (%d more bytes)", short, len(s)-len(short))
}

func cutRunes(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// printer writes what fmt's %v would, and stops when it has written enough. It never
// visits more than it prints, whatever the size of the value.
type printer struct {
	strings.Builder
	left int
}

func (p *printer) write(s string) {
	if p.left <= 0 {
		return
	}
	if len(s) > p.left {
		s = cutRunes(s, p.left) + "…"
		p.left = 0
	}
	p.left -= len(s)
	p.WriteString(s)
}

func (p *printer) print(v reflect.Value, depth int) {
	if p.left <= 0 {
		return
	}
	if depth > 0 && v.IsValid() && v.CanInterface() && v.Kind() != reflect.Interface && speaks(v.Interface()) {
		p.write(fmt.Sprintf("%v", v.Interface()))
		return
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.write("<nil>")
	case reflect.Struct:
		p.fields(v, depth)
	case reflect.Slice, reflect.Array:
		p.elements(v, depth)
	case reflect.Map:
		p.entries(v, depth)
	case reflect.Interface:
		p.print(v.Elem(), depth+1)
	case reflect.Pointer:
		p.pointer(v, depth)
	case reflect.String:
		p.write(v.String())
	default:
		p.write(fmt.Sprintf("%v", v)) // fmt prints the value that a reflect.Value holds
	}
}

func (p *printer) pointer(v reflect.Value, depth int) {
	if depth == 0 && !v.IsNil() {
		switch v.Elem().Kind() {
		case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
			p.write("&")
			p.print(v.Elem(), 1)
			return
		}
	}
	p.write(fmt.Sprintf("%v", v))
}

func (p *printer) fields(v reflect.Value, depth int) {
	p.write("{")
	for i := range v.NumField() {
		if i > 0 {
			p.write(" ")
		}
		p.print(v.Field(i), depth+1)
	}
	p.write("}")
}

func (p *printer) elements(v reflect.Value, depth int) {
	p.write("[")
	for i := range min(v.Len(), MaxItems) {
		if i > 0 {
			p.write(" ")
		}
		p.print(v.Index(i), depth+1)
	}
	p.rest(v.Len() - MaxItems)
	p.write("]")
}

func (p *printer) entries(v reflect.Value, depth int) {
	p.write("map[")
	for i, key := range firstKeys(v) {
		if i > 0 {
			p.write(" ")
		}
		p.print(key, depth+1)
		p.write(":")
		p.print(v.MapIndex(key), depth+1)
	}
	p.rest(v.Len() - MaxItems)
	p.write("]")
}

func (p *printer) rest(n int) {
	if n > 0 {
		p.write(fmt.Sprintf(" … %d more", n))
	}
}

// firstKeys returns at most MaxItems keys in fmt's order: numbers and strings sorted. A
// map too large to sort in passing gives any of its keys.
func firstKeys(v reflect.Value) []reflect.Value {
	var keys []reflect.Value
	for it := v.MapRange(); it.Next(); {
		keys = append(keys, it.Key())
		if len(keys) == MaxItems && v.Len() > 100*MaxItems {
			break
		}
	}
	slices.SortStableFunc(keys, compareKeys)
	return keys[:min(len(keys), MaxItems)]
}

func compareKeys(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	switch {
	case a.Kind() != b.Kind():
		return int(a.Kind()) - int(b.Kind())
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.Kind() == reflect.String:
		return strings.Compare(a.String(), b.String())
	case a.Kind() == reflect.Bool && a.Bool() != b.Bool():
		if b.Bool() {
			return -1
		}
		return 1
	case a.Kind() == reflect.Struct || a.Kind() == reflect.Array:
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}
	return 0
}
