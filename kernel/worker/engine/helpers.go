package engine

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

var anyType = reflect.TypeFor[any]()

// helper makes the compiled function that a descriptor asks for.
func (e *Engine) helper(h program.Helper) (fn reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("make helper %s: %v", h.Symbol, r)
		}
	}()
	ts := e.types
	switch h.Kind {
	case program.Box:
		return e.box(h.T, h.U), nil
	case program.Assert:
		return e.assert(h.T, h.U), nil
	case program.AssertOK:
		return e.assertOK(h.T), nil
	case program.Is:
		match := e.matcher(h.T)
		return reflect.ValueOf(func(v any) bool { return match(v) }), nil
	case program.Call:
		return e.caller(h), nil
	case program.Retype:
		return e.retype(h.T, h.U), nil
	case program.Recv, program.RecvOK, program.Send, program.MakeChan:
		return e.channel(h.Kind, ts.twin(h.T)), nil
	case program.Unbox:
		return unbox(ts.twin(h.T)), nil
	case program.BindFunc, program.BindValue:
		return e.binder(h), nil
	case program.Minimum, program.Maximum:
		return extremum(ts.twin(h.T), h.Kind == program.Minimum), nil
	case program.Zero:
		t := ts.twin(h.T)
		return makeFunc(nil, []reflect.Type{t}, func([]reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.New(t).Elem()}
		}), nil
	case program.NotNil:
		t := ts.twin(h.T)
		return makeFunc([]reflect.Type{t}, []reflect.Type{t}, func(in []reflect.Value) []reflect.Value {
			if in[0].IsNil() {
				panic(nilDereference())
			}
			return in
		}), nil
	case program.Stand:
		return e.stand(h), nil
	case program.Generic:
		if typed := e.typedGeneric(h); typed != nil {
			return reflect.MakeFunc(ts.twin(h.T), typed), nil
		}
		return e.generic(h)
	case program.Variable:
		return e.variable(h)
	case program.CompiledFunc:
		return e.compiledFunc(h)
	}
	return fn, fmt.Errorf("make helper %s: unknown kind %d", h.Symbol, h.Kind)
}

// variable makes the function that returns where a compiled package's variable lies. The
// interpreter takes variables of basic types for constants.
func (e *Engine) variable(h program.Helper) (reflect.Value, error) {
	v := e.exports(h.Pkg)[h.Name]
	if !v.IsValid() || !v.CanAddr() {
		return v, fmt.Errorf("variable %s of package %q is not compiled into the kernel", h.Name, h.Pkg)
	}
	return makeFunc(nil, []reflect.Type{v.Addr().Type()}, func([]reflect.Value) []reflect.Value {
		return []reflect.Value{v.Addr()}
	}), nil
}

// compiledFunc returns a function of a compiled cell. Its package has types of its own that
// are laid out as the notebook's are, because they are made of the same text.
func (e *Engine) compiledFunc(h program.Helper) (reflect.Value, error) {
	fn, t := e.exports(h.Pkg)[h.Name], e.types.twin(h.T)
	if !fn.IsValid() || !layoutEqual(fn.Type(), t) {
		return fn, fmt.Errorf("function %s of the compiled cell is not in the worker", h.Name)
	}
	return retypeValue(fn, t), nil
}

func makeFunc(in, out []reflect.Type, body func([]reflect.Value) []reflect.Value) reflect.Value {
	return reflect.MakeFunc(reflect.FuncOf(in, out, false), body)
}

// boxer returns the function that turns a twin of type id, held in an any, into the real value.
func (e *Engine) boxer(id int) func(any) any {
	twin := e.types.twin(id)
	if twin == e.types.real(id) {
		return func(v any) any { return v }
	}
	from, real := rtypeOf(twin), e.types.newest(id)
	return func(v any) any {
		x, to := (*eface)(unsafe.Pointer(&v)), real.Load()
		switch x.typ {
		case from:
			x.typ = to
		case to, nil:
		default:
			return retypeValue(reflect.ValueOf(v).Convert(twin), to.reflect()).Interface()
		}
		return v
	}
}

// unboxer is the inverse of boxer; the value's type is known to match.
func (e *Engine) unboxer(id int) func(any) any {
	twin, real := e.types.twin(id), e.types.real(id)
	if twin == real {
		return func(v any) any { return v }
	}
	to := rtypeOf(twin)
	return func(v any) any {
		(*eface)(unsafe.Pointer(&v)).typ = to
		return v
	}
}

func (e *Engine) box(id, iface int) reflect.Value {
	real := e.boxer(id)
	if e.types.isInterface(id) {
		real = e.types.modern
	}
	target := e.types.real(iface)
	switch target {
	case anyType:
		return reflect.ValueOf(real)
	case reflect.TypeFor[error]():
		return reflect.ValueOf(func(v any) error {
			r, ok := real(v).(error)
			if !ok {
				r, _ = e.types.implementing(real(v), target).(error)
			}
			return r
		})
	case reflect.TypeFor[fmt.Stringer]():
		return reflect.ValueOf(func(v any) fmt.Stringer {
			r, ok := real(v).(fmt.Stringer)
			if !ok {
				r, _ = e.types.implementing(real(v), target).(fmt.Stringer)
			}
			return r
		})
	}
	return makeFunc([]reflect.Type{anyType}, []reflect.Type{target}, func(in []reflect.Value) []reflect.Value {
		out := reflect.New(target).Elem()
		if v := real(in[0].Interface()); v != nil {
			out.Set(reflect.ValueOf(e.types.implementing(v, target)))
		}
		return []reflect.Value{out}
	})
}

