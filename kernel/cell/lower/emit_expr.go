package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// expr writes an expression; its value has the twin of its type.
func (f *fn) expr(e ast.Expr) string {
	tv := f.x.c.Info.Types[e]
	if tv.Value != nil {
		return f.literal(tv.Value, f.typeOf(e), e.Pos())
	}
	switch e := e.(type) {
	case *ast.Ident:
		return f.ident(e)
	case *ast.ParenExpr:
		if _, ok := e.X.(*ast.UnaryExpr); ok {
			return f.expr(e.X)
		}
		return "(" + f.expr(e.X) + ")"
	case *ast.CompositeLit:
		return f.composite(e, f.typeOf(e))
	case *ast.FuncLit:
		return f.funcLit(e)
	case *ast.SelectorExpr:
		return f.selector(e)
	case *ast.IndexExpr:
		return f.index(e)
	case *ast.IndexListExpr:
		return f.instanceValue(e.X, e.Pos())
	case *ast.SliceExpr:
		return f.slice(e)
	case *ast.StarExpr:
		if f.x.typ(f.typeOf(e), e.Pos()) == "string" {
			return "k.String(" + f.expr(e.X) + ")" // the interpreter takes a nil pointer's string for "<invalid Value>"
		}
		switch under(f.typeOf(e)).(type) {
		case *types.Chan, *types.Signature:
			return f.deref(e) // an operation on it would wait for ever
		}
		return "(*" + f.expr(e.X) + ")"
	case *ast.TypeAssertExpr:
		return f.assertion(program.Assert, f.expr(e.X), f.typeOf(e.X), f.typeOf(e), e.Pos())
	case *ast.CallExpr:
		return f.call(e)
	case *ast.UnaryExpr:
		return f.unary(e)
	case *ast.BinaryExpr:
		return f.binary(e)
	}
	f.x.fail(e.Pos(), "the kernel cannot run this expression (%T)", e)
	return ""
}

func (f *fn) ident(e *ast.Ident) string {
	obj := f.x.c.Info.ObjectOf(e)
	switch obj := obj.(type) {
	case *types.Nil:
		return "nil"
	case *types.Var:
		return f.variable(obj, e.Pos())
	case *types.Func:
		return f.instanceValue(e, e.Pos())
	}
	f.x.fail(e.Pos(), "the kernel cannot use %s here", e.Name)
	return ""
}

func (f *fn) variable(obj *types.Var, pos token.Pos) string {
	if name, ok := f.root.names[obj]; ok {
		if f.root.cells[obj] {
			return "(*" + name + ")"
		}
		return name
	}
	if name, ok := f.x.names[obj]; ok {
		return name
	}
	if obj.Pkg() != nil && !isNotebook(obj.Pkg()) {
		return f.compiledVariable(obj, pos)
	}
	f.x.fail(pos, "variable %s has no value yet", obj.Name())
	return ""
}

// compiledVariable writes a variable of a compiled package. One of a basic type is reached by
// its address, because the interpreter would take it for a constant.
func (f *fn) compiledVariable(obj *types.Var, pos token.Pos) string {
	if _, basic := obj.Type().Underlying().(*types.Basic); !basic {
		return f.x.alias(obj.Pkg().Path()) + "." + obj.Name()
	}
	h := program.Helper{Pkg: obj.Pkg().Path(), Name: obj.Name(), T: f.x.reg.id(obj.Type(), pos)}
	return "(*" + f.x.reg.helper(program.Variable, h) + "())"
}

// deref writes *p where the interpreter would not notice that p is nil.
func (f *fn) deref(e *ast.StarExpr) string {
	h := f.x.reg.helper(program.NotNil, program.Helper{T: f.x.reg.id(f.typeOf(e.X), e.Pos())})
	return "(*" + h + "(" + f.expr(e.X) + "))"
}

// address writes the address of a variable or a part of one.
func (f *fn) address(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.address(e.X)
	case *ast.Ident:
		if obj := f.x.c.Info.Uses[e]; f.root.cells[obj] {
			return f.root.names[obj]
		}
	case *ast.CompositeLit:
		return "&" + f.composite(e, f.typeOf(e))
	case *ast.StarExpr:
		t := f.typeOf(e.X)
		return f.x.reg.helper(program.NotNil, program.Helper{T: f.x.reg.id(t, e.Pos())}) + "(" + f.expr(e.X) + ")"
	}
	return "&" + f.place(e)
}

// place writes an addressable expression.
func (f *fn) place(e ast.Expr) string { return f.expr(e) }

func (f *fn) index(e *ast.IndexExpr) string {
	if tv, ok := f.x.c.Info.Types[e.Index]; ok && tv.IsType() {
		return f.instanceValue(e.X, e.Pos())
	}
	switch u := f.typeOf(e.X).Underlying().(type) {
	case *types.Map:
		return operandText(f.expr(e.X)) + "[" + f.to(e.Index, u.Key()) + "]"
	case *types.Pointer:
		return "(*" + f.expr(e.X) + ")[" + f.integer(e.Index) + "]"
	}
	return operandText(f.expr(e.X)) + "[" + f.integer(e.Index) + "]"
}

