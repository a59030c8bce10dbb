package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

func (f *fn) call(e *ast.CallExpr) string {
	if f.x.c.Info.Types[e.Fun].IsType() {
		return f.conversion(e)
	}
	if id := calledIdent(e.Fun); id != nil {
		if b, ok := f.x.c.Info.Uses[id].(*types.Builtin); ok {
			return f.builtin(e, b.Name())
		}
	}
	if text, ok := f.special(e); ok {
		return text
	}
	if t := f.spreads(e); t != nil {
		return f.spread(e, t)
	}
	fun, sig, recv := f.callee(e.Fun)
	args := slices.Concat(recv, f.arguments(e, sig))
	if sig.Variadic() && len(args)-len(recv) == sig.Params().Len()-1 && !f.compiledFuncCalled(e) {
		// yaegi would pass an empty slice that is not nil.
		args = append(args, "*new("+f.typ(sig.Params().At(sig.Params().Len()-1).Type(), e.Pos())+")...")
	}
	return fun + "(" + strings.Join(args, ", ") + ellipsis(e) + ")"
}

func (f *fn) compiledFuncCalled(e *ast.CallExpr) bool {
	id := calledIdent(e.Fun)
	if id == nil {
		return false
	}
	m, ok := f.x.c.Info.Uses[id].(*types.Func)
	return ok && !isNotebook(m.Pkg())
}

func calledIdent(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}

func ellipsis(e *ast.CallExpr) string {
	if e.Ellipsis.IsValid() {
		return "..."
	}
	return ""
}

// callee writes what is called, with the receiver as the first arguments when it is a
// method of the notebook.
func (f *fn) callee(fun ast.Expr) (text string, sig *types.Signature, recv []string) {
	sig, _ = under(f.typeOf(fun)).(*types.Signature)
	switch e := ast.Unparen(fun).(type) {
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := f.x.c.Info.Uses[id].(*types.PkgName); ok {
				return f.qualified(e), sig, nil
			}
		}
		if f.x.c.Info.Types[e.X].IsType() {
			return f.methodExpr(e), sig, nil
		}
		obj, path := f.lookup(e)
		if m, ok := obj.(*types.Func); ok {
			text, recv = f.method(f.receiver(e, m, path), m, e.Pos())
			return text, m.Type().(*types.Signature), recv
		}
	case *ast.FuncLit:
		return f.funcLit(e), sig, nil
	}
	return f.expr(fun), sig, nil
}

// operand is a receiver: its text and type.
type operand struct {
	text string
	typ  types.Type
	addr string // its address, when it has one
}

// receiver evaluates x in x.m up to the embedded field that has the method.
func (f *fn) receiver(e *ast.SelectorExpr, m *types.Func, path []int) operand {
	t := f.typeOf(e.X)
	x := f.expr(e.X)
	addr := ""
	if _, ok := under(t).(*types.Pointer); !ok && f.addressable(e.X) {
		addr = f.address(e.X)
	}
	if len(path) > 1 {
		base := x
		if c := strings.TrimSuffix(strings.TrimPrefix(x, "(*"), ")"); x == "(*"+c+")" && !strings.ContainsAny(c, "(.[ ") {
			base = c
		}
		x, t = f.walk(base, t, path[:len(path)-1])
		addr = ""
		if _, ok := under(t).(*types.Pointer); !ok {
			addr = "&" + x
		}
	}
	return operand{x, f.sub(t), addr}
}

func (f *fn) addressable(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := f.x.c.Info.ObjectOf(e).(*types.Var)
		return ok
	case *ast.StarExpr:
		return true
	case *ast.IndexExpr:
		switch under(f.typeOf(e.X)).(type) {
		case *types.Slice, *types.Pointer:
			return true
		case *types.Array:
			return f.addressable(e.X)
		}
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := f.x.c.Info.Uses[id].(*types.PkgName); ok {
				_, ok := f.x.c.Info.Uses[e.Sel].(*types.Var)
				return ok
			}
		}
		t := f.typeOf(e.X)
		if t == nil {
			return false
		}
		_, ptr := under(t).(*types.Pointer)
		return ptr || f.addressable(e.X)
	}
	return false
}

