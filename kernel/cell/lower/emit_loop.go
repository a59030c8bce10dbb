package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

const stopCheck = "if stop { k.Check() }"

// openLoop writes the head of a loop, with its label when the source has one.
func (f *fn) openLoop(label types.Object, isSwitch bool, format string, args ...any) {
	l := loop{label: label, isSwitch: isSwitch}
	if label != nil {
		l.name = f.labels[label]
		f.line("%s:", l.name)
	}
	f.loops = append(f.loops, l)
	f.line(format, args...)
}

func (f *fn) closeLoop() {
	f.loops = f.loops[:len(f.loops)-1]
	f.line("}")
}

// jump writes break and continue.
func (f *fn) jump(s *ast.BranchStmt) {
	if f.rangeRet != nil && f.rangeJump(s) {
		return
	}
	if s.Label == nil {
		f.line("%s", s.Tok)
		return
	}
	f.line("%s %s", s.Tok, f.labels[f.x.c.Info.Uses[s.Label]])
}

func (f *fn) forStmt(s *ast.ForStmt, label types.Object) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	var shared []*types.Var
	if a, ok := s.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
		for _, l := range a.Lhs {
			if obj, ok := f.x.c.Info.Defs[l.(*ast.Ident)].(*types.Var); ok && f.root.cells[obj] {
				shared = append(shared, obj)
			}
		}
	}
	if simple := f.simplePost(s); simple != "" && len(shared) == 0 {
		cond := ""
		if s.Cond != nil && !f.mayPanic(s.Cond) {
			cond = f.expr(s.Cond)
		}
		f.mark(s)
		f.openLoop(label, false, "for ; %s; %s {", cond, simple)
		f.line(stopCheck)
		f.leaveUnless(s.Cond, cond)
		f.block(s.Body.List)
		f.closeLoop()
		return
	}
	f.generalFor(s, label, shared)
}

// simplePost writes the post statement when it is one without hoisted lines.
func (f *fn) simplePost(s *ast.ForStmt) string {
	if s.Post == nil {
		return " "
	}
	if p, ok := s.Post.(*ast.IncDecStmt); ok {
		if id, ok := p.X.(*ast.Ident); ok && f.plainVar(id) {
			return f.expr(p.X) + p.Tok.String()
		}
	}
	return ""
}

// generalFor writes a loop whose variables are new in each round, or whose post statement
// needs several lines.
func (f *fn) generalFor(s *ast.ForStmt, label types.Object, shared []*types.Var) {
	first := f.x.unique("first")
	f.line("%s := true", first)
	carried := map[*types.Var]string{}
	for _, v := range shared {
		carried[v] = f.x.unique("t")
		f.line("%s := %s", carried[v], f.root.names[v])
	}
	f.mark(s)
	f.openLoop(label, false, "for {")
	f.line(stopCheck)
	for _, v := range shared {
		name := f.x.unique("c")
		f.line("%s := new(%s)", name, f.typ(v.Type(), s.Pos()))
		f.line("*%s = *%s", name, carried[v])
		f.line("%s = %s", carried[v], name)
		f.root.names[v] = name
	}
	if s.Post != nil {
		f.line("if %s {", first)
		f.line("%s = false", first)
		f.line("} else {")
		f.stmt(s.Post)
		f.line("}")
	}
	f.leaveUnless(s.Cond, "")
	f.block(s.Body.List)
	f.closeLoop()
}

// leaveUnless ends a loop whose condition is not in its head, at its own position.
func (f *fn) leaveUnless(e ast.Expr, head string) {
	if e == nil || head != "" {
		return
	}
	if f.mayPanic(e) {
		f.position(e)
	}
	cond := f.expr(e)
	f.line("if !%s { break }", cond)
}

