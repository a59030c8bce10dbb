package cell

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// own are the packages that belong to every notebook, by the name cells know them by.
var own = map[string]string{
	"mole":     "github.com/mole-kernel/mole-kernel/molelib",
	"plotting": "github.com/mole-kernel/mole-kernel/plotting",
	"nb":       "github.com/mole-kernel/mole-kernel/kernel/nb",
}

// tries bounds how many packages of one name are read to find the one that has a symbol.
const tries = 4

// autoImport returns the package that name means in a cell that selects the given
// symbols from it; nil when no known package has that name.
func (n *Notebook) autoImport(name string, selected []string) *types.PkgName {
	paths := n.pkgs.ByName(name)
	if path, ok := own[name]; ok {
		paths = append([]string{path}, paths...)
	}
	var first *types.PkgName
	for i, path := range paths {
		if i == tries {
			break
		}
		p := n.autoName(name, path)
		if p == nil {
			continue
		}
		if first == nil {
			first = p
		}
		if slices.ContainsFunc(selected, func(s string) bool { return p.Imported().Scope().Lookup(s) != nil }) {
			return p
		}
	}
	return first
}

// autoName returns the name object of a package that is imported by itself: the same one
// each time.
func (n *Notebook) autoName(name, path string) *types.PkgName {
	if p := n.auto[path]; p != nil && p.Name() == name {
		return p
	}
	pkg, err := n.pkgs.Import(path)
	if err != nil || pkg == nil {
		return nil
	}
	p := types.NewPkgName(0, n.pkg, name, pkg)
	n.auto[path] = p
	return p
}

// autoItems are the imports that were added by themselves and are used, sorted by path.
func (k *checking) autoItems() []Item {
	if len(k.autos) == 0 {
		return nil
	}
	used := map[*types.PkgName]bool{}
	for _, obj := range k.info.Uses {
		if p, ok := obj.(*types.PkgName); ok && k.autos[p] {
			used[p] = true
		}
	}
	var items []Item
	for p := range used {
		items = append(items, Import{Name: p})
	}
	slices.SortFunc(items, func(a, b Item) int {
		return strings.Compare(a.(Import).Name.Imported().Path(), b.(Import).Name.Imported().Path())
	})
	return items
}

// importSpec imports what the cell asks for. A name imported before is replaced.
func (k *checking) importSpec(spec *ast.ImportSpec) {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		k.failNode(spec.Path, "invalid import path %s", spec.Path.Value)
		return
	}
	if path == "unsafe" || path == "C" {
		k.failNode(spec.Path, "a cell cannot import %q: cells are interpreted", path)
		return
	}
	pkg, err := k.n.pkgs.Import(path)
	if err != nil || pkg == nil {
		k.failNode(spec.Path, "cannot import %q: no such package in this kernel", path)
		k.errs[len(k.errs)-1].Hint = k.n.importHint(path)
		return
	}
	name := pkg.Name()
	if spec.Name != nil {
		name = spec.Name.Name
	}
	switch name {
	case "init":
		k.failNode(spec.Name, "cannot import a package as init")
		return
	case ".":
		k.dotImport(pkg)
		return
	}
	p := types.NewPkgName(spec.Pos(), k.n.pkg, name, pkg)
	if spec.Name != nil {
		k.info.Defs[spec.Name] = p
	} else {
		k.info.Implicits[spec] = p
	}
	k.items = append(k.items, Import{Spec: spec, Name: p})
	if name == "_" {
		return
	}
	k.imported = slices.DeleteFunc(k.imported, func(o types.Object) bool { return o.Name() == name })
	k.imported = append(k.imported, p)
}

// dotImport makes a package's exported names names of the notebook.
func (k *checking) dotImport(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		if _, mine := k.names[name]; !mine && ast.IsExported(name) {
			k.imported = append(k.imported, pkg.Scope().Lookup(name))
		}
	}
}

// importHint says what could have been meant by an unknown import path.
func (n *Notebook) importHint(path string) string {
	last := path[strings.LastIndex(path, "/")+1:]
	if paths := n.pkgs.ByName(last); len(paths) > 0 {
		return "did you mean " + strconv.Quote(paths[0]) + "?"
	}
	if near := nearest(path, n.pkgs.Paths()); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	return "cells can import Go's standard library, gonum, gonum/plot and mole-kernel's own packages"
}