// method writes the function that a method call calls and the receiver arguments it needs.
func (f *fn) method(x operand, m *types.Func, pos token.Pos) (string, []string) {
	recvType := m.Type().(*types.Signature).Recv().Type()
	if types.IsInterface(x.typ) {
		return f.interfaceMethod(x, m, pos)
	}
	_, wantPtr := under(recvType).(*types.Pointer)
	_, isPtr := under(x.typ).(*types.Pointer)
	text := x.text
	switch {
	case wantPtr && !isPtr:
		text = x.addr
		if text == "" {
			f.x.fail(pos, "cannot take the address of the receiver of %s", m.Name())
		}
	case !wantPtr && isPtr:
		text = "(*" + text + ")"
	}
	if recv := pointee(recvType); standIn(recv) {
		return f.standMethod(recvType, m, pos), []string{text}
	}
	if !isNotebook(m.Pkg()) {
		if strings.HasPrefix(text, "&") {
			text = "(" + text + ")"
		}
		return text + "." + m.Name(), nil
	}
	return f.methodVar(m, pos), []string{text}
}

func pointee(t types.Type) types.Type {
	if p, ok := under(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// methodVar is the variable of a method of the notebook, an instance for generic types.
func (f *fn) methodVar(m *types.Func, pos token.Pos) string {
	origin := m.Origin()
	recv := m.Type().(*types.Signature).Recv().Type()
	if p, ok := types.Unalias(recv).(*types.Pointer); ok {
		recv = p.Elem()
	}
	if n, ok := types.Unalias(recv).(*types.Named); ok && n.TypeArgs().Len() > 0 {
		return f.x.instance(origin, typeList(n.TypeArgs()), pos)
	}
	fv := f.x.funcs[origin]
	if fv == nil {
		f.x.fail(pos, "method %s is not declared", m.Name())
	}
	return fv.name
}

// interfaceMethod calls natively through interfaces of compiled packages, by a helper through
// those of the notebook.
func (f *fn) interfaceMethod(x operand, m *types.Func, pos token.Pos) (string, []string) {
	sig := m.Type().(*types.Signature)
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if named, ok := types.Unalias(x.typ).(*types.Named); ok && !isNotebook(named.Obj().Pkg()) && !f.x.differs(plain) && m.Exported() {
		return x.text + "." + m.Name(), nil
	}
	h := program.Helper{T: f.x.reg.id(x.typ, pos), U: f.x.reg.id(plain, pos), Name: methodName(m)}
	return f.x.reg.helper(program.Call, h), []string{x.text}
}

// arguments writes the arguments of a call as the parameters' types.
func (f *fn) arguments(e *ast.CallExpr, sig *types.Signature) []string {
	sig = f.sub(sig).(*types.Signature)
	var list []string
	for i, a := range e.Args {
		list = append(list, f.argument(a, paramAt(sig, i, e.Ellipsis.IsValid())))
	}
	return list
}

// argument leaves values of compiled types as they are where any is wanted: the call makes
// the interface itself.
func (f *fn) argument(a ast.Expr, t types.Type) string {
	t = f.sub(t)
	if i, ok := t.Underlying().(*types.Interface); ok && i.NumMethods() == 0 && !f.isNil(a) {
		from := types.Default(f.typeOf(a))
		if !f.x.differs(from) && !types.IsInterface(from) {
			return f.to(a, from)
		}
	}
	return f.to(a, t)
}

func paramAt(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 && !spread {
		return sig.Params().At(n - 1).Type().Underlying().(*types.Slice).Elem()
	}
	return sig.Params().At(i).Type()
}

// spreads returns the results that f(g()) passes on, nil for another call.
func (f *fn) spreads(e *ast.CallExpr) *types.Tuple {
	if len(e.Args) != 1 {
		return nil
	}
	t, _ := f.typeOf(e.Args[0]).(*types.Tuple)
	return t
}

// spread writes f(g()): a function that takes g's results converts them and calls f.
func (f *fn) spread(e *ast.CallExpr, t *types.Tuple) string {
	if f.whole == e && !f.hasCall(e.Fun) {
		return f.spreadBefore(e, t)
	}
	var h held
	fun, sig, args := f.thunkCallee(e, h.holder(f, e.Pos()))
	sig = f.sub(sig).(*types.Signature)
	var params []string
	for i := range t.Len() {
		name := f.x.unique("a")
		params = append(params, name+" "+f.typ(t.At(i).Type(), e.Pos()))
		args = append(args, f.convert(name, t.At(i).Type(), paramAt(sig, i, false), e.Pos()))
	}
	g := f.expr(e.Args[0])
	text := "func(" + strings.Join(params, ", ") + ")" + f.x.results(sig.Results(), e.Pos()) + callBody(sig, fun, args)
	in := f.x.signature(types.NewSignatureType(nil, nil, nil, f.sub(t).(*types.Tuple), sig.Results(), false), e.Pos())
	return f.wrap(h.names, h.types, h.values, "func"+in, text) + "(" + g + ")"
}

// spreadBefore calls g in the line before, which is cheaper.
func (f *fn) spreadBefore(e *ast.CallExpr, t *types.Tuple) string {
	names := f.temps(t.Len())
	f.line("%s := %s", strings.Join(names, ", "), f.expr(e.Args[0]))
	fun, sig, args := f.callee(e.Fun)
	sig = f.sub(sig).(*types.Signature)
	for i, name := range names {
		args = append(args, f.convert(name, t.At(i).Type(), paramAt(sig, i, false), e.Pos()))
	}
	return fun + "(" + strings.Join(args, ", ") + ")"
}

func (f *fn) temps(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = f.x.unique("t")
	}
	return names
}

// conversion writes T(x).
func (f *fn) conversion(e *ast.CallExpr) string {
	t, arg := f.typeOf(e), e.Args[0]
	from := f.typeOf(arg)
	if f.isNil(arg) {
		return f.nilOf(t, e.Pos())
	}
	if types.IsInterface(t) {
		return f.to(arg, t)
	}
	tv := f.x.c.Info.Types[arg]
	if tv.Value != nil {
		// A constant converted to a slice or a type parameter's argument.
		return f.explicit(f.literal(tv.Value, types.Default(from), arg.Pos()), types.Default(from), t, e.Pos())
	}
	return f.explicit(f.expr(arg), from, t, e.Pos())
}

func (f *fn) explicit(text string, from, t types.Type, pos token.Pos) string {
	a, b := f.x.typ(from, pos), f.x.typ(t, pos)
	if a == b {
		return text
	}
	_, fromBasic := under(from).(*types.Basic)
	_, toBasic := under(t).(*types.Basic)
	if fromBasic && toBasic {
		if under(from).(*types.Basic).Info()&types.IsFloat != 0 && narrow[b] != "" {
			return narrow[b] + "(float64(" + text + "))"
		}
		return b + "(" + text + ")"
	}
	if _, ok := under(t).(*types.Slice); ok && fromBasic {
		return b + "(" + text + ")"
	}
	if _, ok := under(from).(*types.Slice); ok && toBasic {
		return b + "(" + text + ")"
	}
	return f.convert(text, from, t, pos)
}

// narrow are the builtins that convert a float to a type too small for what reflection, by which
// the interpreter converts, has in between.
var narrow = map[string]string{
	"int8": "k.ToInt8", "int16": "k.ToInt16", "int32": "k.ToInt32",
	"uint8": "k.ToUint8", "uint16": "k.ToUint16", "uint32": "k.ToUint32",
}

// special lowers calls of compiled functions that could not be interrupted or need care.
func (f *fn) special(e *ast.CallExpr) (string, bool) {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	m, ok := f.x.c.Info.Uses[sel.Sel].(*types.Func)
	if !ok || m.Pkg() == nil {
		return "", false
	}
	if m.FullName() == "time.Sleep" {
		return "k.Sleep(" + f.to(e.Args[0], m.Signature().Params().At(0).Type()) + ")", true
	}
	name, ok := waits[m.FullName()]
	if !ok || f.x.c.Info.Types[sel.X].IsType() {
		return "", false
	}
	obj, path := f.lookup(sel)
	x := f.receiver(sel, obj.(*types.Func), path)
	at := x.addr
	if _, ok := under(x.typ).(*types.Pointer); ok {
		at = x.text
	}
	if at == "" {
		return "", false
	}
	list := []string{at}
	for i, a := range e.Args {
		list = append(list, f.to(a, m.Signature().Params().At(i).Type()))
	}
	return "k." + name + "(" + strings.Join(list, ", ") + ")", true
}

// waits are methods that block or start goroutines, by the builtins that do so for a cell.
var waits = map[string]string{
	"(*sync.Mutex).Lock":     "Lock",
	"(*sync.RWMutex).Lock":   "LockRW",
	"(*sync.RWMutex).RLock":  "RLockRW",
	"(*sync.WaitGroup).Wait": "Wait",
	"(*sync.WaitGroup).Go":   "GoFor",
	"(*sync.Once).Do":        "Once",
	"(*sync.Cond).Wait":      "WaitCond",
}
