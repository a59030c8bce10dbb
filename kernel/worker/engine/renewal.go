package engine

import (
	"errors"
	"reflect"
	"unsafe"
)

// renewal gives interface values of older generations that variables of the notebook reach the
// newest type, so that compiled code sees their new methods. It does not look into values of
// compiled types, which others may be changing, nor into channels and closures: there the
// value is renewed when lowered code asserts, compares or calls it.
type renewal struct {
	types *types
	holds map[reflect.Type]bool // whether a type may reach an interface
	seen  map[place]bool
}

type place struct {
	at unsafe.Pointer
	t  reflect.Type
}

// renewVariables renews what the variables reach while no cell runs. A variable that cannot be
// renewed keeps its type.
func (e *Engine) renewVariables() {
	if e.types.gens.older.Load() == nil || e.host.frame == nil || e.runs.busy() {
		return
	}
	r := &renewal{e.types, map[reflect.Type]bool{}, map[place]bool{}}
	for _, v := range (*e.host.frame)[:e.host.filled] {
		if v.IsValid() && v.CanAddr() {
			r.variable(v)
		}
	}
}

func (r *renewal) variable(v reflect.Value) {
	defer func() { _ = recover() }()
	r.renew(v)
}

// renew renews what an addressable value holds and says whether it changed itself.
func (r *renewal) renew(v reflect.Value) bool {
	t := v.Type()
	if !r.mayHold(t) {
		return false
	}
	p := place{v.Addr().UnsafePointer(), t}
	if r.seen[p] {
		return false
	}
	r.seen[p] = true
	v = reflect.NewAt(t, p.at).Elem() // settable also when a private field led here
	changed := false
	switch t.Kind() {
	case reflect.Interface:
		return r.renewInterface(v)
	case reflect.Pointer:
		if !v.IsNil() {
			r.renew(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			r.renew(v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			changed = r.renew(v.Index(i)) || changed
		}
	case reflect.Struct:
		for i := range v.NumField() {
			changed = r.renew(v.Field(i)) || changed
		}
	case reflect.Map:
		r.renewMap(v)
	}
	return changed
}

func (r *renewal) renewInterface(v reflect.Value) bool {
	if v.IsNil() {
		return false
	}
	old := v.Elem().Interface()
	now := copyOf(r.types.modern(old))
	changed := reflect.TypeOf(now.Interface()) != reflect.TypeOf(old)
	if r.renew(now) || changed {
		v.Set(now)
		return true
	}
	return false
}

func copyOf(v any) reflect.Value {
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Elem()
}

func (r *renewal) renewMap(m reflect.Value) {
	for _, old := range m.MapKeys() {
		key, elem := reflect.New(m.Type().Key()).Elem(), reflect.New(m.Type().Elem()).Elem()
		key.Set(old)
		elem.Set(m.MapIndex(old))
		moved, changed := r.renew(key), r.renew(elem)
		if moved {
			m.SetMapIndex(old, reflect.Value{})
		}
		if moved || changed {
			m.SetMapIndex(key, elem)
		}
	}
}

// mayHold says whether values of t can reach an interface of the notebook's.
func (r *renewal) mayHold(t reflect.Type) bool {
	known, ok := r.holds[t]
	if ok {
		return known
	}
	r.holds[t] = true // a recursive type is asked for itself
	holds := false
	switch pkg := t.PkgPath(); {
	case t.Kind() == reflect.Interface:
		holds = true
	case pkg != "" && pkg != "main" && pkg != "k":
	case t.Kind() == reflect.Map:
		holds = r.mayHold(t.Key()) || r.mayHold(t.Elem())
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		holds = r.mayHold(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			holds = r.mayHold(t.Field(i).Type) || holds
		}
	}
	r.holds[t] = holds
	return holds
}

// errorsAs is errors.As, which finds errors of older generations as well.
func (e *Engine) errorsAs(err error, target any) bool {
	return e.anyError(err, func(err error) bool { return errors.As(err, target) })
}

// errorsIs is errors.Is, which finds errors of older generations as well.
func (e *Engine) errorsIs(err, target error) bool {
	target, _ = e.types.modern(target).(error)
	return e.anyError(err, func(err error) bool { return errors.Is(err, target) })
}

// anyError asks match for the tree of err, and for the errors in it that are of an older
// generation.
func (e *Engine) anyError(err error, match func(error) bool) bool {
	if match(err) {
		return true
	}
	if err == nil || e.types.gens.older.Load() == nil {
		return false
	}
	if now, ok := e.types.modern(err).(error); ok && reflect.TypeOf(now) != reflect.TypeOf(err) && match(now) {
		return true
	}
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		inner := x.Unwrap()
		return inner != nil && e.anyError(inner, match)
	case interface{ Unwrap() []error }:
		for _, inner := range x.Unwrap() {
			if inner != nil && e.anyError(inner, match) {
				return true
			}
		}
	}
	return false
}
