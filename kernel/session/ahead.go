package session

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"slices"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
)

// extendAhead builds the worker for all cells of the notebook's file. What cannot be had is
// left to the cell that imports it. s.mu is held.
func (s *Session) extendAhead(ctx context.Context, out kernel.Output) error {
	x := &s.extension
	if x.cells == nil {
		return nil
	}
	cells := x.cells()
	compile := make([]bool, len(cells))
	want := x.want.Clone()
	for i, code := range cells {
		steps := s.split(code)
		compile[i] = len(steps) == 1 && steps[0].Kind == magic.Cell && steps[0].Name == compileName
		cells[i] = s.goOf(code)
		for _, im := range modules.Imports(cells[i]) {
			if path := x.set.Resolve(im.Path); x.set.Foreign(path) {
				want.Add(modules.Request{Imports: []string{path}})
			}
		}
	}
	note := newProgress(out)
	defer note.end()
	for !want.Empty() {
		err := s.obtain(ctx, want, out, note)
		if err == nil {
			break
		}
		var wrong *modules.Error
		if !errors.As(err, &wrong) {
			return ctx.Err()
		}
		kept := slices.DeleteFunc(slices.Clone(want.Imports), func(path string) bool { return path == wrong.Path })
		if len(kept) == len(want.Imports) {
			return nil
		}
		want.Imports = kept
	}
	want = x.want.Clone()
	if want.Add(s.compileAhead(cells, compile)) {
		// A cell that needs them will say what is wrong.
		_ = s.obtain(ctx, want, out, note)
	}
	return ctx.Err()
}

// compileAhead finds what the cells of the file instantiate and which of them are compiled,
// in a notebook that is thrown away.
func (s *Session) compileAhead(cells []string, compile []bool) (all modules.Request) {
	if s.extension.built == nil && !slices.Contains(compile, true) {
		return all
	}
	notebook, lowerer := cell.New(s.extension.set), lower.New()
	for i, code := range cells {
		checked, err := notebook.Check(i+1, code)
		if err != nil {
			continue
		}
		if compile[i] {
			if u, err := compiledUnit(notebook, checked, s.extension.set); err == nil {
				all.Add(modules.Request{Cells: []modules.Compiled{u.Compiled}})
			}
		}
		// What cannot be lowered has other needs; its declarations matter to later cells.
		if _, err := lowerer.Lower(checked); err == nil {
			all.Add(modules.Request{Instances: s.instances(lowerer.Instances())})
		}
		notebook.Commit(checked)
	}
	return all
}

// instantiate sees to it that the worker has the instances that a cell needs. s.mu is held.
func (s *Session) instantiate(ctx context.Context, needs []lower.Instance, out kernel.Output) error {
	x := &s.extension
	if x.builder == nil || x.built == nil {
		return nil
	}
	want := x.want.Clone()
	if !want.Add(modules.Request{Instances: s.instances(needs)}) {
		return nil
	}
	note := newProgress(out)
	defer note.end()
	return s.obtain(ctx, want, out, note)
}

// instances are those of generic functions and types that the kernel itself does not have.
func (s *Session) instances(needs []lower.Instance) []modules.Instance {
	var list []modules.Instance
	for _, n := range needs {
		if !s.extension.set.Extra(n.Obj.Pkg().Path()) {
			continue
		}
		i := modules.Instance{Path: n.Obj.Pkg().Path(), Name: n.Obj.Name(), Imports: map[string]string{}}
		_, i.IsType = n.Obj.(*types.TypeName)
		for _, arg := range n.Args {
			i.Args = append(i.Args, types.TypeString(arg, func(p *types.Package) string {
				alias := fmt.Sprintf("pkgˈ%x", p.Path())
				i.Imports[alias] = p.Path()
				return alias
			}))
		}
		list = append(list, i)
	}
	return list
}
