package session

import (
	"context"
	"crypto/sha256"
	"fmt"
	"go/types"
	"unicode"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// compileName is the magic of cells whose functions are compiled.
const compileName = "compile"

func (s *Session) compileMagic(ctx context.Context, c *magic.Call) (kernel.Result, error) {
	if c.Args != "" && c.Args != "-lose" {
		return kernel.Result{}, c.Usage("it does not know %s", c.Args)
	}
	if s.extension.builder == nil {
		return kernel.Result{}, fmt.Errorf("this kernel cannot compile cells")
	}
	s.setLossy(c.Args == "-lose")
	defer s.setLossy(false)
	return s.runAs(ctx, c.Cell, c.Code, c.Out, true), nil
}

// setLossy says whether the cell in hand may cost values.
func (s *Session) setLossy(lossy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.extension.lossy = lossy
}

// lowerAs lowers a checked cell, as one whose functions are compiled if so wished: then the
// worker that has them is built. s.mu is held.
func (s *Session) lowerAs(ctx context.Context, checked *cell.Checked, compile bool, out kernel.Output) (*program.Program, error) {
	if !compile {
		return s.lowerer.Lower(checked)
	}
	unit, err := compiledUnit(s.notebook, checked, s.extension.set)
	if err != nil {
		return nil, err
	}
	want := s.extension.want.Clone()
	if want.Add(modules.Request{Cells: []modules.Compiled{unit.Compiled}}) {
		note := newProgress(out)
		defer note.end()
		if err := s.obtain(ctx, want, out, note); err != nil {
			return nil, err
		}
	}
	return s.lowerer.LowerCompiled(checked, lower.Compiled{Path: s.extension.set.CellPath(unit.Compiled), Funcs: unit.funcs})
}

// unit is a cell as a package of its own.
type unit struct {
	modules.Compiled
	funcs map[*types.Func]string
}

// compiledUnit makes a package of a cell's declarations and those that they need.
func compiledUnit(notebook *cell.Notebook, checked *cell.Checked, pkgs cell.Packages) (*unit, error) {
	extract, err := notebook.Extract(checked)
	if err != nil {
		return nil, err
	}
	text := extract.ImportLines() + "\n" + extract.Decls
	if err := staysInside(text, pkgs); err != nil {
		return nil, err
	}
	u := &unit{funcs: map[*types.Func]string{}}
	u.Funcs = map[string]string{}
	for f, expr := range extract.Funcs {
		u.funcs[f] = expr
		u.Funcs[expr] = expr
	}
	u.Name = fmt.Sprintf("cell%x", sha256.Sum256([]byte(text)))[:20]
	u.Source = "package " + u.Name + "\n\nimport reflectˈ \"reflect\"\n\n" + text
	return u, nil
}

// staysInside refuses code that puts values of its own types into interfaces, or looks for them
// there: a compiled cell's types are the notebook's in all but identity.
func staysInside(text string, pkgs cell.Packages) error {
	notebook := cell.New(pkgs)
	checked, err := notebook.Check(1, text)
	if err != nil {
		return fmt.Errorf("compile the cell: %w", err)
	}
	lowered, err := lower.New().Lower(checked)
	if err != nil {
		return &shownError{told("NotSupported", "the cell cannot be compiled: "+err.(*lower.Error).Msg)}
	}
	byID := map[int]program.Type{}
	for _, t := range lowered.Types {
		byID[t.ID] = t
	}
	for _, h := range lowered.Helpers {
		switch h.Kind {
		case program.Box, program.Assert, program.AssertOK, program.Is, program.Unbox:
			if name := userType(byID, h.T, map[int]bool{}); name != "" {
				return &shownError{told("NotSupported", fmt.Sprintf("a compiled cell cannot put %s into an interface or take it out of one", name),
					"Inside the compiled code the type would not be the notebook's. Printing, any, error and sort.Slice do that:",
					"use them in interpreted cells, slices.SortFunc instead of sort.Slice, or pass fields of basic types.")}
			}
		}
	}
	return nil
}

// shownError is an error that is worded for the user already.
type shownError struct{ shown *kernel.Error }

func (e *shownError) Error() string { return e.shown.Value }

// userType returns the name of a type of the notebook that type id is made of; "" for none.
func userType(byID map[int]program.Type, id int, seen map[int]bool) string {
	if seen[id] {
		return ""
	}
	seen[id] = true
	t := byID[id]
	parts := append(append([]int{}, t.In...), t.Out...)
	switch t.Kind {
	case program.User:
		return t.Name
	case program.Pointer, program.Slice, program.Array, program.Chan:
		parts = append(parts, t.Elem)
	case program.Map:
		parts = append(parts, t.Key, t.Elem)
	case program.Struct:
		for _, f := range t.Fields {
			if !unicode.IsUpper([]rune(f.Name)[0]) {
				return "a struct with the private field " + f.Name
			}
			parts = append(parts, f.Type)
		}
	}
	for _, part := range parts {
		if name := userType(byID, part, seen); name != "" {
			return name
		}
	}
	return ""
}
