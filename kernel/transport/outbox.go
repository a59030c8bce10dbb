package transport

import (
	"net"
	"sync"
	"time"
)

// outbox holds what a peer has not taken yet. Putting in never waits long: a peer that
// leaves its outbox full is given up.
type outbox struct {
	limit    int           // bytes; one message may be larger when the box is empty
	patience time.Duration // how long put waits for room
	wake     chan struct{} // messages to send, or closed; capacity 1
	room     chan struct{} // something was taken; capacity 1
	empty    chan struct{} // all was written; capacity 1

	mu       sync.Mutex
	messages net.Buffers
	size     int // bytes in messages and being written
	closed   bool
}

func newOutbox(limit int) *outbox {
	return &outbox{
		limit: limit, patience: 100 * time.Millisecond,
		wake: make(chan struct{}, 1), room: make(chan struct{}, 1), empty: make(chan struct{}, 1),
	}
}

// put adds a message, which the box owns from now on. It is false when the box is closed
// or stays full.
func (b *outbox) put(message []byte) bool {
	var late <-chan time.Time
	for {
		b.mu.Lock()
		if b.closed {
			b.mu.Unlock()
			return false
		}
		if b.size == 0 || b.size+len(message) <= b.limit {
			b.messages = append(b.messages, message)
			b.size += len(message)
			b.mu.Unlock()
			notify(b.wake)
			return true
		}
		b.mu.Unlock()
		if late == nil {
			late = time.After(b.patience)
		}
		select {
		case <-b.room:
		case <-late:
			return false
		}
	}
}

// writeTo writes messages to the connection until the box is closed or writing fails.
func (b *outbox) writeTo(c net.Conn) error {
	for {
		batch, closed := b.take()
		if closed {
			return net.ErrClosed
		}
		if len(batch) == 0 {
			<-b.wake
			continue
		}
		n, err := batch.WriteTo(c)
		if err != nil {
			return err
		}
		b.wrote(int(n))
	}
}

// take returns the next messages, about as many as leave in one write: room is made as
// they go, so that a slow reader is told from one that does not read.
func (b *outbox) take() (batch net.Buffers, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, size := 0, 0
	for n < len(b.messages) && size < 256<<10 {
		size += len(b.messages[n])
		n++
	}
	batch, b.messages = b.messages[:n:n], b.messages[n:]
	return batch, b.closed
}

func (b *outbox) wrote(n int) {
	b.mu.Lock()
	b.size -= n
	done := b.size == 0
	b.mu.Unlock()
	notify(b.room)
	if done {
		notify(b.empty)
	}
}

// drain waits until everything was written; false when the deadline comes first.
func (b *outbox) drain(deadline <-chan struct{}) bool {
	for {
		b.mu.Lock()
		done := b.size == 0 || b.closed
		b.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-b.empty:
		case <-deadline:
			return false
		}
	}
}

func (b *outbox) close() {
	b.mu.Lock()
	b.closed = true
	b.messages = nil
	b.mu.Unlock()
	notify(b.wake)
	notify(b.room)
	notify(b.empty)
}

func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
