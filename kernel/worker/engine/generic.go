package engine

import (
	"fmt"
	"reflect"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

func (e *Engine) generic(h program.Helper) (reflect.Value, error) {
	return reflect.Value{}, fmt.Errorf("%s.%s is not available for these types", h.Pkg, h.Name)
}

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
