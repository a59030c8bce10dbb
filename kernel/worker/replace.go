package worker

import (
	"context"
	"errors"
	"fmt"
)

// NotCarried says that values cannot be carried from one worker to another.
type NotCarried struct {
	Problems map[string]string // by symbol, in words that follow the variable's name
	Why      string            // why no value at all can be carried; "" when some can
	Busy     bool              // goroutines of earlier cells run, which would end
}

func (e *NotCarried) Error() string { return "the values of variables cannot be carried over" }

// Replace puts a worker that command starts in the place of the present one, with what the
// loaded programs declare and the values of the variables with these symbols. Values that
// cannot be carried over make it a [*NotCarried] error; when lossy is set they are left
// behind, as are goroutines, and the error is returned all the same, with the new worker in
// use. After any other error the old worker is still in use. No cell may run meanwhile.
func (s *Supervisor) Replace(ctx context.Context, command, symbols []string, lossy bool) error {
	old, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	carried, values, err := old.carry(ctx, symbols)
	var left *NotCarried
	if err != nil && !(errors.As(err, &left) && lossy) {
		return err
	}
	s.mu.Lock()
	kept := s.kept[:len(s.kept):len(s.kept)]
	s.mu.Unlock()
	next := &slot{ready: make(chan struct{})}
	if next.p, err = s.start(command, kept); err != nil {
		return fmt.Errorf("start the new worker process: %w", err)
	}
	if err := next.p.restore(ctx, carried, values); err != nil {
		next.p.kill()
		if ctx.Err() != nil {
			return err
		}
		left = &NotCarried{Why: err.Error()}
		if !lossy {
			return left
		}
		if next.p, err = s.start(command, kept); err != nil {
			return fmt.Errorf("start the new worker process: %w", err)
		}
	}
	close(next.ready)
	if err := s.exchange(next, command); err != nil {
		return err
	}
	old.kill()
	<-old.gone
	if left != nil {
		return left
	}
	return nil
}

// exchange puts a worker into use.
func (s *Supervisor) exchange(next *slot, command []string) error {
	s.mu.Lock()
	s.opts.Command, s.slot = command, next
	closed := s.closed
	s.mu.Unlock()
	go func() {
		<-next.p.gone
		s.bury(next)
	}()
	if closed {
		next.p.kill()
		return ErrClosed
	}
	return nil
}

// The frames that carry values from one worker to another.
type (
	carryBody struct {
		Carry   uint64
		Symbols []string
	}
	carriedBody struct { // its attachment holds the values
		Carry    uint64
		Busy     bool
		Problems []string
	}
	restoreBody struct { // with the attachment of carriedBody
		Restore uint64
		Symbols []string
	}
	restoredBody struct {
		Restore uint64
		Error   string
	}
)

// carry takes the values of variables. Those that can be carried are in values, in the
// order of carried, also beside a [*NotCarried] error.
func (p *process) carry(ctx context.Context, symbols []string) (carried []string, values []byte, err error) {
	f, err := p.call(ctx, func(number uint64) frame { return newFrame("carry", carryBody{Carry: number, Symbols: symbols}) })
	if err != nil {
		return nil, nil, err
	}
	b := body[carriedBody](f)
	left := &NotCarried{Problems: map[string]string{}, Busy: b.Busy}
	for i, problem := range b.Problems {
		if problem != "" {
			left.Problems[symbols[i]] = problem
		}
	}
	if b.Busy || len(f.attachments) != 1 {
		return nil, nil, left
	}
	if len(left.Problems) > 0 {
		return symbols, f.attachments[0], left
	}
	return symbols, f.attachments[0], nil
}

// restore gives variables the values that carry has taken.
func (p *process) restore(ctx context.Context, symbols []string, values []byte) error {
	if len(symbols) == 0 {
		return nil
	}
	f, err := p.call(ctx, func(number uint64) frame {
		return newFrame("restore", restoreBody{Restore: number, Symbols: symbols}, values)
	})
	if err != nil {
		return err
	}
	if text := body[restoredBody](f).Error; text != "" {
		return errors.New(text)
	}
	p.fresh.Store(false)
	return nil
}

// carry answers the supervisor; own is the number of goroutines of an idle worker.
func (h *host) carry(b carryBody, own int) {
	reply := carriedBody{Carry: b.Carry, Busy: true}
	var values [][]byte
	if c, ok := h.runner.(carrier); ok {
		data, problems, ok := c.Carry(b.Symbols, own+1)
		reply.Busy, reply.Problems = !ok, problems
		values = [][]byte{data}
	}
	h.out.send(newFrame("carried", reply, values...))
}

func (h *host) restore(b restoreBody, attachments [][]byte) {
	reply := restoredBody{Restore: b.Restore}
	if c, ok := h.runner.(carrier); ok && len(attachments) == 1 {
		if err := c.Restore(b.Symbols, attachments[0]); err != nil {
			reply.Error = err.Error()
		}
	}
	h.out.send(newFrame("restored", reply))
}

// carrier is a runner whose values can be carried.
type carrier interface {
	Carry(symbols []string, own int) (data []byte, problems []string, ok bool)
	Restore(symbols []string, data []byte) error
}

var _ carrier = (*engineRunner)(nil)

func (r *engineRunner) Carry(symbols []string, own int) ([]byte, []string, bool) {
	return r.engine.Carry(symbols, own)
}

func (r *engineRunner) Restore(symbols []string, data []byte) error {
	return r.engine.Restore(symbols, data)
}
