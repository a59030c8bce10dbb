package session

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
)

// Magics returns the magics of all sessions, for those who read cells and run none.
func Magics() magic.Table { return append(magic.Standard(), new(Session).moduleMagics()...) }

// moduleMagics are the magics about packages of other modules.
func (s *Session) moduleMagics() magic.Table {
	return magic.Table{
		{
			Name: "get", Args: "module@version", Help: "takes this version of a module, as go get does", Example: "%get github.com/google/uuid@v1.6.0",
			More: "Without a version, or with `@latest`, it is the newest one. Cells import the packages of the module as usual.",
			Run:  s.getMagic, Renews: true,
		},
		{
			Name: "import", Args: "path", Help: "imports a package even where that costs the values of variables", Example: "%import github.com/google/uuid",
			More: "A package that the worker does not have yet needs a new worker, and some values cannot be carried over: channels, functions, open files.",
			Run:  s.importMagic, Renews: true,
		},
		{
			Name: compileName, Kind: magic.Cell, Args: "[-lose]", Help: "compiles the functions of the cell, which then run at Go's speed",
			More: "The cell holds functions, types and constants; what they need of earlier cells is taken along. Call the functions like any other. With `-lose` values that cannot be carried into the new worker are given up.",
			Run:  s.compileMagic, Holds: magic.GoBody,
		},
	}
}

func (s *Session) getMagic(ctx context.Context, c *magic.Call) (kernel.Result, error) {
	module, version, _ := strings.Cut(c.Args, "@")
	if module == "" || strings.ContainsAny(c.Args, " \t") {
		return kernel.Result{}, c.Usage("one module is wanted")
	}
	if version == "" {
		version = "latest"
	}
	return kernel.Result{}, s.demand(ctx, c, modules.Request{Versions: map[string]string{module: version}}, false)
}

func (s *Session) importMagic(ctx context.Context, c *magic.Call) (kernel.Result, error) {
	path := strings.Trim(c.Args, `"`)
	if path == "" || strings.ContainsAny(path, " \t`\"") {
		return kernel.Result{}, c.Usage("one import path is wanted")
	}
	if x := &s.extension; x.builder != nil && x.set.Foreign(x.set.Resolve(path)) {
		if err := s.demand(ctx, c, modules.Request{Imports: []string{x.set.Resolve(path)}}, true); err != nil {
			return kernel.Result{}, err
		}
	}
	return c.Notebook.Run(ctx, c, fmt.Sprintf("import %q", path)), nil
}

// demand builds and adopts a worker that has more; lossy accepts that values are lost.
func (s *Session) demand(ctx context.Context, c *magic.Call, more modules.Request, lossy bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &s.extension
	if x.builder == nil {
		return errors.New("this kernel cannot get modules")
	}
	if _, err := s.extend(ctx, c.Cell.Count, "", c.Out); err != nil {
		return err
	}
	want, built := x.want, x.built
	next := x.want.Clone()
	note := newProgress(c.Out)
	defer note.end()
	if next.Add(more) {
		if err := s.obtain(ctx, next, c.Out, note); err != nil {
			return &magic.Failed{Name: "ImportError", Msg: err.Error()}
		}
	}
	lost, err := s.adopt(ctx, lossy)
	var loss *lossError
	if errors.As(err, &loss) {
		s.revert(want, built)
		return &magic.Failed{Name: "ImportError", Msg: loss.Error(), Notes: []string{lossAdvice}}
	}
	if lost != nil {
		c.Out.Stream("stderr", []byte(lossNote(lost)+"\n"))
	}
	return err
}
