package engine

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// selfTest makes a recursive struct type with a method and looks at it through compiled code.
// An error means that the layout of Go's types is not the one of rtype.go. It calls between
// when a value exists: a garbage collection costs a starting worker milliseconds, so only
// the tests collect.
func selfTest(between func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("run-time types: %v", r)
		}
	}()
	if unsafe.Sizeof(rtype{}) != 48 && unsafe.Sizeof(uintptr(0)) == 8 {
		return errors.New("run-time types: unexpected layout")
	}
	ts := newTypes(nil, false)
	const slot = maxSlots - 1
	err = ts.add([]program.Type{
		{ID: 0, Kind: program.Basic, Name: "int"},
		{ID: 1, Kind: program.Basic, Name: "string"},
		{ID: 2, Kind: program.Func, Out: []int{1}},
		{ID: 3, Kind: program.User, Name: "node", Elem: 4, Methods: []program.Method{{Recv: 3, Name: "String", Type: 2, Slot: slot - 1}}},
		{ID: 4, Kind: program.Struct, Fields: []program.Field{
			{Name: "N", Twin: "N", Type: 0}, {Name: "next", Twin: "X_next", Type: 5}, {Name: "s", Twin: "X_s", Type: 1},
		}},
		{ID: 5, Kind: program.Pointer, Elem: 3},
	})
	if err != nil {
		return err
	}
	return ts.tryNode(slot-1, between)
}

func (ts *types) tryNode(slot int, between func()) error {
	twin, real := ts.twin(3), ts.real(3)
	fn := makeFunc([]reflect.Type{reflect.PointerTo(twin)}, []reflect.Type{reflect.TypeFor[string]()},
		func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(fmt.Sprint("node ", in[0].Elem().Field(0).Int()))}
		})
	p := reflect.New(fn.Type())
	p.Elem().Set(fn)
	slots[slot] = *(*unsafe.Pointer)(p.UnsafePointer())
	defer func() { slots[slot] = nil }()

	v := reflect.New(twin)
	v.Elem().Field(0).SetInt(7)
	v.Elem().Field(1).Set(reflect.New(twin))
	v.Elem().Field(2).SetString("x")
	between()
	r := reflect.NewAt(real, v.UnsafePointer())
	m := reflect.MakeMap(reflect.MapOf(real, reflect.TypeFor[int]()))
	m.SetMapIndex(r.Elem(), reflect.ValueOf(3))
	for _, c := range []struct{ got, want string }{
		{real.String(), "main.node"},
		{real.Name(), "node"},
		{real.Field(1).Type.String(), "*main.node"},
		{fmt.Sprintf("%v %v", r.Elem().Interface(), r.Interface()), "node 7 node 7"},
		{fmt.Sprintf("%T", r.Interface()), "*main.node"},
		{fmt.Sprint(real.NumMethod(), r.Type().NumMethod(), r.Elem().Interface() == r.Elem().Interface()), "1 1 true"},
		{fmt.Sprint(m.MapIndex(r.Elem())), "3"},
	} {
		if c.got != c.want {
			return fmt.Errorf("run-time types: got %q, want %q", c.got, c.want)
		}
	}
	return nil
}
