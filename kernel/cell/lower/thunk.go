package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// thunk writes a deferred or started call as a factory call that evaluates function and
// arguments now.
func (f *fn) thunk(e *ast.CallExpr) string {
	if lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit); ok && len(e.Args) == 0 && f.sub(f.x.c.Info.TypeOf(lit)).(*types.Signature).Results().Len() == 0 {
		return f.funcLit(lit)
	}
	var names, typs, values []string
	hold := func(text string, t types.Type) string {
		name := f.x.unique("v")
		names = append(names, name)
		typs = append(typs, f.typ(t, e.Pos()))
		values = append(values, text)
		return name
	}
	call := f.thunkCall(e, hold)
	return f.wrap(names, typs, values, "func()", "func() { "+call+" }")
}

// push is the method that defers a call: Push when the function that is called may recover.
func (f *fn) push(e *ast.CallExpr) string {
	if lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit); ok && !f.hasRecover(lit) {
		return "PushPlain"
	}
	if id := calledIdent(e.Fun); id != nil {
		if m, ok := f.x.c.Info.Uses[id].(*types.Func); ok {
			if fv := f.x.funcs[m.Origin()]; fv != nil && !fv.recovers {
				return "PushPlain"
			}
		}
	}
	return "Push"
}

// thunkCall writes the call with its operands held.
func (f *fn) thunkCall(e *ast.CallExpr, hold func(string, types.Type) string) string {
	if id := calledIdent(e.Fun); id != nil {
		if b, ok := f.x.c.Info.Uses[id].(*types.Builtin); ok {
			return f.thunkBuiltin(e, b.Name(), hold)
		}
	}
	fun, sig, recv := f.thunkCallee(e, hold)
	sig = f.sub(sig).(*types.Signature)
	if len(e.Args) == 1 {
		if t, ok := f.typeOf(e.Args[0]).(*types.Tuple); ok {
			list := f.spread(e.Args[0], t, sig)
			for i := range list {
				list[i] = hold(list[i], paramAt(sig, i, false))
			}
			return fun + "(" + strings.Join(append(recv, list...), ", ") + ")"
		}
	}
	args := recv
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
		return "k.Recover(nil)" // not called by a deferred function
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
