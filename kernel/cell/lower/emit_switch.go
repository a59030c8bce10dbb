package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// switchStmt writes a switch without tag: each case is a condition.
func (f *fn) switchStmt(s *ast.SwitchStmt, label types.Object) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	match := f.truth
	if s.Tag != nil {
		match = f.tagMatch(s)
	}
	f.atCases(s, s.Body)
	var conds [][]string
	for _, c := range s.Body.List {
		var list []string
		for _, e := range c.(*ast.CaseClause).List {
			list = append(list, match(e))
		}
		conds = append(conds, list)
	}
	if fallsOutOfDefault(s.Body) {
		f.choose(conds)
	}
	f.mark(s)
	f.openLoop(label, true, "switch {")
	for i, c := range s.Body.List {
		clause := c.(*ast.CaseClause)
		if conds[i] == nil {
			f.line("default:")
		} else {
			f.line("case %s:", strings.Join(conds[i], " || "))
		}
		f.body(clause.Body)
	}
	f.closeLoop()
}

// atCases records the position of a switch or select when a case can panic.
func (f *fn) atCases(s ast.Stmt, body *ast.BlockStmt) {
	for _, c := range body.List {
		risky := false
		switch c := c.(type) {
		case *ast.CaseClause:
			risky = slices.ContainsFunc(c.List, func(e ast.Expr) bool { return f.mayPanic(e) })
		case *ast.CommClause:
			risky = c.Comm != nil && f.mayPanic(c.Comm)
		}
		if risky {
			f.position(s)
			return
		}
	}
}

// truth writes a case of a switch without tag, which may be an interface that holds true.
func (f *fn) truth(e ast.Expr) string {
	if types.IsInterface(f.typeOf(e)) {
		return "k.Eq(" + f.to(e, types.NewInterfaceType(nil, nil)) + ", true)"
	}
	return f.expr(e)
}

// fallsOutOfDefault says whether a switch has a fallthrough and a default clause that is not
// the last one, which the interpreter would move to the end.
func fallsOutOfDefault(body *ast.BlockStmt) bool {
	early, falls := false, false
	for i, c := range body.List {
		clause := c.(*ast.CaseClause)
		early = early || clause.List == nil && i < len(body.List)-1
		if n := len(clause.Body); n > 0 {
			b, ok := clause.Body[n-1].(*ast.BranchStmt)
			falls = falls || ok && b.Tok == token.FALLTHROUGH
		}
	}
	return early && falls
}

// choose finds the clause first and makes the conditions ask for its number, the default
// clause's as well.
func (f *fn) choose(conds [][]string) {
	n := f.x.unique("t")
	f.line("%s := 0", n)
	f.line("switch {")
	for i, list := range conds {
		if list != nil {
			f.line("case %s:", strings.Join(list, " || "))
			f.line("%s = %d", n, i)
		}
	}
	f.line("default:")
	for i, list := range conds {
		if list == nil {
			f.line("%s = %d", n, i)
		}
		conds[i] = []string{fmt.Sprintf("%s == %d", n, i)}
	}
	f.line("}")
}

// tagMatch evaluates the tag and returns how to compare a case with it.
func (f *fn) tagMatch(s *ast.SwitchStmt) func(ast.Expr) string {
	t := types.Default(f.typeOf(s.Tag))
	f.at(s.Tag)
	tag := f.temp(f.to(s.Tag, t), t, s.Tag.Pos())
	anyT := types.NewInterfaceType(nil, nil)
	return func(e ast.Expr) string {
		et := f.typeOf(e)
		if f.isNil(e) {
			if types.IsInterface(t) {
				return "k.IsNil(" + tag + ")"
			}
			return tag + " == nil"
		}
		_, basic := under(t).(*types.Basic)
		if basic && !types.IsInterface(et) {
			return tag + " == " + f.to(e, t)
		}
		if _, ok := under(t).(*types.Pointer); ok && !types.IsInterface(et) {
			return tag + " == " + f.to(e, t)
		}
		if types.IsInterface(t) || types.IsInterface(et) || isUntyped(et) || types.Identical(t, et) {
			return "k.Eq(" + f.convert(tag, t, anyT, s.Pos()) + ", " + f.to(e, anyT) + ")"
		}
		common := t // two types of the same values: the one to which the other can be assigned
		if types.AssignableTo(t, et) {
			common = et
		}
		value := f.convert(f.to(e, et), et, common, e.Pos())
		return "k.Eq(" + f.convert(f.convert(tag, t, common, s.Pos()), common, anyT, s.Pos()) + ", " + f.convert(value, common, anyT, e.Pos()) + ")"
	}
}

