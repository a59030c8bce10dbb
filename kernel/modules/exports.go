package modules

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// types reads the export data of the packages wanted and of those whose types they show.
func (w *workspace) types() (map[string]*types.Package, error) {
	imported := map[string]*types.Package{}
	if err := importBase(w.opts.Base, imported, slices.Collect(maps.Keys(w.listed))); err != nil {
		return nil, err
	}
	known := w.opts.Base.Paths()
	pkgs := map[string]*types.Package{}
	var queue []string
	queue = append(queue, w.request.Imports...)
	for _, i := range w.request.Instances {
		queue = append(queue, i.Path)
		queue = slices.AppendSeq(queue, maps.Values(i.Imports))
	}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		l := w.listed[next]
		if _, base := slices.BinarySearch(known, next); base || pkgs[next] != nil || l == nil || l.Export == "" || l.Standard {
			continue
		}
		data, err := exportData(l.Export)
		if err != nil {
			return nil, fmt.Errorf("read the export data of %s: %w", next, err)
		}
		if pkgs[next], err = readTypes(data, imported, next); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(w.dir, typesFile(next)), data, 0o666); err != nil {
			return nil, err
		}
		for _, dep := range pkgs[next].Imports() {
			queue = append(queue, dep.Path())
		}
	}
	return pkgs, nil
}

// visible tells whether the main package may import a package.
func (w *workspace) visible(p string) bool {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		if part == "internal" && !strings.HasPrefix(w.project.path+"/", strings.Join(parts[:i], "/")+"/") {
			return false
		}
	}
	return true
}

func exportData(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	//lint:ignore SA1019 It finds the export data in what "go list -export" names; Go 1.29 will want [gcexportdata.Read] on the file itself.
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func typesFile(p string) string { return fmt.Sprintf("types-%x", sha256.Sum256([]byte(p)))[:38] }

// describe lists what the worker has.
func (w *workspace) describe(pkgs map[string]*types.Package) *Worker {
	built := &Worker{Deps: slices.Sorted(maps.Keys(w.listed)), dir: w.dir}
	for _, p := range slices.Sorted(maps.Keys(pkgs)) {
		l := w.listed[p]
		d := Package{Path: p, Name: l.Name, Imports: l.Deps, Types: typesFile(p), API: apiOf(pkgs[p]), Internal: !w.visible(p)}
		d.Wanted = slices.ContainsFunc(w.request.Imports, func(name string) bool { return name == p })
		dir := l.Dir
		if rel, err := filepath.Rel(w.root, dir); err == nil && w.project.root == "" && l.Module != nil && l.Module.Main {
			dir = filepath.Join(w.project.notebook, rel) // the original of the copy
		}
		for _, f := range append(l.GoFiles, l.CgoFiles...) {
			d.Files = append(d.Files, filepath.Join(dir, f))
		}
		if l.Module != nil {
			d.Module, d.Version = l.Module.Path, l.Module.Version
		}
		built.Packages = append(built.Packages, d)
	}
	built.Local = w.local()
	built.State = fingerprint(built.Local)
	return built
}

// local lists the folders of packages that can change: those of the notebook's module and
// of modules replaced by folders.
func (w *workspace) local() []string {
	var dirs []string
	for _, l := range w.listed {
		m := l.Module
		switch {
		case m == nil || m.Path == ownModule || strings.HasPrefix(l.ImportPath, w.project.path+"/"+workerPackage):
		case m.Main && w.project.root == "":
			if rel, err := filepath.Rel(w.root, l.Dir); err == nil {
				dirs = append(dirs, filepath.Join(w.project.notebook, rel))
			}
		case m.Main, m.Replace != nil && m.Replace.Version == "":
			dirs = append(dirs, l.Dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// apiOf changes with what a package exports, and with nothing else.
func apiOf(pkg *types.Package) string {
	var b bytes.Buffer
	if err := gcexportdata.Write(&b, token.NewFileSet(), pkg); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))
}
