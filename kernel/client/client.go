package headless

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// errKernelEnded says that the kernel went away in the middle of a notebook.
var errKernelEnded = errors.New("the kernel ended")

// client is the front end of one kernel on a pipe. One goroutine uses it.
type client struct {
	pipe    *kernel.Pipe
	session *wire.Session
	iopub   chan *wire.Message // closed when the kernel has ended
	ended   chan error         // what the kernel's Run returned
	cancel  context.CancelFunc
}

// connect starts the kernel on a new pipe.
func connect(run func(ctx context.Context, conn kernel.Conn) error) *client {
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{
		pipe:    kernel.NewPipe(),
		session: wire.NewSession("headless"),
		iopub:   make(chan *wire.Message, 100),
		ended:   make(chan error, 1),
		cancel:  cancel,
	}
	go func() {
		c.ended <- run(ctx, c.pipe.Kernel())
		c.pipe.Close()
	}()
	go func() {
		defer close(c.iopub)
		for {
			m, err := c.pipe.Recv(context.Background(), wire.IOPub)
			if err != nil {
				return
			}
			c.iopub <- m
		}
	}()
	return c
}

// info asks the kernel what it is.
func (c *client) info(ctx context.Context) (*wire.KernelInfoReply, error) {
	request := c.session.New(&wire.KernelInfoRequest{})
	if err := c.pipe.Send(wire.Control, request); err != nil {
		return nil, c.endError()
	}
	m, err := c.pipe.Recv(ctx, wire.Control)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, c.endError()
	}
	reply, ok := m.Content.(*wire.KernelInfoReply)
	if !ok {
		return nil, fmt.Errorf("the kernel answered kernel_info_request by %s", m.Header.Type)
	}
	return reply, nil
}

// execute sends a cell off and returns the id that its outputs name as their parent.
func (c *client) execute(code string, stopOnError bool) (string, error) {
	no := false
	m := c.session.New(&wire.ExecuteRequest{Code: code, AllowStdin: &no, StopOnError: &stopOnError})
	if err := c.pipe.Send(wire.Shell, m); err != nil {
		return "", c.endError()
	}
	return m.Header.ID, nil
}

// reply receives the execute_reply to the request id.
func (c *client) reply(ctx context.Context, id string) (*wire.ExecuteReply, error) {
	for {
		m, err := c.pipe.Recv(ctx, wire.Shell)
		if err != nil {
			return nil, c.endError()
		}
		if m.Parent.ID != id {
			continue // of a cell that was given up
		}
		reply, ok := m.Content.(*wire.ExecuteReply)
		if !ok {
			return nil, fmt.Errorf("the kernel answered execute_request by %s", m.Header.Type)
		}
		return reply, nil
	}
}

// interrupt asks the kernel to stop the running cell; it does not wait for it.
func (c *client) interrupt() {
	_ = c.pipe.Send(wire.Control, c.session.New(&wire.InterruptRequest{})) // a kernel that has ended runs no cell
}

// shutdownGrace is how long a kernel may take to end by itself.
const shutdownGrace = 5 * time.Second

// close ends the kernel and returns the messages that it sent in between.
func (c *client) close() []*wire.Message {
	_ = c.pipe.Send(wire.Control, c.session.New(&wire.ShutdownRequest{})) // one that has ended needs no request
	var last []*wire.Message
	grace := time.After(shutdownGrace)
	for {
		select {
		case m, open := <-c.iopub:
			if !open {
				c.cancel()
				return last
			}
			last = append(last, m)
		case <-grace:
			c.cancel()
			c.pipe.Close()
			grace = nil
		}
	}
}

// endError says why the kernel ended.
func (c *client) endError() error {
	select {
	case err := <-c.ended:
		c.ended <- err // for the next who asks
		if err != nil {
			return fmt.Errorf("%w: %w", errKernelEnded, err)
		}
	default:
	}
	return errKernelEnded
}
