package session

import (
	"context"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/program"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// interpreted are the packages that were taken from their source, because there is no
// toolchain. Session.mu guards it, but for stale.
type interpreted struct {
	loaded []*sourcePackage // dependencies first
	files  map[int]string   // names of their files, by the numbers in positions
	stale  atomic.Bool      // the worker is another one: its packages are not initialized
}

// sourcePackage is a package that the worker has.
type sourcePackage struct {
	path        string
	init        *program.Program // sets its variables and runs its functions called init; nil for neither
	initialized bool
	once        bool     // it was initialized, maybe in an earlier worker
	texts       []string // of its files, as they were loaded or found changed; nil where they stay
}

// The numbers of files in positions: below those of user expressions, above those of cells.
const (
	fileBase    = 9_000
	fileNumbers = 900
)

// interpret loads the packages that the cell imports, with those that they import. What it
// has loaded stays, even if the cell does not run. s.mu is held.
func (s *Session) interpret(ctx context.Context, number int, code string, imports []modules.Import, out kernel.Output) error {
	for _, im := range imports {
		if !s.extension.set.Foreign(im.Path) {
			continue
		}
		l := sourceLoader{s: s, ctx: ctx, out: out}
		if _, err := l.Import(im.Path); err != nil {
			return importErrors(number, code, []modules.Import{im}, err)
		}
	}
	return nil
}

// sourceLoader is the [types.Importer] of packages that are interpreted.
type sourceLoader struct {
	s       *Session
	ctx     context.Context
	out     kernel.Output
	loading []string
	err     error // why an import of a package failed
}

// Import loads a package and all that it imports.
func (l *sourceLoader) Import(path string) (*types.Package, error) {
	if l.err != nil {
		return nil, l.err
	}
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	set := l.s.extension.set
	if path == "unsafe" || path == "C" {
		return nil, fmt.Errorf("%q cannot be interpreted", path)
	}
	if !set.Foreign(path) {
		return set.Import(path)
	}
	if slices.ContainsFunc(l.s.interpreted.loaded, func(p *sourcePackage) bool { return p.path == path }) {
		return set.Import(path)
	}
	if slices.Contains(l.loading, path) {
		return nil, fmt.Errorf("import cycle: %s", strings.Join(append(l.loading, path), " → "))
	}
	l.loading = append(l.loading, path)
	defer func() { l.loading = l.loading[:len(l.loading)-1] }()
	pkg, err := l.load(path)
	if err != nil && l.err == nil {
		l.err = l.explain(path, err)
	}
	return pkg, l.err
}

func (l *sourceLoader) load(path string) (*types.Package, error) {
	s := l.s
	source, err := s.extension.builder.Source(path)
	if err != nil {
		return nil, err
	}
	l.out.Stream("stderr", fmt.Appendf(nil, "interpreting %s %s\n", path, source.From))
	// Before the check, which holds the notebook.
	for _, text := range source.Texts {
		for _, im := range modules.Imports(text) {
			if _, err := l.Import(im.Path); err != nil {
				return nil, err
			}
		}
	}
	files, err := s.number(source)
	if err != nil {
		return nil, err
	}
	checked, err := s.notebook.CheckPackage(path, files, l)
	if err != nil {
		return nil, err
	}
	lowered, err := s.lowerer.Lower(checked)
	if err != nil {
		return nil, err
	}
	p := &sourcePackage{path: path}
	if !source.Fixed {
		p.texts = source.Texts
	}
	if lowered.Run != "" {
		p.init = &program.Program{Cell: lowered.Cell, Run: lowered.Run, Bounds: lowered.Bounds}
		lowered.Run = ""
	}
	for attempt := 1; ; attempt++ {
		_, err := s.worker.Load(l.ctx, lowered)
		var died *worker.Died
		if errors.As(err, &died) && attempt < attempts {
			s.tellLoss(died, l.out)
			continue
		}
		if err != nil {
			s.lowerer.Discard()
			return nil, err
		}
		break
	}
	s.interpreted.loaded = append(s.interpreted.loaded, p)
	s.extension.set.Interpret(path, checked.Pkg)
	return checked.Pkg, nil
}

// tellChanges says which packages beside the notebook have other files than those that were
// loaded, once for each change. s.mu is held.
func (s *Session) tellChanges(out kernel.Output) {
	for _, p := range s.interpreted.loaded {
		if p.texts == nil {
			continue
		}
		now, err := s.extension.builder.Source(p.path)
		if err != nil || slices.Equal(now.Texts, p.texts) {
			continue // What cannot be read now may be half written.
		}
		p.texts = now.Texts
		out.Stream("stderr", fmt.Appendf(nil, "the files of %s have changed: %%reset and the cells again load them\n", p.path))
	}
}

// number gives the files of a package their numbers.
func (s *Session) number(source *modules.Source) ([]cell.SourceFile, error) {
	if s.interpreted.files == nil {
		s.interpreted.files = map[int]string{}
	}
	var files []cell.SourceFile
	for i, name := range source.Files {
		id := fileBase + len(s.interpreted.files)
		if id >= fileBase+fileNumbers {
			return nil, errors.New("the notebook imports packages of too many files to interpret them")
		}
		s.interpreted.files[id] = source.Path + "/" + name
		s.sources[id] = source.Texts[i]
		files = append(files, cell.SourceFile{ID: id, Text: source.Texts[i]})
	}
	return files, nil
}

// explain words why a package cannot be interpreted, with the place in its source.
func (l *sourceLoader) explain(path string, err error) error {
	var known *modules.Error
	var wrong types.Error
	var syntax scanner.ErrorList
	var unsupported *lower.Error
	var refused *worker.LoadError
	text := ""
	switch {
	case l.err != nil:
		return l.err
	case errors.As(err, &known) && known.Path == l.loading[0]:
		return err
	case errors.As(err, &known):
		text = known.Text
	case errors.As(err, &unsupported):
		text = l.at(unsupported.Pos) + unsupported.Msg
	case errors.As(err, &wrong):
		text = l.at(wrong.Fset.Position(wrong.Pos)) + wrong.Msg
	case errors.As(err, &syntax):
		text = l.at(syntax[0].Pos) + syntax[0].Msg
	case errors.As(err, &refused):
		text = "the interpreter did not take it: " + refused.Text
	default:
		return err
	}
	if path != l.loading[0] {
		text = path + ", which it needs: " + text
	}
	return &modules.Error{Text: "the package cannot be interpreted: " + text, Hint: modules.NeedsToolchain}
}

func (l *sourceLoader) at(p token.Position) string {
	if name := l.s.interpreted.files[cellOf(p.Filename)]; name != "" {
		return fmt.Sprintf("%s:%d:%d: ", name, p.Line, p.Column)
	}
	return ""
}

// initialize runs the packages that the worker has not initialized. s.mu is held.
func (s *Session) initialize(ctx context.Context, out kernel.Output) error {
	x := &s.interpreted
	if x.stale.Swap(false) {
		for _, p := range x.loaded {
			p.initialized = false
		}
	}
	for i, p := range x.loaded {
		if p.initialized {
			continue
		}
		if p.init != nil {
			program, err := s.worker.Load(ctx, p.init)
			if err != nil {
				return err
			}
			_, failure, err := program.Run(ctx, worker.Task{Cell: p.init.Cell, Out: out})
			if err != nil {
				return err
			}
			if failure != nil {
				s.dropFrom(i)
				return &initError{p.path, failure}
			}
		}
		p.initialized, p.once = true, true
	}
	return nil
}

// dropFrom forgets a package that could not be initialized, and those behind it, which may need
// it. One that earlier cells use stays: they must not go on without it.
func (s *Session) dropFrom(i int) {
	x := &s.interpreted
	if x.loaded[i].once {
		return
	}
	for _, p := range x.loaded[i:] {
		s.extension.set.Interpret(p.path, nil)
	}
	x.loaded = slices.Clone(x.loaded[:i])
}

// initError is a panic of a package that is being initialized.
type initError struct {
	path    string
	failure *worker.Failure
}

func (e *initError) Error() string {
	return fmt.Sprintf("initialize %s: %s: %s", e.path, e.failure.Name, e.failure.Value)
}

// lose notes that the worker was replaced. It returns the names of the variables whose values
// are gone.
func (s *Session) lose() []string {
	s.interpreted.stale.Store(true)
	return s.notebook.Lose()
}

// forgetSources is for a worker that knows none of the packages. s.mu is held.
func (s *Session) forgetSources() {
	for id := range s.interpreted.files {
		delete(s.sources, id)
	}
	s.interpreted.loaded, s.interpreted.files = nil, nil
	if s.extension.set != nil {
		s.extension.set.ForgetSources()
	}
}
