package modules

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// workerPackage is the last part of the path of a worker's main package. It lies in the
// notebook's module, so that the module's internal packages can be imported.
const workerPackage = "molekernelworker"

// workspace is one worker on its way.
type workspace struct {
	*Builder
	request  Request
	tools    toolchain
	source   source
	dir      string // of the worker, in the cache
	progress func(string)

	root    string   // the folder of the main module
	flags   []string // of each go command
	overlay map[string]string
	env     []string
	listed  map[string]*listed
	found   map[string]bool // packages whose latest version the go command has chosen
	cgo     bool
}

// build compiles the worker.
func (w *workspace) build(ctx context.Context) (*Worker, error) {
	if err := w.prepare(ctx); err != nil {
		return nil, err
	}
	if err := w.resolve(ctx); err != nil {
		return nil, err
	}
	w.progress("compiling " + w.title())
	if err := w.list(ctx, true); err != nil {
		return nil, err
	}
	pkgs, err := w.types()
	if err != nil {
		return nil, err
	}
	built := w.describe(pkgs)
	var list []*types.Package
	for _, p := range built.Packages {
		if !p.Internal {
			list = append(list, pkgs[p.Path])
		}
	}
	main, err := mainSource(list, w.request, w.project.cellPath)
	if err != nil {
		return nil, fmt.Errorf("write the worker's main package: %w", err)
	}
	if err := w.addFile("main.go", main); err != nil {
		return nil, err
	}
	w.progress("linking the worker")
	binary := filepath.Join(w.dir, "worker"+exeSuffix)
	if _, err := w.goCommand(ctx, "build", "-ldflags=-s -w", "-o", binary, "./"+workerPackage); err != nil {
		return nil, w.explain(err)
	}
	built.Command = []string{binary}
	return built, w.clean()
}

// table adds the function that the main package asks for a compiled cell's functions.
func (c Compiled) table() string {
	var b strings.Builder
	b.WriteString("\nfunc Exportsˈ() map[string]reflectˈ.Value {\n\treturn map[string]reflectˈ.Value{\n")
	for _, name := range slices.Sorted(maps.Keys(c.Funcs)) {
		fmt.Fprintf(&b, "\t\t%q: reflectˈ.ValueOf(%s),\n", name, c.Funcs[name])
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// title names what is compiled.
func (w *workspace) title() string {
	var parts []string
	for _, name := range w.request.Imports {
		text := name
		if l := w.listed[name]; l != nil && l.Module != nil && l.Module.Version != "" {
			text += " " + l.Module.Version
		}
		parts = append(parts, text)
	}
	if n := len(w.request.Cells); n > 0 {
		parts = append(parts, map[bool]string{true: "the functions of a cell", false: fmt.Sprintf("the functions of %d cells", n)}[n == 1])
	}
	return strings.Join(parts, ", ")
}

// prepare writes the main module: the notebook's own, seen through an overlay and a go.mod of
// ours, or one made for the purpose.
func (w *workspace) prepare(ctx context.Context) error {
	w.overlay, w.found = map[string]string{}, map[string]bool{}
	w.env = []string{}
	gomod, gosum := []byte("module "+scratchModule+"\n\ngo 1.26.0\n"), []byte(nil)
	w.root = filepath.Join(w.dir, "src")
	if w.project.root != "" {
		w.root = w.project.root
		var err error
		if gomod, err = os.ReadFile(filepath.Join(w.root, "go.mod")); err != nil {
			return fmt.Errorf("read the notebook's go.mod: %w", err)
		}
		gosum, _ = os.ReadFile(filepath.Join(w.root, "go.sum")) // a module without dependencies has none
	} else if err := w.scratch(); err != nil {
		return err
	}
	if w.source.dir != "" {
		sums, err := os.ReadFile(filepath.Join(w.source.dir, "go.sum"))
		if err != nil {
			return fmt.Errorf("read mole-kernel's go.sum: %w", err)
		}
		gosum = append(append(gosum, '\n'), sums...)
	}
	for name, data := range map[string][]byte{"go.mod": gomod, "go.sum": gosum} {
		if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o666); err != nil {
			return err
		}
	}
	if err := w.addFile("main.go", w.firstMain()); err != nil {
		return err
	}
	for _, c := range w.request.Cells {
		if err := w.addFile(c.Name+"/cell.go", []byte(c.Source+c.table())); err != nil {
			return err
		}
	}
	w.flags = []string{"-modfile=" + filepath.Join(w.dir, "go.mod"), "-overlay=" + filepath.Join(w.dir, "overlay.json"), "-mod=mod", "-trimpath", "-buildvcs=false"}
	return w.require(ctx)
}

// scratch makes a main module for a notebook without go.mod, with copies of the packages
// beside it that it imports.
func (w *workspace) scratch() error {
	if err := os.MkdirAll(w.root, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(w.root, "go.mod"), []byte("module "+scratchModule+"\n"), 0o666); err != nil {
		return err
	}
	for _, name := range w.request.Imports {
		clean, ok := strings.CutPrefix(name, scratchModule+"/")
		if isRelative(name) || name == scratchModule {
			return &Error{Path: name, Text: "a package in or above the notebook's folder needs a go.mod there",
				Hint: "run `go mod init example.com/me` in the folder that holds both, and import the package by its path"}
		}
		if !ok {
			continue
		}
		from := filepath.Join(w.project.notebook, filepath.FromSlash(clean))
		if _, err := os.Stat(from); err != nil {
			return &Error{Path: name, Text: "there is no folder " + from}
		}
		if err := copyTree(filepath.Join(w.root, filepath.FromSlash(clean)), from); err != nil {
			return fmt.Errorf("copy the package %s: %w", name, err)
		}
	}
	return nil
}

// firstMain imports what is wanted, so that the go command finds the modules.
func (w *workspace) firstMain() []byte {
	var b bytes.Buffer
	b.WriteString("package main\n\nimport (\n")
	for _, name := range append([]string{ownModule + "/kernel/worker", ownModule + "/kernel/symbols"}, w.request.Imports...) {
		fmt.Fprintf(&b, "\t_ %q\n", name)
	}
	for _, c := range w.request.Cells {
		fmt.Fprintf(&b, "\t_ %q\n", w.project.cellPath(c))
	}
	b.WriteString(")\n\nfunc main() {}\n")
	return b.Bytes()
}

// addFile puts a file into the main package's folder, or below it.
func (w *workspace) addFile(name string, data []byte) error {
	real := filepath.Join(w.dir, "files", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(real), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(real, data, 0o666); err != nil {
		return err
	}
	w.overlay[filepath.Join(w.root, workerPackage, filepath.FromSlash(name))] = real
	text, err := json.Marshal(struct{ Replace map[string]string }{w.overlay})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, "overlay.json"), text, 0o666)
}

