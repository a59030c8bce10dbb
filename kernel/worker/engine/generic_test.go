package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// outcome words the results of a call, or its panic, and what became of the first argument's memory.
func outcome(f reflect.Value, in []reflect.Value) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = "panic"
		}
	}()
	var out []reflect.Value
	if f.Type().IsVariadic() {
		out = f.CallSlice(in)
	} else {
		out = f.Call(in)
	}
	s := in[0].Interface().([]int)
	return fmt.Sprintf("%#v %d %#v", out[0], out[0].Cap(), s[:cap(s)])
}

// The reflected forms do what the compiled ones do, also to the memory of their arguments.
func TestReflectedSliceFunctionsAreGos(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := func() []int {
		if r.IntN(5) == 0 {
			return nil
		}
		s := make([]int, r.IntN(6), 8+r.IntN(3))
		for i := range s {
			s[i] = i + 1
		}
		return s
	}
	for name, f := range map[string]any{
		"slices.Insert": slices.Insert[[]int], "slices.Replace": slices.Replace[[]int],
		"slices.Grow": slices.Grow[[]int], "slices.Delete": slices.Delete[[]int],
	} {
		sig := reflect.TypeOf(f)
		made := reflect.MakeFunc(sig, func(in []reflect.Value) []reflect.Value { return genericFuncs[name](sig, in) })
		for range 500 {
			s := list()
			i, j, v := r.IntN(7), r.IntN(7), list()
			arguments := func() []reflect.Value {
				own := s[:len(s):cap(s)]
				if s != nil {
					own = append(make([]int, 0, cap(s)), s...)
				}
				in := []reflect.Value{reflect.ValueOf(own), reflect.ValueOf(i), reflect.ValueOf(j), reflect.ValueOf(v)}
				if sig.NumIn() == 3 && sig.IsVariadic() {
					in = append(in[:2], in[3])
				}
				return in[:sig.NumIn()]
			}
			want := outcome(reflect.ValueOf(f), arguments())
			if got := outcome(made, arguments()); got != want {
				t.Errorf("%s(%v, %d, %d, %v)\n got %s\nwant %s", name, s, i, j, v, got, want)
				break
			}
		}
	}
}

func TestExtremesOfFloatsAreTheBuiltins(t *testing.T) {
	for _, s := range [][]float64{{1, math.NaN(), 2}, {math.NaN()}, {3, 1, 2}, {math.Copysign(0, -1), 0}, {0, math.Copysign(0, -1)}} {
		for name, want := range map[string]float64{"slices.Max": slices.Max(s), "slices.Min": slices.Min(s)} {
			got := genericFuncs[name](reflect.TypeOf(slices.Max[[]float64]), []reflect.Value{reflect.ValueOf(s)})[0].Float()
			if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s(%v) = %v, want %v", name, s, got, want)
			}
		}
	}
}
