package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// statements emits the statements of the cell as the body of one function.
func (x *cellLowering) statements() string {
	f := x.newFn(nil)
	f.topLevel = true
	f.sig = types.NewSignatureType(nil, nil, nil, nil, nil, false)
	var nodes []ast.Node
	run := false
	for _, item := range x.c.Items {
		switch item := item.(type) {
		case cell.Stmt:
			nodes = append(nodes, item.Stmt)
			f.defers = f.defers || cell.Defers(item.Stmt)
		case cell.Define:
			nodes = append(nodes, item.Stmt)
		case cell.Decl:
			nodes = append(nodes, item.Decl)
		case cell.Value:
			nodes = append(nodes, item.Expr)
		case cell.Init:
			nodes = append(nodes, item.Decl.Name)
		default:
			continue
		}
		run = true
	}
	if !run {
		return ""
	}
	f.findEscapes(nodes...)
	f.mark(nodes[0])
	start := f.out.Len()
	f.line("at = %d", f.packed(nodes[0]))
	if f.defers {
		f.line("d_ := k.NewDefers()")
		f.line("defer func() { k.RunDefers(d_, recover()) }()")
	}
	if slices.ContainsFunc(nodes, f.hasRecover) {
		f.line("rc_ := k.Deferred()")
	}
	before := f.out.Len()
	for _, item := range x.c.Items {
		f.item(item)
	}
	if f.out.Len() == before {
		return ""
	}
	return f.positioned(start, nodes[0])
}

func (f *fn) item(item cell.Item) {
	switch item := item.(type) {
	case cell.Stmt:
		f.stmt(item.Stmt)
	case cell.Define:
		f.stmt(item.Stmt)
	case cell.Decl:
		if item.Decl.Tok == token.VAR {
			f.varDecl(item.Decl)
		}
	case cell.Value:
		f.value(item)
	case cell.Init:
		f.position(item.Decl.Name)
		f.mark(item.Decl.Name)
		f.line("%s()", f.x.funcs[item.Obj].name)
	}
}

// value shows the last expression.
func (f *fn) value(v cell.Value) {
	f.at(v.Expr)
	if len(v.Types) == 0 {
		f.line("%s", f.expr(v.Expr))
		return
	}
	f.x.program.Values = len(v.Types)
	anyT := types.NewInterfaceType(nil, nil)
	if len(v.Types) == 1 {
		f.line("k.Show(%s)", f.argument(v.Expr, anyT))
		return
	}
	names := f.temps(len(v.Types))
	f.line("%s := %s", strings.Join(names, ", "), f.expr(v.Expr))
	var list []string
	for i, t := range v.Types {
		list = append(list, f.convert(names[i], t, anyT, v.Expr.Pos()))
	}
	f.line("k.Show(%s)", strings.Join(list, ", "))
}

func (f *fn) block(list []ast.Stmt) {
	for _, s := range list {
		f.stmt(s)
	}
}

// body emits a block with its braces' content; an empty one gets a statement, which yaegi needs.
func (f *fn) body(list []ast.Stmt) {
	before := f.out.Len()
	f.block(list)
	if f.out.Len() == before {
		f.line("_ = 0")
	}
}

func (f *fn) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.ExprStmt:
		f.at(s)
		f.exprStmt(s)
	case *ast.AssignStmt:
		f.assign(s)
	case *ast.IncDecStmt:
		f.incDec(s)
	case *ast.DeclStmt:
		if d := s.Decl.(*ast.GenDecl); d.Tok == token.VAR {
			f.varDecl(d)
		}
	case *ast.BlockStmt:
		f.block(s.List)
	case *ast.IfStmt:
		f.ifStmt(s)
	case *ast.ForStmt:
		f.forStmt(s, nil)
	case *ast.RangeStmt:
		f.rangeStmt(s, nil)
	case *ast.SwitchStmt:
		f.switchStmt(s, nil)
	case *ast.TypeSwitchStmt:
		f.typeSwitch(s, nil)
	case *ast.SelectStmt:
		f.selectStmt(s, nil)
	case *ast.LabeledStmt:
		f.labeled(s)
	case *ast.BranchStmt:
		f.branch(s)
	case *ast.ReturnStmt:
		f.returnStmt(s)
	case *ast.DeferStmt:
		f.at(s)
		f.line("d_.%s(%s)", f.push(s.Call), f.thunk(s.Call))
	case *ast.GoStmt:
		f.at(s)
		f.line("k.Go(%s)", f.thunk(s.Call))
	case *ast.SendStmt:
		f.at(s)
		f.line("%s", f.send(s))
	default:
		f.x.fail(s.Pos(), "the kernel cannot run this statement (%T)", s)
	}
}

// exprStmt keeps hoisted lines in front of the statement's own line.
func (f *fn) exprStmt(s *ast.ExprStmt) {
	f.whole = s.X
	f.line("%s", f.expr(s.X))
}

