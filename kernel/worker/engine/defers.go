package engine

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// Defers is the defer stack of one call of an interpreted function. Lowered code pushes
// closures and runs the stack in the function's only real deferred function.
type Defers struct{ calls []deferred }

type deferred struct {
	f       func()
	recover recovers
}

// recovers says whether a deferred function calls recover itself.
type recovers uint8

const (
	never recovers = iota
	always
	unknown
)

// Push adds a deferred call of a function that calls recover.
func (d *Defers) Push(f func()) { d.calls = append(d.calls, deferred{f, always}) }

// PushPlain adds a deferred call of a function that does not call recover itself.
func (d *Defers) PushPlain(f func()) { d.calls = append(d.calls, deferred{f, never}) }

// PushUnknown adds a deferred call of a function that may call recover.
func (d *Defers) PushUnknown(f func()) { d.calls = append(d.calls, deferred{f, unknown}) }

// Panicking is what recover sees while deferred calls run. A deferred function that calls
// recover claims the state at its beginning. One that does not disclaims it, lest a function
// that it calls takes the state for its own: see check.
type Panicking struct {
	value   any
	active  bool
	fresh   bool // a deferred function was called that has not claimed the state
	watched bool // the flag is set for which functions call check
	outer   *Panicking
	run     *run // whose goroutine it is; set when value was not nil at first
}

// panics holds, for each goroutine that runs deferred calls, the innermost such state.
type panics struct {
	m       sync.Map
	leaving sync.Map // goroutine → *run: a panic has left a function's deferred calls and unwinds
}

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

// unwinds says whether a goroutine of r runs deferred calls because of a panic. What it
// reads may change meanwhile: the caller asks again.
//
//go:norace
func (p *panics) unwinds(r *run) (found bool) {
	p.m.Range(func(_, v any) bool {
		s := v.(*Panicking)
		found = s.run == r && s.active && !isInterrupt(s.value)
		return !found
	})
	if found {
		return true
	}
	p.leaving.Range(func(_, v any) bool {
		found = v.(*run) == r
		return !found
	})
	return found
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
	if s.active {
		s.value = e.told(value)
		s.run = e.current()
		e.panics.leaving.Delete(g)
	}
	e.panics.push(g, s)
	defer e.panics.pop(g, s)
	e.drain(d, s)
	if s.active {
		if s.run != nil && !isInterrupt(s.value) {
			e.panics.leaving.Store(g, s.run)
		}
		panic(s.value)
	}
}

// drain runs the deferred calls that are left, also when one of them ends the goroutine.
func (e *Engine) drain(d *Defers, s *Panicking) {
	defer func() {
		if len(d.calls) > 0 {
			e.drain(d, s)
		}
	}()
	for len(d.calls) > 0 {
		e.runDeferred(d, s)
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
	s.fresh = f.recover != never
	if f.recover == unknown && s.active {
		s.watched = true
		e.runs.watch(1)
	}
	defer e.claim(s)
	f.f()
	normal = true
}

// claim makes s nobody's to claim.
func (e *Engine) claim(s *Panicking) {
	s.fresh = false
	if s.watched {
		s.watched = false
		e.runs.watch(-1)
	}
}

// disclaim is called at the beginning of functions that do not call recover.
func (e *Engine) disclaim() {
	if v, ok := e.panics.m.Load(getg()); ok {
		e.claim(v.(*Panicking))
	}
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
	e.claim(s)
	return s
}

// recover is the builtin recover in a function for which deferred returned s.
func (e *Engine) recover(s *Panicking) any {
	if s == nil || !s.active || isInterrupt(s.value) || isExit(s.value) {
		return nil
	}
	s.active = false
	e.trace.forget()
	return goPanic(s.value)
}

// recoverLater is a deferred call of the builtin recover in a function for which deferred
// returned s. It does not see past a panic that this function began itself.
func (e *Engine) recoverLater(s *Panicking) any {
	if inner, ok := e.panics.m.Load(getg()); ok && inner.(*Panicking).active {
		return nil
	}
	return e.recover(s)
}

// goPanic translates a panic of the interpreter into Go's own value and text.
func goPanic(v any) any {
	switch v := unwrapPanic(v).(type) {
	case string:
		if err := translate(v); err != nil {
			return err
		}
		return v
	case runtime.Error, *reflect.ValueError:
		text := v.(error).Error()
		if _, reflects := v.(*reflect.ValueError); reflects || strings.HasPrefix(text, "hash of ") {
			if err := translate(text); err != nil {
				return err
			}
		}
		return v
	default: // also an error of the user's, whose method is not for us to call
		return v
	}
}
