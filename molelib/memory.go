package mole

import (
	"reflect"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// memory returns the bytes that a unit keeps in a step beside its parameters and their
// gradients: activations, the gradients between layers, Gram matrices. What comes in
// belongs to the unit before.
func (l *learner) memory() int {
	m := meter{seen: map[uintptr]bool{}}
	if in := l.chain.links[0].in.x; in != nil && len(in.Data) > 0 {
		m.seen[reflect.ValueOf(in.Data).Pointer()] = true
	}
	for _, v := range []any{l.chain, l.criterion, &l.before, &l.out, &l.dT} {
		m.add(reflect.ValueOf(v))
	}
	return m.bytes
}

// meter adds up the numbers that values refer to, each once.
type meter struct {
	bytes int
	seen  map[uintptr]bool
}

// Types whose numbers are not the work space of a step.
var notMeasured = map[reflect.Type]bool{
	reflect.TypeFor[nn.Param](): true, reflect.TypeFor[nn.Graph](): true,
	reflect.TypeFor[Network](): true, reflect.TypeFor[flow](): true,
}

func (m *meter) add(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !m.seen[v.Pointer()] {
			m.seen[v.Pointer()] = true
			m.add(v.Elem())
		}
	case reflect.Interface:
		m.add(v.Elem())
	case reflect.Struct:
		if notMeasured[v.Type()] {
			return
		}
		for i := range v.NumField() {
			m.add(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			m.add(v.Index(i))
		}
	case reflect.Slice:
		m.addSlice(v)
	}
}

func (m *meter) addSlice(v reflect.Value) {
	element := v.Type().Elem()
	switch kind := element.Kind(); {
	case kind >= reflect.Bool && kind <= reflect.Complex128:
		if v.Cap() > 0 && !m.seen[v.Pointer()] {
			m.seen[v.Pointer()] = true
			m.bytes += v.Cap() * int(element.Size())
		}
	default:
		for i := range v.Len() {
			m.add(v.Index(i))
		}
	}
}
