package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// go/types adds a method to a type only while it checks the type's declaration. A method
// on a type of an earlier cell belongs to none for it, so it is added here: when its
// signature is known, and before any function body is checked. The use of methodHook
// stands behind the methods in the file: the error it provokes marks that moment.
const methodHook = "methodsˈ"

// methodChange is one method of an earlier type that a cell adds or replaces.
type methodChange struct {
	named *types.Named
	fn    *types.Func
	old   *types.Func    // nil for a new method
	ctx   *types.Context // has the instances of named
}

// ownReceiver reports whether the type of d's receiver is declared in the cell.
func (k *checking) ownReceiver(d *ast.FuncDecl) bool {
	id := receiverName(d)
	if id == nil {
		return true
	}
	spec := k.types[id.Name]
	return spec != nil && !spec.Assign.IsValid()
}

// receiverName returns the identifier of the receiver's type; nil for none.
func receiverName(d *ast.FuncDecl) *ast.Ident {
	if len(d.Recv.List) == 0 {
		return nil
	}
	e := ast.Unparen(d.Recv.List[0].Type)
	if star, ok := e.(*ast.StarExpr); ok {
		e = ast.Unparen(star.X)
	}
	switch x := e.(type) {
	case *ast.IndexExpr:
		e = x.X
	case *ast.IndexListExpr:
		e = x.X
	}
	id, _ := e.(*ast.Ident)
	return id
}

// methodDecls are the declarations to put at the head of the file.
func (k *checking) methodDecls() []ast.Decl {
	if len(k.methods) == 0 {
		return nil
	}
	var decls []ast.Decl
	for _, d := range k.methods {
		decls = append(decls, d)
	}
	pos := k.methods[0].Pos()
	return append(decls, &ast.GenDecl{TokPos: pos, Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{
		Names:  []*ast.Ident{{NamePos: pos, Name: "_"}},
		Values: []ast.Expr{&ast.Ident{NamePos: pos, Name: methodHook}},
	}}})
}

// addMethods puts the cell's methods among those of their types.
func (k *checking) addMethods() {
	for _, d := range k.methods {
		fn, ok := k.info.Defs[d.Name].(*types.Func)
		if !ok || fn.Signature().Recv() == nil {
			continue
		}
		named := receiver(fn.Signature().Recv().Type())
		if named == nil || named.Obj().Pkg() != k.n.pkg || slices.Contains(*methodsOf(named), fn) || !k.mayAdd(fn, named, d) {
			continue
		}
		c := methodChange{named: named, fn: fn, ctx: k.n.ctx}
		list := *methodsOf(named)
		if at := slices.IndexFunc(list, func(m *types.Func) bool { return m.Name() == fn.Name() }); at >= 0 {
			c.old = list[at]
		}
		c.apply()
		k.changes = append(k.changes, c)
	}
}

// mayAdd refuses methods that their type cannot have.
func (k *checking) mayAdd(fn *types.Func, named *types.Named, d *ast.FuncDecl) bool {
	name := fn.Name()
	if name == "_" {
		return false
	}
	for _, c := range k.changes {
		if c.named == named && c.fn.Name() == name {
			k.failNode(d.Name, "method %s.%s is declared twice in this cell", named.Obj().Name(), name)
			return false
		}
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Name() == name {
				k.failNode(d.Name, "field and method with the same name %s", name)
				return false
			}
		}
	}
	return true
}

// restoreMethods gives the types their methods back when the check failed.
func (k *checking) restoreMethods() {
	if len(k.errs) > 0 {
		undo(k.changes)
	}
}

func (c methodChange) apply() {
	defer refreshInstances(c.ctx, c.named)
	list := methodsOf(c.named)
	if at := slices.Index(*list, c.old); c.old != nil && at >= 0 {
		*list = slices.Clone(*list)
		(*list)[at] = c.fn
		return
	}
	*list = append(slices.Clip(*list), c.fn)
}

func undo(changes []methodChange) {
	for _, c := range slices.Backward(changes) {
		list := methodsOf(c.named)
		at := slices.Index(*list, c.fn)
		if at < 0 {
			continue
		}
		*list = slices.Clone(*list)
		if c.old != nil {
			(*list)[at] = c.old
		} else {
			*list = slices.Delete(*list, at, at+1)
		}
		refreshInstances(c.ctx, c.named)
	}
}

// methodsOf returns the list of a type's own methods. go/types has no way to replace or
// take back a method; a test holds that the field is where this looks for it.
func methodsOf(named *types.Named) *[]*types.Func {
	named.NumMethods() // completes the type
	field := reflect.ValueOf(named).Elem().FieldByName("methods")
	return (*[]*types.Func)(unsafe.Pointer(field.UnsafeAddr()))
}

// refreshInstances lets the instances of a generic type make their methods anew from its
// list. Where go/types keeps them is private; a test holds that this finds it.
func refreshInstances(ctx *types.Context, named *types.Named) {
	if named.TypeParams().Len() == 0 {
		return
	}
	entries := reflect.ValueOf(ctx).Elem().FieldByName("typeMap").MapRange()
	for entries.Next() {
		for i := range entries.Value().Len() {
			entry := entries.Value().Index(i)
			if entry.FieldByName("orig").Elem().UnsafePointer() != unsafe.Pointer(named) {
				continue
			}
			instance := (*types.Named)(entry.FieldByName("instance").Elem().UnsafePointer())
			if instance != named {
				forgetMethods(instance, ctx)
			}
		}
	}
}

// methodsExpanded is the bit in the state of an instance that says it has all its methods.
const methodsExpanded = 1 << 2

// forgetMethods takes the expanded methods from an instance of a generic type.
func forgetMethods(instance *types.Named, ctx *types.Context) {
	v := reflect.ValueOf(instance).Elem()
	inst := v.FieldByName("inst").Elem()
	*(*[]*types.Func)(unsafe.Pointer(v.FieldByName("methods").UnsafeAddr())) = nil
	*(*uint32)(unsafe.Pointer(v.FieldByName("state_").UnsafeAddr())) &^= methodsExpanded
	*(*int)(unsafe.Pointer(inst.FieldByName("expandedMethods").UnsafeAddr())) = 0
	*(**types.Context)(unsafe.Pointer(inst.FieldByName("ctxt").UnsafeAddr())) = ctx
}

// receiver returns the declared type of a method's receiver, for an instance its origin.
func receiver(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Origin()
	}
	return nil
}
