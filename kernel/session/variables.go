package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// Variable is a variable of the notebook with its present value.
type Variable struct {
	Name  string
	Type  string // as a cell would write it
	Value string // in one line of at most about 600 bytes; "" when it is lost or not known
	Size  int64  // bytes that the value holds, about: long slices and maps are judged by their first elements
	Cell  int    // that declared it last
	Lost  bool   // its value went with a worker
}

// lookLimit bounds how long an inspection waits for a value.
const lookLimit = 500 * time.Millisecond

// Variables lists the variables of the notebook, sorted by name. It runs no code of the
// notebook: String methods of its types are not called. While a cell runs, or when the
// worker is being replaced, the list is without values and the error is worker.ErrBusy.
func (s *Session) Variables(ctx context.Context) ([]Variable, error) {
	s.mu.Lock()
	found := s.notebook.Variables()
	symbols, wanted := s.whereabouts(found)
	s.mu.Unlock()
	seen, err := s.worker.Look(ctx, symbols)
	variables := make([]Variable, len(found))
	for i, v := range found {
		variables[i] = Variable{Name: v.Name, Type: v.Type, Cell: v.Cell, Lost: v.Lost}
		if at, ok := wanted[i]; ok && err == nil && seen[at].Known {
			variables[i].Value, variables[i].Size = seen[at].Text, seen[at].Size
		}
	}
	if err != nil {
		return variables, fmt.Errorf("look at the variables: %w", err)
	}
	return variables, nil
}

// whereabouts names the variables that have a value as the worker knows them; wanted tells
// their places in the list. s.mu is held.
func (s *Session) whereabouts(found []cell.Variable) (symbols []string, wanted map[int]int) {
	wanted = map[int]int{}
	for i, v := range found {
		if symbol, ok := s.lowerer.Symbol(v.Obj); ok && !v.Lost {
			wanted[i] = len(symbols)
			symbols = append(symbols, symbol)
		}
	}
	return symbols, wanted
}

// value is what inspection shows of a variable's value; "" while it cannot be known.
func (s *Session) value(v cell.Variable) cell.Content {
	if v.Lost {
		return cell.Content{Note: fmt.Sprintf("the value was lost with a worker: run cell [%d] again", v.Cell)}
	}
	if !s.mu.TryLock() {
		return cell.Content{}
	}
	symbols, _ := s.whereabouts([]cell.Variable{v})
	s.mu.Unlock()
	if symbols == nil {
		return cell.Content{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
	defer cancel()
	seen, err := s.worker.Look(ctx, symbols)
	switch {
	case errors.Is(err, worker.ErrBusy):
		return cell.Content{Note: "the value is shown when no cell runs"}
	case err != nil || !seen[0].Known:
		return cell.Content{}
	}
	return cell.Content{Text: seen[0].Text, Size: seen[0].Size}
}
