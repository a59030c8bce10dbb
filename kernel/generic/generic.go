// Package generic has the generic functions of the standard library's slices, maps, cmp, iter and
// sync for types that exist only at run time. Package symbols has compiled instances for
// basic types, which are faster: where there is one, the engine takes that. Lowering asks Known, the
// engine calls Make.
package generic

import "reflect"

// Make returns a generic function as a func of type f, one of its instances: for
// slices.SortFunc, say, func([]T, func(a, b T) int). What the function does is what the
// compiled one does, including its panics and which memory it shares. Elements are
// compared with Go's ==. It is false for functions that are not here.
func Make(path, name string, f reflect.Type) (reflect.Value, bool) {
	body := find(path, name)
	if body == nil || f.Kind() != reflect.Func {
		return reflect.Value{}, false
	}
	return reflect.MakeFunc(f, func(args []reflect.Value) []reflect.Value { return body(f, args) }), true
}

// Known reports whether Make makes the function.
func Known(path, name string) bool { return find(path, name) != nil }

// A body is a function of type f, called with args; variadic arguments are one slice.
type body func(f reflect.Type, args []reflect.Value) []reflect.Value

func find(path, name string) body {
	tables := []map[string]body{functions}
	switch path {
	case "slices":
		tables = []map[string]body{slicesRead, slicesOrder, slicesChange, slicesIterate}
	case "maps":
		tables = []map[string]body{mapFunctions}
	default:
		name = path + "." + name
	}
	for _, table := range tables {
		if b := table[name]; b != nil {
			return b
		}
	}
	return nil
}

// result is a list of results.
func result(values ...any) []reflect.Value {
	list := make([]reflect.Value, len(values))
	for i, v := range values {
		if r, ok := v.(reflect.Value); ok {
			list[i] = r
		} else {
			list[i] = reflect.ValueOf(v)
		}
	}
	return list
}

// elements copies a slice and returns the elements of the copy.
func elements(s reflect.Value) []reflect.Value {
	c := reflect.MakeSlice(reflect.SliceOf(s.Type().Elem()), s.Len(), s.Len())
	reflect.Copy(c, s)
	list := make([]reflect.Value, s.Len())
	for i := range list {
		list[i] = c.Index(i)
	}
	return list
}

// views returns the elements of a slice themselves: what is set in them is set in the slice.
func views(s reflect.Value) []reflect.Value {
	list := make([]reflect.Value, s.Len())
	for i := range list {
		list[i] = s.Index(i)
	}
	return list
}

// store sets the first elements of a slice.
func store(s reflect.Value, list []reflect.Value) {
	for i, v := range list {
		s.Index(i).Set(v)
	}
}

// predicate calls a func that returns a bool.
func predicate(f reflect.Value) func(args ...reflect.Value) bool {
	return func(args ...reflect.Value) bool { return f.Call(args)[0].Bool() }
}

// comparison calls a func(a, b T) int.
func comparison(f reflect.Value) func(a, b reflect.Value) int {
	return func(a, b reflect.Value) int { return int(f.Call([]reflect.Value{a, b})[0].Int()) }
}

// equal is a == b.
func equal(a, b reflect.Value) bool { return a.Interface() == b.Interface() }

// each calls yield with what an iterator yields, until it returns false.
func each(seq reflect.Value, yield func(args []reflect.Value) bool) {
	f := reflect.MakeFunc(seq.Type().In(0), func(args []reflect.Value) []reflect.Value {
		return result(yield(args))
	})
	seq.Call([]reflect.Value{f})
}

// sequence returns an iterator of type t over what walk yields.
func sequence(t reflect.Type, walk func(yield func(args ...reflect.Value) bool)) reflect.Value {
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		walk(predicate(args[0]))
		return nil
	})
}
