package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// bounds describes the index and slice expressions of a statement or expression, so that the
// engine can say after a panic which index was too large. It describes none when it is not
// certain that their operands still have, after the panic, the values they had.
func (f *fn) bounds(n ast.Node) {
	place := f.packed(n)
	switch s := n.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
			return
		}
	case *ast.RangeStmt:
		n = s.X
	case *ast.IncDecStmt, *ast.ExprStmt, ast.Expr:
	case *ast.ReturnStmt:
	default:
		return
	}
	var list []program.Bounds
	calls := f.realCalls(n)
	certain := true
	inspectInside(n, func(n ast.Node) {
		e, ok := n.(ast.Expr)
		if !ok {
			return
		}
		b, is, ok := f.boundsOf(e, calls)
		certain = certain && ok
		if is {
			list = append(list, b)
		}
	})
	if certain && len(list) > 0 {
		f.x.program.Bounds = append(f.x.program.Bounds, program.Statement{Place: place, Bounds: list})
	}
}

// inspectInside visits what belongs to a statement itself.
func inspectInside(n ast.Node, visit func(ast.Node)) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.BlockStmt, nil:
			return false
		}
		visit(n)
		return true
	})
}

// realCalls are the parts of a statement during which other code may run.
func (f *fn) realCalls(n ast.Node) (calls []ast.Node) {
	inspectInside(n, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !f.x.c.Info.Types[n.Fun].IsType() && !f.harmless(n) {
				calls = append(calls, n)
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				calls = append(calls, n)
			}
		}
	})
	return calls
}

// boundsOf describes an expression when it is one that has bounds.
func (f *fn) boundsOf(e ast.Expr, calls []ast.Node) (b program.Bounds, is, certain bool) {
	var operands []ast.Expr
	switch e := e.(type) {
	case *ast.IndexExpr:
		if tv := f.x.c.Info.Types[e.Index]; tv.IsType() || !f.hasBounds(e.X) {
			return b, false, true
		}
		operands = []ast.Expr{e.X, e.Index, nil, nil}
	case *ast.SliceExpr:
		b.Slice = true
		operands = []ast.Expr{e.X, e.Low, e.High, e.Max}
	default:
		return b, false, true
	}
	local := true
	for _, call := range calls {
		local = local && call.Pos() <= e.Pos() && e.End() <= call.End()
	}
	for i, to := range []*string{&b.X, &b.Low, &b.High, &b.Max} {
		if operands[i] == nil {
			continue
		}
		text, ok := f.pure(operands[i], !local)
		if !ok {
			return b, false, false
		}
		*to = text
	}
	return b, true, true
}

func (f *fn) hasBounds(x ast.Expr) bool {
	t := f.typeOf(x)
	if t == nil {
		return false
	}
	_, isMap := under(t).(*types.Map)
	_, isFunc := under(t).(*types.Signature)
	return !isMap && !isFunc
}

// pure writes an expression that can be evaluated again, by the engine: variables, fields,
// elements and integers. With own, other code may have run since: then it is one of
// variables that only the function has.
func (f *fn) pure(e ast.Expr, own bool) (string, bool) {
	if v := f.x.c.Info.Types[e].Value; v != nil {
		if v = constant.ToInt(v); v.Kind() != constant.Int {
			return "", false
		}
		return v.ExactString(), true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.pure(e.X, own)
	case *ast.Ident:
		obj, ok := f.x.c.Info.ObjectOf(e).(*types.Var)
		_, local := f.root.names[obj]
		if !ok || obj.Pkg() != nil && !isNotebook(obj.Pkg()) || own && (!local || f.root.cells[obj]) {
			return "", false
		}
		if !local && f.x.names[obj] == "" {
			return "", false
		}
		return f.variable(obj, e.Pos()), true
	case *ast.BinaryExpr:
		x, ok := f.pure(e.X, own)
		y, ok2 := f.pure(e.Y, own)
		switch e.Op {
		case token.ADD, token.SUB, token.MUL:
			return "(" + x + e.Op.String() + y + ")", ok && ok2
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 && (f.harmless(e) || f.x.c.Info.Types[e.Fun].IsType()) {
			return f.pureCall(e, own)
		}
	case *ast.SelectorExpr:
		if sel := f.x.c.Info.Selections[e]; !own && sel != nil && sel.Kind() == types.FieldVal {
			x, ok := f.pure(e.X, own)
			_, path := f.lookup(e)
			text, _ := f.walk(x, f.typeOf(e.X), path)
			return text, ok
		}
	case *ast.IndexExpr:
		if !own && f.hasBounds(e.X) && !f.x.c.Info.Types[e.Index].IsType() {
			x, ok := f.pure(e.X, own)
			i, ok2 := f.pure(e.Index, own)
			return x + "[" + i + "]", ok && ok2
		}
	}
	return "", false
}

func (f *fn) pureCall(e *ast.CallExpr, own bool) (string, bool) {
	x, ok := f.pure(e.Args[0], own)
	b, isBasic := under(f.typeOf(e)).(*types.Basic)
	switch {
	case !ok || !isBasic || b.Kind() != types.Int:
		return "", false
	case f.x.c.Info.Types[e.Fun].IsType():
		from, isBasic := under(f.typeOf(e.Args[0])).(*types.Basic)
		return x, isBasic && from.Info()&types.IsInteger != 0
	case calledIdent(e.Fun).Name == "len":
		return "len(" + x + ")", true
	}
	return "", false
}