func (f *fn) rangeStmt(s *ast.RangeStmt, label types.Object) {
	f.at(s)
	t := f.typeOf(s.X)
	if tv := f.x.c.Info.Types[s.X]; tv.Value != nil && isUntyped(t) {
		t = types.Default(t)
		if wanted(s.Key) && s.Tok == token.DEFINE && t.Underlying().(*types.Basic).Info()&types.IsNumeric != 0 {
			t = f.typeOf(s.Key)
		}
	}
	switch u := under(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsString == 0 {
			f.rangeInt(s, label, t)
			return
		}
		f.rangeString(s, label, f.to(s.X, t))
	case *types.Pointer:
		if n := u.Elem().Underlying().(*types.Array).Len(); !wanted(s.Value) {
			f.rangeLength(s, label, n)
			return
		}
		f.rangeArray(s, label, "(*"+f.expr(s.X)+")[:]", u.Elem().Underlying().(*types.Array))
	case *types.Array:
		if !wanted(s.Value) {
			f.rangeLength(s, label, u.Len())
			return
		}
		f.rangeArrayValue(s, label, t, u)
	case *types.Slice:
		if _, ok := under(u.Elem()).(*types.Chan); ok {
			f.rangeIndexed(s, label, u.Elem())
			return
		}
		f.rangeNative(s, label, f.expr(s.X), types.Typ[types.Int], u.Elem())
	case *types.Map:
		f.rangeNative(s, label, f.expr(s.X), u.Key(), u.Elem())
	case *types.Chan:
		f.rangeChan(s, label, u.Elem())
	case *types.Signature:
		f.rangeFunc(s, label, u)
	default:
		f.x.fail(s.Pos(), "the kernel cannot range over %s", t)
	}
}

func (f *fn) rangeInt(s *ast.RangeStmt, label types.Object, t types.Type) {
	typ := f.x.typ(t, s.Pos())
	i, n := f.x.unique("t"), f.x.unique("t")
	f.line("%s := %s", n, f.to(s.X, t))
	f.openLoop(label, false, "for %s := %s; %s < %s; %s {", i, f.zero(t, s.Pos()), i, n, f.increment(i, typ))
	f.line(stopCheck)
	f.bind(s.Key, i, t, s.Tok == token.DEFINE)
	f.block(s.Body.List)
	f.closeLoop()
}

func (f *fn) increment(i, typ string) string {
	if typ == "int" {
		return i + "++"
	}
	return i + " = " + i + " + " + typ + "(1)"
}

// bind gives a range variable its value.
func (f *fn) bind(e ast.Expr, value string, t types.Type, define bool) {
	if id, ok := e.(*ast.Ident); e == nil || ok && id.Name == "_" {
		return
	}
	if !define {
		f.store(e, f.convert(value, t, f.targetType(e, nil), e.Pos()), false)
		return
	}
	f.store(e, value, true)
}

// bindBoth gives the two range variables their values. The operands of both are evaluated before
// either is assigned.
func (f *fn) bindBoth(s *ast.RangeStmt, k string, key types.Type, v string, elem types.Type) {
	if s.Tok == token.DEFINE || !wanted(s.Key) || !wanted(s.Value) {
		f.bind(s.Key, k, key, s.Tok == token.DEFINE)
		f.bind(s.Value, v, elem, s.Tok == token.DEFINE)
		return
	}
	kt, vt := f.targetType(s.Key, nil), f.targetType(s.Value, nil)
	places := f.targets([]ast.Expr{s.Key, s.Value}, false, func() {})
	places[0](f.convert(k, key, kt, s.Key.Pos()))
	places[1](f.convert(v, elem, vt, s.Value.Pos()))
}

// rangeNative leaves the iteration to the interpreter.
func (f *fn) rangeNative(s *ast.RangeStmt, label types.Object, x string, key, elem types.Type) {
	k, v := "_", "_"
	if wanted(s.Key) {
		k = f.x.unique("t")
	}
	if wanted(s.Value) {
		v = f.x.unique("t")
	}
	switch {
	case k == "_" && v == "_":
		f.openLoop(label, false, "for range %s {", x)
	case v == "_":
		f.openLoop(label, false, "for %s := range %s {", k, x)
	default:
		f.openLoop(label, false, "for %s, %s := range %s {", k, v, x)
	}
	f.line(stopCheck)
	f.bindBoth(s, k, key, v, elem)
	f.block(s.Body.List)
	f.closeLoop()
}

