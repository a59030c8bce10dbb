package engine

import (
	"context"
	"runtime/pprof"
	"sync"
	"time"
)

// spawn is the lowered go statement.
func (e *Engine) spawn(f func()) {
	r := e.current()
	if r != nil {
		r.refs.Add(1)
	}
	go func() {
		if r != nil {
			defer e.runs.leave(r)
		}
		defer e.catch(r)
		f()
	}()
}

// spawnFor is the method Go of a sync.WaitGroup. A panic is told before the group is done:
// whoever waits for the group finds the cell stopped.
func (e *Engine) spawnFor(g *sync.WaitGroup, f func()) {
	g.Add(1)
	r := e.current()
	if r != nil {
		r.refs.Add(1)
	}
	go func() {
		defer g.Done()
		if r != nil {
			defer e.runs.leave(r)
		}
		defer e.catch(r)
		f()
	}()
}

// catch ends a goroutine of a cell that panicked. While the cell runs it is the cell that
// fails, as the whole program would; later the panic is told, and the process goes on.
func (e *Engine) catch(r *run) {
	v := recover()
	if v == nil || isInterrupt(v) {
		return
	}
	defer e.panics.leaving.Delete(getg())
	p := &Panic{Value: goPanic(e.told(v)), Frames: e.trace.take()}
	if r != nil && r.fail(p) {
		e.runs.interrupt(r)
		return
	}
	cell := 0
	if r != nil {
		cell = r.cell
	}
	if e.opts.GoPanic != nil {
		e.opts.GoPanic(cell, p)
	}
}

// fail hands the panic of a goroutine to the cell; false when the cell has ended.
func (r *run) fail(p *Panic) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	if r.failed == nil {
		r.failed = p
		close(r.failing)
	}
	return true
}

// end is called when the cell's statements have ended. It returns the panic of a goroutine
// that came before.
func (r *run) end() *Panic {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	return r.failed
}

// settle waits until the goroutines of r that panic have ended, so that a panic counts
// whose deferred calls let the cell end. One whose deferred calls take long counts no more.
func (e *Engine) settle(r *run) {
	if !e.panics.unwinds(r) {
		return
	}
	limit := time.NewTimer(graceful)
	defer limit.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for e.panics.unwinds(r) {
		select {
		case <-tick.C:
		case <-limit.C:
			return
		}
	}
}

// afterFunc is time.AfterFunc, whose function runs in a goroutine of the cell that calls it.
func (e *Engine) afterFunc(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, e.adopted(f))
}

// afterContext is context.AfterFunc, in the same way.
func (e *Engine) afterContext(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, e.adopted(f))
}

// adopted makes the goroutine in which compiled code calls f one of the present cell.
func (e *Engine) adopted(f func()) func() {
	r := e.current()
	if r == nil || f == nil {
		return f
	}
	return func() {
		e.runs.join(r)
		defer e.runs.leave(r)
		defer e.catch(r)
		f()
	}
}

// join makes the calling goroutine one of r, which may be over.
func (rs *runs) join(r *run) {
	rs.mu.Lock()
	if r.refs.Add(1) == 1 {
		rs.alive++
	}
	rs.mu.Unlock()
	pprof.SetGoroutineLabels(r.ctx)
	rs.byLabel.Store(r.label, r)
}

// once is the method Do of a sync.Once: an interrupt ends the wait for another goroutine
// that is in it. f runs in the calling goroutine, a helper holds its turn.
func (e *Engine) once(o *sync.Once, f func()) {
	r := e.current()
	if r == nil {
		o.Do(f)
		return
	}
	turn, over, ran := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(over)
		o.Do(func() {
			select {
			case turn <- true:
				<-ran
			case <-r.done: // it counts as done, as a function does that panics
			}
		})
	}()
	select {
	case <-turn:
		defer func() {
			close(ran)
			<-over
		}()
		f()
	case <-over:
	case <-r.done:
		panic(errInterrupt)
	}
}
