package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// fn emits the body of one function: a declared function, a func literal or the statements
// of the cell.
type fn struct {
	x           *cellLowering
	root        *root // what the functions nested in one declaration share
	sig         *types.Signature
	out         *strings.Builder
	results     []string // where return statements put results when the function has result variables
	resultNames []string
	named       bool   // results are variables
	name        string // as a traceback shows it; "" for the statements of the cell
	params      []program.Param
	literals    int    // func literals in it so far
	where       string // the variable that position sets
	defers      bool
	topLevel    bool
	noted       bool // the body records positions
	straight    bool // a check may stand in front of the statement
	loops       []loop
	labels      map[types.Object]string
	whole       ast.Expr       // the expression that a statement consists of: lines may stand in front of it
	rangeRet    *rangeFuncBody // the body of a range over a function that is being emitted
}

// root holds the locals of a declaration: names are unique, so nested functions share them.
type root struct {
	env   env
	names map[types.Object]string
	cells map[types.Object]bool // variables that live in a cell of their own
	gotos map[types.Object]bool // labels that goto names
}

type loop struct {
	label    types.Object
	isSwitch bool
	name     string // label in lowered code
}

// emitFunc assigns the body of a declared function to its variable.
func (x *cellLowering) emitFunc(fv *funcVar, d *ast.FuncDecl, obj *types.Func, e env) {
	if name, ok := x.compiled.Funcs[obj]; ok {
		h := x.reg.helper(program.CompiledFunc, program.Helper{Pkg: x.compiled.Path, Name: name, T: x.reg.id(x.funcType(obj), obj.Pos())})
		fmt.Fprintf(&x.bind, "%s = %s\n", fv.name, h)
		return
	}
	f := x.newFn(e)
	sig := obj.Type().(*types.Signature)
	f.sig, f.name = sig, shownName(d)
	f.findEscapes(fieldList(d.Recv), d.Type, d.Body)
	var params []*types.Var
	if r := sig.Recv(); r != nil {
		params = append(params, r)
	}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	text := f.function(params, d.Body)
	fmt.Fprintf(&x.bind, "%s = %s\n", fv.name, text)
}

// shownName is the name of a function as Go's own tracebacks have it.
func shownName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	recv := types.ExprString(d.Recv.List[0].Type)
	if strings.HasPrefix(recv, "*") {
		recv = "(" + recv + ")"
	}
	return recv + "." + d.Name.Name
}

func fieldList(l *ast.FieldList) ast.Node {
	if l == nil {
		return nil
	}
	return l
}

func (x *cellLowering) newFn(e env) *fn {
	return &fn{
		x:      x,
		root:   &root{env: e, names: map[types.Object]string{}, cells: map[types.Object]bool{}, gotos: map[types.Object]bool{}},
		out:    &strings.Builder{},
		where:  x.unique("at_"),
		labels: map[types.Object]string{},
	}
}

// nested is a func literal inside f.
func (f *fn) nested(sig *types.Signature) *fn {
	return &fn{x: f.x, root: f.root, sig: sig, out: &strings.Builder{}, where: f.x.unique("at_"), labels: map[types.Object]string{}}
}

func (f *fn) typeOf(e ast.Expr) types.Type {
	t := f.x.c.Info.TypeOf(e)
	if t == nil {
		return nil
	}
	return f.x.subst(t, f.root.env)
}

func (f *fn) sub(t types.Type) types.Type { return types.Unalias(f.x.subst(t, f.root.env)) }

func (f *fn) typ(t types.Type, pos token.Pos) string { return f.x.typ(f.sub(t), pos) }

// function writes the func literal with these parameters.
func (f *fn) function(params []*types.Var, body *ast.BlockStmt) string {
	f.defers = cell.Defers(body)
	var list, prologue []string
	for i, p := range params {
		typ := f.typ(p.Type(), p.Pos())
		if f.sig.Variadic() && i == len(params)-1 {
			typ = "..." + f.typ(f.sub(p.Type()).Underlying().(*types.Slice).Elem(), p.Pos())
		}
		name := f.x.unique("v")
		list = append(list, name+" "+typ)
		if strings.HasPrefix(typ, "...") {
			// yaegi does not know that a variadic parameter is a slice everywhere.
			all := f.x.unique("v")
			prologue = append(prologue, fmt.Sprintf("%s := %s[:]", all, name))
			name = all
		}
		f.root.names[p] = name
		if f.root.cells[p] {
			cell := f.x.unique("c")
			prologue = append(prologue, fmt.Sprintf("%s := new(%s); *%s = %s", cell, f.typ(p.Type(), p.Pos()), cell, name))
			f.root.names[p] = cell
		}
		if p.Name() != "" && p.Name() != "_" {
			f.params = append(f.params, program.Param{Name: p.Name(), Var: f.root.names[p], Shared: f.root.cells[p]})
		}
	}
	results, resultProlog, epilogue := f.resultList()
	f.mark(body)
	start := f.out.Len()
	if f.hasRecover(body) {
		f.line("rc_ := k.Deferred()") // first: the check says that this function does not recover
	}
	f.line("if stop { k.Check() }")
	for _, p := range append(prologue, resultProlog...) {
		f.line("%s", p)
	}
	if f.defers {
		f.line("d_ := k.NewDefers()")
		f.line("defer func() { k.RunDefers(d_, recover()); %s }()", epilogue)
	}
	f.block(body.List)
	if f.named && f.sig.Results().Len() > 0 && !terminates(body) {
		f.returnNamed()
	}
	return fmt.Sprintf("func(%s)%s {\n%s}", strings.Join(list, ", "), results, f.positioned(start, body))
}

