// Package export writes a notebook as a Go program that prints what the notebook shows.
//
// The program is the notebook's own text: statements stand in func main in the order of
// the cells, functions and types beside it, Markdown becomes comments. What go/types knows
// of the cells decides which variables are global, which names have to differ, and how a
// function that is declared twice is called.
package export

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

// Cell is one cell of the notebook, in its order.
type Cell struct {
	Text     bool   // Markdown: it becomes a comment
	Source   string // as typed
	Skip     bool   // the notebook does not run it: it becomes a comment
	MayPanic bool   // the notebook goes on when it fails
}

// Options say what is exported. Packages and Name are required.
type Options struct {
	Packages cell.Packages     // what cells may import
	Magics   magic.Table       // what cells may hold besides Go
	Name     string            // of the notebook, without .ipynb
	Version  string            // of the module mole-kernel that the program requires, e.g. "v0.1.0"
	Replace  string            // folder that takes the place of that module; "" for none
	Versions map[string]string // of other modules, as far as they are known
	Go       string            // language version of go.mod, e.g. "1.26"
	Figures  string            // folder into which the program saves pictures; "" for none
}

// Program is an exported notebook.
type Program struct {
	Main  string   // main.go, formatted
	Mod   string   // go.mod
	Tidy  bool     // it imports modules, so that go.sum is needed: go mod tidy writes it
	Notes []string // what is not as in the notebook
}

// CellError says which code cell cannot be exported.
type CellError struct {
	Cell int // its place among the code cells, from 1
	Err  error
}

func (e *CellError) Error() string { return fmt.Sprintf("code cell %d: %v", e.Cell, e.Err) }

func (e *CellError) Unwrap() error { return e.Err }

// Export translates a notebook. The error is a *CellError when a cell does not check or
// has no counterpart in a Go program.
func Export(cells []Cell, o Options) (*Program, error) {
	x := &exporter{
		Options:  o,
		names:    newNames(),
		home:     map[types.Object]home{},
		declared: map[types.Object]*sheet{},
		unused:   map[string]bool{},
		slots:    map[*types.Func]*slot{},
	}
	if err := x.check(cells); err != nil {
		return nil, err
	}
	if err := x.findSlots(); err != nil {
		return nil, err
	}
	x.place()
	x.nameAll()
	// Each round finds variables that nothing uses; they cannot be more than there are.
	for range len(x.declared) + 2 {
		main, err := x.write()
		if err != nil {
			return nil, err
		}
		again, err := x.verify(main)
		if err != nil {
			return nil, err
		}
		if !again {
			mod, tidy := x.module()
			return &Program{Main: main, Mod: mod, Tidy: tidy, Notes: x.notes}, nil
		}
	}
	return nil, fmt.Errorf("export %s: the program does not settle", o.Name)
}

// exporter is one notebook on its way.
type exporter struct {
	Options
	sheets   []*sheet
	info     *types.Info
	pkg      *types.Package
	names    *names
	home     map[types.Object]home   // where variables and constants live; main for those not in it
	declared map[types.Object]*sheet // the cell of each name of the notebook
	unused   map[string]bool         // names of variables that need "_ ="
	slots    map[*types.Func]*slot   // functions and methods that are declared again
	imports  map[string]bool         // paths that the text needs
	notes    []string
}

// note tells the user of something that is not as in the notebook.
func (x *exporter) note(s *sheet, format string, args ...any) {
	text := fmt.Sprintf("code cell %d: ", s.number) + fmt.Sprintf(format, args...)
	for _, known := range x.notes {
		if known == text {
			return
		}
	}
	x.notes = append(x.notes, text)
}

// sheet is a cell, or a piece of one that holds magics, with what was found out about it.
type sheet struct {
	Cell
	number  int // among the code cells, from 1
	checked *cell.Checked
	magic   *magic.Step // instead of Go
	scoped  bool        // it becomes a function of its own: it defers, or may panic
	late    []string    // assignments that make the cell's functions the current ones
	edits   *edits
}

// check checks all cells in order, as the kernel would.
func (x *exporter) check(cells []Cell) error {
	n := cell.New(x.Packages)
	number := 0
	for _, c := range cells {
		if c.Text {
			x.sheets = append(x.sheets, &sheet{Cell: c})
			continue
		}
		if strings.TrimSpace(c.Source) == "" {
			continue
		}
		number++
		if c.Skip {
			s := &sheet{Cell: c, number: number}
			x.sheets = append(x.sheets, s)
			x.note(s, "the notebook skips it: it is a comment")
			continue
		}
		for _, s := range x.pieces(n, c, number) {
			if err := x.checkPiece(n, s); err != nil {
				return &CellError{Cell: number, Err: err}
			}
		}
	}
	x.scope()
	return nil
}

// checkPiece checks what is Go of a cell.
func (x *exporter) checkPiece(n *cell.Notebook, s *sheet) error {
	x.sheets = append(x.sheets, s)
	if s.magic != nil {
		return s.wrong()
	}
	checked, err := n.Check(s.number, s.Source)
	if err != nil {
		return err
	}
	n.Commit(checked)
	s.checked = checked
	s.edits = &edits{source: checked.Source}
	x.info, x.pkg = checked.Info, checked.Pkg
	x.declare(s)
	return nil
}

// code lists the cells that hold Go.
func (x *exporter) code() []*sheet {
	var list []*sheet
	for _, s := range x.sheets {
		if s.checked != nil {
			list = append(list, s)
		}
	}
	return list
}
