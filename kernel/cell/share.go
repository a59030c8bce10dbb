package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A variable that is declared again with the type it has stays the same variable: the
// declaration assigns to it, and functions of earlier cells see the new value. With
// another type it is a new one, and they keep the old.

// prepareZero gives "var x T", where x is a variable already, the value *new(T), so that
// the declaration sets it when it turns out to be the same variable.
func (k *checking) prepareZero(d *ast.GenDecl) {
	if _, shadowed := k.names["new"]; shadowed || d.Tok != token.VAR || k.n.live["new"] != nil {
		return
	}
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		if s.Type == nil || len(s.Values) > 0 || !k.anyVariable(s.Names) {
			continue
		}
		for range s.Names {
			s.Values = append(s.Values, &ast.StarExpr{Star: s.Type.Pos(), X: &ast.CallExpr{
				Fun:    &ast.Ident{NamePos: s.Type.Pos(), Name: "new"},
				Lparen: s.Type.Pos(), Args: []ast.Expr{s.Type}, Rparen: s.Type.End(),
			}})
		}
	}
}

func (k *checking) anyVariable(names []*ast.Ident) bool {
	for _, id := range names {
		if k.n.variable(id.Name) != nil {
			return true
		}
	}
	return false
}

// variable returns the notebook's variable of that name; nil for none.
func (n *Notebook) variable(name string) *types.Var {
	if d := n.live[name]; d != nil {
		if v, ok := d.obj.(*types.Var); ok && v.Pkg() == n.pkg {
			return v
		}
	}
	return nil
}

// share replaces the variables that the cell declares again by the notebook's own.
func (k *checking) share() {
	same := map[types.Object]types.Object{}
	for name := range k.names {
		v, ok := k.n.pkg.Scope().Lookup(name).(*types.Var)
		if !ok {
			continue
		}
		if old := k.n.variable(name); old != nil && types.Identical(old.Type(), v.Type()) {
			same[v] = old
			k.revived = append(k.revived, old)
		}
	}
	if len(same) == 0 {
		return
	}
	for id, obj := range k.info.Defs {
		if old := same[obj]; old != nil {
			delete(k.info.Defs, id)
			k.info.Uses[id] = old
		}
	}
	for id, obj := range k.info.Uses {
		if old := same[obj]; old != nil {
			k.info.Uses[id] = old
		}
	}
	k.same = same
}