func (f *fn) typeSwitch(s *ast.TypeSwitchStmt, label types.Object) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	}
	xt := f.typeOf(x)
	f.at(s)
	v := f.temp(f.expr(x), xt, x.Pos())
	f.mark(s)
	f.openLoop(label, true, "switch {")
	for _, c := range s.Body.List {
		clause := c.(*ast.CaseClause)
		if clause.List == nil {
			f.line("default:")
		} else {
			var list []string
			for _, e := range clause.List {
				list = append(list, f.typeMatch(v, e))
			}
			f.line("case %s:", strings.Join(list, " || "))
		}
		f.clauseVar(clause, v, xt)
		f.body(clause.Body)
	}
	f.closeLoop()
}

func (f *fn) typeMatch(v string, e ast.Expr) string {
	if f.isNil(e) {
		return "k.IsNil(" + v + ")"
	}
	h := f.x.reg.helper(program.Is, program.Helper{T: f.x.reg.id(f.typeOf(e), e.Pos())})
	return h + "(" + v + ")"
}

// clauseVar declares the variable of a type switch in one of its clauses.
func (f *fn) clauseVar(c *ast.CaseClause, v string, xt types.Type) {
	obj, ok := f.x.c.Info.Implicits[c].(*types.Var)
	if !ok || !f.uses(c, obj) {
		return
	}
	value := v
	if len(c.List) == 1 && !f.isNil(c.List[0]) {
		value = f.assertion(program.Assert, v, xt, f.typeOf(c.List[0]), c.Pos())
	}
	f.newLocal(obj, value, c.Pos())
}

func (f *fn) uses(n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && f.x.c.Info.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// selectStmt runs a select by a compiled helper: the interpreter's own shares its cases
// between goroutines.
func (f *fn) selectStmt(s *ast.SelectStmt, label types.Object) {
	args := []string{"false"}
	f.atCases(s, s.Body)
	for _, c := range s.Body.List {
		clause := c.(*ast.CommClause)
		switch comm := clause.Comm.(type) {
		case nil:
			args[0] = "true"
		case *ast.SendStmt:
			elem := under(f.typeOf(comm.Chan)).(*types.Chan).Elem()
			args = append(args, "k.SendCase("+f.expr(comm.Chan)+", "+f.to(comm.Value, elem)+")")
		default:
			args = append(args, "k.RecvCase("+f.expr(received(comm).X)+")")
		}
	}
	i, v, ok := f.x.unique("t"), f.x.unique("t"), f.x.unique("t")
	f.mark(s)
	f.line("%s, %s, %s := k.Select(%s)", i, v, ok, strings.Join(args, ", "))
	f.openLoop(label, true, "switch {")
	n := 0
	for _, c := range s.Body.List {
		clause := c.(*ast.CommClause)
		if clause.Comm == nil {
			f.line("case %s == -1:", i)
		} else {
			f.line("case %s == %d:", i, n)
			n++
			f.received(clause.Comm, v, ok)
		}
		f.body(clause.Body)
	}
	f.closeLoop()
}

// received is the receive expression of a communication.
func received(s ast.Stmt) *ast.UnaryExpr {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	}
	return ast.Unparen(e).(*ast.UnaryExpr)
}

func (f *fn) received(s ast.Stmt, v, ok string) {
	a, isAssign := s.(*ast.AssignStmt)
	if !isAssign {
		return
	}
	elem := under(f.typeOf(received(s).X)).(*types.Chan).Elem()
	define := a.Tok == token.DEFINE
	if wanted(a.Lhs[0]) {
		h := f.x.reg.helper(program.Unbox, program.Helper{T: f.x.reg.id(elem, s.Pos())})
		f.bind(a.Lhs[0], h+"("+v+")", elem, define)
	}
	if len(a.Lhs) == 2 && wanted(a.Lhs[1]) {
		f.bind(a.Lhs[1], ok, types.Typ[types.Bool], define)
	}
}
