package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// thunk writes a deferred or started call as a factory call that evaluates function and
// arguments now.
func (f *fn) thunk(e *ast.CallExpr) string {
	if lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit); ok && len(e.Args) == 0 && f.sub(f.x.c.Info.TypeOf(lit)).(*types.Signature).Results().Len() == 0 {
		return f.funcLit(lit)
	}
	var h held
	if f.isRecover(e) { // recovers as the function that defers it
		return f.wrap([]string{"rc_"}, []string{"*k.Panicking"}, []string{"rc_"}, "func()", "func() { k.RecoverLater(rc_) }")
	}
	call := f.thunkCall(e, h.holder(f, e.Pos()))
	return f.wrap(h.names, h.types, h.values, "func()", "func() { "+f.marked(e)+call+" }")
}

// held are values that a factory evaluates now and its func literal uses later.
type held struct{ names, types, values []string }

func (h *held) holder(f *fn, pos token.Pos) func(text string, t types.Type) string {
	return func(text string, t types.Type) string {
		name := f.x.unique("v")
		h.names = append(h.names, name)
		h.types = append(h.types, f.typ(t, pos))
		h.values = append(h.values, text)
		return name
	}
}

func (f *fn) isRecover(e *ast.CallExpr) bool {
	id := calledIdent(e.Fun)
	if id == nil {
		return false
	}
	b, ok := f.x.c.Info.Uses[id].(*types.Builtin)
	return ok && b.Name() == "recover"
}

// push is the method that defers a call: Push when the function that is called recovers,
// PushPlain when it does not, PushUnknown when that shows when it runs.
func (f *fn) push(e *ast.CallExpr) string {
	if lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit); ok {
		if f.hasRecover(lit) {
			return "Push"
		}
		return "PushPlain"
	}
	if id := calledIdent(e.Fun); id != nil {
		switch m := f.x.c.Info.Uses[id].(type) {
		case *types.Builtin:
			return "PushPlain"
		case *types.Func:
			r := m.Signature().Recv()
			if !isNotebook(m.Pkg()) && (r == nil || !types.IsInterface(r.Type())) {
				return "PushPlain"
			}
		}
	}
	return "PushUnknown"
}

// thunkCall writes the call with its operands held.
func (f *fn) thunkCall(e *ast.CallExpr, hold func(string, types.Type) string) string {
	if id := calledIdent(e.Fun); id != nil {
		if b, ok := f.x.c.Info.Uses[id].(*types.Builtin); ok {
			return f.thunkBuiltin(e, b.Name(), hold)
		}
	}
	fun, sig, args := f.thunkCallee(e, hold)
	sig = f.sub(sig).(*types.Signature)
	if t := f.spreads(e); t != nil {
		names := f.temps(t.Len())
		f.line("%s := %s", strings.Join(names, ", "), f.expr(e.Args[0]))
		for i, name := range names {
			p := paramAt(sig, i, false)
			args = append(args, hold(f.convert(name, t.At(i).Type(), p, e.Pos()), p))
		}
		return fun + "(" + strings.Join(args, ", ") + ")"
	}
	for i, a := range e.Args {
		t := paramAt(sig, i, e.Ellipsis.IsValid())
		args = append(args, hold(f.to(a, t), t))
	}
	return fun + "(" + strings.Join(args, ", ") + ellipsis(e) + ")"
}

// thunkCallee holds the receiver or the func value of the call.
func (f *fn) thunkCallee(e *ast.CallExpr, hold func(string, types.Type) string) (string, *types.Signature, []string) {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	sig, _ := under(f.typeOf(e.Fun)).(*types.Signature)
	if ok && f.x.c.Info.Selections[sel] != nil && !f.x.c.Info.Types[sel.X].IsType() {
		obj, path := f.lookup(sel)
		if m, ok := obj.(*types.Func); ok {
			x := f.receiver(sel, m, path)
			recvType := m.Type().(*types.Signature).Recv().Type()
			_, wantPtr := under(recvType).(*types.Pointer)
			_, isPtr := under(x.typ).(*types.Pointer)
			if wantPtr && !isPtr {
				x = operand{text: x.addr, typ: types.NewPointer(x.typ)}
			}
			if types.IsInterface(x.typ) {
				x.text = f.x.reg.helper(program.NotNil, program.Helper{T: f.x.reg.id(x.typ, e.Pos())}) + "(" + x.text + ")"
			} else if !wantPtr && isPtr {
				x.text = "(*" + x.text + ")"
				x.typ = under(x.typ).(*types.Pointer).Elem()
			}
			x.text = hold(x.text, x.typ)
			x.addr = ""
			fun, recv := f.method(x, m, e.Pos())
			return fun, m.Type().(*types.Signature), recv
		}
	}
	if fun := f.directFunc(e.Fun); fun != "" {
		return fun, sig, nil
	}
	return hold(f.expr(e.Fun), f.typeOf(e.Fun)), sig, nil
}

// directFunc writes a function that is called by its name.
func (f *fn) directFunc(e ast.Expr) string {
	id := calledIdent(e)
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		id = calledIdent(x.X)
	case *ast.FuncLit:
		return ""
	}
	if id == nil {
		return ""
	}
	if _, ok := f.x.c.Info.Uses[id].(*types.Func); ok {
		return f.expr(e)
	}
	return ""
}

func (f *fn) thunkBuiltin(e *ast.CallExpr, name string, hold func(string, types.Type) string) string {
	anyT := types.NewInterfaceType(nil, nil)
	switch name {
	case "close":
		return "close(" + hold(f.expr(e.Args[0]), f.typeOf(e.Args[0])) + ")"
	case "panic":
		return "k.Panic(" + hold(f.to(e.Args[0], anyT), anyT) + ")"
	case "recover":
		return "k.RecoverLater(rc_)"
	case "copy":
		return "copy(" + hold(f.expr(e.Args[0]), f.typeOf(e.Args[0])) + ", " + hold(f.expr(e.Args[1]), types.Default(f.typeOf(e.Args[1]))) + ")"
	case "clear":
		return "k.Clear(" + hold(f.expr(e.Args[0]), f.typeOf(e.Args[0])) + ")"
	case "delete":
		m := f.typeOf(e.Args[0])
		key := under(m).(*types.Map).Key()
		return "delete(" + hold(f.expr(e.Args[0]), m) + ", " + hold(f.to(e.Args[1], key), key) + ")"
	case "print", "println":
		var list []string
		for _, a := range e.Args {
			text := hold(f.to(a, anyT), anyT)
			if types.IsInterface(f.typeOf(a)) {
				text = "k.Face(" + text + ")"
			}
			list = append(list, text)
		}
		return printers[name] + "(" + strings.Join(list, ", ") + ")"
	}
	f.x.fail(e.Pos(), "the kernel cannot defer or start the builtin %s", name)
	return ""
}
