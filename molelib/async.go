package mole

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// line is the units of a stage at work side by side. Each has a goroutine of its own, takes
// batches out of the queue in front of it, and puts them into that of the next. All units
// see all batches in the same order, and what a unit makes of a batch depends on no unit
// behind it; so the weights are those of Simultaneous, to the bit, whatever the timing.
type line struct {
	trainer *Trainer
	steps   int            // of each unit
	queues  []chan *parcel // in front of each unit; of the first: those that are free
	updates []atomic.Int64 // steps that each unit has done
}

// sideBySide trains to the end of the epoch. When ctx is cancelled each unit ends the step
// that it is at, and batches on their way wait for drain.
func (t *Trainer) sideBySide(ctx context.Context) (Step, error) {
	w := t.work
	r := &line{
		trainer: t, steps: w.steps - w.step,
		queues: make([]chan *parcel, len(w.learners)), updates: make([]atomic.Int64, len(w.learners)),
	}
	for i := range r.queues {
		r.queues[i] = make(chan *parcel, t.options.Queue) // holds all, so that no unit waits to pass on
	}
	for len(w.parcels) < t.options.Queue {
		w.parcels = append(w.parcels, new(parcel))
	}
	for _, p := range w.parcels {
		r.queues[0] <- p
	}
	start := time.Now()
	s, err := r.run(ctx)
	t.report.addElapsed(time.Since(start))
	r.gather()
	return s, err
}

// run works until all units are through or one has an error. The last one works in the
// goroutine of the caller; it cannot end before the others without an error of its own or
// theirs.
func (r *line) run(ctx context.Context) (Step, error) {
	inner, stop := context.WithCancelCause(ctx)
	var others sync.WaitGroup
	var panicked atomic.Pointer[any]
	defer func() { // Also when the last unit panics, no goroutine is left behind.
		stop(nil)
		others.Wait()
		if p := panicked.Load(); p != nil {
			panic(*p) // The caller may recover from it.
		}
	}()
	last := len(r.queues) - 1
	for i := range last {
		others.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panicked.Store(&p)
					stop(context.Canceled)
				}
			}()
			if _, err := r.unit(inner, inner, i); err != nil {
				stop(err)
			}
		})
	}
	return r.unit(ctx, inner, last)
}

// unit takes the steps of unit i. It returns the error of ctx, or of a value that is no
// number; when another unit has stopped, inner ends it.
func (r *line) unit(ctx, inner context.Context, i int) (s Step, err error) {
	t := r.trainer
	l := t.work.learners[i]
	for n := range r.steps {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		var p *parcel
		select {
		case p = <-r.queues[i]:
		case <-inner.Done():
			return s, context.Cause(inner)
		}
		if i > 0 {
			t.report.addStaleness(l.modules, int(r.updates[i-1].Load())-n-1)
		}
		if s, err = t.learn(i, p); err != nil {
			if i > 0 {
				p.blocked = true
				r.queues[i] <- p
			}
			return s, err
		}
		r.updates[i].Add(1)
		if i < len(r.queues)-1 {
			p.hold(i, l.passOn())
			r.queues[i+1] <- p
			continue
		}
		r.queues[0] <- p
		if t.completed(); n < r.steps-1 {
			t.observe()
		}
	}
	return s, nil
}

// learn lets unit i take a step on a batch.
func (t *Trainer) learn(i int, p *parcel) (Step, error) {
	l, s := t.work.learners[i], t.forward(i, p)
	start := time.Now()
	ok := l.learn()
	s.Loss = l.latest
	t.report.addTime(l.modules, l.spent+time.Since(start))
	if !ok || s.Step == s.Steps && l.chain.Fault() != "" {
		return s, fault(s, l)
	}
	t.report.addStep(s)
	return s, nil
}

// gather keeps the batches that are on their way, the oldest first in each queue.
func (r *line) gather() {
	w := r.trainer.work
	for i, q := range r.queues {
		close(q)
		for p := range q {
			switch {
			case i == 0:
			case p.blocked: // It was taken out before the others.
				p.blocked = false
				w.waiting[i] = append([]*parcel{p}, w.waiting[i]...)
			default:
				w.waiting[i] = append(w.waiting[i], p)
			}
		}
	}
}

// drain brings the batches that an interruption left on their way to the end, the oldest
// first.
func (t *Trainer) drain(ctx context.Context) error {
	w := t.work
	for i := len(w.waiting) - 1; i > 0; i-- {
		for len(w.waiting[i]) > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := w.waiting[i][0]
			w.waiting[i] = w.waiting[i][1:]
			if _, err := t.carry(p, i); err != nil {
				return err
			}
			t.observe()
		}
	}
	return nil
}
