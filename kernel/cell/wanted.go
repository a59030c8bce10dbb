package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// wish is what the place at the cursor asks for.
type wish struct {
	typ    types.Type // that a value should have; nil for unknown
	isType bool       // a type is asked for, no value
	isCase bool       // of a switch: constants first
	used   []string   // constants that other cases of the switch have
}

// wanted returns what the expression at the placeholder, up levels above it, should be.
func (h *halfTyped) wanted(up int) wish {
	e, ok := h.parent(up).(ast.Expr)
	if !ok {
		return wish{}
	}
	switch p := h.parent(up + 1).(type) {
	case *ast.ParenExpr:
		return h.wanted(up + 1)
	case *ast.CallExpr:
		if i := slices.Index(p.Args, e); i >= 0 {
			return h.wantedArgument(p, i)
		}
	case *ast.AssignStmt:
		if i := slices.Index(p.Rhs, e); i >= 0 && i < len(p.Lhs) && p.Tok != token.DEFINE {
			return wish{typ: h.info.TypeOf(p.Lhs[i])}
		}
	case *ast.SendStmt:
		if c, ok := under(h.info.TypeOf(p.Chan)).(*types.Chan); ok && p.Value == e {
			return wish{typ: c.Elem()}
		}
	case *ast.ReturnStmt:
		return h.wantedResult(p, e)
	case *ast.ValueSpec:
		if p.Type == e {
			return wish{isType: true}
		}
		if p.Type != nil {
			return wish{typ: h.info.TypeOf(p.Type)}
		}
	case *ast.BinaryExpr:
		return h.wantedOperand(p, e, up)
	case *ast.CaseClause:
		return h.wantedCase(up)
	case *ast.IndexExpr:
		if p.Index == e {
			return h.wantedIndex(p)
		}
	case *ast.CompositeLit:
		if p.Type != e {
			return h.wantedElement(p, e)
		}
	case *ast.KeyValueExpr:
		return h.wantedKeyed(p, e, up)
	}
	return wish{isType: h.typeExpected(e, up)}
}

// under is the underlying type, behind pointers; nil for an unknown one.
func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	u := t.Underlying()
	if p, ok := u.(*types.Pointer); ok {
		return p.Elem().Underlying()
	}
	return u
}

func (h *halfTyped) wantedArgument(call *ast.CallExpr, i int) wish {
	if id, ok := call.Fun.(*ast.Ident); ok {
		if b, ok := h.info.Uses[id].(*types.Builtin); ok {
			return h.wantedByBuiltin(b.Name(), call, i)
		}
	}
	switch t := h.info.TypeOf(call.Fun).(type) {
	case *types.Signature:
		return wish{typ: parameter(t, i)}
	default:
		if h.info.Types[call.Fun].IsType() {
			return wish{typ: t}
		}
	}
	return wish{}
}

func (h *halfTyped) wantedByBuiltin(name string, call *ast.CallExpr, i int) wish {
	if (name == "make" || name == "new") && i == 0 {
		return wish{isType: true}
	}
	if i == 0 {
		return wish{}
	}
	switch t := under(h.info.TypeOf(call.Args[0])).(type) {
	case *types.Slice:
		if name == "append" {
			return wish{typ: t.Elem()}
		}
	case *types.Map:
		if name == "delete" {
			return wish{typ: t.Key()}
		}
	}
	return wish{}
}

// parameter returns the type of argument i of a call.
func parameter(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return s.Elem()
		}
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}

// wantedResult is what the function around a return statement gives back.
func (h *halfTyped) wantedResult(s *ast.ReturnStmt, e ast.Expr) wish {
	i := slices.Index(s.Results, e)
	for _, n := range slices.Backward(h.path) {
		var sig *types.Signature
		switch n := n.(type) {
		case *ast.FuncLit:
			sig, _ = h.info.TypeOf(n).(*types.Signature)
		case *ast.FuncDecl:
			if fn, ok := h.info.Defs[n.Name].(*types.Func); ok {
				sig = fn.Signature()
			}
		default:
			continue
		}
		if sig == nil || i < 0 || i >= sig.Results().Len() {
			return wish{}
		}
		return wish{typ: sig.Results().At(i).Type()}
	}
	return wish{}
}

