package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
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
	if len(s.Rhs) == 1 && !slices.ContainsFunc(s.Lhs, f.hasCall) {
		f.whole = s.Rhs[0]
	}
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
		f.single(lhs[0], rhs[0], define)
		return
	}
	names := make([]string, len(rhs))
	hold := func(calls bool) {
		for i, r := range rhs {
			if names[i] == "" && f.hasCall(r) == calls {
				t := f.targetType(lhs[i], r)
				names[i] = f.temp(f.to(r, t), t, r.Pos())
			}
		}
	}
	places := f.targets(lhs, define, func() { hold(true) })
	hold(false)
	for i := range lhs {
		places[i](names[i])
	}
}

// single assigns one value. What its calls change is seen when the place is found, and they are
// made even if there is no such place, as in compiled code.
func (f *fn) single(l, r ast.Expr, define bool) {
	t := f.targetType(l, r)
	if f.isFixed(l) || !f.mayChange(r) {
		f.store(l, f.to(r, t), define)
		return
	}
	assign := func(v string) { f.store(l, v, define) }
	if f.hasCall(l) {
		assign = f.target(l, define, holding{})
	}
	assign(f.temp(f.to(r, t), t, r.Pos()))
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
	names := f.temps(len(lhs))
	places := f.targets(lhs, define, func() { f.line("%s := %s", strings.Join(names, ", "), text) })
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
		if f.isMapElem(l) && strings.HasPrefix(value, "(*") {
			// The interpreter would delete the element for what a nil pointer points to.
			held := f.x.unique("t")
			f.line("%s := %s", held, value)
			value = held
		}
		f.line("%s = %s", f.checkedPlace(l), value)
	}
}

func (f *fn) isMapElem(e ast.Expr) bool {
	ix, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok {
		return false
	}
	_, ok = under(f.typeOf(ix.X)).(*types.Map)
	return ok
}

// discard evaluates a value. Assigning it to the blank variable would not even look at what a
// nil pointer points to.
func (f *fn) discard(value string) {
	if value != "nil" {
		f.line("%s := %s", f.x.unique("t"), value)
	}
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
	f.update(l, op, value, f.hasCall(r))
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
	f.update(s.X, op, f.one(f.typeOf(s.X), s.Pos()), false)
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

// update writes l = l op value. What calls functions is evaluated once, and before variables are
// read, as compiled code does it.
func (f *fn) update(l ast.Expr, op, value string, calls bool) {
	place := ""
	if f.hasCall(l) {
		place = f.heldPlace(l, holding{})
	}
	if calls {
		held := f.x.unique("t")
		f.line("%s := %s", held, value)
		value = held
	}
	if place == "" {
		place = f.checkedPlace(l)
	}
	f.line("%s = %s %s %s", place, place, op, value)
}
