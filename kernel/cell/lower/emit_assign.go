package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// varDecl emits the initialisation of variables; globals are declared elsewhere.
func (f *fn) varDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		lhs := make([]ast.Expr, len(s.Names))
		for i, id := range s.Names {
			lhs[i] = id
		}
		switch {
		case len(s.Values) == 0:
			for _, id := range s.Names {
				f.declareZero(id)
			}
		case len(s.Values) == len(s.Names):
			f.at(s)
			f.parallel(lhs, s.Values, true)
		default:
			f.at(s)
			f.multi(lhs, s.Values[0], true)
		}
	}
}

func (f *fn) declareZero(id *ast.Ident) {
	obj, ok := f.x.c.Info.Defs[id].(*types.Var)
	if !ok || id.Name == "_" {
		return
	}
	if g, ok := f.x.names[obj]; ok {
		// The statement may run again: a global starts as zero each time.
		f.line("%s = %s", g, f.zero(obj.Type(), id.Pos()))
		return
	}
	f.newLocal(obj, "", id.Pos())
}

// newLocal declares a local variable with a value, or with zero for "".
func (f *fn) newLocal(obj *types.Var, value string, pos token.Pos) {
	typ := f.typ(obj.Type(), pos)
	if f.root.cells[obj] {
		name := f.x.unique("c")
		f.line("%s := new(%s)", name, typ)
		if value != "" {
			f.line("*%s = %s", name, value)
		}
		f.root.names[obj] = name
		return
	}
	name := f.x.unique("v")
	if value == "" || value == "nil" {
		value = f.zero(obj.Type(), pos)
	}
	f.line("%s := %s", name, value)
	f.root.names[obj] = name
}

func (f *fn) assign(s *ast.AssignStmt) {
	f.at(s)
	f.straight = len(s.Rhs) == 1 && straight(s.Rhs[0])
	defer func() { f.straight = false }()
	switch {
	case s.Tok != token.ASSIGN && s.Tok != token.DEFINE:
		f.opAssign(s)
	case len(s.Lhs) == len(s.Rhs):
		f.parallel(s.Lhs, s.Rhs, s.Tok == token.DEFINE)
	default:
		f.multi(s.Lhs, s.Rhs[0], s.Tok == token.DEFINE)
	}
}

// straight says whether all of an expression is evaluated and its order does not matter, so
// that a check of an operand may stand in front of the statement.
func straight(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident, *ast.BasicLit, *ast.ParenExpr, nil:
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LAND, token.LOR, token.QUO, token.REM:
				ok = false
			}
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// parallel assigns values to as many places.
func (f *fn) parallel(lhs, rhs []ast.Expr, define bool) {
	if len(lhs) == 1 {
		f.store(lhs[0], f.to(rhs[0], f.targetType(lhs[0], rhs[0])), define)
		return
	}
	var places []func(string)
	for i, l := range lhs {
		places = append(places, f.target(l, define, f.targetType(l, rhs[i])))
	}
	names := make([]string, len(rhs))
	for i, r := range rhs {
		t := f.targetType(lhs[i], r)
		names[i] = f.temp(f.to(r, t), t, r.Pos())
	}
	for i := range lhs {
		places[i](names[i])
	}
}

// targetType is the type that a value assigned to l must have.
func (f *fn) targetType(l, r ast.Expr) types.Type {
	if id, ok := l.(*ast.Ident); ok {
		if id.Name == "_" {
			return types.Default(f.typeOf(r))
		}
		return f.sub(f.x.c.Info.ObjectOf(id).Type())
	}
	return f.typeOf(l)
}

// multi assigns the results of a call, or of an expression with ok.
func (f *fn) multi(lhs []ast.Expr, rhs ast.Expr, define bool) {
	text, from := f.multiValue(rhs)
	var places []func(string)
	for i, l := range lhs {
		t := from[i]
		if id, ok := l.(*ast.Ident); !ok || id.Name != "_" {
			t = f.targetType(l, nil)
		}
		places = append(places, f.target(l, define, t))
	}
	names := f.temps(len(lhs))
	f.line("%s := %s", strings.Join(names, ", "), text)
	for i, l := range lhs {
		t := from[i]
		if id, ok := l.(*ast.Ident); !ok || id.Name != "_" {
			t = f.targetType(l, nil)
		}
		places[i](f.convert(names[i], from[i], t, l.Pos()))
	}
}

// multiValue writes an expression with several values and their types.
func (f *fn) multiValue(e ast.Expr) (string, []types.Type) {
	boolean := types.Typ[types.Bool]
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		t := f.typeOf(e).(*types.Tuple)
		var list []types.Type
		for v := range t.Variables() {
			list = append(list, f.sub(v.Type()))
		}
		return f.call(e), list
	case *ast.TypeAssertExpr:
		t := f.typeOf(e.Type)
		return f.assertion(program.AssertOK, f.expr(e.X), f.typeOf(e.X), t, e.Pos()), []types.Type{t, boolean}
	case *ast.UnaryExpr:
		elem := under(f.typeOf(e.X)).(*types.Chan).Elem()
		h := f.x.reg.helper(program.RecvOK, program.Helper{T: f.x.reg.id(elem, e.Pos())})
		return h + "(" + f.expr(e.X) + ")", []types.Type{elem, boolean}
	case *ast.IndexExpr:
		return f.index(e), []types.Type{under(f.typeOf(e.X)).(*types.Map).Elem(), boolean}
	}
	f.x.fail(e.Pos(), "expression with several values (%T)", e)
	return "", nil
}

