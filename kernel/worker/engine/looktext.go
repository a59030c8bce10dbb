package engine

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of a variable's text.
const (
	lookBytes = 600
	lookItems = 20
	lookDepth = 5
)

// looker writes a value in one line, as %+v would, with strings quoted and pointers followed.
type looker struct {
	strings.Builder
	unwinding bool      // a panic unwinds: no method is called, and what goroutines may share is not read unless alone
	alone     bool      // maps may be read and methods of compiled types called
	until     time.Time // for more it is too late
	fieldName func(t reflect.Type, i int) string
}

// text returns "…" when a value changes, or a method panics, under its hands.
func (p *looker) text(v reflect.Value) (text string) {
	defer func() {
		if recover() != nil {
			text = "…"
		}
	}()
	p.Reset()
	p.print(v, 0)
	return p.String()
}

func (p *looker) write(s string) {
	left := lookBytes - p.Len()
	if left <= 0 {
		return
	}
	if len(s) > left {
		for left > 0 && !utf8.RuneStart(s[left]) {
			left--
		}
		s = s[:left] + "…"
	}
	p.WriteString(s)
}

func (p *looker) print(v reflect.Value, depth int) {
	if p.Len() >= lookBytes {
		return
	}
	if depth > lookDepth || time.Now().After(p.until) {
		p.write("…")
		return
	}
	if text, ok := p.spoken(v); ok {
		p.write(strings.ReplaceAll(text, "\n", "⏎"))
		return
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.write("nil")
	case reflect.String:
		p.quote(v.String())
	case reflect.Struct:
		p.fields(v, depth)
	case reflect.Slice, reflect.Array:
		p.elements(v, depth)
	case reflect.Map:
		p.entries(v, depth)
	case reflect.Interface:
		p.print(v.Elem(), depth)
	case reflect.Pointer:
		p.pointer(v, depth)
	case reflect.Func:
		p.opaque(v, "func")
	case reflect.Chan:
		p.opaque(v, fmt.Sprintf("chan, %d of %d buffered", v.Len(), v.Cap()))
	default:
		p.write(fmt.Sprintf("%v", v)) // fmt prints the value that a reflect.Value holds
	}
}

// spoken is what a compiled type says of its value itself. Methods of the notebook are not
// called: a look runs no cell's code.
func (p *looker) spoken(v reflect.Value) (string, bool) {
	if !v.IsValid() || !v.CanInterface() || v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if path := t.PkgPath(); path == "" || path == "main" || path == "k" {
		return "", false
	}
	switch x := v.Interface().(type) {
	case time.Duration:
		return x.String(), true
	case time.Time:
		return x.String(), true
	case interface {
		Dims() (rows, cols int)
		At(i, j int) float64
	}:
		if !p.unwinding {
			return matrixText(x), true
		}
	case error:
		if p.alone && !p.unwinding {
			return x.Error(), true
		}
	case fmt.Stringer:
		if p.alone && !p.unwinding {
			return x.String(), true
		}
	}
	return "", false
}

// matrixText writes the size and the first elements, row by row.
func matrixText(m interface {
	Dims() (rows, cols int)
	At(i, j int) float64
}) string {
	rows, cols := m.Dims()
	var b strings.Builder
	fmt.Fprintf(&b, "%d×%d [", rows, cols)
	for i := range min(rows, lookItems) {
		if i > 0 {
			b.WriteString("; ")
		}
		for j := range min(cols, lookItems) {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.FormatFloat(m.At(i, j), 'g', 6, 64))
			if b.Len() > lookBytes {
				return b.String()
			}
		}
		if cols > lookItems {
			b.WriteString(" …")
		}
	}
	if rows > lookItems {
		b.WriteString("; …")
	}
	return b.String() + "]"
}

func (p *looker) quote(s string) {
	if len(s) <= lookBytes {
		p.write(strconv.Quote(s))
		return
	}
	p.write(strconv.Quote(strings.ToValidUTF8(s[:lookBytes/2], "")))
	p.write(fmt.Sprintf("… %d bytes", len(s)))
}

// shared says whether other goroutines may be writing to what a pointer leads to.
func (p *looker) shared() bool { return p.unwinding && !p.alone }

func (p *looker) opaque(v reflect.Value, text string) {
	if v.IsNil() {
		text = "nil"
	}
	p.write(text)
}

func (p *looker) pointer(v reflect.Value, depth int) {
	if v.IsNil() {
		p.write("nil")
		return
	}
	if p.write("&"); p.shared() {
		p.write("…")
		return
	}
	p.print(v.Elem(), depth+1)
}

func (p *looker) fields(v reflect.Value, depth int) {
	p.write("{")
	for i := range v.NumField() {
		if i > 0 {
			p.write(" ")
		}
		p.write(p.fieldName(v.Type(), i) + ":")
		p.print(v.Field(i), depth+1)
	}
	p.write("}")
}

func (p *looker) elements(v reflect.Value, depth int) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		p.write("nil")
		return
	}
	n := v.Len()
	if v.Kind() == reflect.Slice && n > 0 && p.shared() {
		p.write(fmt.Sprintf("[… %d in all]", n))
		return
	}
	p.write("[")
	for i := range min(n, lookItems) {
		if i > 0 {
			p.write(" ")
		}
		p.print(v.Index(i), depth+1)
	}
	if n > lookItems {
		p.write(fmt.Sprintf(" … %d in all", n))
	}
	p.write("]")
}

func (p *looker) entries(v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		p.write("nil")
		return
	case p.shared():
		p.write("map[…]")
		return
	case !p.alone:
		p.write(fmt.Sprintf("map[… %d in all, not read while goroutines run]", v.Len()))
		return
	}
	p.write("map[")
	for i, key := range firstKeys(v) {
		if i > 0 {
			p.write(" ")
		}
		p.print(key, depth+1)
		p.write(":")
		p.print(v.MapIndex(key), depth+1)
	}
	if v.Len() > lookItems {
		p.write(fmt.Sprintf(" … %d in all", v.Len()))
	}
	p.write("]")
}

// firstKeys returns some keys, sorted where the map is not too large to read in passing.
func firstKeys(v reflect.Value) []reflect.Value {
	var keys []reflect.Value
	for it := v.MapRange(); it.Next(); {
		keys = append(keys, it.Key())
		if len(keys) == lookItems && v.Len() > 50*lookItems {
			return keys
		}
	}
	slices.SortStableFunc(keys, compareKeys)
	return keys[:min(len(keys), lookItems)]
}

func compareKeys(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() != b.Kind() {
		return int(a.Kind()) - int(b.Kind())
	}
	return compareValues(a, b)
}
