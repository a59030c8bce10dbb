package modules

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir, Export string
	Standard                      bool
	GoFiles, CgoFiles             []string
	CompiledGoFiles               []string
	Deps, Imports                 []string
	Module                        *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path, Version string }
	}
	Error *struct {
		ImportStack []string
		Pos, Err    string
	}
	DepsErrors []*struct {
		ImportStack []string
		Pos, Err    string
	}
}

// resolve finds the modules of all packages, downloads them and decides whether cgo is needed.
func (w *workspace) resolve(ctx context.Context) error {
	w.progress("looking for " + w.title())
	if err := w.list(ctx, false); err != nil {
		return err
	}
	if err := w.newest(ctx); err != nil {
		return err
	}
	for _, l := range w.listed {
		w.cgo = w.cgo || !l.Standard && len(l.CgoFiles) > 0
	}
	if !w.cgo {
		w.env = append(w.env, "CGO_ENABLED=0") // as in the kernel: the standard library is compiled once for all
	}
	return nil
}

// newest takes the latest versions of modules that are there only because others need some
// old version of them. Where there is no network the old one has to do.
func (w *workspace) newest(ctx context.Context) error {
	own := w.listed[ownModule+"/kernel/worker"]
	if own == nil || own.Module == nil {
		return nil
	}
	decided, _ := os.ReadFile(filepath.Join(own.Module.Dir, "go.mod")) // no decisions when it cannot be read
	if w.project.root != "" {
		theirs, _ := os.ReadFile(filepath.Join(w.root, "go.mod"))
		decided = append(decided, theirs...)
	}
	var queries []string
	for _, name := range w.request.Imports {
		l := w.listed[name]
		if l == nil || l.Module == nil || l.Module.Version == "" || w.found[name] {
			continue
		}
		if _, asked := w.request.Versions[l.Module.Path]; !asked && !bytes.Contains(decided, []byte(l.Module.Path+" v")) {
			queries = append(queries, l.Module.Path+"@latest")
		}
	}
	if len(queries) == 0 {
		return nil
	}
	args := append([]string{"get", "-modfile=" + filepath.Join(w.dir, "go.mod")}, queries...)
	if _, err := w.tools.run(ctx, w.root, w.env, w.line, args...); err != nil {
		return ctx.Err()
	}
	return w.list(ctx, false)
}

// list asks for the main package and all that it imports, compiled when export is set.
func (w *workspace) list(ctx context.Context, export bool) error {
	args := []string{"-e", "-deps", "-json=ImportPath,Name,Dir,Export,Standard,GoFiles,CgoFiles,Deps,Imports,Module,Error,DepsErrors"}
	if export {
		args = append(args, "-export")
	}
	out, err := w.goCommand(ctx, "list", append(args, "./"+workerPackage)...)
	if err != nil {
		return w.explain(err)
	}
	w.listed = map[string]*listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		l := new(listed)
		if err := dec.Decode(l); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("read the output of go list: %w", err)
		}
		w.listed[l.ImportPath] = l
	}
	return w.listErrors()
}

// listErrors explains the first thing that go list found wrong with what the cells import.
func (w *workspace) listErrors() error {
	for _, name := range w.request.Imports {
		l := w.listed[name]
		switch {
		case l == nil:
			continue
		case l.Error != nil:
			return w.explainPackage(name, l.Error.Err)
		case l.Name == "main":
			return &Error{Path: name, Text: "it is a program (package main), not a package to import"}
		case len(l.DepsErrors) > 0:
			return w.explainPackage(name, l.DepsErrors[0].Err)
		}
	}
	for _, l := range w.listed {
		if l.Error != nil {
			return w.explainPackage(l.ImportPath, l.Error.Err)
		}
	}
	return nil
}
