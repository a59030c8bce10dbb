package nb

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// node is a value on its way to text: a leaf, or parts between brackets.
type node struct {
	text        string // of a leaf
	open, close string // of anything else
	parts       []part
	more        string // what is said about parts that are left out; "" for none
	fill        bool   // parts are short and of one kind: as many on a line as fit
	width       int    // letters on one line
}

// part is an element, a field or an entry.
type part struct {
	label string // "X:" of a field, the key of an entry
	value *node
}

// treeBounds keep the work and the text of one value small, whatever its size.
const (
	maxNodes   = 5000
	maxDepth   = 12
	maxLeaf    = 4 << 10 // bytes of one text inside a value
	maxFields  = 100
	innerItems = 50 // elements shown of a slice or map inside another value, or with long elements
)

// builder makes the tree of a value. It never visits more than it shows.
type builder struct {
	left  int // bytes
	nodes int
	path  map[visit]bool // the pointers, slices and maps around the value in hand
}

// visit is a reference that could lead back to itself.
type visit struct {
	address uintptr
	kind    reflect.Type
}

func newBuilder() *builder { return &builder{left: MaxText, nodes: maxNodes, path: map[visit]bool{}} }

// build makes the node of a value. With named, a struct says its type.
func (b *builder) build(v reflect.Value, depth int, named bool) *node {
	if b.left <= 0 || b.nodes <= 0 {
		return b.leaf("…")
	}
	b.nodes--
	if text, ok := special(v, depth); ok {
		return b.leaf(text)
	}
	switch v.Kind() {
	case reflect.Interface:
		return b.build(v.Elem(), depth, true)
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if v.IsNil() {
			return b.leaf(nilText(v, depth))
		}
		at := visit{v.Pointer(), v.Type()}
		if b.path[at] {
			return b.leaf("↺")
		}
		if v.Kind() != reflect.Slice || v.Len() > 0 {
			b.path[at] = true
			defer delete(b.path, at)
		}
	}
	if depth > maxDepth {
		return b.leaf("…")
	}
	switch v.Kind() {
	case reflect.Pointer:
		return b.pointer(v, depth, named)
	case reflect.Struct:
		return b.fields(v, depth, named)
	case reflect.Slice, reflect.Array:
		return b.elements(v, depth)
	case reflect.Map:
		return b.entries(v, depth)
	}
	return b.leaf(scalar(v, depth))
}

func (b *builder) leaf(text string) *node {
	b.left -= len(text)
	return &node{text: text, width: utf8.RuneCountInString(text)}
}

func (b *builder) pointer(v reflect.Value, depth int, named bool) *node {
	to := b.build(v.Elem(), depth+1, named)
	if to.parts != nil || to.open != "" {
		to.open = "&" + to.open
	} else {
		to.text = "&" + to.text
	}
	to.width++
	return to
}

func (b *builder) fields(v reflect.Value, depth int, named bool) *node {
	n := &node{open: "{", close: "}"}
	if named {
		n.open = typeName(v.Type()) + "{"
	}
	for i := range min(v.NumField(), maxFields) {
		n.parts = append(n.parts, part{v.Type().Field(i).Name + ":", b.build(v.Field(i), depth+1, false)})
	}
	n.rest(v.NumField()-len(n.parts), "fields")
	return b.measured(n)
}

func (b *builder) elements(v reflect.Value, depth int) *node {
	n := &node{open: "[", close: "]", fill: simple(v.Type().Elem())}
	for i := range min(v.Len(), items(depth, n.fill)) {
		if b.left <= 0 || b.nodes <= 0 {
			break
		}
		n.parts = append(n.parts, part{"", b.build(v.Index(i), depth+1, false)})
	}
	n.rest(v.Len()-len(n.parts), "")
	return b.measured(n)
}

func (b *builder) entries(v reflect.Value, depth int) *node {
	n := &node{open: "map[", close: "]", fill: simple(v.Type().Elem())}
	for _, key := range firstKeys(v, items(depth, n.fill)) {
		if b.left <= 0 || b.nodes <= 0 {
			break
		}
		label := newlineless(b.build(key, depth+1, false).flat()) + ":"
		n.parts = append(n.parts, part{label, b.build(v.MapIndex(key), depth+1, false)})
	}
	n.rest(v.Len()-len(n.parts), "")
	return b.measured(n)
}

// items is how many elements are shown of a slice or a map.
func items(depth int, simple bool) int {
	if depth == 0 && simple {
		return MaxItems
	}
	return innerItems
}

func (n *node) rest(count int, what string) {
	if count > 0 {
		n.more = strings.TrimRight("… "+thousands(count)+" more "+what, " ")
	}
}

// measured sets the width of a node with parts.
func (b *builder) measured(n *node) *node {
	n.width = utf8.RuneCountInString(n.open) + utf8.RuneCountInString(n.close) + max(0, len(n.parts)-1)
	for _, p := range n.parts {
		n.width += utf8.RuneCountInString(p.label) + p.value.width
		b.left -= len(p.label) + 1
	}
	if n.more != "" {
		n.width += 1 + utf8.RuneCountInString(n.more)
	}
	return n
}

// simple tells a type whose values are short.
func simple(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer, reflect.Interface:
		return false
	}
	return true
}

var typeWords = strings.NewReplacer("main.", "", "interface {}", "any")

// typeName is a type as its cell names it.
func typeName(t reflect.Type) string {
	if t.Name() == "" && t.Kind() == reflect.Struct {
		return ""
	}
	return typeWords.Replace(t.String())
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func newlineless(s string) string { return strings.ReplaceAll(s, "\n", "⏎") }

// sortedKeys is the size up to which all keys of a map are looked at for the first ones;
// of a larger map any keys are shown.
const sortedKeys = 20_000

// firstKeys returns at most n keys in fmt's order: numbers and strings sorted.
func firstKeys(v reflect.Value, n int) []reflect.Value {
	var keys []reflect.Value
	for it := v.MapRange(); it.Next(); {
		keys = append(keys, it.Key())
		if len(keys) == n && v.Len() > sortedKeys {
			break
		}
	}
	slices.SortStableFunc(keys, compareKeys)
	return keys[:min(len(keys), n)]
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
