// Package table is the form in which generated code holds what a package exports: plain
// data that the linker lays out, so that a program pays nothing for the packages that
// nobody asks for.
package table

import (
	"go/constant"
	"go/token"
	"reflect"
	"sort"
)

// A Table holds the exported names of one package that are not generic.
type Table struct {
	Values   []Symbol  // functions, typed constants, and types as nil pointers to them
	Vars     []Symbol  // pointers to the variables
	Literals []Literal // untyped constants
}

// A Symbol is a name and its value.
type Symbol struct {
	Name  string
	Value any
}

// A Literal is an untyped constant, exact.
type Literal struct {
	Name string
	Kind token.Token // INT, FLOAT, IMAG, CHAR, STRING; IDENT for true and false
	Text string
}

// Map returns the table as the interpreter wants it: functions and typed constants as they
// are, variables addressable, types as nil pointers, untyped constants as
// [constant.Value]. The map is new and belongs to the caller.
func (t *Table) Map() map[string]reflect.Value {
	m := make(map[string]reflect.Value, len(t.Values)+len(t.Vars)+len(t.Literals))
	for _, s := range t.Values {
		m[s.Name] = reflect.ValueOf(s.Value)
	}
	for _, s := range t.Vars {
		m[s.Name] = reflect.ValueOf(s.Value).Elem()
	}
	for _, l := range t.Literals {
		m[l.Name] = l.value()
	}
	return m
}

func (l Literal) value() reflect.Value {
	switch l.Kind {
	case token.IDENT:
		return reflect.ValueOf(l.Text == "true")
	case token.IMAG:
		// Only the imaginary part has a literal form.
		return reflect.ValueOf(constant.MakeImag(constant.MakeFromLiteral(l.Text, token.FLOAT, 0)))
	}
	return reflect.ValueOf(constant.MakeFromLiteral(l.Text, l.Kind, 0))
}

// Find returns the value named name in symbols, which are sorted by name.
func Find(symbols []Symbol, name string) (any, bool) {
	i := sort.Search(len(symbols), func(i int) bool { return symbols[i].Name >= name })
	if i == len(symbols) || symbols[i].Name != name {
		return nil, false
	}
	return symbols[i].Value, true
}
