package engine

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// binder returns the helper that binds a method: it takes the interpreted function with its
// receiver first and puts its closure into a slot.
func (e *Engine) binder(h program.Helper) reflect.Value {
	sig := e.types.twin(h.U)
	return makeFunc([]reflect.Type{sig}, nil, func(in []reflect.Value) []reflect.Value {
		fillSlot(h.N, in[0])
		e.bound.Store(h.N, in[0])
		if h.Kind == program.BindFunc && e.types.takesValues(h) {
			fillSlot(h.N+1, byValue(in[0]))
		}
		return nil
	})
}

func fillSlot(n int, f reflect.Value) {
	p := reflect.New(f.Type())
	p.Elem().Set(f)
	slots[n] = *(*unsafe.Pointer)(p.UnsafePointer())
}

// takesValues says whether compiled code may call the method that h binds with a value that is
// more than one word, which is what a reflect.Method of the value's type does. It is known when
// the method is bound: only then its type has it.
func (ts *types) takesValues(h program.Helper) bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if rtypeOf(ts.real(h.T)).tflag&flagDirectIface != 0 {
		return false // bound by itself
	}
	return !slices.ContainsFunc(ts.desc[h.T].Methods, func(m program.Method) bool { return m.Ptr && m.Name == h.Name })
}

// byValue makes of a method with a pointer receiver, f, one with a value receiver.
func byValue(f reflect.Value) reflect.Value {
	t := f.Type()
	var in, out []reflect.Type
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	in[0] = in[0].Elem()
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		p := reflect.New(in[0])
		p.Elem().Set(args[0])
		args[0] = p
		if t.IsVariadic() {
			return f.CallSlice(args)
		}
		return f.Call(args)
	})
}

// caller returns the helper that calls a method of an interface value: directly when the
// dynamic type is a user's, else through reflection.
func (e *Engine) caller(h program.Helper) reflect.Value {
	iface := e.types.real(h.T)
	sig := e.types.twin(h.U)
	in := []reflect.Type{iface}
	for i := range sig.NumIn() {
		in = append(in, sig.In(i))
	}
	var out []reflect.Type
	for i := range sig.NumOut() {
		out = append(out, sig.Out(i))
	}
	t := reflect.FuncOf(in, out, sig.IsVariadic())
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		if args[0].IsNil() {
			panic(nilDereference())
		}
		recv := args[0].Elem()
		if u := e.types.user(recv.Type()); u != nil {
			if m, ok := u.methods[h.Name]; ok {
				return e.callBound(u, m, recv, args[1:], sig.IsVariadic())
			}
		}
		return callCompiled(recv, h.Name, args[1:], out)
	})
}

func (e *Engine) callBound(u *userType, m program.Method, recv reflect.Value, args []reflect.Value, variadic bool) []reflect.Value {
	fn, ok := e.bound.Load(m.Slot)
	if !ok {
		panic("method " + m.Name + " has no body")
	}
	twin := e.types.twinOf(u)
	var p reflect.Value
	if u.pointer {
		if !m.Ptr && recv.IsNil() {
			t := recv.Type().Elem()
			panic(plainError(fmt.Sprintf("value method %s.%s called using nil *%s pointer", t, m.Name, t.Name())))
		}
		p = reflect.NewAt(twin, recv.UnsafePointer())
	} else {
		p = reflect.New(twin)
		reflect.NewAt(recv.Type(), p.UnsafePointer()).Elem().Set(recv)
	}
	all := append([]reflect.Value{p}, args...)
	if variadic {
		return fn.(reflect.Value).CallSlice(all)
	}
	return fn.(reflect.Value).Call(all)
}

func callCompiled(recv reflect.Value, name string, args []reflect.Value, out []reflect.Type) []reflect.Value {
	m := recv.MethodByName(name)
	t := m.Type()
	for i := range args {
		args[i] = retypeValue(args[i], t.In(i))
	}
	var res []reflect.Value
	if t.IsVariadic() {
		res = m.CallSlice(args)
	} else {
		res = m.Call(args)
	}
	for i := range res {
		if res[i].Type() != out[i] {
			res[i] = retypeValue(res[i], out[i])
		}
	}
	return res
}

func (ts *types) user(t reflect.Type) *userType {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	return ts.users[rtypeOf(t)]
}

// twinOf is safe beside a Load.
func (ts *types) twinOf(u *userType) reflect.Type {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	return ts.twin(u.id)
}

// runtimeAssertion mirrors runtime.TypeAssertionError, whose fields are private.
type runtimeAssertion struct {
	iface, concrete, asserted *rtype
	missing                   string
}

// assertionError is the panic of v.(t) for an operand of interface type from.
func assertionError(from reflect.Type, v any, t reflect.Type) error {
	err := new(runtime.TypeAssertionError)
	r := (*runtimeAssertion)(unsafe.Pointer(err))
	r.asserted = rtypeOf(t)
	if t.Kind() != reflect.Interface { // for which the runtime does not say what was asserted from
		r.iface = rtypeOf(from)
	}
	if v == nil && t.Kind() == reflect.Interface {
		r.iface = nil // as Go has it
	}
	if v != nil {
		r.concrete = (*eface)(unsafe.Pointer(&v)).typ
	}
	if v != nil && t.Kind() == reflect.Interface {
		for i := range t.NumMethod() {
			if _, ok := reflect.TypeOf(v).MethodByName(t.Method(i).Name); !ok {
				r.missing = t.Method(i).Name
				break
			}
		}
	}
	return err
}

// nilDereference returns Go's own error for a nil pointer.
func nilDereference() (err any) {
	defer func() { err = recover() }()
	var p *int
	return *p
}
