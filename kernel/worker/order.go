package worker

import "sync"

// order lets ordered messages and the text pipes wait for each other. Message n is
// handled when each pipe has come to marker n or has ended; a pipe reads on behind marker
// n when message n has been handled or no more messages can come.
type order struct {
	mu      sync.Mutex
	changed sync.Cond
	arrived []uint64 // by pipe
	ended   []bool   // by pipe
	handled uint64
	closed  bool // the message pipe has ended
}

func newOrder(pipes int) *order {
	o := &order{arrived: make([]uint64, pipes), ended: make([]bool, pipes)}
	o.changed.L = &o.mu
	return o
}

// arrive is called by the reader of a pipe at marker n.
func (o *order) arrive(pipe int, n uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.arrived[pipe] = n
	o.changed.Broadcast()
	for o.handled < n && !o.closed {
		o.changed.Wait()
	}
}

// end is called by the reader of a pipe at its end.
func (o *order) end(pipe int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended[pipe] = true
	o.changed.Broadcast()
}

// handle is called by the reader of the messages; it runs deliver for message n.
func (o *order) handle(n uint64, deliver func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.reached(n) {
		o.changed.Wait()
	}
	deliver()
	o.handled = n
	o.changed.Broadcast()
}

func (o *order) reached(n uint64) bool {
	for pipe := range o.arrived {
		if o.arrived[pipe] < n && !o.ended[pipe] {
			return false
		}
	}
	return true
}

// close is called by the reader of the messages at their end.
func (o *order) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.changed.Broadcast()
}
