package engine

import (
	"context"
	"errors"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// ErrInterrupted is the result of a cell whose context was cancelled.
var ErrInterrupted = errors.New("interrupted")

// ErrGoexit is the result of a cell that called runtime.Goexit.
var ErrGoexit = errors.New("runtime.Goexit ended the cell before its last statement")

// errInterrupt unwinds the goroutines of an interrupted cell. The text is the one for which
// yaegi writes no trace.
var errInterrupt error = &interrupt{}

type interrupt struct{}

func (*interrupt) Error() string { return "net/http: abort Handler" }

func isInterrupt(v any) bool { return unwrapPanic(v) == any(errInterrupt) }

// run is one execution of a cell with the goroutines that it started.
type run struct {
	cell    int
	done    chan struct{} // closed by an interrupt
	stopped atomic.Bool
	refs    atomic.Int32
	label   unsafe.Pointer
	ctx     context.Context

	mu      sync.Mutex
	ended   bool          // the cell's statements have ended
	failed  *Panic        // of a goroutine, while they ran
	failing chan struct{} // closed when failed is set
}

// runs finds the run that a goroutine belongs to by the goroutine's profiler labels, which
// `go` inherits.
type runs struct {
	byLabel sync.Map // unsafe.Pointer → *run
	mu      sync.Mutex
	stopped map[*run]bool
	over    []*run // finished, kept for goroutines that compiled code started
	n       int
	alive   int   // runs with goroutines
	watched int   // deferred calls of functions of which it is not known whether they recover
	idle    int   // goroutines of the process when a cell began; the fewest so far
	flag    *bool // the interpreted variable that guards calls of check
}

//go:linkname runtime_getProfLabel runtime/pprof.runtime_getProfLabel
func runtime_getProfLabel() unsafe.Pointer

// keepRuns is how many finished runs stay known.
const keepRuns = 64

// enter makes the calling goroutine one of a new run.
func (rs *runs) enter(ctx context.Context, cell int) *run {
	rs.mu.Lock()
	rs.n++
	n := rs.n
	rs.alive++
	rs.mu.Unlock()
	r := &run{cell: cell, done: make(chan struct{}), failing: make(chan struct{})}
	r.ctx = pprof.WithLabels(ctx, pprof.Labels("cell", strconv.Itoa(cell), "run", strconv.Itoa(n)))
	pprof.SetGoroutineLabels(r.ctx)
	r.label = runtime_getProfLabel()
	r.refs.Store(1)
	rs.byLabel.Store(r.label, r)
	return r
}

// leave ends the calling goroutine's part in r.
func (rs *runs) leave(r *run) {
	if r.refs.Add(-1) > 0 {
		return
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.alive--
	if rs.stopped[r] {
		delete(rs.stopped, r)
		rs.setFlag(len(rs.stopped) > 0 || rs.watched > 0)
	}
	rs.over = append(rs.over, r)
	if len(rs.over) > keepRuns {
		if old := rs.over[0]; old.refs.Load() == 0 {
			rs.byLabel.Delete(old.label)
		}
		rs.over = append(rs.over[:0], rs.over[1:]...)
	}
}

// begin is called by the goroutine that starts a cell, before it does.
func (rs *runs) begin() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if n := runtime.NumGoroutine(); rs.idle == 0 || n < rs.idle {
		rs.idle = n
	}
}

// lone says whether the calling goroutine, a cell's, is the only one that runs code of cells.
func (rs *runs) lone(r *run) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return r != nil && rs.alive == 1 && r.refs.Load() == 1 && runtime.NumGoroutine() <= rs.idle+1
}

// busy says whether a cell runs, or a goroutine that one started.
func (rs *runs) busy() bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.alive > 0
}

func (rs *runs) interrupt(r *run) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r.stopped.Swap(true) {
		return
	}
	close(r.done)
	if rs.stopped == nil {
		rs.stopped = map[*run]bool{}
	}
	rs.stopped[r] = true
	rs.setFlag(true)
}

// watch has functions call check while deferred calls wait for their function to begin.
func (rs *runs) watch(n int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.watched += n
	rs.setFlag(len(rs.stopped) > 0 || rs.watched > 0)
}

// setFlag writes what running cells read without a lock: they may see it a little later.
//
//go:norace
func (rs *runs) setFlag(on bool) {
	if rs.flag != nil {
		*rs.flag = on
	}
}

// current returns the run of the calling goroutine, nil for none.
func (e *Engine) current() *run {
	v, ok := e.runs.byLabel.Load(runtime_getProfLabel())
	if !ok {
		return nil
	}
	return v.(*run)
}

// CellOf returns the number of the cell that the calling goroutine belongs to, 0 for none.
func (e *Engine) CellOf() int {
	if r := e.current(); r != nil {
		return r.cell
	}
	return 0
}

// check panics when the calling goroutine's cell is interrupted, unless it runs deferred calls
// because of that already. It also tells deferred calls that their function has begun.
func (e *Engine) check() {
	e.disclaim()
	if e.Stopping() {
		panic(errInterrupt)
	}
}

// Stopping says whether the calling goroutine's cell is interrupted and has not noticed.
func (e *Engine) Stopping() bool {
	r := e.current()
	return r != nil && r.stopped.Load() && !e.panics.interrupted()
}

// waitFor runs a blocking call so that an interrupt ends the wait; undo is called when the
// call returns after the interrupt.
func (e *Engine) waitFor(call, undo func()) {
	r := e.current()
	if r == nil {
		call()
		return
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		call()
	}()
	select {
	case <-over:
	case <-r.done:
		go func() {
			<-over
			undo()
		}()
		panic(errInterrupt)
	}
}

func (e *Engine) sleep(d time.Duration) {
	r := e.current()
	if r == nil {
		time.Sleep(d)
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.done:
		panic(errInterrupt)
	}
}

func (e *Engine) lock(m *sync.Mutex) {
	if !m.TryLock() {
		e.waitFor(m.Lock, m.Unlock)
	}
}

func (e *Engine) lockRW(m *sync.RWMutex) {
	if !m.TryLock() {
		e.waitFor(m.Lock, m.Unlock)
	}
}

func (e *Engine) rlockRW(m *sync.RWMutex) {
	if !m.TryRLock() {
		e.waitFor(m.RLock, m.RUnlock)
	}
}

func (e *Engine) wait(g *sync.WaitGroup) {
	e.waitFor(g.Wait, func() {})
	e.check() // a goroutine of the group may have failed
}

// waitCond is the method Wait of a sync.Cond. An interrupt wakes all who wait for c, so that
// the panic finds c.L locked, as deferred calls expect.
func (e *Engine) waitCond(c *sync.Cond) {
	r := e.current()
	if r == nil {
		c.Wait()
		return
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		c.Wait()
	}()
	select {
	case <-over:
		return
	case <-r.done:
	}
	again := time.NewTicker(time.Millisecond) // the wait may not have begun
	defer again.Stop()
	for {
		c.Broadcast()
		select {
		case <-over:
			panic(errInterrupt)
		case <-again.C:
		}
	}
}
