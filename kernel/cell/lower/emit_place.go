package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// holding says which operands of a place are evaluated now: those that call functions, and, if
// loads is set, variables that the statement assigns.
type holding struct {
	loads    bool
	assigned map[types.Object]bool
}

// targets evaluates the operands of places and returns how to assign to them later. Calls in
// them come first, then those of the values, which call makes, then variables are read, as in
// compiled code.
func (f *fn) targets(lhs []ast.Expr, define bool, calls func()) []func(string) {
	places := make([]func(string), len(lhs))
	h := holding{assigned: map[types.Object]bool{}}
	for i, l := range lhs {
		if id, ok := ast.Unparen(l).(*ast.Ident); ok {
			h.assigned[f.x.c.Info.ObjectOf(id)] = true
		} else if f.hasCall(l) {
			h.loads = true
			places[i] = f.target(l, define, h)
		}
	}
	calls()
	h.loads = true
	for i, l := range lhs {
		if places[i] == nil {
			places[i] = f.target(l, define, h)
		}
	}
	return places
}

// held evaluates an operand if it must be: text is what e is written as.
func (f *fn) held(e ast.Expr, text string, h holding) string {
	if f.x.c.Info.Types[e].Value != nil {
		return text
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && !h.assigned[f.x.c.Info.ObjectOf(id)] {
		return text
	}
	if !h.loads && !f.hasCall(e) {
		return text
	}
	name := f.x.unique("t")
	f.line("%s := %s", name, text)
	return name
}

// target evaluates the operands of a place and returns how to assign to it later.
func (f *fn) target(l ast.Expr, define bool, h holding) func(string) {
	switch l := ast.Unparen(l).(type) {
	case *ast.IndexExpr:
		place := f.heldPlace(l, h)
		return func(v string) { f.line("%s = %s", place, v) }
	case *ast.SelectorExpr:
		place := f.heldPlace(l, h)
		return func(v string) { f.line("%s = %s", place, v) }
	case *ast.StarExpr:
		p := f.held(l.X, f.expr(l.X), h)
		return func(v string) {
			f.line("if %s == nil { k.NilPointer() }", p)
			f.line("*%s = %s", p, v)
		}
	}
	return func(v string) { f.store(l, v, define) }
}

// heldPlace writes an addressable expression, or an element of a map, whose operands are
// evaluated now.
func (f *fn) heldPlace(e ast.Expr, h holding) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		p := f.held(e.X, f.expr(e.X), h)
		f.line("if %s == nil { k.NilPointer() }", p)
		return "(*" + p + ")"
	case *ast.IndexExpr:
		return f.heldIndex(e, h)
	case *ast.SelectorExpr:
		if f.x.c.Info.Selections[e] == nil {
			return f.expr(e) // of a package
		}
		_, path := f.lookup(e)
		base := ""
		if _, ok := under(f.typeOf(e.X)).(*types.Pointer); ok {
			base = f.held(e.X, f.expr(e.X), h)
		} else {
			base = f.heldPlace(e.X, h)
		}
		place, _ := f.walk(base, f.typeOf(e.X), path)
		return place
	}
	return f.expr(e)
}

func (f *fn) heldIndex(e *ast.IndexExpr, h holding) string {
	switch u := under(f.typeOf(e.X)).(type) {
	case *types.Map:
		m := f.held(e.X, f.expr(e.X), h)
		return m + "[" + f.held(e.Index, f.to(e.Index, u.Key()), h) + "]"
	case *types.Pointer:
		p := f.held(e.X, f.expr(e.X), h)
		return "(*" + p + ")[" + f.held(e.Index, f.integer(e.Index), h) + "]"
	case *types.Array:
		a := f.heldPlace(e.X, h)
		return a + "[" + f.held(e.Index, f.integer(e.Index), h) + "]"
	}
	s := f.held(e.X, f.expr(e.X), h)
	return s + "[" + f.held(e.Index, f.integer(e.Index), h) + "]"
}

// checkedPlace writes a place that is assigned to. The interpreter would drop an assignment
// through a nil pointer.
func (f *fn) checkedPlace(l ast.Expr) string {
	star, ok := ast.Unparen(l).(*ast.StarExpr)
	if !ok {
		return f.place(l)
	}
	p := f.x.unique("t")
	f.line("%s := %s", p, f.expr(star.X))
	f.line("if %s == nil { k.NilPointer() }", p)
	return "*" + p
}

// isFixed says whether a place is a variable or a part of one, which nothing can move.
func (f *fn) isFixed(l ast.Expr) bool {
	switch l := ast.Unparen(l).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		if f.x.c.Info.Selections[l] == nil {
			return true // of a package
		}
		_, path := f.lookup(l)
		t := f.typeOf(l.X)
		for _, i := range path {
			u, ok := under(t).(*types.Struct)
			if !ok {
				return false
			}
			t = u.Field(i).Type()
		}
		return f.isFixed(l.X)
	}
	return false
}

// purePackages have functions that change nothing, of what is no function itself.
var purePackages = map[string]bool{
	"math": true, "math/bits": true, "math/cmplx": true, "strconv": true, "strings": true, "unicode": true, "unicode/utf8": true,
}

// mayChange says whether evaluating an expression may change what a place means, or be seen.
func (f *fn) mayChange(e ast.Expr) bool {
	return evaluates(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fun := f.x.c.Info.Types[n.Fun]
			return !fun.IsType() && !fun.IsBuiltin() && !f.isPure(n)
		case *ast.UnaryExpr:
			return n.Op == token.ARROW
		}
		return false
	})
}

func (f *fn) isPure(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fun, ok := f.x.c.Info.Uses[sel.Sel].(*types.Func)
	if !ok || fun.Signature().Recv() != nil || !purePackages[fun.Pkg().Path()] {
		return false
	}
	for p := range fun.Signature().Params().Variables() {
		if _, ok := p.Type().Underlying().(*types.Signature); ok {
			return false
		}
	}
	return true
}
