package engine

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// The Go runtime remembers that a type does not implement an interface. A type that gains a
// method after it was made therefore gets a new real type, its next generation, and so does
// each type that is made of it. Twins stay, as lowered code computes with them, and so do
// interface types, whose methods are written anew in place.

// newest is the newest generation of a real type.
type newest = atomic.Pointer[rtype]

// generations finds the newest generation of the types of a notebook.
type generations struct {
	older  atomic.Pointer[map[*rtype]*newest] // nil while each type has one generation only
	byType map[int]*newest
	users  map[int][]*generation // all generations of users' types, the newest last
}

// generation is one real type of a user's type.
type generation struct {
	t    reflect.Type
	kept map[string]program.Method // the methods that it keeps: newer ones have another signature
}

// methods returns the method set of a generation of the type that d describes.
func (g *generation) methods(d program.Type) program.Type {
	if len(g.kept) == 0 {
		return d
	}
	d.Methods = slices.Clone(d.Methods)
	for i, m := range d.Methods {
		if old, ok := g.kept[m.Name]; ok {
			d.Methods[i] = old
		}
	}
	return d
}

// newest returns where the newest generation of type id stands.
func (ts *types) newest(id int) *newest {
	p := ts.gens.byType[id]
	if p == nil {
		p = new(newest)
		p.Store(rtypeOf(ts.real(id)))
		ts.gens.byType[id] = p
	}
	return p
}

// modern returns v as a value of the newest generation of its type.
func (ts *types) modern(v any) any {
	older := ts.gens.older.Load()
	if older == nil {
		return v
	}
	x := (*eface)(unsafe.Pointer(&v))
	if p := (*older)[x.typ]; p != nil {
		x.typ = p.Load()
	}
	return v
}

// extend adds methods to types of earlier programs, or replaces them by ones with another
// signature: these are seen by the next generation only.
func (ts *types) extend(list []program.Method) (err error) {
	if len(list) == 0 {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("add methods to run-time types: %v", r)
		}
	}()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	grown := map[int]bool{}
	for _, m := range list {
		ts.addMethod(m)
		grown[m.Recv] = true
	}
	if !ts.erased {
		ts.renew(ts.madeOf(grown))
	}
	for id := range grown {
		for _, g := range ts.gens.users[id] {
			d := g.methods(ts.desc[id])
			ts.enroll(g.t, d)
			if !ts.erased {
				ts.fillMethods(rtypeOf(g.t), d)
			}
		}
	}
	return nil
}

func (ts *types) addMethod(m program.Method) {
	d := ts.desc[m.Recv]
	d.Methods = slices.Clone(d.Methods)
	at, replaces := slices.BinarySearchFunc(d.Methods, m, func(a, b program.Method) int { return strings.Compare(a.Name, b.Name) })
	if !replaces {
		d.Methods = slices.Insert(d.Methods, at, m)
		ts.desc[m.Recv] = d
		return
	}
	for _, g := range ts.gens.users[m.Recv] {
		if _, ok := g.kept[m.Name]; !ok {
			if g.kept == nil {
				g.kept = map[string]program.Method{}
			}
			g.kept[m.Name] = d.Methods[at]
		}
	}
	d.Methods[at] = m
	ts.desc[m.Recv] = d
}

// implementing returns the newest generation of v's type that implements an interface: a method
// of the very newest may have another signature. It is v when none does.
func (ts *types) implementing(v any, iface reflect.Type) any {
	v = ts.modern(v)
	if v == nil || ts.gens.older.Load() == nil || reflect.TypeOf(v).Implements(iface) {
		return v
	}
	u := ts.user(reflect.TypeOf(v))
	if u == nil {
		return v
	}
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	for _, g := range slices.Backward(ts.gens.users[u.id]) {
		t := g.t
		if u.pointer {
			t = reflect.PointerTo(t)
		}
		if t.Implements(iface) {
			(*eface)(unsafe.Pointer(&v)).typ = rtypeOf(t)
			return v
		}
	}
	return v
}

// madeOf adds to a set of types those that are made of them, sorted. Dependence ends at
// interface types.
func (ts *types) madeOf(set map[int]bool) []int {
	for more := true; more; {
		more = false
		for id, d := range ts.desc {
			if set[id] {
				continue
			}
			if slices.ContainsFunc(components(d), func(c int) bool { return set[c] && !ts.isInterface(c) }) {
				set[id], more = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (ts *types) isInterface(id int) bool { return ts.underlying(id).Kind == program.Interface }

// components are the types that a type names.
func components(d program.Type) []int {
	list := slices.Concat(d.In, d.Out, d.Targs)
	switch d.Kind {
	case program.Map:
		list = append(list, d.Key, d.Elem)
	case program.Pointer, program.Slice, program.Array, program.Chan, program.User:
		list = append(list, d.Elem)
	case program.Compiled:
		if d.Opaque {
			list = append(list, d.Elem)
		}
	}
	for _, f := range d.Fields {
		list = append(list, f.Type)
	}
	for _, m := range d.Methods {
		list = append(list, m.Type)
	}
	return list
}

// renew makes the next generation of types.
func (ts *types) renew(ids []int) {
	older := map[*rtype]*newest{}
	if p := ts.gens.older.Load(); p != nil {
		older = maps.Clone(*p)
	}
	var list []int
	for _, id := range ids {
		if ts.isInterface(id) {
			continue
		}
		p := ts.newest(id)
		older[p.Load()] = p
		delete(ts.reals, id)
		list = append(list, id)
	}
	for _, id := range list {
		if d := ts.desc[id]; d.Kind == program.User {
			ts.realShell(d)
		}
	}
	for _, id := range list {
		if d := ts.desc[id]; d.Kind == program.User {
			real := rtypeOf(ts.reals[id])
			ts.fill(real, ts.underlying(id).ID, false)
			ts.fillMethods(real, d)
		}
	}
	for _, id := range ids {
		if ts.isInterface(id) {
			ts.fillInterface((*interfaceType)(unsafe.Pointer(rtypeOf(ts.reals[id]))), ts.underlying(id))
			continue
		}
		t := rtypeOf(ts.real(id))
		delete(older, t) // the type is made of nothing that changed
		ts.gens.byType[id].Store(t)
	}
	ts.gens.older.Store(&older)
}

// realShell makes a generation of a user's type that is not an interface, without its parts.
func (ts *types) realShell(d program.Type) {
	real := ts.newShell(qualified(d), "main", ts.layout(d.ID))
	ts.reals[d.ID] = real
	ts.newPointer(rtypeOf(real))
	ts.gens.users[d.ID] = append(ts.gens.users[d.ID], &generation{t: real})
	ts.enroll(real, d)
}

// enroll makes the methods of a generation of type d known for calls. The map is a new one, as
// running code reads the old.
func (ts *types) enroll(t reflect.Type, d program.Type) {
	methods := make(map[string]program.Method, len(d.Methods))
	for _, m := range d.Methods {
		methods[m.Name] = m
	}
	ts.users[rtypeOf(t)] = &userType{d.ID, false, methods}
	ts.users[rtypeOf(reflect.PointerTo(t))] = &userType{d.ID, true, methods}
}
