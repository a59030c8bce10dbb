package kernel_test

import (
	"context"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

func start(t *testing.T) *kerneltest.Client {
	t.Helper()
	return kerneltest.Start(t, kernel.Options{Runtime: kerneltest.Runtime(kerneltest.Words)})
}

func TestCellIsAnsweredInOrder(t *testing.T) {
	c := start(t)
	const code = "print hello\nwarn oh\nshow picture\nprint bye\n= 4"
	req := c.Execute(code)
	c.Busy(req)
	c.Input(req, code)
	c.Stream(req, "stdout", "hello\n")
	c.Stream(req, "stderr", "oh\n")
	c.Display(req, "picture")
	c.Stream(req, "stdout", "bye\n")
	c.Result(req, "4")
	c.Idle(req)
	if r := c.Reply(req, "ok"); r.ExecutionCount != 1 || r.Payload == nil || r.UserExpressions == nil {
		t.Errorf("reply is %+v", r)
	}
}

func TestErrorIsPublishedAndReplied(t *testing.T) {
	c := start(t)
	r := c.Run("fail badly", "error", func(req *wire.Message) { c.Error(req, "Failure") })
	if r.EName != "Failure" || r.EValue != "badly" || len(r.Traceback) != 1 {
		t.Errorf("reply is %+v", r)
	}
	c.Run("= 1", "ok", func(req *wire.Message) { c.Result(req, "1") })
}

func TestPanicInTheRuntimeIsAnError(t *testing.T) {
	c := start(t)
	c.Run("panic", "error", func(req *wire.Message) { c.Error(req, "InternalError") })
	c.Run("", "ok")
}

func TestErrorAbortsWhatWaits(t *testing.T) {
	c := start(t)
	failing := c.Execute("sleep 20ms\nfail x")
	var waiting []*wire.Message
	for range 3 {
		waiting = append(waiting, c.Execute("print never"))
	}
	c.Busy(failing)
	c.Input(failing, "sleep 20ms\nfail x")
	c.Error(failing, "Failure")
	c.Idle(failing)
	c.Reply(failing, "error")
	for _, req := range waiting {
		c.Busy(req)
		c.Idle(req)
		c.Reply(req, "aborted")
	}
	c.Run("print again", "ok", func(req *wire.Message) { c.Stream(req, "stdout", "again\n") })
}

func TestErrorAbortsNothingWhenAskedNotTo(t *testing.T) {
	c := start(t)
	no := false
	failing := c.Send(wire.Shell, &wire.ExecuteRequest{Code: "fail x", StopOnError: &no})
	next := c.Execute("= 1")
	c.Busy(failing)
	c.Input(failing, "fail x")
	c.Error(failing, "Failure")
	c.Idle(failing)
	c.Busy(next)
	c.Input(next, "= 1")
	c.Result(next, "1")
	c.Idle(next)
	c.Reply(failing, "error")
	c.Reply(next, "ok")
}

func TestCountsAndSilence(t *testing.T) {
	c := start(t)
	count := func(r *wire.ExecuteReply, want int) {
		t.Helper()
		if r.ExecutionCount != want {
			t.Errorf("execution_count is %d, want %d", r.ExecutionCount, want)
		}
	}
	count(c.Run("", "ok"), 1)
	count(c.Run("fail", "error", func(req *wire.Message) { c.Error(req, "Failure") }), 2)

	silent := c.Send(wire.Shell, &wire.ExecuteRequest{Code: "print x\nshow y\n= 1", Silent: true})
	c.Busy(silent)
	c.Idle(silent)
	count(c.Reply(silent, "ok"), 2)

	no := false
	unstored := c.Send(wire.Shell, &wire.ExecuteRequest{Code: "= 1", StoreHistory: &no})
	c.Busy(unstored)
	c.Input(unstored, "= 1")
	c.Result(unstored, "1")
	c.Idle(unstored)
	count(c.Reply(unstored, "ok"), 2)
	count(c.Run("", "ok"), 3)
}

func TestUserExpressions(t *testing.T) {
	c := start(t)
	req := c.Send(wire.Shell, &wire.ExecuteRequest{Code: "", UserExpressions: map[string]string{"good": "= 1", "bad": "fail x"}})
	c.Busy(req)
	c.Input(req, "")
	c.Idle(req)
	got := c.Reply(req, "ok").UserExpressions
	if x := got["good"]; x.Status != "ok" || x.Data["text/plain"] != "1" {
		t.Errorf("good is %+v", x)
	}
	if x := got["bad"]; x.Status != "error" || x.EName != "Failure" {
		t.Errorf("bad is %+v", x)
	}
}

func TestInterruptStopsTheCell(t *testing.T) {
	c := start(t)
	req := c.Execute("print begun\nwait")
	c.Busy(req)
	c.Input(req, "print begun\nwait")
	c.Stream(req, "stdout", "begun\n")
	stop := c.Send(wire.Control, &wire.InterruptRequest{})
	kerneltest.Answer[*wire.InterruptReply](c, wire.Control, stop)
	if r := c.Reply(req, "error"); r.EName != "Interrupted" {
		t.Errorf("reply is %+v", r)
	}
	idle, interrupted := false, false
	for !idle || !interrupted {
		m := c.Recv(wire.IOPub) // of both requests, in one of several orders
		switch content := m.Content.(type) {
		case *wire.Error:
			interrupted = true
		case *wire.Status:
			idle = idle || content.State == "idle" && m.Parent.ID == req.Header.ID
		}
	}
	drain(c, stop)
	c.Run("= 1", "ok", func(req *wire.Message) { c.Result(req, "1") })
}

// drain sends a request and takes everything that is published up to its busy and idle.
func drain(c *kerneltest.Client, _ *wire.Message) {
	req := c.Send(wire.Control, &wire.KernelInfoRequest{})
	for {
		m := c.Recv(wire.IOPub)
		if s, ok := m.Content.(*wire.Status); ok && s.State == "idle" && m.Parent.ID == req.Header.ID {
			break
		}
	}
	kerneltest.Answer[*wire.KernelInfoReply](c, wire.Control, req)
}

func TestInterruptOfAnIdleKernelDoesNothing(t *testing.T) {
	c := start(t)
	stop := c.Send(wire.Control, &wire.InterruptRequest{})
	c.Busy(stop)
	c.Idle(stop)
	kerneltest.Answer[*wire.InterruptReply](c, wire.Control, stop)
	c.Run("= 1", "ok", func(req *wire.Message) { c.Result(req, "1") })
}

func TestInputIsAskedOfTheClient(t *testing.T) {
	c := start(t)
	const code = "print first\ninput name?"
	req := c.Execute(code)
	asked := c.Recv(wire.Stdin)
	if q, ok := asked.Content.(*wire.InputRequest); !ok || q.Prompt != "name?" || asked.Parent.ID != req.Header.ID {
		t.Fatalf("asked %+v of %s", asked.Content, asked.Parent.ID)
	}
	stale := wire.NewSession("other")
	c.SendMessage(wire.Stdin, stale.Child(&wire.Message{Header: wire.Header{ID: "earlier"}}, &wire.InputReply{Value: "wrong"}))
	c.Send(wire.Stdin, &wire.KernelInfoRequest{})
	c.Send(wire.Stdin, &wire.InputReply{Value: "Ada"})
	c.Busy(req)
	c.Input(req, code)
	c.Stream(req, "stdout", "first\n")
	c.Result(req, "Ada")
	c.Idle(req)
	c.Reply(req, "ok")
}

func TestInputIsInterrupted(t *testing.T) {
	c := start(t)
	req := c.Execute("input ?")
	c.Recv(wire.Stdin)
	stop := c.Send(wire.Control, &wire.InterruptRequest{})
	kerneltest.Answer[*wire.InterruptReply](c, wire.Control, stop)
	c.Reply(req, "error")
	drain(c, stop)
}

func TestInputWithoutStdinIsAnError(t *testing.T) {
	c := start(t)
	no := false
	req := c.Send(wire.Shell, &wire.ExecuteRequest{Code: "input ?", AllowStdin: &no})
	c.Busy(req)
	c.Input(req, "input ?")
	c.Error(req, "InputError")
	c.Idle(req)
	c.Reply(req, "error")
}

func TestLateOutputBelongsToTheCellThatStartedIt(t *testing.T) {
	late := make(chan kernel.Output, 1)
	c := kerneltest.Start(t, kernel.Options{Runtime: kerneltest.Runtime(
		func(ctx context.Context, cell kernel.Cell, out kernel.Output) kernel.Result {
			if cell.Code == "start" {
				late <- out
			} else {
				o := <-late
				o.Stream("stdout", []byte("late\n"))
				if _, err := o.Input(context.Background(), "?", false); err == nil {
					t.Error("a cell that is over was allowed to ask")
				}
			}
			return kernel.Result{}
		})})
	first := c.Execute("start")
	c.Busy(first)
	c.Input(first, "start")
	c.Idle(first)
	c.Reply(first, "ok")
	c.Run("other", "ok", func(*wire.Message) { c.Stream(first, "stdout", "late\n") })
}

func TestIdleComesLast(t *testing.T) {
	c := start(t)
	code := strings.Repeat("print x\nshow y\n", 50)
	for range 20 {
		req := c.Execute(code)
		c.Busy(req)
		c.Input(req, code)
		for range 50 {
			c.Stream(req, "stdout", "x\n")
			c.Display(req, "y")
		}
		c.Idle(req)
		c.Reply(req, "ok")
	}
}

func TestManyLinesAreFewMessages(t *testing.T) {
	c := start(t)
	req := c.Execute("lines 100000")
	c.Busy(req)
	c.Input(req, "lines 100000")
	var text strings.Builder
	messages := 0
	for {
		m := c.Recv(wire.IOPub)
		s, ok := m.Content.(*wire.Stream)
		if !ok {
			break // idle
		}
		messages++
		text.WriteString(s.Text)
	}
	c.Reply(req, "ok")
	if n := strings.Count(text.String(), "\n"); n != 100_000 || messages > 100 {
		t.Errorf("%d lines in %d messages, want 100000 in at most 100", n, messages)
	}
}

func TestCellIDReachesTheRuntime(t *testing.T) {
	got := make(chan kernel.Cell, 1)
	c := kerneltest.Start(t, kernel.Options{Runtime: kerneltest.Runtime(
		func(_ context.Context, cell kernel.Cell, _ kernel.Output) kernel.Result {
			got <- cell
			return kernel.Result{}
		})})
	m := wire.NewSession("client").New(&wire.ExecuteRequest{Code: "x"})
	m.Metadata = []byte(`{"cellId":"abc","deletedCells":[]}`)
	c.SendMessage(wire.Shell, m)
	c.Busy(m)
	c.Input(m, "x")
	c.Idle(m)
	c.Reply(m, "ok")
	if cell := <-got; cell.ID != "abc" || cell.Count != 1 || !cell.AllowInput {
		t.Errorf("cell is %+v", cell)
	}
}
