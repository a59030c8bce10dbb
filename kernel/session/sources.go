package session

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// maxSources bounds how many generic functions one cell can make necessary.
const maxSources = 100

// lowerWithSources lowers a checked cell. Generic functions of other modules that it
// instantiates with types of the notebook are taken from their source, which is lowered and
// loaded first. s.mu is held.
func (s *Session) lowerWithSources(ctx context.Context, checked *cell.Checked, compile bool, out kernel.Output) (*program.Program, error) {
	for range maxSources {
		lowered, err := s.lowerAs(ctx, checked, compile, out)
		var unsupported *lower.Error
		if !errors.As(err, &unsupported) || unsupported.Generic == nil || s.extension.set == nil ||
			!s.extension.set.Extra(unsupported.Generic.Pkg().Path()) {
			return lowered, err
		}
		if problem := s.loadSource(ctx, unsupported.Generic); problem != nil {
			unsupported.Msg += ": " + firstLine(problem.Error())
			if cellOf(unsupported.Pos.Filename) != checked.ID { // inside another such function
				unsupported.Pos = token.Position{Filename: fmt.Sprintf("cell[%d]", checked.ID), Line: 1, Column: 1}
			}
			return nil, unsupported
		}
	}
	return nil, errors.New("the cell needs too many generic functions of other modules")
}

// loadSource lets a copy of a generic function, made from its source, stand for it. No cell
// sees the copy's name: it is neither committed nor, since later instances are made from its
// body, discarded.
func (s *Session) loadSource(ctx context.Context, f *types.Func) error {
	text, name, err := s.extension.set.Transplant(f)
	if err != nil {
		return err
	}
	checked, err := s.notebook.Check(0, text)
	if err != nil {
		return err
	}
	lowered, err := s.lowerer.Lower(checked)
	if err != nil {
		s.notebook.Discard(checked)
		return err
	}
	if err := s.loadDeclarations(ctx, lowered); err != nil {
		s.lowerer.Discard()
		s.notebook.Discard(checked)
		return err
	}
	for _, item := range checked.Items {
		if fn, ok := item.(cell.Func); ok && fn.Obj.Name() == name {
			s.lowerer.Substitute(f, fn.Obj)
		}
	}
	return nil
}

// loadDeclarations loads a program that runs nothing.
func (s *Session) loadDeclarations(ctx context.Context, lowered *program.Program) error {
	if _, err := s.adopt(ctx, false); err != nil {
		return err
	}
	_, err := s.worker.Load(ctx, lowered)
	return err
}
