package engine

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"strconv"
	"strings"
)

// typeNames spells types so that an engine with the same programs finds them again.
type typeNames struct {
	e      *Engine
	own    map[reflect.Type]string // the notebook's types
	tables map[string]map[string]reflect.Value
	texts  map[reflect.Type]string
}

func (e *Engine) newTypeNames() *typeNames {
	n := &typeNames{e: e, own: map[reflect.Type]string{}, tables: map[string]map[string]reflect.Value{}, texts: map[reflect.Type]string{}}
	for id := range e.types.desc {
		if t := e.types.newest(id).Load().reflect(); t.Name() != "" && t.PkgPath() == "main" {
			n.own[t] = fmt.Sprintf("r%d;", id)
		}
		if t := e.types.twins[id]; t != nil && t.Name() != "" && t.PkgPath() == "k" {
			n.own[t] = fmt.Sprintf("t%d;", id)
		}
	}
	return n
}

// exports returns a package's table, made once.
func (n *typeNames) exports(path string) map[string]reflect.Value {
	t, ok := n.tables[path]
	if !ok {
		t = n.e.exports(path)
		n.tables[path] = t
	}
	return t
}

// foreign tells of types of compiled packages.
func (n *typeNames) foreign(t reflect.Type) bool {
	switch t.PkgPath() {
	case "main", "k":
		return false
	case "":
		if t.Kind() == reflect.Struct {
			for i := range t.NumField() {
				if p := t.Field(i).PkgPath; p != "" && p != "main" {
					return true
				}
			}
		}
		return false
	}
	return true
}

// of spells a type. It refuses those that have no name for others.
func (n *typeNames) of(t reflect.Type) string {
	text, ok := n.texts[t]
	if !ok {
		text = n.spell(t)
		n.texts[t] = text
	}
	return text
}

func (n *typeNames) spell(t reflect.Type) string {
	if text, ok := n.own[t]; ok {
		return text
	}
	if t.Name() != "" && t.PkgPath() == "" {
		return "b" + t.Name() + ";"
	}
	if t.Name() != "" {
		v := n.exports(t.PkgPath())[t.Name()]
		if !v.IsValid() || v.Type() != reflect.PointerTo(t) {
			refuse("holds a %s, which is private to its package", t)
		}
		return fmt.Sprintf("c%s;%s;%x;", t.PkgPath(), t.Name(), layoutOf(t))
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + n.of(t.Elem())
	case reflect.Slice:
		return "[" + n.of(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("a%d;%s", t.Len(), n.of(t.Elem()))
	case reflect.Map:
		return "m" + n.of(t.Key()) + n.of(t.Elem())
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return "i"
		}
	}
	// Unnamed types of other forms are numbered where the notebook knows them.
	for id := range n.e.types.desc {
		if n.e.types.twins[id] == t {
			return fmt.Sprintf("t%d;", id)
		}
		if n.e.types.reals[id] == t {
			return fmt.Sprintf("r%d;", id)
		}
	}
	refuse("holds a %s", t)
	return ""
}

// layoutOf changes with what a value of t is made of, as far as it is part of the value: a
// package may be another version in the next worker.
func layoutOf(t reflect.Type) uint64 {
	h := fnv.New64a()
	var write func(t reflect.Type)
	write = func(t reflect.Type) {
		fmt.Fprint(h, t.String(), t.Kind(), t.Size())
		switch t.Kind() {
		case reflect.Array:
			write(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				fmt.Fprint(h, t.Field(i).Name, t.Field(i).Offset)
				write(t.Field(i).Type)
			}
		}
	}
	write(t)
	return h.Sum64()
}

// find returns the type that text begins with, and the rest.
func (n *typeNames) find(text string) (reflect.Type, string) {
	word := func() string {
		head, tail, _ := strings.Cut(text, ";")
		text = tail
		return head
	}
	kind := text[0]
	text = text[1:]
	switch kind {
	case 'b':
		name := word()
		if name == "error" {
			return reflect.TypeFor[error](), text
		}
		return basicTypes[name], text
	case 'c':
		path, name, layout := word(), word(), word()
		t := n.exports(path)[name].Type().Elem()
		if fmt.Sprintf("%x", layoutOf(t)) != layout {
			panic(fmt.Sprintf("type %s is not what it was", t))
		}
		return t, text
	case 'r', 't':
		id, _ := strconv.Atoi(word()) // a wrong number finds no type
		if kind == 't' {
			return n.e.types.twin(id), text
		}
		return n.e.types.newest(id).Load().reflect(), text
	case '*':
		elem, rest := n.find(text)
		return reflect.PointerTo(elem), rest
	case '[':
		elem, rest := n.find(text)
		return reflect.SliceOf(elem), rest
	case 'a':
		size, _ := strconv.Atoi(word())
		elem, rest := n.find(text)
		return reflect.ArrayOf(size, elem), rest
	case 'm':
		key, rest := n.find(text)
		elem, rest := n.find(rest)
		return reflect.MapOf(key, elem), rest
	}
	return reflect.TypeFor[any](), text
}