// store assigns one value.
func (f *fn) store(l ast.Expr, value string, define bool) {
	id, ok := l.(*ast.Ident)
	switch {
	case ok && id.Name == "_":
		f.discard(value)
	case ok && define && f.x.c.Info.Defs[id] != nil:
		obj := f.x.c.Info.Defs[id].(*types.Var)
		if g, ok := f.x.names[obj]; ok {
			f.line("%s = %s", g, value)
			return
		}
		f.newLocal(obj, value, id.Pos())
	default:
		f.line("%s = %s", f.checkedPlace(l), value)
	}
}

// discard evaluates a value. Assigning it to the blank variable would not even look at what a
// nil pointer points to.
func (f *fn) discard(value string) {
	if value != "nil" {
		f.line("%s := %s", f.x.unique("t"), value)
	}
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

// storeThrough assigns to what the pointer p points to.
func (f *fn) storeThrough(p, value string) {
	f.line("if %s == nil { k.NilPointer() }", p)
	f.line("*%s = %s", p, value)
}

// target evaluates the operands of a place and returns how to assign to it later.
func (f *fn) target(l ast.Expr, define bool, t types.Type) func(string) {
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		place := f.heldIndex(ix)
		return func(v string) { f.line("%s = %s", place, v) }
	}
	if star, ok := ast.Unparen(l).(*ast.StarExpr); ok {
		p := f.x.unique("t")
		f.line("%s := %s", p, f.expr(star.X))
		return func(v string) { f.storeThrough(p, v) }
	}
	if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok && f.x.c.Info.Selections[sel] != nil {
		if _, ok := under(f.typeOf(sel.X)).(*types.Pointer); ok {
			_, path := f.lookup(sel)
			p := f.x.unique("t")
			f.line("%s := %s", p, f.expr(sel.X))
			place, _ := f.walk(p, f.typeOf(sel.X), path)
			return func(v string) { f.line("%s = %s", place, v) }
		}
	}
	return func(v string) { f.store(l, v, define) }
}

// heldIndex writes a[i] with i evaluated now.
func (f *fn) heldIndex(e *ast.IndexExpr) string {
	if f.x.c.Info.Types[e.Index].Value != nil {
		return f.index(e)
	}
	name := f.x.unique("t")
	x := f.expr(e.X)
	switch u := f.typeOf(e.X).Underlying().(type) {
	case *types.Map:
		f.line("%s := %s", name, f.to(e.Index, u.Key()))
	case *types.Pointer:
		x = "(*" + x + ")"
		f.line("%s := %s", name, f.integer(e.Index))
	default:
		f.line("%s := %s", name, f.integer(e.Index))
	}
	return x + "[" + name + "]"
}

// opAssign writes x op= y.
func (f *fn) opAssign(s *ast.AssignStmt) {
	l, r := s.Lhs[0], s.Rhs[0]
	t := f.typeOf(l)
	op := strings.TrimSuffix(s.Tok.String(), "=")
	var value string
	if s.Tok == token.SHL_ASSIGN || s.Tok == token.SHR_ASSIGN {
		value = f.shiftCount(r)
	} else {
		value = f.divisor(s.Tok, r, t)
	}
	f.update(l, op, value)
}

func (f *fn) incDec(s *ast.IncDecStmt) {
	if id, ok := s.X.(*ast.Ident); ok && f.plainVar(id) {
		f.line("%s%s", f.expr(s.X), s.Tok)
		return
	}
	f.at(s)
	op := "+"
	if s.Tok == token.DEC {
		op = "-"
	}
	f.update(s.X, op, f.one(f.typeOf(s.X), s.Pos()))
}

// plainVar says whether a variable has its own slot.
func (f *fn) plainVar(id *ast.Ident) bool {
	obj := f.x.c.Info.Uses[id]
	return obj != nil && !f.root.cells[obj] && f.x.typ(f.typeOf(id), id.Pos()) == "int"
}

func (f *fn) one(t types.Type, pos token.Pos) string {
	switch name := f.x.typ(t, pos); name {
	case "int":
		return "1"
	default:
		return name + "(1)"
	}
}

// update writes l = l op value with l's operands evaluated once.
func (f *fn) update(l ast.Expr, op, value string) {
	place := ""
	switch e := ast.Unparen(l).(type) {
	case *ast.IndexExpr:
		if pureIndex(e) {
			place = f.index(e)
		} else {
			place = f.heldIndex(e)
		}
	default:
		place = f.checkedPlace(l)
	}
	f.line("%s = %s %s %s", place, place, op, value)
}

// pureIndex says whether evaluating an index expression twice is harmless.
func pureIndex(e *ast.IndexExpr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.CallExpr, *ast.UnaryExpr, *ast.FuncLit:
			pure = false
		}
		return pure
	})
	return pure
}
