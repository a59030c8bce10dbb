package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

func typeList(l *types.TypeList) []types.Type {
	var list []types.Type
	for t := range l.Types() {
		list = append(list, t)
	}
	return list
}

// instanceValue writes a function named by e: a function of the notebook, an instance of a
// generic one, or a compiled function.
func (f *fn) instanceValue(e ast.Expr, pos token.Pos) string {
	id := calledIdent(e)
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		id = calledIdent(x.X)
	case *ast.IndexListExpr:
		id = calledIdent(x.X)
	}
	obj, ok := f.x.c.Info.Uses[id].(*types.Func)
	if !ok {
		f.x.fail(pos, "the kernel cannot use this function here")
	}
	if inst, ok := f.x.c.Info.Instances[id]; ok {
		var args []types.Type
		for t := range inst.TypeArgs.Types() {
			args = append(args, f.sub(t))
		}
		if !isNotebook(obj.Pkg()) {
			return f.compiledInstance(obj, args, f.sub(inst.Type).(*types.Signature), pos)
		}
		return f.x.instance(obj, args, pos)
	}
	if !isNotebook(obj.Pkg()) {
		return f.x.alias(obj.Pkg().Path()) + "." + obj.Name()
	}
	fv := f.x.funcs[obj.Origin()]
	if fv == nil {
		f.x.fail(pos, "function %s is not declared", obj.Name())
	}
	return fv.name
}

// compiledInstance is a generic function of a compiled package with its type arguments.
func (f *fn) compiledInstance(obj *types.Func, args []types.Type, sig *types.Signature, pos token.Pos) string {
	h := program.Helper{Pkg: obj.Pkg().Path(), Name: obj.Name()}
	if !knownGenerics[h.Pkg+"."+h.Name] && slices.ContainsFunc(args, f.x.differs) {
		if own := f.x.substitutes[obj.Origin()]; own != nil {
			return f.x.instance(own, args, pos)
		}
		panic(&Error{
			Pos: f.x.c.Fset.Position(pos), Generic: obj.Origin(),
			Msg: fmt.Sprintf("the generic function %s.%s is not compiled into the kernel for types of the notebook", obj.Pkg().Name(), obj.Name()),
		})
	}
	f.x.needs = append(f.x.needs, Instance{obj, args})
	h.T = f.x.reg.id(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()), pos)
	for _, a := range args {
		h.Targs = append(h.Targs, f.x.reg.id(a, pos))
	}
	return f.x.reg.helper(program.Generic, h)
}

// instance is a generic function or method of the notebook for one list of type arguments.
type instance struct {
	fv   *funcVar
	args []types.Type
	sig  int // its func type with the receiver
}

// instance returns the variable of a generic function or method of the notebook for these
// type arguments, and queues its body the first time.
func (x *cellLowering) instance(obj *types.Func, args []types.Type, pos token.Pos) string {
	key := x.instanceKey(obj, args, pos)
	if fv := x.instances[key]; fv != nil {
		return fv.name
	}
	if now := x.latest[declaredName(obj)]; now != obj && x.replaces(now, obj, args) {
		return x.instance(now, args, pos) // a body of an older generic function calls obj
	}
	if x.reg.bodies[obj] == nil {
		x.fail(pos, "generic function %s is not declared", obj.Name())
	}
	sig := x.instanceType(obj, args)
	in := &instance{fv: &funcVar{name: x.unique("F")}, args: args, sig: x.reg.id(sig, pos)}
	fmt.Fprintf(&x.decls, "var %s %s\n", in.fv.name, x.typ(sig, pos))
	name := declaredName(obj)
	remember(x.Lowerer, x.byName, name, append(slices.Clip(x.byName[name]), in))
	x.emitInstance(obj, in, key)
	return in.fv.name
}

// declareAgain gives the instances of an earlier function or method of the same name the new
// body where their signature stays: callers see it.
func (x *cellLowering) declareAgain(item cell.Func) {
	name := declaredName(item.Obj)
	remember(x.Lowerer, x.latest, name, item.Obj)
	for _, in := range x.byName[name] {
		if !x.satisfied(item.Obj, in.args) {
			continue
		}
		if id, ok := x.reg.ids.At(x.instanceType(item.Obj, in.args)).(int); ok && id == in.sig {
			x.emitInstance(item.Obj, in, x.instanceKey(item.Obj, in.args, item.Decl.Pos()))
		}
	}
}

// replaces says whether callers of an older function see a newer one for these type arguments.
func (x *cellLowering) replaces(now, old *types.Func, args []types.Type) bool {
	return now != nil && x.satisfied(now, args) && types.Identical(x.instanceType(now, args), x.instanceType(old, args))
}

// emitInstance makes in the instance of obj and queues its body.
func (x *cellLowering) emitInstance(obj *types.Func, in *instance, key string) {
	remember(x.Lowerer, x.instances, key, in.fv)
	x.queue = append(x.queue, func() { x.emitFunc(in.fv, x.reg.bodies[obj], obj, instanceEnv(obj, in.args)) })
}

