package kerneltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// patience is how long a verb waits for its message; only a broken kernel needs it.
const patience = 10 * time.Second

// Client is a front end whose verbs fail the test when the kernel says something else.
// IOPub verbs take the messages in their order.
type Client struct {
	t       testing.TB
	pipe    *kernel.Pipe
	session *wire.Session
	ended   chan error // Run's result; capacity 1
	stop    context.CancelFunc
}

// Start runs a kernel with the given options, except Conn, and connects a client. When
// the test ends the kernel is stopped, and output that no verb took fails the test.
func Start(t testing.TB, o kernel.Options) *Client {
	t.Helper()
	pipe := kernel.NewPipe()
	o.Conn = pipe.Kernel()
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{t: t, pipe: pipe, session: wire.NewSession("kerneltest"), ended: make(chan error, 1), stop: cancel}
	k := kernel.New(o)
	go func() { c.ended <- k.Run(ctx) }()
	if s, ok := c.published().Content.(*wire.Status); !ok || s.State != "starting" {
		t.Fatalf("the kernel began with %#v, want status starting", s)
	}
	t.Cleanup(c.finish)
	return c
}

func (c *Client) finish() {
	c.Stop()
	for _, m := range c.Rest() {
		if !c.t.Failed() {
			c.t.Errorf("nobody asked for %s %+v", m.Header.Type, m.Content)
		}
	}
}

// Stop ends the kernel as a signal would.
func (c *Client) Stop() {
	c.t.Helper()
	c.stop()
	c.Wait()
}

// Rest takes what a kernel that has ended published and no verb took.
func (c *Client) Rest() []*wire.Message {
	c.t.Helper()
	var rest []*wire.Message
	for {
		m, err := c.pipe.Recv(context.Background(), wire.IOPub)
		if errors.Is(err, kernel.ErrClosed) {
			return rest
		}
		if err != nil {
			c.t.Fatal(err)
		}
		rest = append(rest, m)
	}
}

// Wait waits until the kernel's Run has returned.
func (c *Client) Wait() {
	c.t.Helper()
	select {
	case err := <-c.ended:
		c.ended <- err
		if err != nil {
			c.t.Errorf("Run returned %v", err)
		}
	case <-time.After(patience):
		c.t.Fatal("the kernel does not end")
	}
}

// Send sends a request and returns it.
func (c *Client) Send(ch wire.Channel, content wire.Content) *wire.Message {
	c.t.Helper()
	m := c.session.New(content)
	c.SendMessage(ch, m)
	return m
}

// SendMessage sends a message made elsewhere.
func (c *Client) SendMessage(ch wire.Channel, m *wire.Message) {
	c.t.Helper()
	if err := c.pipe.Send(ch, m); err != nil {
		c.t.Fatalf("send %s: %v", m.Header.Type, err)
	}
}

// Execute asks to run code.
func (c *Client) Execute(code string) *wire.Message {
	c.t.Helper()
	return c.Send(wire.Shell, &wire.ExecuteRequest{Code: code})
}

// Recv returns the next message of a channel.
func (c *Client) Recv(ch wire.Channel) *wire.Message {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := c.pipe.Recv(ctx, ch)
	if err != nil {
		c.t.Fatalf("nothing on %s: %v", ch, err)
	}
	return m
}

func (c *Client) published() *wire.Message {
	c.t.Helper()
	return c.Recv(wire.IOPub)
}

// Next takes the next published message, which must have a content of type T and req as
// its parent.
func Next[T wire.Content](c *Client, req *wire.Message) T {
	c.t.Helper()
	m := c.published()
	content, ok := m.Content.(T)
	if !ok || m.Parent.ID != req.Header.ID {
		c.t.Fatalf("published: %s %+v of request %s; want %T of %s", m.Header.Type, m.Content, m.Parent.ID, content, req.Header.ID)
	}
	return content
}

// Answer takes the next reply on a channel, which must have a content of type T and
// answer req.
func Answer[T wire.Content](c *Client, ch wire.Channel, req *wire.Message) T {
	c.t.Helper()
	m := c.Recv(ch)
	content, ok := m.Content.(T)
	if !ok || m.Parent.ID != req.Header.ID {
		c.t.Fatalf("reply on %s: %s %+v to %s; want %T to %s", ch, m.Header.Type, m.Content, m.Parent.ID, content, req.Header.ID)
	}
	return content
}

// Busy takes the status busy of req.
func (c *Client) Busy(req *wire.Message) { c.t.Helper(); c.status(req, "busy") }

// Idle takes the status idle of req.
func (c *Client) Idle(req *wire.Message) { c.t.Helper(); c.status(req, "idle") }

func (c *Client) status(req *wire.Message, state string) {
	c.t.Helper()
	if got := Next[*wire.Status](c, req).State; got != state {
		c.t.Fatalf("status is %q, want %q", got, state)
	}
}

// Input takes the execute_input of req.
func (c *Client) Input(req *wire.Message, code string) {
	c.t.Helper()
	if got := Next[*wire.ExecuteInput](c, req).Code; got != code {
		c.t.Fatalf("execute_input shows %q, want %q", got, code)
	}
}

// Stream takes stream messages until their text is as long as text, and compares.
func (c *Client) Stream(req *wire.Message, name, text string) {
	c.t.Helper()
	got := ""
	for len(got) < len(text) {
		s := Next[*wire.Stream](c, req)
		if s.Name != name {
			c.t.Fatalf("stream %s %q, want %s", s.Name, s.Text, name)
		}
		got += s.Text
	}
	if got != text {
		c.t.Fatalf("%s is %q, want %q", name, got, text)
	}
}

// Result takes the execute_result of req and compares its text/plain.
func (c *Client) Result(req *wire.Message, text string) {
	c.t.Helper()
	if got := Next[*wire.ExecuteResult](c, req).Data["text/plain"]; got != text {
		c.t.Fatalf("result is %v, want %q", got, text)
	}
}

// Display takes a display_data of req and compares its text/plain.
func (c *Client) Display(req *wire.Message, text string) {
	c.t.Helper()
	if got := Next[*wire.DisplayData](c, req).Data["text/plain"]; got != text {
		c.t.Fatalf("display is %v, want %q", got, text)
	}
}

// Error takes the error of req and compares its name.
func (c *Client) Error(req *wire.Message, name string) {
	c.t.Helper()
	if got := Next[*wire.Error](c, req).EName; got != name {
		c.t.Fatalf("error is %q, want %q", got, name)
	}
}

// Reply takes the execute_reply to req and compares its status.
func (c *Client) Reply(req *wire.Message, status string) *wire.ExecuteReply {
	c.t.Helper()
	r := Answer[*wire.ExecuteReply](c, wire.Shell, req)
	if r.Status != status {
		c.t.Fatalf("reply has status %q, want %q: %+v", r.Status, status, r)
	}
	return r
}

// Run executes code whose output is the given verbs between input and idle, and takes
// the whole transcript.
func (c *Client) Run(code, status string, output ...func(req *wire.Message)) *wire.ExecuteReply {
	c.t.Helper()
	req := c.Execute(code)
	c.Busy(req)
	c.Input(req, code)
	for _, take := range output {
		take(req)
	}
	c.Idle(req)
	return c.Reply(req, status)
}
