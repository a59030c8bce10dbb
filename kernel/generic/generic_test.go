package generic_test

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/generic"
)

type (
	ints  = []int
	table = map[int]int
)

// compiled is the oracle: what Make makes must do the same.
var compiled = map[string]any{
	"slices.All": slices.All[ints], "slices.AppendSeq": slices.AppendSeq[ints], "slices.Backward": slices.Backward[ints],
	"slices.BinarySearch": slices.BinarySearch[ints], "slices.BinarySearchFunc": slices.BinarySearchFunc[ints, int, int],
	"slices.Chunk": slices.Chunk[ints], "slices.Clip": slices.Clip[ints], "slices.Clone": slices.Clone[ints],
	"slices.Collect": slices.Collect[int], "slices.Compact": slices.Compact[ints], "slices.CompactFunc": slices.CompactFunc[ints],
	"slices.Compare": slices.Compare[ints], "slices.CompareFunc": slices.CompareFunc[ints, ints], "slices.Concat": slices.Concat[ints],
	"slices.Contains": slices.Contains[ints], "slices.ContainsFunc": slices.ContainsFunc[ints], "slices.Delete": slices.Delete[ints],
	"slices.DeleteFunc": slices.DeleteFunc[ints], "slices.Equal": slices.Equal[ints], "slices.EqualFunc": slices.EqualFunc[ints, ints],
	"slices.Grow": slices.Grow[ints], "slices.Index": slices.Index[ints], "slices.IndexFunc": slices.IndexFunc[ints],
	"slices.Insert": slices.Insert[ints], "slices.IsSorted": slices.IsSorted[ints], "slices.IsSortedFunc": slices.IsSortedFunc[ints],
	"slices.Max": slices.Max[ints], "slices.MaxFunc": slices.MaxFunc[ints], "slices.Min": slices.Min[ints], "slices.MinFunc": slices.MinFunc[ints],
	"slices.Repeat": slices.Repeat[ints], "slices.Replace": slices.Replace[ints], "slices.Reverse": slices.Reverse[ints],
	"slices.Sort": slices.Sort[ints], "slices.SortFunc": slices.SortFunc[ints], "slices.SortStableFunc": slices.SortStableFunc[ints],
	"slices.Sorted": slices.Sorted[int], "slices.SortedFunc": slices.SortedFunc[int], "slices.SortedStableFunc": slices.SortedStableFunc[int],
	"slices.Values": slices.Values[ints],
	"maps.All":      maps.All[table], "maps.Clone": maps.Clone[table], "maps.Collect": maps.Collect[int, int], "maps.Copy": maps.Copy[table, table],
	"maps.DeleteFunc": maps.DeleteFunc[table], "maps.Equal": maps.Equal[table, table], "maps.EqualFunc": maps.EqualFunc[table, table],
	"maps.Insert": maps.Insert[table], "maps.Keys": maps.Keys[table], "maps.Values": maps.Values[table],
	"cmp.Compare": cmp.Compare[int], "cmp.Less": cmp.Less[int], "cmp.Or": cmp.Or[int],
}

func TestMadeFunctionsDoWhatCompiledOnesDo(t *testing.T) {
	for name, f := range compiled {
		path, fn, _ := strings.Cut(name, ".")
		made, ok := generic.Make(path, fn, reflect.TypeOf(f))
		if !ok || !generic.Known(path, fn) {
			t.Errorf("%s is not known", name)
			continue
		}
		for seed := range uint64(300) {
			want := call(reflect.ValueOf(f), arguments(name, reflect.TypeOf(f), seed))
			if got := call(made, arguments(name, reflect.TypeOf(f), seed)); got != want {
				t.Errorf("%s(%s)\n got %s\nwant %s", name, show(arguments(name, reflect.TypeOf(f), seed)), got, want)
				break
			}
		}
	}
}

// call returns the results of a call and its arguments afterwards, or its panic, as text.
func call(f reflect.Value, args []reflect.Value) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = "panic"
		}
	}()
	var results []reflect.Value
	if f.Type().IsVariadic() {
		results = f.CallSlice(args)
	} else {
		results = f.Call(args)
	}
	for i, arg := range args {
		if s, ok := arg.Interface().(ints); ok {
			args[i] = reflect.ValueOf(s[:cap(s)]) // with what is behind its end
		}
	}
	return show(results) + " leaves " + show(args)
}

func show(values []reflect.Value) string {
	var b strings.Builder
	for _, v := range values {
		switch x := v.Interface().(type) {
		case iter.Seq[int]:
			fmt.Fprint(&b, slices.Sorted(x), first(x))
		case iter.Seq2[int, int]:
			fmt.Fprint(&b, maps.Collect(x))
		case iter.Seq[ints]:
			for s := range x {
				fmt.Fprint(&b, s, cap(s))
			}
		case ints:
			fmt.Fprintf(&b, "%#v", x)
		default:
			if v.Kind() != reflect.Func {
				fmt.Fprintf(&b, "%#v", x)
			}
		}
		b.WriteString("; ")
	}
	return b.String()
}

// first tells that an iterator stops when it is told to.
func first(seq iter.Seq[int]) int {
	n := 0
	for range seq {
		n++
		break
	}
	return n
}

