package main

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// instanced are the packages whose generic functions and types get compiled instances; nil
// stands for all that they export.
var instanced = map[string][]string{
	"cmp":          nil,
	"iter":         nil,
	"maps":         nil,
	"slices":       nil,
	"sync":         nil,
	"sync/atomic":  nil,
	"math/rand/v2": nil,
	"unique":       nil,
	"database/sql": nil,
	"hash/maphash": nil,
	"reflect":      {"TypeFor"},
}

// The type arguments of instances: elements of slices and other single parameters, and keys
// and values of maps.
var (
	elements = []string{"bool", "int", "int32", "int64", "uint8", "uint64", "float32", "float64", "string", "any",
		"error", "time.Duration", "[]int", "[]float64", "[]string"}
	keys   = []string{"int", "int32", "string"}
	values = []string{"bool", "int", "float64", "string", "any", "[]int", "[]float64", "[]string"}
)

// instances adds the tables of instances: names are spelled as by [instanceName].
func instances(out outputs, l *loaded) error {
	const dir = "internal/instances/"
	var lookup bytes.Buffer
	fmt.Fprintf(&lookup, header+`// Package instances has generic functions and types of the standard library,
// instantiated with basic types.
package instances

import %q

// Lookup returns the instances of a package, sorted by names like "Sort[[]int,int]" with type arguments
// as reflect spells them. Types are nil pointers.
func Lookup(path string) []table.Symbol {
	switch path {
`, module+"/kernel/symbols/internal/table")
	for _, p := range slices.Sorted(maps.Keys(instanced)) {
		fmt.Fprintf(&lookup, "\tcase %q:\n\t\treturn %s\n", p, variable(p))
		source, err := l.instanceSource(p, instanced[p])
		if err != nil {
			return err
		}
		if err := out.addGo(dir+strings.Join(parts(p), "_")+".go", source); err != nil {
			return err
		}
	}
	lookup.WriteString("\t}\n\treturn nil\n}\n")
	return out.addGo(dir+"lookup.go", lookup.String())
}

func (l *loaded) instanceSource(p string, only []string) (string, error) {
	entries := map[string]string{} // name → expression
	scope := l.packages[p].Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		params := typeParams(obj)
		if !obj.Exported() || params.Len() == 0 || only != nil && !slices.Contains(only, name) {
			continue
		}
		for _, args := range arguments(params) {
			ok, err := l.satisfies(obj, args)
			if err != nil {
				return "", err
			}
			if ok {
				entries[instanceName(name, args)] = expression(obj, args)
			}
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%spackage instances\n\nimport (\n\tp %q\n", header, p)
	for _, expr := range entries {
		if strings.Contains(expr, "time.Duration") {
			b.WriteString("\t\"time\"\n")
			break
		}
	}
	fmt.Fprintf(&b, "\n\t%q\n)\n\nvar %s = []table.Symbol{\n", module+"/kernel/symbols/internal/table", variable(p))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(&b, "\t{Name: %q, Value: %s},\n", name, entries[name])
	}
	b.WriteString("}\n")
	return b.String(), nil
}

func typeParams(obj types.Object) *types.TypeParamList {
	switch t := obj.Type().(type) {
	case *types.Signature:
		return t.TypeParams()
	case *types.Named:
		if _, ok := obj.(*types.TypeName); ok {
			return t.TypeParams()
		}
	}
	return nil
}

// arguments returns the lists of type arguments to try: parameters whose constraint is ~[]E or ~map[K]V follow
// from E, K and V; K and V are keys and values; all others are one element type, but
// T2, which goes with a T1 that may fail.
func arguments(params *types.TypeParamList) [][]string {
	var lists [][]string
	add := func(element, key, value string) {
		var list []string
		for i := range params.Len() {
			list = append(list, argument(params.At(i), element, key, value))
		}
		lists = append(lists, list)
	}
	for i := range params.Len() {
		if params.At(i).Obj().Name() == "K" {
			for _, k := range keys {
				for _, v := range values {
					add("", k, v)
				}
			}
			return lists
		}
	}
	for _, e := range elements {
		add(e, "", "")
	}
	return lists
}

func argument(p *types.TypeParam, element, key, value string) string {
	switch core(p).(type) {
	case *types.Slice:
		return "[]" + element
	case *types.Map:
		return "map[" + key + "]" + value
	}
	switch p.Obj().Name() {
	case "K":
		return key
	case "V", "V1", "V2":
		if key != "" {
			return value
		}
	case "T2":
		return "error"
	}
	return element
}

// core returns T of a constraint ~T, nil for others.
func core(p *types.TypeParam) types.Type {
	i, ok := p.Constraint().Underlying().(*types.Interface)
	if !ok || i.NumEmbeddeds() != 1 {
		return nil
	}
	switch t := i.EmbeddedType(0).(type) {
	case *types.Union:
		if t.Len() == 1 {
			return t.Term(0).Type()
		}
	}
	return nil
}

// satisfies reports whether an object can be instantiated with these arguments.
func (l *loaded) satisfies(obj types.Object, args []string) (bool, error) {
	universe := types.NewPackage("instances", "instances")
	universe.Scope().Insert(types.NewPkgName(token.NoPos, universe, "time", l.packages["time"]))
	var targs []types.Type
	for _, arg := range args {
		tv, err := types.Eval(token.NewFileSet(), universe, token.NoPos, arg)
		if err != nil {
			return false, fmt.Errorf("type argument %s of %s: %w", arg, obj.Name(), err)
		}
		targs = append(targs, tv.Type)
	}
	_, err := types.Instantiate(nil, obj.Type(), targs, true)
	return err == nil, nil
}

func expression(obj types.Object, args []string) string {
	instance := "p." + obj.Name() + "[" + strings.Join(args, ", ") + "]"
	if _, ok := obj.(*types.TypeName); ok {
		return "(*" + instance + ")(nil)"
	}
	return instance
}

// instanceName spells an instance as kernel/symbols looks it up: type arguments as by
// reflect.
func instanceName(name string, args []string) string {
	return name + "[" + strings.ReplaceAll(strings.Join(args, ","), "any", "interface {}") + "]"
}
