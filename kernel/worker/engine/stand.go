package engine

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unique"
	"unsafe"
	"weak"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// standIns are compiled instances that stand for those that are not compiled in: lowered code
// computes with them. A type has the same memory for all type arguments.
var standIns = map[string]reflect.Type{
	"sync/atomic.Pointer": reflect.TypeFor[atomic.Pointer[byte]](),
	"weak.Pointer":        reflect.TypeFor[weak.Pointer[byte]](),
	"unique.Handle":       reflect.TypeFor[unique.Handle[byte]](),
}

// stand returns the helper that calls a method of a stand-in with arguments and results of the
// type that it stands for.
func (e *Engine) stand(h program.Helper) reflect.Value {
	recv, sig := e.types.twin(h.T), e.types.twin(h.U)
	in := append([]reflect.Type{recv}, each(e.types.desc[h.U].In, e.types.twin)...)
	out := each(e.types.desc[h.U].Out, e.types.twin)
	if recv == standIns["unique.Handle"] {
		return makeFunc(in, out, func(args []reflect.Value) []reflect.Value {
			handle := reflect.New(recv)
			handle.Elem().Set(args[0])
			return []reflect.Value{reflect.NewAt(sig.Out(0), *(*unsafe.Pointer)(handle.UnsafePointer())).Elem()}
		})
	}
	m, _ := recv.MethodByName(h.Name)
	return makeFunc(in, out, func(args []reflect.Value) []reflect.Value {
		if recv.Kind() == reflect.Pointer && args[0].IsNil() {
			panic(nilDereference())
		}
		for i := range args {
			args[i] = retypeValue(args[i], m.Type.In(i))
		}
		res := m.Func.Call(args)
		for i := range res {
			res[i] = retypeValue(res[i], out[i])
		}
		return res
	})
}

// interned is what unique.Make returned: the key is a type's number and a value.
var interned sync.Map

type internKey struct {
	id int
	v  any
}

// intern returns the handle of a value of type id.
func intern(id int, v reflect.Value, handleType reflect.Type) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	at, _ := interned.LoadOrStore(internKey{id, v.Interface()}, p.UnsafePointer())
	handle := reflect.New(handleType)
	*(*unsafe.Pointer)(handle.UnsafePointer()) = at.(unsafe.Pointer)
	return handle.Elem()
}

// typedGeneric returns the body of a generic function that must know its type argument's real
// type, nil for another function.
func (e *Engine) typedGeneric(h program.Helper) func([]reflect.Value) []reflect.Value {
	sig := e.types.twin(h.T)
	switch h.Pkg + "." + h.Name {
	case "unique.Make":
		if sig.Out(0) != standIns["unique.Handle"] {
			return nil
		}
		return func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{intern(h.Targs[0], in[0], sig.Out(0))}
		}
	case "weak.Make":
		return func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{retypeValue(reflect.ValueOf(weak.Make((*byte)(in[0].UnsafePointer()))), sig.Out(0))}
		}
	case "runtime.AddCleanup":
		return func(in []reflect.Value) []reflect.Value {
			call := func(arg reflect.Value) { in[1].Call([]reflect.Value{arg}) }
			return results(runtime.AddCleanup((*byte)(in[0].UnsafePointer()), call, in[2]))
		}
	case "reflect.TypeFor":
		t := e.types.real(h.Targs[0])
		return func([]reflect.Value) []reflect.Value { return []reflect.Value{boxed[reflect.Type](t)} }
	case "reflect.TypeAssert":
		return func(in []reflect.Value) []reflect.Value {
			v := in[0].Interface().(reflect.Value)
			return e.typeAssert(h.Targs[0], v.Interface())
		}
	case "errors.AsType":
		t := e.types.real(h.Targs[0])
		return func(in []reflect.Value) []reflect.Value {
			err, _ := in[0].Interface().(error)
			found := reflect.New(t)
			ok := e.errorsAs(err, found.Interface())
			return []reflect.Value{retypeValue(found.Elem(), sig.Out(0)), reflect.ValueOf(ok)}
		}
	}
	return nil
}

// typeAssert is v.(T) with ok, in the form of a compiled function's results.
func (e *Engine) typeAssert(id int, v any) []reflect.Value {
	twin := e.types.twin(id)
	if !e.matcher(id)(v) {
		return []reflect.Value{reflect.Zero(twin), reflect.ValueOf(false)}
	}
	return []reflect.Value{opened(e.types.modern(v), twin, e.unboxer(id)), reflect.ValueOf(true)}
}

// boxed returns v as a value of the interface type T.
func boxed[T any](v T) reflect.Value { return reflect.ValueOf(&v).Elem() }
