package symbols

import (
	"reflect"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/symbols/internal/instances"
	"github.com/mole-kernel/mole-kernel/kernel/symbols/internal/table"
)

// Generic returns a compiled instance of a generic function of the standard library, or of a
// generic type as a nil pointer to it: Generic("slices", "Sort", "[]int", "int"). Type
// arguments are all given, in order, spelled as reflect.Type's String spells them ("uint8" for byte,
// "interface {}" for any). It is false when there is no such instance: slices, maps, cmp, iter, sync,
// atomic, rand.N, unique, sql.Null and maphash have them for basic element types, any, error,
// time.Duration, []int, []float64 and []string, and for maps from int, rune and string to
// most of these.
func Generic(path, name string, typeArgs ...string) (reflect.Value, bool) {
	v, ok := table.Find(instances.Lookup(path), name+"["+strings.Join(typeArgs, ",")+"]")
	if !ok {
		return reflect.Value{}, false
	}
	return reflect.ValueOf(v), true
}
