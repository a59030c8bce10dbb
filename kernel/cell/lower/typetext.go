package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// typ writes the type with which lowered code computes for t.
func (x *cellLowering) typ(t types.Type, pos token.Pos) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return x.alias("unsafe") + ".Pointer"
		}
		return basicName(t)
	case *types.Named:
		return x.namedText(t, pos)
	case *types.Pointer:
		return "*" + x.typ(t.Elem(), pos)
	case *types.Slice:
		return "[]" + x.typ(t.Elem(), pos)
	case *types.Array:
		x.fits(t, pos)
		return fmt.Sprintf("[%d]%s", t.Len(), x.typ(t.Elem(), pos))
	case *types.Map:
		return "map[" + x.typ(t.Key(), pos) + "]" + x.typ(t.Elem(), pos)
	case *types.Chan:
		elem := x.typ(t.Elem(), pos)
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + elem
	case *types.Signature:
		return "func" + x.signature(t, pos)
	case *types.Struct:
		if t.NumFields() == 0 {
			return "struct{}"
		}
		return x.named(t, pos)
	case *types.Interface:
		if t.NumMethods() == 0 {
			return "interface{}"
		}
		return x.named(t, pos)
	}
	x.fail(pos, "a value of type %s cannot be used here by the kernel", t)
	return ""
}

// named writes a type by its number.
func (x *cellLowering) named(t types.Type, pos token.Pos) string {
	return fmt.Sprintf("k.T%d", x.reg.id(t, pos))
}

func (x *cellLowering) namedText(t *types.Named, pos token.Pos) string {
	obj := t.Obj()
	if obj.Pkg() == nil {
		return obj.Name() // error
	}
	if !isNotebook(obj.Pkg()) {
		if t.TypeArgs().Len() > 0 {
			return x.instanceText(t, pos)
		}
		if !ast.IsExported(obj.Name()) {
			x.fail(pos, "the type %s is private to its package: a cell cannot keep such a value", t)
		}
		return x.alias(obj.Pkg().Path()) + "." + obj.Name()
	}
	switch t.Underlying().(type) {
	case *types.Struct, *types.Interface:
		return x.named(t, pos)
	}
	if id := x.reg.id(t, pos); x.reg.opaque[id] {
		return x.named(t, pos)
	}
	return x.typ(t.Underlying(), pos)
}

// instanceText writes an instance of a compiled generic type. Func types (iter.Seq) are what
// they are made of.
func (x *cellLowering) instanceText(t *types.Named, pos token.Pos) string {
	if sig, ok := t.Underlying().(*types.Signature); ok {
		return x.typ(sig, pos)
	}
	return x.named(t, pos)
}

// signature writes parameters and results without names.
func (x *cellLowering) signature(t *types.Signature, pos token.Pos) string {
	return "(" + x.params(t, pos) + ")" + x.results(t.Results(), pos)
}

func (x *cellLowering) params(t *types.Signature, pos token.Pos) string {
	var list []string
	for i := range t.Params().Len() {
		list = append(list, x.paramType(t, i, pos))
	}
	return strings.Join(list, ", ")
}

func (x *cellLowering) paramType(t *types.Signature, i int, pos token.Pos) string {
	p := t.Params().At(i).Type()
	if t.Variadic() && i == t.Params().Len()-1 {
		if s, ok := p.Underlying().(*types.Slice); ok {
			return "..." + x.typ(s.Elem(), pos)
		}
	}
	return x.typ(p, pos)
}

func (x *cellLowering) results(t *types.Tuple, pos token.Pos) string {
	if t.Len() == 0 {
		return ""
	}
	var list []string
	for v := range t.Variables() {
		list = append(list, x.typ(v.Type(), pos))
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// differs says whether the real type of t is another one than lowered code computes with.
func (x *cellLowering) differs(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if isNotebook(t.Obj().Pkg()) {
			return !types.IsInterface(t)
		}
		if sig, ok := t.Underlying().(*types.Signature); ok && t.TypeArgs().Len() > 0 {
			return x.differs(sig)
		}
		return standIn(t)
	case *types.Pointer:
		return x.differs(t.Elem())
	case *types.Slice:
		return x.differs(t.Elem())
	case *types.Array:
		return x.differs(t.Elem())
	case *types.Chan:
		return x.differs(t.Elem())
	case *types.Map:
		return x.differs(t.Key()) || x.differs(t.Elem())
	case *types.Struct:
		return t.NumFields() > 0
	case *types.Signature:
		for v := range t.Params().Variables() {
			if x.differs(v.Type()) {
				return true
			}
		}
		for v := range t.Results().Variables() {
			if x.differs(v.Type()) {
				return true
			}
		}
	}
	return false
}
