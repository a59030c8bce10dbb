package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

func (f *fn) builtin(e *ast.CallExpr, name string) string {
	arg := func(i int) string { return f.expr(e.Args[i]) }
	anyT := types.NewInterfaceType(nil, nil)
	if t := f.spreads(e); t != nil && name != "print" && name != "println" {
		return f.spreadBuiltin(e, name, t)
	}
	switch name {
	case "len", "cap":
		return f.length(e.Args[0], name)
	case "append":
		return f.appendCall(e)
	case "copy":
		return "copy(" + arg(0) + ", " + arg(1) + ")"
	case "delete":
		m := under(f.typeOf(e.Args[0])).(*types.Map)
		return "delete(" + arg(0) + ", " + f.to(e.Args[1], m.Key()) + ")"
	case "make":
		return f.makeCall(e)
	case "new":
		return f.newCall(e)
	case "panic":
		return "k.Panic(" + f.argument(e.Args[0], anyT) + ")"
	case "recover":
		return "k.Recover(rc_)"
	case "print", "println":
		var list []string
		for _, a := range e.Args {
			list = append(list, f.printed(a))
		}
		return printers[name] + "(" + strings.Join(list, ", ") + ")"
	case "min", "max":
		return f.extremum(e, name)
	case "clear":
		return "k.Clear(" + arg(0) + ")"
	case "close":
		return "close(" + arg(0) + ")"
	case "complex", "real", "imag":
		var list []string
		for _, a := range e.Args {
			t := f.typeOf(a)
			if name == "complex" {
				t = types.Typ[types.Float64]
				if b, ok := under(f.typeOf(e)).(*types.Basic); ok && b.Kind() == types.Complex64 {
					t = types.Typ[types.Float32]
				}
			}
			list = append(list, f.to(a, t))
		}
		return name + "(" + strings.Join(list, ", ") + ")"
	}
	f.x.fail(e.Pos(), "the kernel does not have the builtin %s", name)
	return ""
}

