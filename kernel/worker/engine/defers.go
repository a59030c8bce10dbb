package engine

import (
	"runtime"
	"strings"
	"sync"
)

// Defers is the defer stack of one call of an interpreted function. Lowered code pushes
// closures and runs the stack in the function's only real deferred function.
type Defers struct{ calls []deferred }

type deferred struct {
	f     func()
	plain bool
}

// Push adds a deferred call of a function that may call recover.
func (d *Defers) Push(f func()) { d.calls = append(d.calls, deferred{f, false}) }

// PushPlain adds a deferred call of a function that does not call recover itself.
func (d *Defers) PushPlain(f func()) { d.calls = append(d.calls, deferred{f, true}) }

// Panicking is what recover sees while deferred calls run.
type Panicking struct {
	value  any
	active bool
	fresh  bool // a deferred function was called that has not claimed the state
	outer  *Panicking
}

// panics holds, for each goroutine that runs deferred calls, the innermost such state.
type panics struct{ m sync.Map }

func (p *panics) push(g uintptr, s *Panicking) {
	if outer, ok := p.m.Load(g); ok {
		s.outer = outer.(*Panicking)
	}
	p.m.Store(g, s)
}

func (p *panics) pop(g uintptr, s *Panicking) {
	if s.outer == nil {
		p.m.Delete(g)
		return
	}
	p.m.Store(g, s.outer)
}

// interrupted says whether an interrupt unwinds the calling goroutine.
func (p *panics) interrupted() bool {
	v, ok := p.m.Load(getg())
	if !ok {
		return false
	}
	for s := v.(*Panicking); s != nil; s = s.outer {
		if s.active && isInterrupt(s.value) {
			return true
		}
	}
	return false
}

// runDefers runs the deferred calls of a function that ends, with value as the panic that
// ends it, or nil. It panics again unless a deferred call recovered.
func (e *Engine) runDefers(d *Defers, value any) {
	s := &Panicking{value: value, active: value != nil}
	g := getg()
	e.panics.push(g, s)
	defer e.panics.pop(g, s)
	for len(d.calls) > 0 {
		e.runDeferred(d, s)
	}
	if s.active {
		panic(s.value)
	}
}

// runDeferred runs one deferred call; a panic in it replaces the current one.
func (e *Engine) runDeferred(d *Defers, s *Panicking) {
	f := d.calls[len(d.calls)-1]
	d.calls = d.calls[:len(d.calls)-1]
	normal := false
	defer func() {
		if normal {
			return
		}
		if r := recover(); r != nil {
			s.value, s.active = r, true
		}
	}()
	if f.f == nil {
		panic(nilDereference())
	}
	s.fresh = !f.plain
	f.f()
	normal = true
}

// deferred is called at the start of a function that calls recover: it returns what recover
// sees when the function is a deferred call, else nil.
func (e *Engine) deferred() *Panicking {
	v, ok := e.panics.m.Load(getg())
	if !ok {
		return nil
	}
	s := v.(*Panicking)
	if !s.fresh {
		return nil
	}
	s.fresh = false
	return s
}

// recover is the builtin recover in a function for which deferred returned s.
func (e *Engine) recover(s *Panicking) any {
	if s == nil || !s.active || isInterrupt(s.value) {
		return nil
	}
	s.active = false
	e.trace.forget()
	return goPanic(s.value)
}

// goPanic translates a panic of the interpreter into Go's own value and text.
func goPanic(v any) any {
	switch v := unwrapPanic(v).(type) {
	case string:
		if err := translate(v); err != nil {
			return err
		}
		return v
	case error:
		if _, ok := v.(runtime.Error); ok && !strings.HasPrefix(v.Error(), "hash of ") {
			return v
		}
		if err := translate(v.Error()); err != nil {
			return err
		}
		return v
	default:
		return v
	}
}
