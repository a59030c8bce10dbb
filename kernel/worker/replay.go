package worker

import (
	"errors"
	"slices"
)

// start starts a process and replays the kept programs. A program that is not taken again,
// or of which the process dies twice, is left out: the others may do without it.
func (s *Supervisor) start(command []string, kept [][]byte) (*process, error) {
	suspect := -1
	for {
		p, deadly, err := s.replay(command, kept)
		if deadly < 0 {
			return p, err
		}
		s.opts.Logger.Error("the worker died while it loaded an earlier cell again", "error", err)
		if deadly == suspect {
			kept = slices.Delete(slices.Clone(kept), deadly, deadly+1)
			deadly = -1
		}
		suspect = deadly
	}
}

// replay starts a process and loads the kept programs. When it dies of one, deadly is the
// program's index, else below 0.
func (s *Supervisor) replay(command []string, kept [][]byte) (p *process, deadly int, err error) {
	opts, env := s.placed()
	opts.Command = command
	if p, err = startProcess(opts, env, s.output, s.stop); err != nil {
		return nil, -1, err
	}
	for i, encoded := range kept {
		var refused *LoadError
		_, err := p.load(encoded)
		switch {
		case errors.As(err, &refused):
			s.opts.Logger.Error("load a cell into the new worker", "error", err)
		case err != nil && isClosed(s.stop):
			return nil, -1, err
		case err != nil:
			return nil, i, err
		}
	}
	p.fresh.Store(true)
	return p, -1, nil
}
