package worker

import (
	"context"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// stopReason is the reason of a death that [Supervisor.Stop] brought about.
const stopReason = "it was stopped by the second interrupt"

// Stop replaces a worker in which an interrupt has not stopped everything: a cell runs, or
// one was left behind. Where a cell runs, its call of [Program.Run] returns the death;
// else Stop does, nil for a worker in which nothing runs.
func (s *Supervisor) Stop() *Died {
	s.mu.Lock()
	current := s.slot
	s.mu.Unlock()
	if current == nil || !isClosed(current.ready) || current.p == nil {
		return nil
	}
	p := current.p
	p.mu.Lock()
	runs, behind := p.active > 0, p.left+p.behind > 0
	p.mu.Unlock()
	if !runs && !behind {
		return nil
	}
	p.killFor(stopReason)
	<-p.gone
	if runs || s.reported(p.death) == ErrClosed {
		return nil
	}
	return p.death
}

// run is runCounted that keeps count of what runs and of what is left behind.
func (p *process) run(ctx context.Context, id uint64, encoded []byte, task Task) (*kernel.Bundle, *Failure, error) {
	p.mu.Lock()
	p.active++
	p.mu.Unlock()
	value, failure, err := p.runCounted(ctx, id, encoded, task)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.active--
	if failure != nil && failure.Left {
		p.behind++
	}
	return value, failure, err
}