// rangeString decodes runes itself: yaegi counts three bytes for an invalid one.
func (f *fn) rangeString(s *ast.RangeStmt, label types.Object, text string) {
	x, next, i, r := f.x.unique("t"), f.x.unique("t"), f.x.unique("t"), f.x.unique("t")
	f.line("%s := string(%s)", x, text)
	f.line("%s, %s, %s := 0, 0, rune(0)", next, i, r)
	f.openLoop(label, false, "for %s < len(%s) {", next, x)
	f.line(stopCheck)
	f.line("%s = %s", i, next)
	f.line("%s, %s = k.DecodeRune(%s, %s)", r, next, x, i)
	f.bindBoth(s, i, types.Typ[types.Int], r, types.Typ[types.Int32])
	f.line("_ = %s", r)
	f.block(s.Body.List)
	f.closeLoop()
}

// rangeIndexed counts through a slice of channels, which yaegi takes for a channel.
func (f *fn) rangeIndexed(s *ast.RangeStmt, label types.Object, elem types.Type) {
	x, i, n := f.x.unique("t"), f.x.unique("t"), f.x.unique("t")
	f.line("%s := %s", x, f.expr(s.X))
	f.line("%s := len(%s)", n, x)
	f.openLoop(label, false, "for %s := 0; %s < %s; %s++ {", i, i, n, i)
	f.line(stopCheck)
	f.bindBoth(s, i, types.Typ[types.Int], x+"["+i+"]", elem)
	f.block(s.Body.List)
	f.closeLoop()
}

func wanted(e ast.Expr) bool {
	if e == nil {
		return false
	}
	id, ok := e.(*ast.Ident)
	return !ok || id.Name != "_"
}

func (f *fn) rangeArrayValue(s *ast.RangeStmt, label types.Object, t types.Type, u *types.Array) {
	p := f.x.unique("t")
	f.line("%s := new(%s)", p, f.x.typ(t, s.Pos()))
	f.line("*%s = %s", p, f.expr(s.X))
	f.rangeArray(s, label, "(*"+p+")[:]", u)
}

// rangeLength counts through the indices of an array, which is evaluated only for its calls.
func (f *fn) rangeLength(s *ast.RangeStmt, label types.Object, n int64) {
	if f.hasCall(s.X) {
		f.discard(f.expr(s.X))
	}
	i := f.x.unique("t")
	f.openLoop(label, false, "for %s := 0; %s < %d; %s++ {", i, i, n, i)
	f.line(stopCheck)
	f.bind(s.Key, i, types.Typ[types.Int], s.Tok == token.DEFINE)
	f.block(s.Body.List)
	f.closeLoop()
}

// hasCall says whether an expression calls a function or receives from a channel.
func (f *fn) hasCall(e ast.Expr) bool {
	return evaluates(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !f.x.c.Info.Types[n.Fun].IsType()
		case *ast.UnaryExpr:
			return n.Op == token.ARROW
		}
		return false
	})
}

func (f *fn) rangeArray(s *ast.RangeStmt, label types.Object, x string, u *types.Array) {
	name := f.x.unique("t")
	f.line("%s := %s", name, x)
	f.rangeNative(s, label, name, types.Typ[types.Int], u.Elem())
}

func (f *fn) rangeChan(s *ast.RangeStmt, label types.Object, elem types.Type) {
	ch, v, ok := f.x.unique("t"), f.x.unique("t"), f.x.unique("t")
	f.line("%s := %s", ch, f.expr(s.X))
	h := f.x.reg.helper(program.RecvOK, program.Helper{T: f.x.reg.id(elem, s.Pos())})
	f.openLoop(label, false, "for {")
	f.line(stopCheck)
	f.line("%s, %s := %s(%s)", v, ok, h, ch)
	f.line("if !%s { break }", ok)
	f.bind(s.Key, v, elem, s.Tok == token.DEFINE)
	f.block(s.Body.List)
	f.closeLoop()
}
