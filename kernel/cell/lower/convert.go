package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// to writes e as a value of type t: the one place of implicit conversions.
func (f *fn) to(e ast.Expr, t types.Type) string {
	t = f.sub(t)
	tv := f.x.c.Info.Types[e]
	switch {
	case tv.Value != nil:
		return f.constantTo(e, t)
	case tv.IsNil():
		return f.nilOf(t, e.Pos())
	}
	if lit, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && isUntyped(f.typeOf(e)) {
		if types.IsInterface(t) {
			return f.convert(f.expr(lit), types.Typ[types.Bool], t, e.Pos())
		}
		return f.expr(lit)
	}
	return f.convert(f.expr(e), f.typeOf(e), t, e.Pos())
}

func (f *fn) constantTo(e ast.Expr, t types.Type) string {
	tv := f.x.c.Info.Types[e]
	if !types.IsInterface(t) {
		return f.literal(tv.Value, t, e.Pos())
	}
	from := types.Default(f.typeOf(e))
	return f.convert(f.literal(tv.Value, from, e.Pos()), from, t, e.Pos())
}

func (f *fn) nilOf(t types.Type, pos token.Pos) string {
	if i, ok := t.Underlying().(*types.Interface); isUntyped(t) || ok && i.NumMethods() == 0 {
		return "nil"
	}
	return f.zero(t, pos)
}

// convert writes text, a value of type from, as a value of type t.
func (f *fn) convert(text string, from, t types.Type, pos token.Pos) string {
	from, t = f.sub(from), f.sub(t)
	if types.Identical(from, t) {
		return text
	}
	if types.IsInterface(t) {
		return f.toInterface(text, from, t, pos)
	}
	a, b := f.x.typ(from, pos), f.x.typ(t, pos)
	switch {
	case a == b || isUntyped(from):
		return text
	case f.x.differs(from) || f.x.differs(t):
		return f.x.reg.helper(program.Retype, program.Helper{T: f.x.reg.id(from, pos), U: f.x.reg.id(t, pos)}) + "(" + text + ")"
	case f.compiledFunc(t) || f.compiledFunc(from):
		return f.x.reg.helper(program.Retype, program.Helper{T: f.x.reg.id(from, pos), U: f.x.reg.id(t, pos)}) + "(" + text + ")"
	case strings.HasPrefix(b, "*") || strings.HasPrefix(b, "<-") || strings.HasPrefix(b, "func") || strings.HasPrefix(b, "chan"):
		return "(" + b + ")(" + text + ")"
	}
	return b + "(" + text + ")"
}

// compiledFunc says whether t is a named func type of a compiled package, to which yaegi
// cannot convert the result of a call.
func (f *fn) compiledFunc(t types.Type) bool {
	_, named := types.Unalias(t).(*types.Named)
	_, sig := under(t).(*types.Signature)
	return named && sig
}

// toInterface boxes a value: compiled code sees its real type.
func (f *fn) toInterface(text string, from, t types.Type, pos token.Pos) string {
	empty := t.Underlying().(*types.Interface).NumMethods() == 0
	if empty && types.IsInterface(from) && from.Underlying().(*types.Interface).NumMethods() == 0 {
		return text
	}
	if types.IsInterface(from) && !empty && f.x.typ(from, pos) == f.x.typ(t, pos) {
		return text
	}
	if empty {
		t = types.NewInterfaceType(nil, nil)
		if !f.x.differs(from) {
			return fmt.Sprintf("interface{}(%s)", text)
		}
	}
	if !empty && standIn(pointee(from)) {
		f.x.fail(pos, "a value of type %s cannot go into an interface with methods: put it into a struct that embeds it", types.TypeString(from, nil))
	}
	if types.IsInterface(from) || privateType(from) {
		from = types.NewInterfaceType(nil, nil)
	}
	return f.x.reg.helper(program.Box, program.Helper{T: f.x.reg.id(from, pos), U: f.x.reg.id(t, pos)}) + "(" + text + ")"
}

// privateType says whether t is a type that a compiled package keeps to itself: its values need
// no boxing.
func privateType(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !isNotebook(n.Obj().Pkg()) && !n.Obj().Exported()
}
