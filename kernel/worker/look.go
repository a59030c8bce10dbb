package worker

import (
	"context"
	"errors"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// ErrBusy says that a cell runs, or that no worker is there: variables cannot be looked at.
var ErrBusy = errors.New("a cell is running, or the worker is being started")

// The frames of a look at variables.
type (
	lookBody struct {
		Look    uint64
		Symbols []string
	}
	seenBody struct {
		Look uint64
		Busy bool
		Seen []program.Seen
	}
)

// Look returns what variables of the loaded programs hold, by their names in lowered code,
// without running anything. It waits neither for a cell nor for a worker: then the error is
// [ErrBusy].
func (s *Supervisor) Look(ctx context.Context, symbols []string) ([]program.Seen, error) {
	p := s.present()
	if p == nil {
		return nil, ErrBusy
	}
	f, err := p.call(ctx, func(number uint64) frame { return newFrame("look", lookBody{Look: number, Symbols: symbols}) })
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ErrBusy
	}
	seen := body[seenBody](f)
	if seen.Busy || len(seen.Seen) != len(symbols) {
		return nil, ErrBusy
	}
	return seen.Seen, nil
}

// present returns the worker when it is there and alive.
func (s *Supervisor) present() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.slot == nil || !isClosed(s.slot.ready) || s.slot.p == nil || isClosed(s.slot.p.gone) {
		return nil
	}
	return s.slot.p
}

// look answers the supervisor; own is the number of goroutines of an idle worker.
func (h *host) look(l lookBody, own int) {
	seen, ok := h.runner.Look(l.Symbols, own+1)
	h.out.send(newFrame("seen", seenBody{Look: l.Look, Busy: !ok, Seen: seen}))
}

func (r *engineRunner) Look(symbols []string, own int) ([]program.Seen, bool) {
	return r.engine.Look(symbols, own)
}
