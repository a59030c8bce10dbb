package kernel

import (
	"context"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// Pipe is a connection in memory between a kernel and one client. Its own methods are
// the client's end; Kernel returns the other. Nothing is lost: a kernel that publishes
// waits when the client is 1,000 messages behind.
type Pipe struct {
	toKernel, toClient [4]chan *wire.Message
	closed             chan struct{}
	once               sync.Once
}

// NewPipe returns an open pipe.
func NewPipe() *Pipe {
	p := &Pipe{closed: make(chan struct{})}
	for ch := range p.toKernel {
		p.toKernel[ch] = make(chan *wire.Message, 1000)
		p.toClient[ch] = make(chan *wire.Message, 1000)
	}
	return p
}

// Kernel returns the end that a kernel takes as Options.Conn.
func (p *Pipe) Kernel() Conn { return pipeEnd{p} }

// Send gives a request to the kernel.
func (p *Pipe) Send(ch wire.Channel, m *wire.Message) error {
	return p.put(p.toKernel[ch], m)
}

// Recv waits for the kernel's next message on ch. After the kernel has ended it returns
// what is left and then ErrClosed.
func (p *Pipe) Recv(ctx context.Context, ch wire.Channel) (*wire.Message, error) {
	return p.take(ctx, p.toClient[ch])
}

// Close ends the pipe for both sides. The kernel closes it as well when it ends.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *Pipe) put(to chan<- *wire.Message, m *wire.Message) error {
	select {
	case <-p.closed:
		return ErrClosed
	default:
	}
	select {
	case to <- m:
		return nil
	case <-p.closed:
		return ErrClosed
	}
}

func (p *Pipe) take(ctx context.Context, from <-chan *wire.Message) (*wire.Message, error) {
	select {
	case m := <-from:
		return m, nil
	default:
	}
	select {
	case m := <-from:
		return m, nil
	case <-p.closed:
		select {
		case m := <-from: // sent before the pipe was closed
			return m, nil
		default:
			return nil, ErrClosed
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipeEnd is the kernel's end of a pipe.
type pipeEnd struct{ pipe *Pipe }

var _ Conn = pipeEnd{}

func (e pipeEnd) Recv(ctx context.Context, ch wire.Channel) (*wire.Message, error) {
	return e.pipe.take(ctx, e.pipe.toKernel[ch])
}

func (e pipeEnd) Send(ch wire.Channel, m *wire.Message) error {
	return e.pipe.put(e.pipe.toClient[ch], m)
}

func (e pipeEnd) Close() error { return e.pipe.Close() }