// require adds mole-kernel and the versions asked for to the go.mod.
func (w *workspace) require(ctx context.Context) error {
	edit := []string{"mod", "edit"}
	version := w.source.version
	if w.source.dir != "" {
		version = "v0.0.0"
		edit = append(edit, "-replace="+ownModule+"="+w.source.dir)
	}
	edit = append(edit, "-require="+ownModule+"@"+version, filepath.Join(w.dir, "go.mod"))
	if _, err := w.tools.run(ctx, w.root, w.env, w.line, edit...); err != nil {
		return w.explain(err)
	}
	for _, module := range slices.Sorted(maps.Keys(w.request.Versions)) {
		query := module + "@" + w.request.Versions[module]
		w.progress("getting " + query)
		if _, err := w.tools.run(ctx, w.root, w.env, w.line, "get", "-modfile="+filepath.Join(w.dir, "go.mod"), query); err != nil {
			return w.explain(err)
		}
	}
	return nil
}

// goCommand runs the go command in the main module.
func (w *workspace) goCommand(ctx context.Context, verb string, args ...string) ([]byte, error) {
	return w.tools.run(ctx, w.root, w.env, w.line, append(append([]string{verb}, w.flags...), args...)...)
}

// line makes progress of what the go command says.
func (w *workspace) line(text string) {
	if what, ok := strings.CutPrefix(text, "go: downloading "); ok {
		w.progress("getting " + what)
	} else if what, ok := strings.CutPrefix(text, "go: finding module for package "); ok {
		w.progress("looking for " + what)
	} else if what, ok := strings.CutPrefix(text, "go: found "); ok {
		name, _, _ := strings.Cut(what, " in ")
		w.found[name] = true
	}
}

// clean removes what was needed for compiling only.
func (w *workspace) clean() error {
	var errs []error
	for _, name := range []string{"src", "files", "overlay.json"} {
		errs = append(errs, os.RemoveAll(filepath.Join(w.dir, name)))
	}
	return errors.Join(errs...)
}
