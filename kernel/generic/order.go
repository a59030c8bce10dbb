package generic

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"reflect"
	"sync"
)

// compare is cmp.Compare for values of an ordered type.
func compare(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	return cmp.Compare(a.String(), b.String())
}

// functions are those of packages that have few.
var functions = map[string]body{
	"cmp.Compare": func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(compare(a[0], a[1])) },
	"cmp.Less":    func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(compare(a[0], a[1]) < 0) },
	"cmp.Or": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		zero := reflect.Zero(f.Out(0))
		for _, v := range views(a[0]) {
			if !equal(v, zero) {
				return result(v)
			}
		}
		return result(zero)
	},
	"iter.Pull":       pull,
	"iter.Pull2":      pull,
	"sync.OnceValue":  once,
	"sync.OnceValues": once,
	"math/rand/v2.N": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		n := reflect.New(f.Out(0)).Elem()
		if a[0].CanInt() {
			n.SetInt(rand.N(a[0].Int()))
		} else {
			n.SetUint(rand.N(a[0].Uint()))
		}
		return result(n)
	},
}

// pull is iter.Pull and iter.Pull2: f returns next, which returns the values and a bool, and stop.
func pull(f reflect.Type, a []reflect.Value) []reflect.Value {
	next, stop := iter.Pull(iter.Seq[[]reflect.Value](func(yield func([]reflect.Value) bool) { each(a[0], yield) }))
	nextType := f.Out(0)
	made := reflect.MakeFunc(nextType, func([]reflect.Value) []reflect.Value {
		values, ok := next()
		list := make([]reflect.Value, 0, nextType.NumOut())
		for i := range nextType.NumOut() - 1 {
			if ok {
				list = append(list, values[i])
			} else {
				list = append(list, reflect.Zero(nextType.Out(i)))
			}
		}
		return append(list, reflect.ValueOf(ok))
	})
	return result(made, reflect.ValueOf(stop).Convert(f.Out(1)))
}

// once is sync.OnceValue and sync.OnceValues.
func once(f reflect.Type, a []reflect.Value) []reflect.Value {
	call := sync.OnceValue(func() []reflect.Value { return a[0].Call(nil) })
	return result(reflect.MakeFunc(f.Out(0), func([]reflect.Value) []reflect.Value { return call() }))
}
