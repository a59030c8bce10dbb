// Package client is the front end of a kernel in the same process: what headless runs and
// the terminal have in common.
package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// ErrEnded says that the kernel went away in the middle of a notebook.
var ErrEnded = errors.New("the kernel ended")

// Client is the front end of one kernel on a pipe. One goroutine uses it.
type Client struct {
	IOPub <-chan *wire.Message // what the kernel publishes; closed when it has ended
	Stdin <-chan *wire.Message // its input requests; closed when it has ended

	pipe    *kernel.Pipe
	session *wire.Session
	ended   chan error // what the kernel's Run returned
	cancel  context.CancelFunc
}

// Connect starts a kernel on a new pipe: run serves conn until it is shut down or ctx
// ends. User is the name in the headers of messages.
func Connect(user string, run func(ctx context.Context, conn kernel.Conn) error) *Client {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{
		pipe:    kernel.NewPipe(),
		session: wire.NewSession(user),
		ended:   make(chan error, 1),
		cancel:  cancel,
	}
	c.IOPub, c.Stdin = c.receive(wire.IOPub), c.receive(wire.Stdin)
	go func() {
		c.ended <- run(ctx, c.pipe.Kernel())
		c.pipe.Close()
	}()
	return c
}

// receive passes the messages of a channel on until the kernel has ended.
func (c *Client) receive(ch wire.Channel) <-chan *wire.Message {
	messages := make(chan *wire.Message, 100)
	go func() {
		defer close(messages)
		for {
			m, err := c.pipe.Recv(context.Background(), ch)
			if err != nil {
				return
			}
			messages <- m
		}
	}()
	return messages
}

// Info asks the kernel what it is.
func (c *Client) Info(ctx context.Context) (*wire.KernelInfoReply, error) {
	request := c.session.New(&wire.KernelInfoRequest{})
	if err := c.pipe.Send(wire.Control, request); err != nil {
		return nil, c.Err()
	}
	m, err := c.pipe.Recv(ctx, wire.Control)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, c.Err()
	}
	reply, ok := m.Content.(*wire.KernelInfoReply)
	if !ok {
		return nil, fmt.Errorf("the kernel answered kernel_info_request by %s", m.Header.Type)
	}
	return reply, nil
}

// Execute sends a cell off and returns the id that its outputs name as their parent.
func (c *Client) Execute(request *wire.ExecuteRequest) (string, error) {
	m := c.session.New(request)
	if err := c.pipe.Send(wire.Shell, m); err != nil {
		return "", c.Err()
	}
	return m.Header.ID, nil
}

// Reply receives the execute_reply to the request id.
func (c *Client) Reply(ctx context.Context, id string) (*wire.ExecuteReply, error) {
	for {
		m, err := c.pipe.Recv(ctx, wire.Shell)
		if err != nil {
			return nil, c.Err()
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

// Ask sends a request that takes no cell's time and returns the content of its reply.
func (c *Client) Ask(ctx context.Context, request wire.Content) (wire.Content, error) {
	m := c.session.New(request)
	if err := c.pipe.Send(wire.Shell, m); err != nil {
		return nil, c.Err()
	}
	for {
		reply, err := c.pipe.Recv(ctx, wire.Shell)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, c.Err()
		case reply.Parent.ID == m.Header.ID:
			return reply.Content, nil
		}
	}
}

// Answer replies to an input request.
func (c *Client) Answer(request *wire.Message, value string) {
	_ = c.pipe.Send(wire.Stdin, c.session.Reply(request, &wire.InputReply{Value: value})) // a kernel that has ended asks nothing
}

// Interrupt asks the kernel to stop the running cell; it does not wait for it.
func (c *Client) Interrupt() {
	_ = c.pipe.Send(wire.Control, c.session.New(&wire.InterruptRequest{})) // a kernel that has ended runs no cell
}

// shutdownGrace is how long a kernel may take to end by itself.
const shutdownGrace = 5 * time.Second

// Close ends the kernel and returns the messages that it sent in between.
func (c *Client) Close() []*wire.Message {
	_ = c.pipe.Send(wire.Control, c.session.New(&wire.ShutdownRequest{})) // one that has ended needs no request
	var last []*wire.Message
	grace := time.After(shutdownGrace)
	for {
		select {
		case m, open := <-c.IOPub:
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

// Err says why the kernel ended.
func (c *Client) Err() error {
	select {
	case err := <-c.ended:
		c.ended <- err // for the next who asks
		if err != nil {
			return fmt.Errorf("%w: %w", ErrEnded, err)
		}
	default:
	}
	return ErrEnded
}