func (x *cellLowering) instanceKey(obj *types.Func, args []types.Type, pos token.Pos) string {
	var ids []string
	for _, a := range args {
		ids = append(ids, fmt.Sprint(x.reg.id(a, pos)))
	}
	return fmt.Sprintf("%p[%s]", obj, strings.Join(ids, ","))
}

// declaredName is the name under which a later declaration takes the place of obj: methods
// belong to their type.
func declaredName(obj *types.Func) string {
	if recv := obj.Signature().Recv(); recv != nil {
		t := types.Unalias(recv.Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		return fmt.Sprintf("%p.%s", t.(*types.Named).Origin(), obj.Name())
	}
	return ownName(obj)
}

// typeParams are the type parameters of a generic function, or those of a method's receiver.
func typeParams(obj *types.Func) *types.TypeParamList {
	if sig := obj.Signature(); sig.Recv() != nil {
		return sig.RecvTypeParams()
	}
	return obj.Signature().TypeParams()
}

func instanceEnv(obj *types.Func, args []types.Type) env {
	e := env{}
	for i := range typeParams(obj).Len() {
		e[typeParams(obj).At(i)] = args[i]
	}
	return e
}

// instanceType is the func type of an instance, with the receiver as its first parameter.
func (x *cellLowering) instanceType(obj *types.Func, args []types.Type) types.Type {
	return x.subst(withReceiver(obj.Signature()), instanceEnv(obj, args))
}

// satisfied says whether obj can have these type arguments.
func (x *cellLowering) satisfied(obj *types.Func, args []types.Type) bool {
	if typeParams(obj).Len() != len(args) {
		return false
	}
	if obj.Signature().Recv() != nil {
		return true
	}
	_, err := types.Instantiate(x.c.Types, obj.Signature(), args, true)
	return err == nil
}

// methodValue writes x.M, bound to the value that x has now.
func (f *fn) methodValue(e *ast.SelectorExpr, m *types.Func, path []int) string {
	recv := f.receiver(e, m, path)
	sig := f.sub(f.x.c.Info.TypeOf(e)).(*types.Signature)
	recvType := m.Type().(*types.Signature).Recv().Type()
	_, wantPtr := under(recvType).(*types.Pointer)
	_, isPtr := under(recv.typ).(*types.Pointer)
	value, t := recv.text, recv.typ
	switch {
	case types.IsInterface(recv.typ):
		h := f.x.reg.helper(program.NotNil, program.Helper{T: f.x.reg.id(t, e.Pos())})
		value = h + "(" + value + ")"
	case wantPtr && !isPtr:
		value, t = recv.addr, types.NewPointer(recv.typ)
	case !wantPtr && isPtr:
		h := f.x.reg.helper(program.NotNil, program.Helper{T: f.x.reg.id(recv.typ, e.Pos())})
		value, t = "(*"+h+"("+recv.text+"))", under(recv.typ).(*types.Pointer).Elem()
	}
	name := f.x.unique("v")
	fun, extra := f.method(operand{text: name, typ: t}, m, e.Pos())
	text := f.forward(sig, fun, extra, e.Pos())
	return f.wrap([]string{name}, []string{f.x.typ(t, e.Pos())}, []string{value}, "func"+f.x.signature(sig, e.Pos()), text)
}

// methodExpr writes T.M as a function.
func (f *fn) methodExpr(e *ast.SelectorExpr) string {
	sig := f.sub(f.x.c.Info.TypeOf(e)).(*types.Signature)
	t := f.typeOf(e.X)
	obj, path, _ := f.lookupIn(t, e)
	m, ok := obj.(*types.Func)
	if !ok {
		f.x.fail(e.Pos(), "%s has no method %s", t, e.Sel.Name)
	}
	recv := f.x.unique("v")
	x, xt := f.walk(recv, t, path[:len(path)-1])
	fun, extra := f.method(operand{text: x, typ: f.sub(xt), addr: "&" + x}, m, e.Pos())
	rest := types.NewSignatureType(nil, nil, nil, tail(sig.Params()), sig.Results(), sig.Variadic())
	params, args := f.x.forwarded(rest, e.Pos())
	text := "func(" + strings.Join(append([]string{recv + " " + f.x.typ(t, e.Pos())}, params...), ", ") + ")" +
		f.x.results(sig.Results(), e.Pos()) + callBody(sig, fun, append(extra, args...))
	return f.wrap(nil, nil, nil, "func"+f.x.signature(sig, e.Pos()), text)
}

func tail(t *types.Tuple) *types.Tuple {
	var list []*types.Var
	for i := 1; i < t.Len(); i++ {
		list = append(list, t.At(i))
	}
	return types.NewTuple(list...)
}

// forward writes a func literal that passes its parameters on.
func (f *fn) forward(sig *types.Signature, fun string, extra []string, pos token.Pos) string {
	params, args := f.x.forwarded(sig, pos)
	return "func(" + strings.Join(params, ", ") + ")" + f.x.results(sig.Results(), pos) + callBody(sig, fun, append(extra, args...))
}

// forwarded writes the parameters of a signature and the arguments that pass them on.
func (x *cellLowering) forwarded(sig *types.Signature, pos token.Pos) (params, args []string) {
	for i := range sig.Params().Len() {
		name := x.unique("a")
		params = append(params, name+" "+x.paramType(sig, i, pos))
		if sig.Variadic() && i == sig.Params().Len()-1 {
			name += "..."
		}
		args = append(args, name)
	}
	return params, args
}

func callBody(sig *types.Signature, fun string, args []string) string {
	call := fun + "(" + strings.Join(args, ", ") + ")"
	switch sig.Results().Len() {
	case 0:
		return " { " + call + " }"
	case 1:
		return " { return " + call + " }"
	}
	var names []string
	for i := range sig.Results().Len() {
		names = append(names, fmt.Sprintf("o%d", i))
	}
	list := strings.Join(names, ", ")
	return " { " + list + " := " + call + "; return " + list + " }"
}

// bindNext binds the methods of one type that came up; it says whether there was one.
func (r *registry) bindNext(x *cellLowering) bool {
	if len(r.toBind) == 0 {
		return false
	}
	t := r.toBind[0]
	r.toBind = r.toBind[1:]
	f := x.newFn(nil)
	for sel := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if m, ok := r.bound[t][methodName(sel.Obj().(*types.Func))]; ok {
			f.bindMethod(t, sel, m)
		}
	}
	return true
}