// wantedOperand is the type of the other operand or, where that has none of its own, what
// the whole should be.
func (h *halfTyped) wantedOperand(b *ast.BinaryExpr, e ast.Expr, up int) wish {
	if b.Y != e || b.Op == token.SHL || b.Op == token.SHR {
		return wish{}
	}
	t := h.info.TypeOf(b.X)
	if basic, ok := t.(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 {
		return h.wanted(up + 1)
	}
	return wish{typ: t}
}

// wantedCase is the tag's type, or a type in a type switch.
func (h *halfTyped) wantedCase(up int) wish {
	for i := up + 2; h.parent(i) != nil; i++ {
		switch s := h.parent(i).(type) {
		case *ast.TypeSwitchStmt:
			return wish{isType: true}
		case *ast.SwitchStmt:
			if s.Tag == nil {
				return wish{typ: types.Typ[types.Bool]}
			}
			return wish{typ: h.info.TypeOf(s.Tag), isCase: true, used: h.casesOf(s)}
		}
	}
	return wish{}
}

// casesOf lists the names that the cases of a switch have.
func (h *halfTyped) casesOf(s *ast.SwitchStmt) (names []string) {
	for _, c := range s.Body.List {
		clause, ok := c.(*ast.CaseClause)
		if !ok {
			continue
		}
		for _, e := range clause.List {
			switch e := e.(type) {
			case *ast.Ident:
				names = append(names, e.Name)
			case *ast.SelectorExpr:
				names = append(names, e.Sel.Name)
			}
		}
	}
	return names
}

func (h *halfTyped) wantedIndex(x *ast.IndexExpr) wish {
	switch t := under(h.info.TypeOf(x.X)).(type) {
	case *types.Map:
		return wish{typ: t.Key()}
	case *types.Slice, *types.Array, *types.Basic:
		return wish{typ: types.Typ[types.Int]}
	case *types.Signature:
		return wish{isType: true}
	}
	return wish{isType: h.info.Types[x.X].IsType()}
}

// wantedElement is what an element of a literal without a key should be; the key of a map.
func (h *halfTyped) wantedElement(lit *ast.CompositeLit, e ast.Expr) wish {
	switch t := under(h.info.TypeOf(lit)).(type) {
	case *types.Slice:
		return wish{typ: t.Elem()}
	case *types.Array:
		return wish{typ: t.Elem()}
	case *types.Map:
		return wish{typ: t.Key()}
	case *types.Struct:
		if i := slices.Index(lit.Elts, e); i >= 0 && i < t.NumFields() {
			return wish{typ: t.Field(i).Type()}
		}
	}
	return wish{}
}

func (h *halfTyped) wantedKeyed(kv *ast.KeyValueExpr, e ast.Expr, up int) wish {
	lit, ok := h.parent(up + 2).(*ast.CompositeLit)
	if !ok {
		return wish{}
	}
	switch t := under(h.info.TypeOf(lit)).(type) {
	case *types.Map:
		if kv.Key == e {
			return wish{typ: t.Key()}
		}
		return wish{typ: t.Elem()}
	case *types.Slice:
		return wish{typ: t.Elem()}
	case *types.Array:
		return wish{typ: t.Elem()}
	case *types.Struct:
		if key, ok := kv.Key.(*ast.Ident); ok && kv.Value == e {
			for f := range t.Fields() {
				if f.Name() == key.Name {
					return wish{typ: f.Type()}
				}
			}
		}
	}
	return wish{}
}

// typeExpected tells whether only a type can stand in place of e.
func (h *halfTyped) typeExpected(e ast.Expr, up int) bool {
	switch p := h.parent(up + 1).(type) {
	case *ast.Field:
		return p.Type == e
	case *ast.ArrayType:
		return p.Elt == e
	case *ast.MapType, *ast.ChanType:
		return true
	case *ast.TypeAssertExpr:
		return p.Type == e
	case *ast.TypeSpec:
		return p.Type == e
	case *ast.Ellipsis:
		return true
	case *ast.StarExpr:
		return h.wanted(up + 1).isType
	}
	return false
}

// bonus prefers what fits: values of the wanted type before functions that return one.
func (w wish) bonus(obj types.Object) int {
	if w.isType {
		if _, ok := obj.(*types.TypeName); ok {
			return -50
		}
		return 0
	}
	if w.typ == nil || !known(w.typ) {
		return 0
	}
	if i, ok := w.typ.Underlying().(*types.Interface); ok && i.Empty() {
		return 0
	}
	if _, ok := obj.(*types.Nil); ok && types.AssignableTo(types.Typ[types.UntypedNil], w.typ) {
		return -50
	}
	if !known(obj.Type()) {
		return 0
	}
	switch obj := obj.(type) {
	case *types.Var:
		if types.AssignableTo(obj.Type(), w.typ) {
			return -53
		}
	case *types.Const:
		if obj.Name() != "iota" && types.AssignableTo(obj.Type(), w.typ) {
			if w.isCase {
				return -70
			}
			return -52
		}
	case *types.Func:
		if r := obj.Signature().Results(); r.Len() == 1 && types.AssignableTo(r.At(0).Type(), w.typ) {
			return -51
		}
	}
	return 0
}

// refuses reports whether obj cannot stand where only a type can.
func (w wish) refuses(obj types.Object) bool {
	if !w.isType {
		return slices.Contains(w.used, obj.Name())
	}
	switch obj.(type) {
	case *types.TypeName, *types.PkgName:
		return false
	}
	return true
}

func known(t types.Type) bool { return t != nil && t != types.Typ[types.Invalid] }
