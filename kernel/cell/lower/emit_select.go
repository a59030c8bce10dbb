package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// selector writes pkg.Name, a field, a method value or a method expression.
func (f *fn) selector(e *ast.SelectorExpr) string {
	if id, ok := e.X.(*ast.Ident); ok {
		if _, ok := f.x.c.Info.Uses[id].(*types.PkgName); ok {
			return f.qualified(e)
		}
	}
	if f.x.c.Info.Types[e.X].IsType() {
		return f.methodExpr(e)
	}
	obj, path := f.lookup(e)
	if m, ok := obj.(*types.Func); ok {
		return f.methodValue(e, m, path)
	}
	x, _ := f.walk(f.expr(e.X), f.typeOf(e.X), path)
	return x
}

func (f *fn) qualified(e *ast.SelectorExpr) string {
	obj := f.x.c.Info.Uses[e.Sel]
	if fun, ok := obj.(*types.Func); ok {
		if why := refused[fun.FullName()]; why != "" {
			f.x.fail(e.Pos(), "%s cannot be used in a cell: %s", fun.FullName(), why)
		}
		if fun.Type().(*types.Signature).TypeParams().Len() > 0 {
			return f.instanceValue(e, e.Pos())
		}
	}
	if v, ok := obj.(*types.Var); ok {
		return f.compiledVariable(v, e.Pos())
	}
	return f.x.alias(obj.Pkg().Path()) + "." + obj.Name()
}

// refused are functions that would answer wrong, with the reason.
var refused = map[string]string{
	"runtime.Caller":    interpreted,
	"runtime.Callers":   interpreted,
	"runtime.FuncForPC": "functions of cells have no names of their own there",
}

const interpreted = "the stack of an interpreted function holds the interpreter's calls"

// lookup finds the field or method that a selector names, under the current substitution.
func (f *fn) lookup(e *ast.SelectorExpr) (types.Object, []int) {
	t := f.typeOf(e.X)
	obj, path, _ := f.lookupIn(t, e)
	if obj == nil {
		f.x.fail(e.Sel.Pos(), "%s has no field or method %s", t, e.Sel.Name)
	}
	return obj, path
}

// lookupIn finds what a selector names in t: private names are those of their package.
func (f *fn) lookupIn(t types.Type, e *ast.SelectorExpr) (obj types.Object, path []int, indirect bool) {
	pkg := f.x.c.Pkg
	if obj := f.x.c.Info.Uses[e.Sel]; obj != nil && obj.Pkg() != nil {
		pkg = obj.Pkg()
	}
	return types.LookupFieldOrMethod(t, true, pkg, e.Sel.Name)
}

// walk follows a path of fields, through embedded ones as well.
func (f *fn) walk(x string, t types.Type, path []int) (string, types.Type) {
	if len(path) > 0 {
		x = operandText(x)
	}
	for _, i := range path {
		t = types.Unalias(t)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		s := t.Underlying().(*types.Struct)
		name := s.Field(i).Name()
		if f.x.differs(t) {
			name = twinField(name, i)
		}
		x += "." + name
		t = s.Field(i).Type()
	}
	return x, t
}

// operandText puts what begins with an operator into parentheses, so that a selector, an index or
// a call can follow.
func operandText(x string) string {
	if strings.HasPrefix(x, "&") || strings.HasPrefix(x, "*") {
		return "(" + x + ")"
	}
	return x
}

// assertion writes x.(t) in one of its forms.
func (f *fn) assertion(kind program.HelperKind, x string, from, t types.Type, pos token.Pos) string {
	h := program.Helper{T: f.x.reg.id(t, pos)}
	if kind == program.Assert {
		h.U = f.x.reg.id(from, pos)
	}
	return f.x.reg.helper(kind, h) + "(" + x + ")"
}