// bindMethod fills the slots of one method with a function that takes the receiver's address.
func (f *fn) bindMethod(t types.Type, sel *types.Selection, m program.Method) {
	obj := sel.Obj().(*types.Func)
	f.bindAs(types.NewPointer(t), program.BindFunc, obj, sel.Index(), m)
	if oneWord(t) && !m.Ptr {
		m.Slot++
		f.bindAs(t, program.BindValue, obj, sel.Index(), m)
	}
}

func (f *fn) bindAs(recv types.Type, kind program.HelperKind, obj *types.Func, path []int, m program.Method) {
	pos := obj.Pos()
	if !isNotebook(obj.Pkg()) {
		pos = token.NoPos
	}
	sig := obj.Type().(*types.Signature)
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	name := f.x.unique("v")
	x, xt := name, recv
	if len(path) > 1 {
		x, xt = f.walk(name, recv, path[:len(path)-1])
	}
	addr := ""
	if _, ok := under(xt).(*types.Pointer); !ok {
		addr = "&" + x
	}
	fun, extra := f.method(operand{text: x, typ: types.Unalias(xt), addr: addr}, obj, pos)
	params, args := f.x.forwarded(plain, pos)
	full := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(append([]*types.Var{types.NewParam(0, nil, "", recv)}, vars(plain.Params())...)...), plain.Results(), plain.Variadic())
	h := f.x.reg.helper(kind, program.Helper{T: m.Recv, U: f.x.reg.id(full, pos), N: m.Slot, Name: m.Name})
	fmt.Fprintf(&f.x.bind, "%s(func(%s)%s%s)\n", h, strings.Join(append([]string{name + " " + f.x.typ(recv, pos)}, params...), ", "),
		f.x.results(plain.Results(), pos), callBody(plain, fun, append(extra, args...)))
}

func vars(t *types.Tuple) []*types.Var {
	var list []*types.Var
	for v := range t.Variables() {
		list = append(list, v)
	}
	return list
}

// knownGenerics are the generic functions of compiled packages that the engine has for all types.
var knownGenerics = func() map[string]bool {
	known := map[string]bool{}
	for pkg, names := range map[string]string{
		"slices": "Sort SortFunc SortStableFunc IsSorted IsSortedFunc Max Min MaxFunc MinFunc Index IndexFunc Contains ContainsFunc " +
			"BinarySearch BinarySearchFunc Equal EqualFunc Compare CompareFunc Reverse Clone Insert Replace Delete DeleteFunc " +
			"Compact CompactFunc Clip Grow Concat Repeat All Backward Values Chunk Collect AppendSeq Sorted SortedFunc SortedStableFunc",
		"maps":    "Keys Values All Clone Copy Collect Insert Equal EqualFunc DeleteFunc",
		"cmp":     "Compare Less Or",
		"sync":    "OnceValue OnceValues",
		"iter":    "Pull Pull2",
		"unique":  "Make",
		"weak":    "Make",
		"reflect": "TypeFor TypeAssert",
		"errors":  "AsType",
		"runtime": "AddCleanup",
	} {
		for name := range strings.FieldsSeq(names) {
			known[pkg+"."+name] = true
		}
	}
	return known
}()
