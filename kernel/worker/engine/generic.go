package engine

import (
	"fmt"
	"reflect"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// generic returns an instance of a generic function of a compiled package: a compiled one where
// there is one for these types, else one over reflection.
func (e *Engine) generic(h program.Helper) (reflect.Value, error) {
	sig := e.types.twin(h.T)
	if e.opts.Generic != nil {
		args := make([]string, len(h.Targs))
		for i, id := range h.Targs {
			args[i] = e.types.twin(id).String()
		}
		if fn, ok := e.opts.Generic(h.Pkg, h.Name, args...); ok && layoutEqual(fn.Type(), sig) {
			return retypeValue(fn, sig), nil
		}
	}
	impl, ok := genericFuncs[h.Pkg+"."+h.Name]
	if !ok {
		return reflect.Value{}, fmt.Errorf("the generic function %s.%s is not compiled into the kernel for these types", h.Pkg, h.Name)
	}
	return reflect.MakeFunc(sig, func(in []reflect.Value) []reflect.Value { return impl(sig, in) }), nil
}

// layoutEqual says whether two func types differ in the names of their types only.
func layoutEqual(a, b reflect.Type) bool {
	if a == b {
		return true
	}
	if a.Kind() != reflect.Func || b.Kind() != reflect.Func || a.NumIn() != b.NumIn() || a.NumOut() != b.NumOut() || a.IsVariadic() != b.IsVariadic() {
		return false
	}
	for i := range a.NumIn() {
		if a.In(i).Kind() != b.In(i).Kind() || a.In(i).Size() != b.In(i).Size() {
			return false
		}
	}
	for i := range a.NumOut() {
		if a.Out(i).Kind() != b.Out(i).Kind() || a.Out(i).Size() != b.Out(i).Size() {
			return false
		}
	}
	return true
}

// genericFunc is the body of a generic function over reflection; sig is the instance's type.
type genericFunc func(sig reflect.Type, in []reflect.Value) []reflect.Value

var genericFuncs map[string]genericFunc

func results(list ...any) []reflect.Value {
	out := make([]reflect.Value, len(list))
	for i, v := range list {
		if r, ok := v.(reflect.Value); ok {
			out[i] = r
		} else {
			out[i] = reflect.ValueOf(v)
		}
	}
	return out
}

// function wraps a func that computes all results.
func function(f func(in []reflect.Value) any) genericFunc {
	return func(sig reflect.Type, in []reflect.Value) []reflect.Value {
		r := f(in)
		if sig.NumOut() == 0 {
			return nil
		}
		v, ok := r.(reflect.Value)
		if !ok {
			v = reflect.ValueOf(r)
		}
		return []reflect.Value{as(v, sig.Out(0))}
	}
}

// as converts a result to the instance's result type.
func as(v reflect.Value, t reflect.Type) reflect.Value {
	if !v.IsValid() {
		return reflect.Zero(t)
	}
	if v.Type() != t {
		return v.Convert(t)
	}
	return v
}

func truth(f reflect.Value, args ...reflect.Value) bool { return f.Call(args)[0].Bool() }

func order(f reflect.Value, a, b reflect.Value) int {
	return int(f.Call([]reflect.Value{a, b})[0].Int())
}

func equalValues(a, b reflect.Value) bool { return a.Interface() == b.Interface() }

func compareValues(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return compare(a.Int(), b.Int())
	case a.CanUint():
		return compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return compare(a.Float(), b.Float())
	}
	return compare(a.String(), b.String())
}

func compare[T int64 | uint64 | float64 | string](a, b T) int {
	switch {
	case a < b || a != a && b == b:
		return -1
	case a > b || b != b && a == a:
		return 1
	}
	return 0
}

func init() {
	genericFuncs = map[string]genericFunc{}
	for _, m := range []map[string]genericFunc{sliceFuncs(), sliceSearch(), sliceChange(), iterFuncs(), mapFuncs(), otherFuncs()} {
		for name, f := range m {
			genericFuncs[name] = f
		}
	}
}
