package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// escapes finds the local variables of a function that need a cell of their own: those whose
// address is taken, and those that a closure shares and that change after their declaration.
type escapes struct {
	info    *types.Info
	sees    func(ast.Expr) types.Type
	lits    []ast.Node // enclosing func literals of the current node
	home    map[types.Object]ast.Node
	shared  map[types.Object]bool
	changed map[types.Object]bool
	taken   map[types.Object]bool
	gotos   map[types.Object]bool
}

func (f *fn) findEscapes(nodes ...ast.Node) {
	e := &escapes{
		info: f.x.c.Info, sees: f.typeOf,
		home: map[types.Object]ast.Node{}, shared: map[types.Object]bool{},
		changed: map[types.Object]bool{}, taken: map[types.Object]bool{},
		gotos: f.root.gotos,
	}
	for _, n := range nodes {
		if n != nil {
			e.walk(n)
		}
	}
	for obj := range e.home {
		if f.x.names[obj] != "" {
			continue
		}
		if e.taken[obj] || e.shared[obj] && e.changed[obj] {
			f.root.cells[obj] = true
		}
	}
}

func (e *escapes) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			e.lits = append(e.lits, n)
			e.walk(n.Type)
			e.walk(n.Body)
			e.lits = e.lits[:len(e.lits)-1]
			return false
		case *ast.Ident:
			e.ident(n)
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && e.info.Defs[id] != nil {
					continue
				}
				e.mark(l, e.changed)
			}
		case *ast.IncDecStmt:
			e.mark(n.X, e.changed)
		case *ast.RangeStmt:
			e.rangeVars(n)
			if _, ok := under(e.sees(n.X)).(*types.Signature); ok {
				e.rangeFunc(n)
				return false
			}
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				e.gotos[e.info.Uses[n.Label]] = true
			}
		case *ast.FuncType:
			e.resultVars(n)
		case *ast.CaseClause:
			if obj := e.info.Implicits[n]; obj != nil {
				e.home[obj] = e.lit()
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				e.mark(n.X, e.taken)
			}
		case *ast.SliceExpr:
			if _, ok := under(e.sees(n.X)).(*types.Array); ok {
				e.mark(n.X, e.taken)
			}
		case *ast.SelectorExpr:
			e.selector(n)
		}
		return true
	})
}

func (e *escapes) rangeVars(n *ast.RangeStmt) {
	if n.Tok == token.ASSIGN {
		for _, l := range []ast.Expr{n.Key, n.Value} {
			if l != nil {
				e.mark(l, e.changed)
			}
		}
	}
}

// rangeFunc looks at a range over a function, whose body is a closure.
func (e *escapes) rangeFunc(n *ast.RangeStmt) {
	e.walk(n.X)
	e.lits = append(e.lits, n)
	for _, part := range []ast.Expr{n.Key, n.Value} {
		if part != nil {
			e.walk(part)
		}
	}
	e.walk(n.Body)
	e.lits = e.lits[:len(e.lits)-1]
}

// resultVars marks named results: return statements change them.
func (e *escapes) resultVars(t *ast.FuncType) {
	if t.Results == nil {
		return
	}
	for _, field := range t.Results.List {
		for _, id := range field.Names {
			e.changed[e.info.Defs[id]] = true
		}
	}
}

func (e *escapes) ident(id *ast.Ident) {
	if obj, ok := e.info.Defs[id].(*types.Var); ok {
		e.home[obj] = e.lit()
		return
	}
	if obj, ok := e.info.Uses[id].(*types.Var); ok && !obj.IsField() {
		if home, known := e.home[obj]; known && home != e.lit() {
			e.shared[obj] = true
		}
	}
}

func (e *escapes) lit() ast.Node {
	if len(e.lits) == 0 {
		return nil
	}
	return e.lits[len(e.lits)-1]
}

// selector marks the receiver of a method with a pointer receiver, whose address is taken
// without an operator.
func (e *escapes) selector(n *ast.SelectorExpr) {
	t := e.sees(n.X)
	if t == nil {
		return
	}
	if _, ok := under(t).(*types.Pointer); ok {
		return
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, e.pkgOf(n), n.Sel.Name)
	m, ok := obj.(*types.Func)
	if !ok {
		return
	}
	if r := m.Type().(*types.Signature).Recv(); r != nil {
		if _, ok := under(r.Type()).(*types.Pointer); ok {
			e.mark(n.X, e.taken)
		}
	}
}

func (e *escapes) pkgOf(n *ast.SelectorExpr) *types.Package {
	if obj := e.info.Uses[n.Sel]; obj != nil {
		return obj.Pkg()
	}
	return nil
}

// mark adds the variable that x is a part of: through fields and array elements, not through
// pointers.
func (e *escapes) mark(x ast.Expr, set map[types.Object]bool) {
	for {
		switch n := x.(type) {
		case *ast.Ident:
			if obj, ok := e.info.Uses[n].(*types.Var); ok {
				set[obj] = true
			}
			return
		case *ast.ParenExpr:
			x = n.X
		case *ast.SelectorExpr:
			t := e.sees(n.X)
			if t == nil {
				return
			}
			if _, ok := under(t).(*types.Pointer); ok {
				return
			}
			x = n.X
		case *ast.IndexExpr:
			if _, ok := under(e.sees(n.X)).(*types.Array); !ok {
				return
			}
			x = n.X
		default:
			return
		}
	}
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}
