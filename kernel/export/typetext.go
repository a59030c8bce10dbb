package export

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// typeText writes a type with the names that it has in the program. It notes what the text
// imports.
func (x *exporter) typeText(t types.Type) string {
	switch t := t.(type) {
	case *types.Basic:
		return types.Default(t).String()
	case *types.Alias:
		return x.typeName(t.Obj()) + x.typeArgs(t.TypeArgs())
	case *types.Named:
		return x.typeName(t.Obj()) + x.typeArgs(t.TypeArgs())
	case *types.TypeParam:
		return t.Obj().Name()
	case *types.Pointer:
		return "*" + x.typeText(t.Elem())
	case *types.Slice:
		return "[]" + x.typeText(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), x.typeText(t.Elem()))
	case *types.Map:
		return fmt.Sprintf("map[%s]%s", x.typeText(t.Key()), x.typeText(t.Elem()))
	case *types.Chan:
		return x.chanText(t)
	case *types.Signature:
		return "func" + x.signature(t)
	case *types.Struct:
		return x.structText(t)
	case *types.Interface:
		return x.interfaceText(t)
	}
	return types.TypeString(t, nil)
}

func (x *exporter) typeName(obj *types.TypeName) string {
	if obj.Pkg() == nil || obj.Pkg() == x.pkg {
		return x.name(obj)
	}
	return x.use(obj.Pkg()) + "." + obj.Name()
}

// use notes that the text mentions a package and returns its name.
func (x *exporter) use(p *types.Package) string { return x.usePath(p.Path(), p.Name()) }

func (x *exporter) usePath(path, name string) string {
	x.imports[path] = true
	return x.names.pkg(path, name)
}

func (x *exporter) typeArgs(args *types.TypeList) string {
	if args.Len() == 0 {
		return ""
	}
	var list []string
	for t := range args.Types() {
		list = append(list, x.typeText(t))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func (x *exporter) chanText(t *types.Chan) string {
	elem := x.typeText(t.Elem())
	switch t.Dir() {
	case types.SendOnly:
		return "chan<- " + elem
	case types.RecvOnly:
		return "<-chan " + elem
	}
	if c, ok := t.Elem().(*types.Chan); ok && c.Dir() == types.RecvOnly {
		return "chan (" + elem + ")"
	}
	return "chan " + elem
}

// signature writes the parameters and results of a function.
func (x *exporter) signature(sig *types.Signature) string {
	var params []string
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if slice, ok := t.(*types.Slice); ok && sig.Variadic() && i == sig.Params().Len()-1 {
			params = append(params, "..."+x.typeText(slice.Elem()))
			continue
		}
		params = append(params, x.typeText(t))
	}
	return "(" + strings.Join(params, ", ") + ")" + x.results(sig)
}

func (x *exporter) results(sig *types.Signature) string {
	var list []string
	for v := range sig.Results().Variables() {
		list = append(list, x.typeText(v.Type()))
	}
	switch len(list) {
	case 0:
		return ""
	case 1:
		return " " + list[0]
	}
	return " (" + strings.Join(list, ", ") + ")"
}

func (x *exporter) structText(t *types.Struct) string {
	var fields []string
	for i := range t.NumFields() {
		f := t.Field(i)
		text := x.typeText(f.Type())
		if !f.Embedded() {
			text = f.Name() + " " + text
		}
		if tag := t.Tag(i); tag != "" {
			text += " " + strconv.Quote(tag)
		}
		fields = append(fields, text)
	}
	return "struct{" + strings.Join(fields, "; ") + "}"
}

func (x *exporter) interfaceText(t *types.Interface) string {
	if t.Empty() {
		return "any"
	}
	var parts []string
	for m := range t.ExplicitMethods() {
		parts = append(parts, m.Name()+x.signature(m.Signature()))
	}
	for e := range t.EmbeddedTypes() {
		parts = append(parts, x.typeText(e))
	}
	return "interface{" + strings.Join(parts, "; ") + "}"
}

// zero writes the zero value of a type.
func (x *exporter) zero(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsString != 0:
			return `""`
		case info&types.IsBoolean != 0:
			return "false"
		case info&types.IsNumeric != 0:
			return "0"
		}
	case *types.Struct, *types.Array:
		return x.typeText(t) + "{}"
	}
	return "nil"
}
