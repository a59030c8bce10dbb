package kernel

import (
	"context"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// patience is how long after a cell arrived what was asked behind it waits for it: a
// client that sends `x := 1` and then asks about x finds it, and one that asks while a
// cell computes does not wait for the cell.
const patience = 20 * time.Millisecond

// readShell sorts shell requests: cells run one after another, everything else is
// answered beside them.
func (k *Kernel) readShell(ctx context.Context) error {
	var last *queued
	for {
		req, err := k.conn.Recv(ctx, wire.Shell)
		if err != nil {
			return err
		}
		q := &queued{req: req, received: time.Now(), after: last}
		to := k.prompts
		if _, ok := req.Content.(*wire.ExecuteRequest); ok {
			q.done = make(chan struct{})
			last = q
			to = k.cells
		}
		select {
		case to <- q:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// runCells answers execute requests in their order.
func (k *Kernel) runCells(ctx context.Context) error {
	for {
		select {
		case q := <-k.cells:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			handle := k.execute
			if k.aborts(q) {
				handle = k.abort
			}
			k.answer(ctx, wire.Shell, q.req, handle)
			close(q.done)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// answerPrompts answers what the front end asks while the user types.
func (k *Kernel) answerPrompts(ctx context.Context) error {
	for {
		select {
		case q := <-k.prompts:
			k.await(ctx, q.after)
			k.answer(ctx, wire.Shell, q.req, k.dispatch)
			if isShutdown(q.req) {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (k *Kernel) await(ctx context.Context, cell *queued) {
	if cell == nil {
		return
	}
	select {
	case <-cell.done:
	case <-time.After(time.Until(cell.received.Add(patience))):
	case <-ctx.Done():
	}
}

// answerControl answers the control channel, which waits for nothing.
func (k *Kernel) answerControl(ctx context.Context) error {
	for {
		req, err := k.conn.Recv(ctx, wire.Control)
		if err != nil {
			return err
		}
		k.answer(ctx, wire.Control, req, k.dispatch)
		if isShutdown(req) {
			return nil
		}
	}
}

// readStdin takes the answers to input requests.
func (k *Kernel) readStdin(ctx context.Context) error {
	for {
		m, err := k.conn.Recv(ctx, wire.Stdin)
		if err != nil {
			return err
		}
		if reply, ok := m.Content.(*wire.InputReply); !ok || !k.stdin.deliver(m, reply.Value) {
			k.log.Warn("dropped a message on stdin that nothing waits for", "type", m.Header.Type)
		}
	}
}

func isShutdown(req *wire.Message) bool {
	_, ok := req.Content.(*wire.ShutdownRequest)
	return ok
}
