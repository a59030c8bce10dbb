package worker

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
)

// Surroundings are what the commands that a cell starts inherit.
type Surroundings struct {
	Dir string   // "" when it has been removed
	Env []string // "NAME=value", sorted
}

// Change is a change of the surroundings of the cells.
type Change struct {
	Dir   string            // "" leaves the directory as it is
	Set   map[string]string // environment variables
	Unset []string
}

// The bodies of a change and its answer.
type (
	changeBody struct {
		Number uint64
		Change Change
	}
	changedBody struct {
		Number uint64
		Now    Surroundings
		Error  string
	}
)

// Change changes the surroundings and returns what they are now. The zero Change only
// asks. A later worker starts with them. A change that fails changes nothing; the other
// errors are those of [Supervisor.Load].
func (s *Supervisor) Change(ctx context.Context, c Change) (Surroundings, error) {
	p, err := s.acquire(ctx)
	if err != nil {
		return Surroundings{}, err
	}
	now, err := p.change(c)
	if err != nil {
		return Surroundings{}, s.reported(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.place = now
	return now, nil
}

func (p *process) change(c Change) (Surroundings, error) {
	f, err := p.call(context.Background(), func(number uint64) frame { return newFrame("change", changeBody{Number: number, Change: c}) })
	if err != nil {
		return Surroundings{}, err
	}
	b := body[changedBody](f)
	if b.Error != "" {
		return Surroundings{}, errors.New(b.Error)
	}
	return b.Now, nil
}

// change does it in the worker.
func (h *host) change(b changeBody) {
	reply := changedBody{Number: b.Number}
	if err := b.Change.apply(); err != nil {
		reply.Error = err.Error()
	} else {
		reply.Now = surroundings()
	}
	h.out.send(newFrame("changed", reply))
}

func (c Change) apply() error {
	if c.Dir != "" {
		if err := os.Chdir(c.Dir); err != nil {
			return err
		}
	}
	for name, value := range c.Set {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	for _, name := range c.Unset {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	return nil
}

// traceVariable is set for workers and for nobody else.
const traceVariable = "GOTRACEBACK"

func surroundings() Surroundings {
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // a cell has removed it: the next change leads elsewhere
	}
	env := slices.DeleteFunc(os.Environ(), func(line string) bool { return strings.HasPrefix(line, traceVariable+"=") })
	slices.Sort(env)
	return Surroundings{Dir: dir, Env: env}
}

// placed returns the options with the surroundings that the last worker had.
func (s *Supervisor) placed() (opts Options, env []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	opts, env = s.opts, s.place.Env
	if info, err := os.Stat(s.place.Dir); err == nil && info.IsDir() {
		opts.Dir = s.place.Dir
	}
	if env == nil {
		env = os.Environ()
	}
	return opts, env
}
