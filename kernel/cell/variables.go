package cell

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Variable is a variable that a cell has declared at its top.
type Variable struct {
	Name string
	Type string // as a cell would write it
	Cell int    // that declared it last
	Lost bool   // its value went with a worker
	Obj  *types.Var
}

// Content is what is known of a variable's present value.
type Content struct {
	Text string // "" for unknown
	Size int64  // bytes that it holds, about
	Note string // what else is to be said, e.g. that the value is lost
}

// Variables lists the variables of the committed cells, sorted by name.
func (n *Notebook) Variables() []Variable {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []Variable
	for name, d := range n.live {
		if v, ok := d.obj.(*types.Var); ok && v.Pkg() == n.pkg {
			list = append(list, n.asVariable(name, d.cell, v))
		}
	}
	slices.SortFunc(list, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (n *Notebook) asVariable(name string, cell int, v *types.Var) Variable {
	_, lost := n.lost[v]
	return Variable{Name: name, Type: typeString(v.Type()), Cell: cell, Lost: lost, Obj: v}
}

// VariablesOn lists the variables of the notebook that a line of a committed cell names, in
// the order of the text, without functions.
func (n *Notebook) VariablesOn(cell, line int) []Variable {
	n.mu.Lock()
	defer n.mu.Unlock()
	file := fmt.Sprintf("cell[%d]", cell)
	type use struct {
		pos token.Pos
		v   *types.Var
	}
	var uses []use
	for id, obj := range n.info.Uses {
		v, ok := obj.(*types.Var)
		if !ok || v.Parent() != n.pkg.Scope() {
			continue
		}
		if _, isFunc := v.Type().Underlying().(*types.Signature); isFunc {
			continue
		}
		if p := n.fset.Position(id.Pos()); p.Filename == file && p.Line == line {
			uses = append(uses, use{id.Pos(), v})
		}
	}
	slices.SortFunc(uses, func(a, b use) int { return int(a.pos - b.pos) })
	var list []Variable
	for _, u := range uses {
		if !slices.ContainsFunc(list, func(v Variable) bool { return v.Obj == u.v }) {
			list = append(list, n.asVariable(u.v.Name(), cell, u.v))
		}
	}
	return list
}