// integer writes an index or length as an int.
func (f *fn) integer(e ast.Expr) string {
	t := f.typeOf(e)
	if f.x.c.Info.Types[e].Value != nil {
		return f.literal(f.x.c.Info.Types[e].Value, types.Typ[types.Int], e.Pos())
	}
	if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Int && f.x.typ(t, e.Pos()) == "int" {
		return f.expr(e)
	}
	return "int(" + f.expr(e) + ")"
}

func (f *fn) slice(e *ast.SliceExpr) string {
	x := f.expr(e.X)
	if _, ok := f.typeOf(e.X).Underlying().(*types.Pointer); ok {
		x = "(*" + x + ")"
	}
	part := func(e ast.Expr) string {
		if e == nil {
			return ""
		}
		return f.integer(e)
	}
	s := operandText(x) + "[" + part(e.Low) + ":" + part(e.High)
	if e.Slice3 {
		s += ":" + part(e.Max)
	}
	return s + "]"
}

func (f *fn) unary(e *ast.UnaryExpr) string {
	switch e.Op {
	case token.AND:
		return f.address(e.X)
	case token.ARROW:
		elem := f.typeOf(e.X).Underlying().(*types.Chan).Elem()
		return f.x.reg.helper(program.Recv, program.Helper{T: f.x.reg.id(elem, e.Pos())}) + "(" + f.expr(e.X) + ")"
	}
	x := f.to(e.X, f.typeOf(e))
	return "(" + e.Op.String() + x + ")"
}

func (f *fn) binary(e *ast.BinaryExpr) string {
	switch e.Op {
	case token.EQL, token.NEQ:
		return f.equality(e)
	case token.SHL, token.SHR:
		t := f.typeOf(e)
		return "(" + f.to(e.X, t) + " " + e.Op.String() + " " + f.shiftCount(e.Y) + ")"
	}
	t := f.typeOf(e)
	if e.Op == token.LSS || e.Op == token.LEQ || e.Op == token.GTR || e.Op == token.GEQ {
		t = f.operandType(e)
	}
	return "(" + f.to(e.X, t) + " " + e.Op.String() + " " + f.divisor(e.Op, e.Y, t) + ")"
}

// divisor writes the right operand of an operator. A constant zero that divides, which only a
// float may be divided by, is hidden from the interpreter.
func (f *fn) divisor(op token.Token, e ast.Expr, t types.Type) string {
	if v := f.x.c.Info.Types[e].Value; (op == token.QUO || op == token.QUO_ASSIGN) && v != nil && constant.Sign(v) == 0 {
		return "*new(" + f.typ(t, e.Pos()) + ")"
	}
	return f.to(e, t)
}

// shiftCount writes the right operand of a shift. The interpreter takes a negative count
// for a large one, so that a signed one is checked.
func (f *fn) shiftCount(e ast.Expr) string {
	if v := f.x.c.Info.Types[e].Value; v != nil {
		return f.literal(v, types.Typ[types.Uint], e.Pos())
	}
	b, ok := f.typeOf(e).Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsUnsigned != 0 || f.masked(e) {
		return f.expr(e)
	}
	count := f.expr(e)
	if _, ok := ast.Unparen(e).(*ast.Ident); ok && f.straight {
		f.line("if %s < 0 { k.ShiftCount(-1) }", count)
		return "uint(" + count + ")"
	}
	return "k.ShiftCount(int64(" + count + "))"
}

// masked says whether e is x & c with a constant c, which is not negative unless c is.
func (f *fn) masked(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.AND {
		return false
	}
	v := f.x.c.Info.Types[b.Y].Value
	return v != nil && constant.Sign(v) >= 0
}

// operandType is the type in which the operands of a comparison are compared.
func (f *fn) operandType(e *ast.BinaryExpr) types.Type {
	x, y := f.typeOf(e.X), f.typeOf(e.Y)
	if isUntyped(x) && !isUntyped(y) {
		return y
	}
	if isUntyped(x) {
		return types.Default(x)
	}
	return x
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// equality writes == and !=. Interfaces, structs and arrays are compared by compiled code.
func (f *fn) equality(e *ast.BinaryExpr) string {
	not := ""
	if e.Op == token.NEQ {
		not = "!"
	}
	x, y := e.X, e.Y
	if f.isNil(x) {
		x, y = y, x
	}
	if f.isNil(y) {
		if types.IsInterface(f.typeOf(x)) {
			return "(" + not + "k.IsNil(" + f.expr(x) + "))"
		}
		return "(" + f.expr(x) + " " + e.Op.String() + " nil)"
	}
	t := f.operandType(e)
	if types.IsInterface(f.typeOf(y)) && !isUntyped(f.typeOf(y)) {
		t = f.typeOf(y)
	}
	switch t.Underlying().(type) {
	case *types.Interface, *types.Struct, *types.Array, *types.Chan:
		anyT := types.NewInterfaceType(nil, nil)
		side := func(x ast.Expr) string {
			if types.IsInterface(t) {
				return f.to(x, anyT)
			}
			return f.convert(f.to(x, t), t, anyT, x.Pos())
		}
		return "(" + not + "k.Eq(" + side(e.X) + ", " + side(e.Y) + "))"
	}
	return "(" + f.to(e.X, t) + " " + e.Op.String() + " " + f.to(e.Y, t) + ")"
}

func (f *fn) isNil(e ast.Expr) bool {
	tv, ok := f.x.c.Info.Types[e]
	return ok && tv.IsNil()
}