// arguments makes up arguments for a function of type f. Indices are mostly in range.
func arguments(name string, f reflect.Type, seed uint64) []reflect.Value {
	r := rand.New(rand.NewPCG(seed, 1))
	var args []reflect.Value
	at := 0
	for i := range f.NumIn() {
		var arg any
		switch f.In(i) {
		case reflect.TypeFor[ints]():
			s := make(ints, r.IntN(9), 9+r.IntN(9))
			for i := range s {
				s[i] = r.IntN(4)
			}
			if strings.Contains(name, "BinarySearch") {
				slices.Sort(s)
			}
			if s = s[: len(s) : len(s)+r.IntN(cap(s)-len(s))]; seed == 7 {
				s = nil
			}
			arg = s
		case reflect.TypeFor[int]():
			at += r.IntN(4)
			arg = at
		case reflect.TypeFor[[]ints]():
			arg = []ints{{1}, nil, {2, 3}}[:r.IntN(4)]
		case reflect.TypeFor[table]():
			m := table{}
			for range r.IntN(4) {
				m[r.IntN(3)] = r.IntN(2)
			}
			arg = m
		case reflect.TypeFor[iter.Seq[int]]():
			arg = slices.Values([]int{3, 1, 2, 1}[:r.IntN(5)])
		case reflect.TypeFor[iter.Seq2[int, int]]():
			arg = slices.All([]int{3, 1, 2, 1}[:r.IntN(5)])
		case reflect.TypeFor[func(int) bool]():
			arg = func(x int) bool { return x > 1 }
		case reflect.TypeFor[func(int, int) bool]():
			arg = func(x, y int) bool { return x/2 == y/2 }
		case reflect.TypeFor[func(int, int) int]():
			arg = func(x, y int) int { return x/2 - y/2 }
		default:
			panic(fmt.Sprintf("%s: no argument of type %v", name, f.In(i)))
		}
		args = append(args, reflect.ValueOf(arg))
	}
	return args
}

// A type that the compiler has never seen.
var point = reflect.StructOf([]reflect.StructField{
	{Name: "X", Type: reflect.TypeFor[int]()}, {Name: "Label", Type: reflect.TypeFor[any]()}})

func points(labels ...any) reflect.Value {
	s := reflect.MakeSlice(reflect.SliceOf(point), len(labels), len(labels))
	for i, label := range labels {
		s.Index(i).Field(0).SetInt(int64(i % 2))
		s.Index(i).Field(1).Set(reflect.ValueOf(&label).Elem())
	}
	return s
}

func TestTypesMadeAtRunTimeAreSortedAndFound(t *testing.T) {
	s := points("a", 1, nil, 2.5)
	byX := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{point, point}, []reflect.Type{reflect.TypeFor[int]()}, false),
		func(a []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(cmp.Compare(a[1].Field(0).Int(), a[0].Field(0).Int()))}
		})
	sort, ok := generic.Make("slices", "SortStableFunc", reflect.FuncOf([]reflect.Type{s.Type(), byX.Type()}, nil, false))
	if !ok {
		t.Fatal("no slices.SortStableFunc")
	}
	sort.Call([]reflect.Value{s, byX})
	if got, want := fmt.Sprint(s), "[{1 1} {1 2.5} {0 a} {0 <nil>}]"; got != want {
		t.Errorf("sorted %s, want %s", got, want)
	}
	index, _ := generic.Make("slices", "Index", reflect.FuncOf([]reflect.Type{s.Type(), point}, []reflect.Type{reflect.TypeFor[int]()}, false))
	if got := index.Call([]reflect.Value{s, s.Index(3)})[0].Int(); got != 3 {
		t.Errorf("index of the last point is %d, want 3", got)
	}
}

func TestNaNIsSmallestAndWinsExtremes(t *testing.T) {
	f := reflect.TypeFor[func([]float64)]()
	sort, _ := generic.Make("slices", "Sort", f)
	x := []float64{2, math.NaN(), 1}
	sort.Interface().(func([]float64))(x)
	if got := fmt.Sprint(x); got != "[NaN 1 2]" {
		t.Errorf("sorted %s", got)
	}
	most, _ := generic.Make("slices", "Max", reflect.TypeFor[func([]float64) float64]())
	if got := most.Interface().(func([]float64) float64)(x); !math.IsNaN(got) {
		t.Errorf("Max = %v, want NaN", got)
	}
}

func TestPullGivesOneValueAtATime(t *testing.T) {
	made, _ := generic.Make("iter", "Pull2", reflect.TypeOf(iter.Pull2[int, string]))
	next, stop := made.Interface().(func(iter.Seq2[int, string]) (func() (int, string, bool), func()))(slices.All([]string{"a"}))
	defer stop()
	if i, s, ok := next(); i != 0 || s != "a" || !ok {
		t.Errorf("first = %d %q %v", i, s, ok)
	}
	if i, s, ok := next(); i != 0 || s != "" || ok {
		t.Errorf("after the last = %d %q %v", i, s, ok)
	}
}

func TestOnceValuesCallsOnce(t *testing.T) {
	made, _ := generic.Make("sync", "OnceValues", reflect.TypeOf(sync.OnceValues[int, error]))
	n := 0
	f := made.Interface().(func(func() (int, error)) func() (int, error))(func() (int, error) { n++; return n, nil })
	for range 3 {
		if got, err := f(); got != 1 || err != nil {
			t.Errorf("got %d, %v", got, err)
		}
	}
}

func TestOtherFunctionsAreNotKnown(t *testing.T) {
	for _, name := range []string{"slices.Nothing", "fmt.Println", "."} {
		path, fn, _ := strings.Cut(name, ".")
		if _, ok := generic.Make(path, fn, reflect.TypeFor[func()]()); ok || generic.Known(path, fn) {
			t.Errorf("%s is known", name)
		}
	}
}

func BenchmarkSortFunc(b *testing.B) {
	sort, _ := generic.Make("slices", "SortFunc", reflect.TypeOf(slices.SortFunc[ints]))
	f := sort.Interface().(func(ints, func(a, b int) int))
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		f(r.Perm(10000), cmp.Compare[int])
	}
}
