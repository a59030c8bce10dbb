package engine

import (
	"iter"
	"reflect"
	"sort"
)

func stable(s reflect.Value, cmp func(a, b reflect.Value) int) { sort.Stable(sorted(s, cmp)) }

// pull is iter.Pull and iter.Pull2: the values of a step travel as one slice.
func pull(sig reflect.Type, in []reflect.Value) []reflect.Value {
	next, stop := iter.Pull(func(yield func([]reflect.Value) bool) {
		f := reflect.MakeFunc(in[0].Type().In(0), func(v []reflect.Value) []reflect.Value {
			return results(yield(append([]reflect.Value(nil), v...)))
		})
		in[0].Call([]reflect.Value{f})
	})
	nextFunc := reflect.MakeFunc(sig.Out(0), func([]reflect.Value) []reflect.Value {
		v, ok := next()
		if !ok {
			for i := range sig.Out(0).NumOut() - 1 {
				v = append(v, reflect.Zero(sig.Out(0).Out(i)))
			}
		}
		return append(v, reflect.ValueOf(ok))
	})
	return results(nextFunc, reflect.ValueOf(stop))
}