// length writes len or cap. That of an array that a pointer points to is known, also for nil.
func (f *fn) length(x ast.Expr, name string) string {
	p, ok := under(f.typeOf(x)).(*types.Pointer)
	if !ok {
		return name + "(" + f.expr(x) + ")"
	}
	n := under(p.Elem()).(*types.Array).Len()
	if !f.hasCall(x) {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("k.Second(%s, %d)", f.expr(x), n)
}

var printers = map[string]string{"print": "k.Print", "println": "k.Println"}

// printed writes an argument of print. Of an interface the two words are printed.
func (f *fn) printed(a ast.Expr) string {
	text := f.argument(a, types.NewInterfaceType(nil, nil))
	if types.IsInterface(f.typeOf(a)) {
		return "k.Face(" + text + ")"
	}
	return text
}

func (f *fn) makeCall(e *ast.CallExpr) string {
	t := f.typeOf(e)
	both := t
	if ch, ok := under(t).(*types.Chan); ok && ch.Dir() != types.SendRecv {
		both = types.NewChan(types.SendRecv, ch.Elem()) // the interpreter makes no other
	}
	list := []string{f.x.typ(both, e.Pos())}
	for _, a := range e.Args[1:] {
		list = append(list, f.room(t, a))
	}
	return f.convert("make("+strings.Join(list, ", ")+")", both, t, e.Pos())
}

// newCall writes new(T) and, since Go 1.26, new(value).
func (f *fn) newCall(e *ast.CallExpr) string {
	t := f.typeOf(e).Underlying().(*types.Pointer).Elem()
	typ := f.x.typ(t, e.Pos())
	if f.x.c.Info.Types[e.Args[0]].IsType() {
		return "new(" + typ + ")"
	}
	name := f.x.unique("K")
	fmt.Fprintf(&f.x.decls, "func %s(v %s) *%s {\np := new(%s)\n*p = v\nreturn p\n}\n", name, typ, typ, typ)
	return name + "(" + f.to(e.Args[0], t) + ")"
}

// spreadBuiltin writes append(g()) and the like: a function literal that takes g's results calls
// the builtin.
func (f *fn) spreadBuiltin(e *ast.CallExpr, name string, t *types.Tuple) string {
	var params, args []string
	for v := range t.Variables() {
		arg := f.x.unique("a")
		args = append(args, arg)
		params = append(params, arg+" "+f.typ(v.Type(), e.Pos()))
	}
	at := func(i int) types.Type { return f.sub(t.At(i).Type()) }
	text := ""
	results := types.NewTuple()
	if r := f.typeOf(e); name != "delete" && r != nil {
		results = types.NewTuple(types.NewParam(0, nil, "", r))
	}
	switch name {
	case "append":
		elem := under(f.typeOf(e)).(*types.Slice).Elem()
		for i := range args[1:] {
			args[i+1] = f.convert(args[i+1], at(i+1), elem, e.Pos())
		}
		text = "append(" + args[0] + ", []" + f.typ(elem, e.Pos()) + "{" + strings.Join(args[1:], ", ") + "}...)"
	case "delete":
		text = "delete(" + args[0] + ", " + f.convert(args[1], at(1), under(at(0)).(*types.Map).Key(), e.Pos()) + ")"
	case "copy", "complex":
		text = name + "(" + strings.Join(args, ", ") + ")"
	default:
		f.x.fail(e.Pos(), "the kernel cannot pass the results of a call on to the builtin %s: put them into variables", name)
	}
	if results.Len() > 0 {
		text = "return " + text
	}
	g := f.expr(e.Args[0])
	sig := types.NewSignatureType(nil, nil, nil, t, results, false)
	return f.wrap(nil, nil, nil, "func"+f.x.signature(sig, e.Pos()),
		"func("+strings.Join(params, ", ")+")"+f.x.results(results, e.Pos())+" { "+text+" }") + "(" + g + ")"
}

func (f *fn) appendCall(e *ast.CallExpr) string {
	t := f.typeOf(e)
	elem := under(t).(*types.Slice).Elem()
	list := []string{f.to(e.Args[0], t)}
	for _, a := range e.Args[1:] {
		if e.Ellipsis.IsValid() {
			x := f.expr(a)
			if b, ok := under(f.typeOf(a)).(*types.Basic); ok && b.Info()&types.IsString != 0 {
				x = "[]byte(" + x + ")"
			}
			list = append(list, x+"...")
			continue
		}
		list = append(list, f.to(a, elem))
	}
	typ := f.typ(elem, e.Pos())
	if !e.Ellipsis.IsValid() && (f.readsMore(e.Args) || typ == f.typ(t, e.Pos())) {
		return "append(" + list[0] + ", []" + typ + "{" + strings.Join(list[1:], ", ") + "}...)"
	}
	return "append(" + strings.Join(list, ", ") + ")"
}

// readsMore says whether a later value that is appended may be read from the slice itself, into
// which the interpreter writes the first one before.
func (f *fn) readsMore(args []ast.Expr) bool {
	if len(args) < 3 {
		return false
	}
	return slices.ContainsFunc(args[2:], func(a ast.Expr) bool {
		if _, ok := ast.Unparen(a).(*ast.Ident); ok {
			return false
		}
		return f.x.c.Info.Types[a].Value == nil
	})
}

func (f *fn) extremum(e *ast.CallExpr, name string) string {
	t := f.typeOf(e)
	kind := program.Minimum
	if name == "max" {
		kind = program.Maximum
	}
	h := f.x.reg.helper(kind, program.Helper{T: f.x.reg.id(t, e.Pos())})
	s := f.to(e.Args[0], t)
	for _, a := range e.Args[1:] {
		s = fmt.Sprintf("%s(%s, %s)", h, s, f.to(a, t))
	}
	return s
}
