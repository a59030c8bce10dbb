package transport

import (
	"io"
	"net"
	"sync"
	"time"
)

// probe is a subscriber inside the process, connected to the PUB socket before all
// others. zmq4 queues published messages without a limit and tells nobody when they
// leave; the probe sees them leave, so the publisher can be slowed down and flushed.
type probe struct {
	limit  int           // bytes in the queue before the publisher waits
	ready  chan struct{} // closed when the probe's subscription is in force
	closed chan struct{}
	moved  chan struct{} // something left the queue; capacity 1
	passed chan struct{} // a barrier left the queue; capacity 1

	in   net.Buffers // owned by the goroutine that reads
	once sync.Once
	stop sync.Once

	mu     sync.Mutex
	queued int // bytes
	out    assembler
}

func newProbe(limit int) *probe {
	return &probe{
		limit: limit, ready: make(chan struct{}), closed: make(chan struct{}),
		moved: make(chan struct{}, 1), passed: make(chan struct{}, 1),
		in: net.Buffers{greeting(), appendReady(nil, ready{socketType: "SUB"}), {0, 1, 1}}, // subscribes to all
	}
}

// add announces a message of n bytes that is about to be published. It waits while the
// queue is full.
func (p *probe) add(n int) {
	for {
		p.mu.Lock()
		if p.queued < p.limit {
			p.queued += n
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
		select {
		case <-p.moved:
		case <-p.closed:
			return
		}
	}
}

// Read brings zmq4 the handshake and the subscription, and then nothing more.
func (p *probe) Read(b []byte) (int, error) {
	if len(p.in) > 0 {
		return p.in.Read(b)
	}
	p.once.Do(func() { close(p.ready) })
	<-p.closed
	return 0, io.EOF
}

// Write sees a message leave the queue.
func (p *probe) Write(b []byte) (int, error) {
	p.mu.Lock()
	for _, m := range p.out.write(b) {
		if isBarrier(m) {
			notify(p.passed)
			continue
		}
		p.queued -= len(m)
	}
	p.mu.Unlock()
	notify(p.moved)
	return len(b), nil
}

// Close ends the probe. It may be called more than once.
func (p *probe) Close() error {
	p.stop.Do(func() { close(p.closed) })
	return nil
}

type probeAddr struct{}

func (probeAddr) Network() string { return "probe" }
func (probeAddr) String() string  { return "probe" }

// LocalAddr and the rest complete net.Conn.
func (p *probe) LocalAddr() net.Addr              { return probeAddr{} }
func (p *probe) RemoteAddr() net.Addr             { return probeAddr{} }
func (p *probe) SetDeadline(time.Time) error      { return nil }
func (p *probe) SetReadDeadline(time.Time) error  { return nil }
func (p *probe) SetWriteDeadline(time.Time) error { return nil }

var _ net.Conn = (*probe)(nil)
