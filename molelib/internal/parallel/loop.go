// Package parallel divides the work of a step among the processors that have nothing else
// to do.
package parallel

import (
	"runtime"
	"sync/atomic"
)

// Loop calls a function for the numbers 0 ≤ i < n, on the goroutine of the caller and on
// helpers for which there is a processor. The caller waits for parts that a helper has
// begun, and not for helpers that were never scheduled: beside other trainings, which keep
// the processors busy, a loop costs no more than one without helpers. The zero value is
// ready. Use it again and again, by one goroutine at a time, so that helpers can be few.
type Loop struct {
	part  func(i int)
	n     int64
	next  atomic.Int64 // the first part that nobody has begun
	state atomic.Int64 // open, and entered for each helper at work
	asked atomic.Int32 // helpers that have not begun
	left  chan struct{}
	again func()              // help, allocated once
	fault atomic.Pointer[any] // what a part has panicked with
}

const (
	open    = 1
	entered = 2
)

// Run calls part for 0 ≤ i < n, in any order. Which goroutine does what must not matter:
// give each part its own memory. When a part panics, so does Run, after the parts that have
// begun are done; the others may be left out.
func (l *Loop) Run(n int, part func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			part(i)
		}
		return
	}
	if l.left == nil {
		l.left, l.again = make(chan struct{}, 1), l.help
	}
	l.part, l.n = part, int64(n)
	l.next.Store(0)
	l.state.Store(open)
	for int(l.asked.Load()) < workers-1 {
		l.asked.Add(1)
		go l.again()
	}
	l.work()
	if l.state.Add(-open) != 0 {
		<-l.left
	}
	l.part = nil
	if p := l.fault.Swap(nil); p != nil {
		panic(*p) // in the goroutine of the caller, who may recover from it
	}
}

// help takes part in whatever run of the loop is open by the time it is scheduled.
func (l *Loop) help() {
	l.asked.Add(-1)
	for s := l.state.Load(); s&open != 0; s = l.state.Load() {
		if !l.state.CompareAndSwap(s, s+entered) {
			continue
		}
		l.work()
		// The last one to leave after the caller has closed the loop lets it go on.
		if l.state.Add(-entered) == 0 {
			l.left <- struct{}{}
		}
		return
	}
}

func (l *Loop) work() {
	defer func() {
		if p := recover(); p != nil {
			l.fault.Store(&p)
			l.next.Store(l.n)
		}
	}()
	for {
		i := l.next.Add(1) - 1
		if i >= l.n {
			return
		}
		l.part(int(i))
	}
}
