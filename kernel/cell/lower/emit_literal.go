package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

func (f *fn) composite(e *ast.CompositeLit, t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return "&" + f.composite(e, p.Elem())
	}
	name := f.x.typ(t, e.Pos())
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return name + "{" + f.structElems(e, t, u) + "}"
	case *types.Slice:
		return name + "{" + f.listElems(e, u.Elem()) + "}"
	case *types.Array:
		return name + "{" + f.listElems(e, u.Elem()) + "}"
	case *types.Map:
		var list []string
		for _, el := range e.Elts {
			kv := el.(*ast.KeyValueExpr)
			list = append(list, f.element(kv.Key, u.Key())+": "+f.mapElement(kv.Value, u.Elem()))
		}
		return name + "{" + strings.Join(list, ", ") + "}"
	}
	f.x.fail(e.Pos(), "composite literal of type %s", t)
	return ""
}

func (f *fn) structElems(e *ast.CompositeLit, t types.Type, u *types.Struct) string {
	user := f.x.differs(t)
	var list []string
	for i, el := range e.Elts {
		var name string
		var typ types.Type
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			name, el = kv.Key.(*ast.Ident).Name, kv.Value
			for j := range u.NumFields() {
				if u.Field(j).Name() == name {
					i = j
				}
			}
		}
		name, typ = u.Field(i).Name(), u.Field(i).Type()
		if name == "_" && !f.hasCall(el) {
			continue // a blank field keeps nothing
		}
		if user {
			name = twinField(name, i)
		}
		list = append(list, name+": "+f.element(el, typ))
	}
	return strings.Join(list, ", ")
}

func (f *fn) listElems(e *ast.CompositeLit, elem types.Type) string {
	var list []string
	for _, el := range e.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			key := f.x.c.Info.Types[kv.Key].Value
			list = append(list, key.ExactString()+": "+f.element(kv.Value, elem))
			continue
		}
		list = append(list, f.element(el, elem))
	}
	return strings.Join(list, ", ")
}

// element writes an element of a composite literal, whose type may be left out.
func (f *fn) element(e ast.Expr, t types.Type) string {
	t = f.sub(t)
	if c, ok := e.(*ast.CompositeLit); ok && c.Type == nil {
		return f.composite(c, t)
	}
	text := f.to(e, t)
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
		if _, index := ast.Unparen(u.X).(*ast.IndexExpr); index && strings.HasPrefix(text, "&") {
			// The interpreter cannot compile &a[i] as an element.
			id := f.x.reg.id(f.typeOf(e), e.Pos())
			return f.x.reg.helper(program.Retype, program.Helper{T: id, U: id}) + "(" + text + ")"
		}
	}
	return text
}

// mapElement is an element of a map. The interpreter would leave out what a nil pointer points to.
func (f *fn) mapElement(e ast.Expr, t types.Type) string {
	if star, ok := ast.Unparen(e).(*ast.StarExpr); ok {
		return f.convert(f.deref(star), f.typeOf(e), t, e.Pos())
	}
	return f.element(e, t)
}
