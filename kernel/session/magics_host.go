package session

import (
	"context"
	"errors"
	"fmt"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// host is the session for magics.
type host struct{ s *Session }

var _ magic.Notebook = host{}

func (h host) Run(ctx context.Context, c *magic.Call, code string) kernel.Result {
	return h.s.execute(ctx, c.Cell, code, c.Out)
}

// usageKey is the key of a context under which what runs with it is measured.
type usageKey struct{}

func usageOf(ctx context.Context) *worker.Usage {
	used, _ := ctx.Value(usageKey{}).(*worker.Usage)
	return used
}

func (h host) Measure(ctx context.Context, c *magic.Call, code string) (kernel.Result, magic.Usage) {
	var used worker.Usage
	r := h.s.execute(context.WithValue(ctx, usageKey{}, &used), c.Cell, code, c.Out)
	if around := usageOf(ctx); around != nil {
		around.Add(used)
	}
	return r, magic.Usage(used)
}

func (h host) Check(c *magic.Call, code string) *kernel.Error {
	h.s.mu.Lock()
	checked, err := h.s.notebook.Check(c.Cell.Count, code)
	if err == nil {
		h.s.notebook.Discard(checked)
	}
	h.s.mu.Unlock()
	if err != nil {
		return h.s.explain(err)
	}
	return nil
}

func (h host) Change(ctx context.Context, c *magic.Call, change magic.Change) (magic.Surroundings, error) {
	for attempt := 1; ; attempt++ {
		now, err := h.s.worker.Change(ctx, worker.Change(change))
		var died *worker.Died
		if !errors.As(err, &died) || attempt == attempts {
			return magic.Surroundings(now), err
		}
		h.s.tellLoss(died, c.Out)
	}
}

// tellLoss tells the user that the worker has ended between two cells.
func (s *Session) tellLoss(died *worker.Died, out kernel.Output) {
	out.Stream("stderr", fmt.Appendf(nil, "The worker process ended between two cells: %s.\n%s\n",
		died.Reason, lossNote(s.lose())))
}

func (h host) Variables(ctx context.Context, c *magic.Call) ([]magic.Variable, error) {
	if _, err := h.Change(ctx, c, magic.Change{}); err != nil { // waits for a worker that is being started
		return nil, err
	}
	found, err := h.s.Variables(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]magic.Variable, len(found))
	for i, v := range found {
		list[i] = magic.Variable{Name: v.Name, Type: v.Type, Value: v.Value, Size: v.Size}
		if v.Lost {
			list[i].Value = fmt.Sprintf("(lost: run cell [%d] again)", v.Cell)
		}
	}
	return list, nil
}

func (h host) Reset(context.Context) (map[string][]string, error) {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.worker.Reset(); err != nil {
		return nil, err
	}
	dropped := s.notebook.Names()
	s.notebook.Reset()
	s.lowerer = lower.New()
	s.forgetSources()
	return dropped, nil
}

func (h host) Document(name string) (plain, markdown string, ok bool) {
	found := h.s.notebook.Inspect(name, len(name), 1)
	plain, markdown = found.Plain, found.Markdown
	if index := h.s.notebook.Index(name); index != "" {
		plain += "\n\n" + index
		markdown += "\n\n```go\n" + index + "\n```"
	}
	return plain, markdown, found.Found
}