// resultList writes the results. A function with defers or named results has result
// variables; those that closures share live in cells and are copied at the end.
func (f *fn) resultList() (text string, prologue []string, epilogue string) {
	res := f.sig.Results()
	if res.Len() == 0 {
		return "", nil, ""
	}
	f.named = f.defers || res.At(0).Name() != ""
	if !f.named {
		return f.x.results(f.sub(res).(*types.Tuple), res.At(0).Pos()), nil, ""
	}
	var list, copies []string
	for v := range res.Variables() {
		name := f.x.unique("r")
		list = append(list, name+" "+f.typ(v.Type(), v.Pos()))
		target := name
		if f.root.cells[v] {
			cell := f.x.unique("c")
			prologue = append(prologue, fmt.Sprintf("%s := new(%s)", cell, f.typ(v.Type(), v.Pos())))
			copies = append(copies, fmt.Sprintf("%s = *%s", name, cell))
			f.root.names[v] = cell
			target = "*" + cell
		} else {
			f.root.names[v] = name
		}
		f.results = append(f.results, target)
		f.resultNames = append(f.resultNames, name)
	}
	return " (" + strings.Join(list, ", ") + ")", prologue, strings.Join(copies, "; ")
}

// returnNamed ends the function with its result variables.
func (f *fn) returnNamed() {
	if f.defers {
		f.line("return")
		return
	}
	f.line("return %s", strings.Join(f.results, ", "))
}

// hasRecover says whether a body calls recover itself, not in a func literal.
func (f *fn) hasRecover(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == body
		case *ast.Ident:
			b, ok := f.x.c.Info.Uses[n].(*types.Builtin)
			found = found || ok && b.Name() == "recover"
		}
		return !found
	})
	return found
}

// terminates says whether control cannot reach the end of a body, as far as matters for
// the return statement that would follow.
func terminates(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}

// line adds a line to the body.
func (f *fn) line(format string, args ...any) {
	fmt.Fprintf(f.out, format, args...)
	f.out.WriteByte('\n')
}

// funcLit writes a func literal as the call of a factory that takes what it captures.
func (f *fn) funcLit(lit *ast.FuncLit) string {
	sig := f.sub(f.x.c.Info.TypeOf(lit)).(*types.Signature)
	captured := f.captures(lit)
	inner := f.nested(f.x.c.Info.TypeOf(lit).(*types.Signature))
	f.literals++
	inner.name = strings.TrimPrefix(fmt.Sprintf("%s.func%d", f.name, f.literals), ".")
	var params []*types.Var
	for v := range inner.sig.Params().Variables() {
		params = append(params, v)
	}
	text := inner.function(params, lit.Body)
	return f.factory(captured, "func"+f.x.signature(sig, lit.Pos()), text, lit.Pos())
}

// factory declares a function that returns the func literal text, and writes its call.
func (f *fn) factory(captured []types.Object, typ, text string, pos token.Pos) string {
	name := f.x.unique("K")
	var params, args []string
	for _, obj := range captured {
		t := f.typ(obj.Type(), pos)
		if f.root.cells[obj] {
			t = "*" + t
		}
		params = append(params, f.root.names[obj]+" "+t)
		args = append(args, f.root.names[obj])
	}
	f.x.factory(name, strings.Join(params, ", "), typ, text)
	return name + "(" + strings.Join(args, ", ") + ")"
}

func (x *cellLowering) factory(name, params, typ, text string) {
	fmt.Fprintf(&x.decls, "func %s(%s) %s {\nreturn %s\n}\n", name, params, typ, text)
}

// captures lists the local variables of the surroundings that a node mentions, without those
// declared in it, which have a name when it was emitted before.
func (f *fn) captures(whole ast.Node) []types.Object {
	var list []types.Object
	seen := map[types.Object]bool{}
	ast.Inspect(whole, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := f.x.c.Info.Uses[id]
		if _, ok := obj.(*types.Var); !ok || seen[obj] || whole.Pos() <= obj.Pos() && obj.Pos() < whole.End() {
			return true
		}
		seen[obj] = true
		if f.root.names[obj] != "" {
			list = append(list, obj)
		}
		return true
	})
	return list
}

// wrap makes a func literal of synthesized text a factory call; vars are pairs of name and
// type that it captures, with the values in args.
func (f *fn) wrap(names, typesText, args []string, typ, text string) string {
	name := f.x.unique("K")
	params := make([]string, len(names))
	for i := range names {
		params[i] = names[i] + " " + typesText[i]
	}
	f.x.factory(name, strings.Join(params, ", "), typ, text)
	return name + "(" + strings.Join(args, ", ") + ")"
}