// matcher returns the test for type id of an interface's dynamic value.
func (e *Engine) matcher(id int) func(any) bool {
	t := e.types.real(id)
	if t.Kind() == reflect.Interface {
		return func(v any) bool { return v != nil && reflect.TypeOf(e.types.modern(v)).Implements(t) }
	}
	want := e.types.newest(id)
	return func(v any) bool {
		v = e.types.modern(v)
		return (*eface)(unsafe.Pointer(&v)).typ == want.Load()
	}
}

func (e *Engine) assert(id, from int) reflect.Value {
	match, open := e.matcher(id), e.unboxer(id)
	real, source := e.types.real(id), e.types.real(from)
	check := func(v any) any {
		v = e.types.modern(v)
		if !match(v) {
			panic(assertionError(source, v, real))
		}
		return v
	}
	switch real {
	case reflect.TypeFor[int]():
		return reflect.ValueOf(func(v any) int { return check(v).(int) })
	case reflect.TypeFor[float64]():
		return reflect.ValueOf(func(v any) float64 { return check(v).(float64) })
	case reflect.TypeFor[string]():
		return reflect.ValueOf(func(v any) string { return check(v).(string) })
	case reflect.TypeFor[error]():
		return reflect.ValueOf(func(v any) error { return check(v).(error) })
	}
	twin := e.types.twin(id)
	return makeFunc([]reflect.Type{anyType}, []reflect.Type{twin}, func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{opened(check(in[0].Interface()), twin, open)}
	})
}

// opened returns a dynamic value as a value of the twin type.
func opened(v any, twin reflect.Type, open func(any) any) reflect.Value {
	out := reflect.New(twin).Elem()
	if twin.Kind() == reflect.Interface {
		out.Set(reflect.ValueOf(v))
		return out
	}
	out.Set(reflect.ValueOf(open(v)))
	return out
}

func (e *Engine) assertOK(id int) reflect.Value {
	match, open := e.matcher(id), e.unboxer(id)
	switch e.types.real(id) {
	case reflect.TypeFor[int]():
		return reflect.ValueOf(func(v any) (int, bool) { r, ok := v.(int); return r, ok })
	case reflect.TypeFor[float64]():
		return reflect.ValueOf(func(v any) (float64, bool) { r, ok := v.(float64); return r, ok })
	case reflect.TypeFor[string]():
		return reflect.ValueOf(func(v any) (string, bool) { r, ok := v.(string); return r, ok })
	case reflect.TypeFor[error]():
		return reflect.ValueOf(func(v any) (error, bool) { r, ok := e.types.modern(v).(error); return r, ok })
	}
	twin := e.types.twin(id)
	out := []reflect.Type{twin, reflect.TypeFor[bool]()}
	return makeFunc([]reflect.Type{anyType}, out, func(in []reflect.Value) []reflect.Value {
		v := e.types.modern(in[0].Interface())
		if !match(v) {
			return []reflect.Value{reflect.Zero(twin), reflect.ValueOf(false)}
		}
		return []reflect.Value{opened(v, twin, open), reflect.ValueOf(true)}
	})
}

// retype converts between types of one layout, in the twin world.
func (e *Engine) retype(from, to int) reflect.Value {
	src, dst := e.types.twin(from), e.types.twin(to)
	return makeFunc([]reflect.Type{src}, []reflect.Type{dst}, func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{retypeValue(in[0], dst)}
	})
}

// retypeValue returns a copy of v as a value of type t, which has the layout of v's type.
func retypeValue(v reflect.Value, t reflect.Type) reflect.Value {
	if v.Type() == t {
		return v
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return reflect.NewAt(t, p.UnsafePointer()).Elem()
}

func unbox(t reflect.Type) reflect.Value {
	return makeFunc([]reflect.Type{anyType}, []reflect.Type{t}, func(in []reflect.Value) []reflect.Value {
		out := reflect.New(t).Elem()
		if v := in[0]; !v.IsNil() {
			out.Set(v.Elem())
		}
		return []reflect.Value{out}
	})
}

func extremum(t reflect.Type, minimum bool) reflect.Value {
	switch t.Kind() {
	case reflect.Int:
		if minimum {
			return reflect.ValueOf(func(a, b int) int { return min(a, b) })
		}
		return reflect.ValueOf(func(a, b int) int { return max(a, b) })
	case reflect.Float64:
		if minimum {
			return reflect.ValueOf(func(a, b float64) float64 { return min(a, b) })
		}
		return reflect.ValueOf(func(a, b float64) float64 { return max(a, b) })
	}
	return makeFunc([]reflect.Type{t, t}, []reflect.Type{t}, func(in []reflect.Value) []reflect.Value {
		a, b := in[0], in[1]
		if a.CanFloat() {
			x := max(a.Float(), b.Float())
			if minimum {
				x = min(a.Float(), b.Float())
			}
			return []reflect.Value{reflect.ValueOf(x).Convert(t)}
		}
		if compareValues(b, a) < 0 == minimum {
			a = b
		}
		return []reflect.Value{a}
	})
}
