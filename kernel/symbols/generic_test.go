package symbols_test

import (
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

func TestGenericSortsWithCompiledCode(t *testing.T) {
	f, ok := symbols.Generic("slices", "Sort", "[]float64", "float64")
	if !ok {
		t.Fatal("no slices.Sort[[]float64]")
	}
	x := []float64{3, 1, 2}
	f.Interface().(func([]float64))(x)
	if !reflect.DeepEqual(x, []float64{1, 2, 3}) {
		t.Errorf("sorted %v", x)
	}
}

func TestGenericHasBasicInstances(t *testing.T) {
	for _, test := range []struct {
		path, name string
		args       []string
		want       any // a value of the type wanted
	}{
		{"slices", "Contains", []string{"[]string", "string"}, (func([]string, string) bool)(nil)},
		{"slices", "SortFunc", []string{"[]interface {}", "interface {}"}, (func([]any, func(a, b any) int))(nil)},
		{"slices", "EqualFunc", []string{"[]int", "[]int", "int", "int"}, (func(_, _ []int, eq func(_, _ int) bool) bool)(nil)},
		{"maps", "Clone", []string{"map[string]int", "string", "int"}, (func(map[string]int) map[string]int)(nil)},
		{"cmp", "Compare", []string{"uint8"}, (func(_, _ uint8) int)(nil)},
		{"sync", "OnceValues", []string{"int", "error"}, (func(func() (int, error)) func() (int, error))(nil)},
		{"math/rand/v2", "N", []string{"time.Duration"}, nil},
		{"sync/atomic", "Pointer", []string{"int"}, (*atomic.Pointer[int])(nil)},
	} {
		v, ok := symbols.Generic(test.path, test.name, test.args...)
		if !ok {
			t.Errorf("%s.%s%q: no instance", test.path, test.name, test.args)
			continue
		}
		if test.want != nil && v.Type() != reflect.TypeOf(test.want) {
			t.Errorf("%s.%s%q is a %v, want %T", test.path, test.name, test.args, v.Type(), test.want)
		}
	}
}

func TestGenericIsFalseForOthers(t *testing.T) {
	for _, test := range [][]string{
		{"slices", "Sort", "[]main.T", "main.T"}, {"slices", "Sort", "[]bool", "bool"}, {"slices", "Sort"},
		{"slices", "Nothing", "[]int", "int"}, {"fmt", "Println"}, {"", ""},
	} {
		if v, ok := symbols.Generic(test[0], test[1], test[2:]...); ok {
			t.Errorf("Generic(%q) = %v", test, v)
		}
	}
}
