package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// verify looks for what go/types cannot know of a notebook: variables used above their
// declaration, and variables whose value is lost.
func (k *checking) verify() {
	if len(k.errs) > 0 {
		return
	}
	k.needs = k.mentions()
	k.arrange()
	k.ran = map[types.Object]bool{}
	for _, item := range k.items {
		switch item := item.(type) {
		case Define:
			for _, e := range item.Stmt.Rhs {
				k.order(e, false)
			}
			for _, l := range item.Stmt.Lhs {
				k.ran[k.info.Defs[l.(*ast.Ident)]] = true
			}
		case Decl:
			k.order(item.Decl, true)
			for _, v := range k.variables(item) {
				k.ran[v] = true
			}
		case Init:
			k.order(item.Decl.Body, true)
		default:
			if n := node(item); n != nil {
				k.order(n, false)
			}
		}
	}
	k.lost()
	if len(k.errs) > 0 {
		undo(k.changes)
	}
}

// order refuses variables of the cell in statements above their declaration, and calls of
// functions that need them before they have run. A function literal may name them: it can
// run later. A declaration may name all that have run.
func (k *checking) order(node ast.Node, declaration bool) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			if v := k.below(k.info.Uses[n], n.Pos()); v != nil && !(declaration && k.ran[v]) {
				k.failNode(n, "undefined: %s", n.Name)
				k.errs[len(k.errs)-1].Hint = fmt.Sprintf("%s is declared below, on line %d", n.Name, k.p.file.Line(v.Pos()))
			}
		case *ast.CallExpr:
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			if sel, isSel := ast.Unparen(n.Fun).(*ast.SelectorExpr); isSel {
				id, ok = sel.Sel, true
			}
			if !ok {
				return true
			}
			if v := k.needsBelow(k.info.Uses[id], n.Pos(), map[types.Object]bool{}); v != nil {
				k.failNode(n.Fun, "%s needs %s, which is declared below, on line %d", id.Name, v.Name(), k.p.file.Line(v.Pos()))
			}
		}
		return true
	})
}

// below returns obj when it is a variable of the cell that is declared behind pos.
func (k *checking) below(obj types.Object, pos token.Pos) *types.Var {
	v, ok := obj.(*types.Var)
	if !ok || v.Parent() != k.n.pkg.Scope() || !k.inCell(v.Pos()) || v.Pos() < pos {
		return nil
	}
	return v
}

// needsBelow returns a variable declared behind pos that a function of the cell names,
// itself or through what it calls; nil for none.
func (k *checking) needsBelow(obj types.Object, pos token.Pos, seen map[types.Object]bool) *types.Var {
	fn, ok := obj.(*types.Func)
	if !ok || seen[fn.Origin()] {
		return nil
	}
	seen[fn.Origin()] = true
	for _, need := range k.needs[fn.Origin()] {
		if v := k.below(need, pos); v != nil && !k.ran[v] {
			return v
		}
		if v := k.needsBelow(need, pos, seen); v != nil {
			return v
		}
	}
	return nil
}

// lost refuses variables whose value went with the worker, and functions that need one.
// An assignment gives the variable a value again.
func (k *checking) lost() {
	if len(k.n.lost) == 0 {
		return
	}
	given := k.assigned()
	told := map[types.Object]bool{}
	for _, id := range k.usesInOrder() {
		obj := k.info.Uses[id]
		if told[obj] {
			continue
		}
		switch obj := obj.(type) {
		case *types.Var:
			if cell, lost := k.n.lost[obj]; lost && !given[obj] {
				told[obj] = true
				k.failNode(id, "the value of %s was lost when the worker was replaced", obj.Name())
				k.errs[len(k.errs)-1].Hint = fmt.Sprintf("run cell [%d] again", cell)
			}
		case *types.Func:
			if v, by := k.n.needsLost(obj, given, map[types.Object]bool{}); v != nil {
				told[obj] = true
				k.failNode(id, "%s needs %s, whose value was lost when the worker was replaced", obj.Name(), v.Name())
				cell := k.n.lost[v]
				if k.n.variable(v.Name()) != v {
					cell = cellOf(k.n.fset, by) // the variable has another type now
				}
				k.errs[len(k.errs)-1].Hint = fmt.Sprintf("run cell [%d] again", cell)
			}
		}
	}
	k.revived = slices.AppendSeq(k.revived, maps.Keys(given))
}

// usesInOrder lists the identifiers that use something, as they stand in the text.
func (k *checking) usesInOrder() []*ast.Ident {
	return slices.SortedFunc(maps.Keys(k.info.Uses), func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
}

// assigned are the lost variables that a statement at the top of the cell sets as a whole.
func (k *checking) assigned() map[*types.Var]bool {
	given := map[*types.Var]bool{}
	for _, item := range k.items {
		s, ok := item.(Stmt)
		if !ok {
			continue
		}
		a, ok := s.Stmt.(*ast.AssignStmt)
		if !ok || a.Tok.String() != "=" {
			continue
		}
		for _, lhs := range a.Lhs {
			id, ok := ast.Unparen(lhs).(*ast.Ident)
			if !ok {
				continue
			}
			if v, ok := k.info.Uses[id].(*types.Var); ok {
				if _, lost := k.n.lost[v]; lost {
					given[v] = true
				}
			}
		}
	}
	return given
}

// needsLost returns a lost variable that fn uses and the function that names it: fn or
// one that fn calls. It returns nil for none.
func (n *Notebook) needsLost(fn *types.Func, given map[*types.Var]bool, seen map[types.Object]bool) (*types.Var, *types.Func) {
	fn = n.current(fn.Origin())
	if seen[fn] {
		return nil, nil
	}
	seen[fn] = true
	for _, obj := range n.needs[fn] {
		switch obj := obj.(type) {
		case *types.Var:
			if _, lost := n.lost[obj]; lost && !given[obj] {
				return obj, fn
			}
		case *types.Func:
			if v, by := n.needsLost(obj, given, seen); v != nil {
				return v, by
			}
		}
	}
	return nil, nil
}

// current returns the declaration that a call of fn runs now.
func (n *Notebook) current(fn *types.Func) *types.Func {
	if recv := fn.Signature().Recv(); recv != nil {
		if named := receiver(recv.Type()); named != nil {
			for m := range named.Methods() {
				if m.Name() == fn.Name() {
					return m
				}
			}
		}
		return fn
	}
	if d := n.live[fn.Name()]; d != nil {
		if now, ok := d.obj.(*types.Func); ok {
			return now
		}
	}
	return fn
}

// mentions lists the notebook's variables and functions that each function of the cell
// names.
func (k *checking) mentions() map[*types.Func][]types.Object {
	needs := map[*types.Func][]types.Object{}
	for _, d := range k.p.funcs {
		fn, ok := k.info.Defs[d.Name].(*types.Func)
		if !ok {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			switch obj := k.info.Uses[id].(type) {
			case *types.Var:
				if obj.Parent() == k.n.pkg.Scope() {
					needs[fn] = append(needs[fn], obj)
				}
			case *types.Func:
				if obj.Pkg() == k.n.pkg {
					needs[fn] = append(needs[fn], obj.Origin())
				}
			}
			return true
		})
	}
	return needs
}
