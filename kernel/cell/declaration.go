package cell

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// maxDeclaration bounds the length of a declaration, in bytes.
const maxDeclaration = 4000

// declaration words what obj is, as gofmt would lay it out.
func declaration(obj types.Object) string {
	s := ""
	switch obj := obj.(type) {
	case *types.PkgName:
		return fmt.Sprintf("package %s // import %q", obj.Imported().Name(), obj.Imported().Path())
	case *types.Const:
		s = constDeclaration(obj)
	case *types.TypeName:
		s = typeDeclaration(obj)
	case *types.Func:
		s = newSignatureText(obj, obj.Signature()).String()
	case *types.Builtin:
		s = builtins[obj.Name()]
	default:
		s = types.ObjectString(obj, qualifier)
	}
	if len(s) > maxDeclaration {
		s = strings.ToValidUTF8(s[:maxDeclaration], "") + "…"
	}
	return s
}

// builtins are the declarations of Go's own functions, as package builtin has them.
var builtins = map[string]string{
	"append":  "func append(slice []T, elems ...T) []T",
	"cap":     "func cap(v T) int",
	"clear":   "func clear(t T)",
	"close":   "func close(c chan<- T)",
	"complex": "func complex(r, i FloatType) ComplexType",
	"copy":    "func copy(dst, src []T) int",
	"delete":  "func delete(m map[K]V, key K)",
	"imag":    "func imag(c ComplexType) FloatType",
	"len":     "func len(v T) int",
	"make":    "func make(t T, size ...int) T",
	"max":     "func max(x T, y ...T) T",
	"min":     "func min(x T, y ...T) T",
	"new":     "func new(T) *T",
	"panic":   "func panic(v any)",
	"print":   "func print(args ...T)",
	"println": "func println(args ...T)",
	"real":    "func real(c ComplexType) FloatType",
	"recover": "func recover() any",
}

func constDeclaration(obj *types.Const) string {
	s := "const " + qualified(obj)
	if b, ok := obj.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
		s += " " + typeString(obj.Type())
	}
	return s + " = " + obj.Val().String()
}

// qualified is an object's name as a cell writes it.
func qualified(obj types.Object) string {
	if obj.Pkg() != nil {
		if q := qualifier(obj.Pkg()); q != "" {
			return q + "." + obj.Name()
		}
	}
	return obj.Name()
}

func typeDeclaration(obj *types.TypeName) string {
	if obj.Pkg() == nil {
		return "type " + obj.Name()
	}
	name := qualified(obj)
	if named, ok := obj.Type().(*types.Named); ok {
		name += typeParams(named.TypeParams())
	}
	if obj.IsAlias() {
		return "type " + name + " = " + typeString(types.Unalias(obj.Type()))
	}
	switch u := obj.Type().Underlying().(type) {
	case *types.Struct:
		return structDeclaration(name, obj, u)
	case *types.Interface:
		return interfaceDeclaration(name, u)
	default:
		return "type " + name + " " + typeString(u)
	}
}

func typeParams(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var parts []string
	for p := range list.TypeParams() {
		parts = append(parts, p.Obj().Name()+" "+typeString(p.Constraint()))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// structDeclaration words a struct type with one field a line, those that can be used.
func structDeclaration(name string, obj *types.TypeName, s *types.Struct) string {
	var b strings.Builder
	fmt.Fprintf(&b, "type %s struct {\n", name)
	wide := 0
	for f := range s.Fields() {
		if !f.Embedded() && (f.Exported() || isNotebook(obj)) {
			wide = max(wide, len(f.Name()))
		}
	}
	hidden := false
	for f := range s.Fields() {
		switch {
		case !f.Exported() && !isNotebook(obj):
			hidden = true
		case f.Embedded():
			fmt.Fprintf(&b, "\t%s\n", typeString(f.Type()))
		default:
			fmt.Fprintf(&b, "\t%-*s %s\n", wide, f.Name(), typeString(f.Type()))
		}
	}
	if hidden {
		b.WriteString("\t// and fields of its own\n")
	}
	b.WriteString("}")
	return b.String()
}

func isNotebook(obj types.Object) bool { return obj.Pkg() != nil && obj.Pkg().Path() == "main" }

func interfaceDeclaration(name string, i *types.Interface) string {
	if i.Empty() {
		return "type " + name + " interface{}"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "type %s interface {\n", name)
	for e := range i.EmbeddedTypes() {
		fmt.Fprintf(&b, "\t%s\n", typeString(e))
	}
	for m := range i.ExplicitMethods() {
		text := strings.TrimPrefix(typeString(m.Type()), "func")
		fmt.Fprintf(&b, "\t%s%s\n", m.Name(), text)
	}
	return b.String() + "}"
}

// maxMethods bounds the list of a type's methods.
const maxMethods = 50

// methodList lists the methods of a type and of the pointer to it, one a line.
func methodList(t *types.TypeName) string {
	var b strings.Builder
	count := 0
	list := members(t.Type(), t.Pkg())
	slices.SortStableFunc(list, func(a, b member) int { return strings.Compare(a.obj.Name(), b.obj.Name()) })
	for _, m := range list {
		fn, ok := m.obj.(*types.Func)
		if !ok || !fn.Exported() && !isNotebook(t) || types.IsInterface(t.Type()) {
			continue
		}
		if count++; count > maxMethods {
			b.WriteString("// …\n")
			break
		}
		b.WriteString(newSignatureText(fn, fn.Signature()).String() + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
