package lower

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// typeName is the name of a user's type as package reflect would give it.
func typeName(t *types.Named) string { return t.Obj().Name() + argNames(t) }

func argNames(t *types.Named) string {
	if t.TypeArgs().Len() == 0 {
		return ""
	}
	var args []string
	for a := range t.TypeArgs().Types() {
		args = append(args, argName(a))
	}
	return "[" + strings.Join(args, ",") + "]"
}

// argName spells a type as the compiler does in the name of an instance.
func argName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return basicName(t)
	case *types.Named:
		name := typeName(t)
		if p := t.Obj().Pkg(); p != nil {
			name = cell.ImportPath(p) + "." + name
		}
		return name
	case *types.Pointer:
		return "*" + argName(t.Elem())
	case *types.Slice:
		return "[]" + argName(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), argName(t.Elem()))
	case *types.Map:
		return "map[" + argName(t.Key()) + "]" + argName(t.Elem())
	case *types.Chan:
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + argName(t.Elem())
	case *types.Signature:
		return "func" + signatureName(t)
	case *types.Struct:
		return structName(t)
	case *types.Interface:
		return interfaceName(t)
	}
	return types.TypeString(t, nil)
}

func signatureName(t *types.Signature) string {
	in := tupleNames(t.Params())
	if t.Variadic() {
		in[len(in)-1] = "..." + strings.TrimPrefix(in[len(in)-1], "[]")
	}
	out := tupleNames(t.Results())
	s := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return s
	case 1:
		return s + " " + out[0]
	}
	return s + " (" + strings.Join(out, ", ") + ")"
}

func tupleNames(t *types.Tuple) []string {
	var list []string
	for v := range t.Variables() {
		list = append(list, argName(v.Type()))
	}
	return list
}

func structName(t *types.Struct) string {
	if t.NumFields() == 0 {
		return "struct {}"
	}
	var list []string
	for i := range t.NumFields() {
		f := t.Field(i)
		s := argName(f.Type())
		if !f.Embedded() {
			s = f.Name() + " " + s
		}
		if tag := t.Tag(i); tag != "" {
			s += fmt.Sprintf(" %q", tag)
		}
		list = append(list, s)
	}
	return "struct { " + strings.Join(list, "; ") + " }"
}

func interfaceName(t *types.Interface) string {
	if t.NumMethods() == 0 {
		return "interface {}"
	}
	var list []string
	for m := range t.Methods() {
		list = append(list, m.Name()+signatureName(m.Signature()))
	}
	return "interface { " + strings.Join(list, "; ") + " }"
}
