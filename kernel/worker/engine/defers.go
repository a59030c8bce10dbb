package engine

import (
	"runtime"
	"sync"
)

// Defers is the defer stack of one call of an interpreted function. Lowered code pushes
// closures and runs the stack in the function's only real deferred function.
type Defers struct{ calls []func() }

// Push adds a deferred call.
func (d *Defers) Push(f func()) { d.calls = append(d.calls, f) }

// panicking is what recover sees while deferred calls run.
type panicking struct {
	value  any
	active bool
	outer  *panicking
}

// panics holds, for each goroutine that runs deferred calls, the innermost such state.
type panics struct{ m sync.Map }

func (p *panics) push(g uintptr, s *panicking) {
	if outer, ok := p.m.Load(g); ok {
		s.outer = outer.(*panicking)
	}
	p.m.Store(g, s)
}

func (p *panics) pop(g uintptr, s *panicking) {
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
	for s := v.(*panicking); s != nil; s = s.outer {
		if s.active && isInterrupt(s.value) {
			return true
		}
	}
	return false
}

// runDefers runs the deferred calls of a function that ends, with value as the panic that
// ends it, or nil. It panics again unless a deferred call recovered.
func (e *Engine) runDefers(d *Defers, value any) {
	s := &panicking{value: value, active: value != nil}
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
func (e *Engine) runDeferred(d *Defers, s *panicking) {
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
	if f == nil {
		panic(nilDereference())
	}
	f()
	normal = true
}

// recover is the builtin recover of lowered code.
func (e *Engine) recover() any {
	v, ok := e.panics.m.Load(getg())
	if !ok {
		return nil
	}
	s := v.(*panicking)
	if !s.active || isInterrupt(s.value) {
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
		if _, ok := v.(runtime.Error); ok {
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
