package cell

import (
	"cmp"
	"go/types"
	"slices"
)

// Living is a variable of the notebook that has a value.
type Living struct {
	Name string
	Cell int // that declared it last
	Var  *types.Var
}

// Living lists the variables whose values are not lost, in the order of their cells.
func (n *Notebook) Living() []Living {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []Living
	for name, d := range n.live {
		v, ok := d.obj.(*types.Var)
		if !ok || v.Pkg() != n.pkg {
			continue
		}
		if _, lost := n.lost[v]; !lost {
			list = append(list, Living{name, d.cell, v})
		}
	}
	for _, objs := range n.needs { // older variables of a name, which functions keep
		for _, obj := range objs {
			v, ok := obj.(*types.Var)
			if !ok || v.Pkg() != n.pkg || slices.ContainsFunc(list, func(l Living) bool { return l.Var == v }) {
				continue
			}
			if _, lost := n.lost[v]; !lost {
				list = append(list, Living{v.Name(), cellOf(n.fset, v), v})
			}
		}
	}
	slices.SortFunc(list, func(a, b Living) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// LoseSome notes that the values of these variables are gone, and returns their names.
func (n *Notebook) LoseSome(gone []Living) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []string
	for _, v := range gone {
		n.lost[v.Var] = v.Cell
		names = append(names, v.Name)
	}
	slices.Sort(names)
	return names
}

// Outdate notes that packages export something else than they did. It returns the names of
// what was declared with their types, sorted; variables among it count as lost.
func (n *Notebook) Outdate(paths []string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []string
	for name, d := range n.live {
		if p, ok := d.obj.(*types.PkgName); ok {
			n.renewImport(d, p, paths)
			continue
		}
		if d.obj.Pkg() != n.pkg || !mentions(d.obj.Type(), paths, map[types.Type]bool{}) {
			continue
		}
		names = append(names, name)
		if v, ok := d.obj.(*types.Var); ok {
			n.lost[v] = d.cell
		}
	}
	for _, path := range paths {
		delete(n.auto, path)
	}
	slices.Sort(names)
	return names
}

// renewImport lets a package name mean the package as it is now.
func (n *Notebook) renewImport(d *declared, p *types.PkgName, paths []string) {
	if !slices.Contains(paths, p.Imported().Path()) {
		return
	}
	if pkg, err := n.pkgs.Import(p.Imported().Path()); err == nil {
		d.obj = types.NewPkgName(p.Pos(), n.pkg, p.Name(), pkg)
	}
}

// mentions tells whether a type is made of types of these packages.
func mentions(t types.Type, paths []string, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	in := func(t types.Type) bool { return mentions(t, paths, seen) }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj().Pkg() != nil && slices.Contains(paths, t.Obj().Pkg().Path()) {
			return true
		}
		for a := range t.TypeArgs().Types() {
			if in(a) {
				return true
			}
		}
		return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "main" && in(t.Underlying())
	case interface{ Elem() types.Type }:
		if m, ok := t.(*types.Map); ok && in(m.Key()) {
			return true
		}
		return in(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if in(f.Type()) {
				return true
			}
		}
	case *types.Signature:
		return in(t.Params()) || in(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if in(v.Type()) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if in(m.Type()) {
				return true
			}
		}
	}
	return false
}