func (f *fn) send(s *ast.SendStmt) string {
	elem := under(f.typeOf(s.Chan)).(*types.Chan).Elem()
	h := f.x.reg.helper(program.Send, program.Helper{T: f.x.reg.id(elem, s.Pos())})
	return h + "(" + f.expr(s.Chan) + ", " + f.to(s.Value, elem) + ")"
}

func (f *fn) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	if f.mayPanic(s.Cond) {
		f.at(s.Cond)
		f.line("_ = 0")
	}
	cond := f.expr(s.Cond)
	f.mark(s.Cond)
	f.line("if %s {", cond)
	f.body(s.Body.List)
	switch e := s.Else.(type) {
	case *ast.BlockStmt:
		f.line("} else {")
		f.body(e.List)
	case *ast.IfStmt:
		f.line("} else {")
		f.ifStmt(e)
	}
	f.line("}")
}

func (f *fn) labeled(s *ast.LabeledStmt) {
	obj := f.x.c.Info.Defs[s.Label]
	name := f.x.unique("L")
	f.labels[obj] = name
	switch inner := s.Stmt.(type) {
	case *ast.ForStmt:
		f.gotoLabel(s, obj)
		f.forStmt(inner, obj)
	case *ast.RangeStmt:
		f.gotoLabel(s, obj)
		f.rangeStmt(inner, obj)
	case *ast.SwitchStmt:
		f.gotoLabel(s, obj)
		f.switchStmt(inner, obj)
	case *ast.TypeSwitchStmt:
		f.gotoLabel(s, obj)
		f.typeSwitch(inner, obj)
	case *ast.SelectStmt:
		f.gotoLabel(s, obj)
		f.selectStmt(inner, obj)
	default:
		f.line("%s:", f.gotoName(obj))
		f.line(stopCheck)
		f.stmt(s.Stmt)
	}
}

// gotoName is the label that goto uses, which stands in front of hoisted lines.
func (f *fn) gotoName(obj types.Object) string { return "G" + f.root.label(f, obj) }

func (r *root) label(f *fn, obj types.Object) string {
	if r.names[obj] == "" {
		r.names[obj] = f.x.unique("")
	}
	return r.names[obj]
}

func (f *fn) gotoLabel(s *ast.LabeledStmt, obj types.Object) {
	if f.root.gotos[obj] {
		f.line("%s:", f.gotoName(obj))
		f.line(stopCheck)
	}
}

func (f *fn) branch(s *ast.BranchStmt) {
	switch s.Tok {
	case token.FALLTHROUGH:
		f.line("fallthrough")
		return
	case token.GOTO:
		label := f.x.c.Info.Uses[s.Label]
		if f.rangeRet == nil || !f.rangeGoto(s, label) {
			f.line("goto %s", f.gotoName(label))
		}
		return
	}
	f.jump(s)
}

func (f *fn) returnStmt(s *ast.ReturnStmt) {
	if f.rangeRet != nil {
		f.rangeReturn(s)
		return
	}
	switch {
	case len(s.Results) == 0 && f.named:
		f.returnNamed()
		return
	case len(s.Results) == 0:
		f.line("return")
		return
	}
	f.at(s)
	f.whole = s.Results[0]
	if len(s.Results) > 1 {
		f.whole = nil
	}
	values := f.resultValues(s)
	if !f.named {
		f.line("return %s", strings.Join(values, ", "))
		return
	}
	f.line("%s = %s", strings.Join(f.results, ", "), strings.Join(values, ", "))
	f.returnNamed()
}

// resultValues writes the values of a return statement as the results' types.
func (f *fn) resultValues(s *ast.ReturnStmt) []string {
	res := f.sig.Results()
	if len(s.Results) == 1 && res.Len() > 1 {
		t := f.typeOf(s.Results[0]).(*types.Tuple)
		names := f.temps(t.Len())
		f.line("%s := %s", strings.Join(names, ", "), f.expr(s.Results[0]))
		for i := range names {
			names[i] = f.convert(names[i], t.At(i).Type(), res.At(i).Type(), s.Pos())
		}
		return names
	}
	values := make([]string, len(s.Results))
	for _, calls := range []bool{true, false} { // calls before variables are read, as in compiled code
		for i, e := range s.Results {
			if f.hasCall(e) != calls {
				continue
			}
			t := res.At(i).Type()
			values[i] = f.to(e, t)
			if len(values) > 1 || isCallText(values[i]) {
				values[i] = f.temp(values[i], t, s.Pos())
			}
		}
	}
	return values
}

// temp evaluates a value of type t now.
func (f *fn) temp(value string, t types.Type, pos token.Pos) string {
	if value == "nil" {
		value = "*new(" + f.typ(t, pos) + ")"
	}
	name := f.x.unique("t")
	f.line("%s := %s", name, value)
	return name
}

func isCallText(s string) bool { return strings.HasPrefix(s, "k.") }
