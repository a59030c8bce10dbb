package worker

import (
	"context"
	"fmt"
)

// Replace puts a worker that command starts in the place of the present one, with what the
// loaded programs declare. The values are gone with the old worker. After an error the old
// one is still in use. No cell may run meanwhile.
func (s *Supervisor) Replace(ctx context.Context, command []string) error {
	if _, err := s.acquire(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	kept := s.kept[:len(s.kept):len(s.kept)]
	s.mu.Unlock()
	p, err := s.start(command, kept)
	if err != nil {
		return fmt.Errorf("start the new worker process: %w", err)
	}
	next := &slot{ready: make(chan struct{}), p: p}
	close(next.ready)
	s.mu.Lock()
	old := s.slot
	s.opts.Command, s.slot = command, next
	closed := s.closed
	s.mu.Unlock()
	go func() {
		<-p.gone
		s.bury(next)
	}()
	if closed {
		p.kill()
		return ErrClosed
	}
	if old != nil && old.p != nil { // acquire has waited for it
		old.p.kill()
		<-old.p.gone
	}
	return nil
}
