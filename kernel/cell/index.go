package cell

import (
	"go/constant"
	"go/types"
	"strings"
)

// Index lists what a package exports, one declaration a line as go doc does: constants,
// variables, functions, types. It is "" for a name that is no package.
func (n *Notebook) Index(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	pkg := n.packageOf(name[strings.LastIndexByte(name, '/')+1:])
	if pkg == nil {
		return ""
	}
	own := types.RelativeTo(pkg)
	var constants, variables, functions, named []string
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Const:
			constants = append(constants, "const "+name+value(obj))
		case *types.TypeName:
			named = append(named, typeLine(obj, own))
		case *types.Func:
			functions = append(functions, types.ObjectString(obj, own))
		default:
			variables = append(variables, types.ObjectString(obj, own))
		}
	}
	var lines []string
	for _, list := range [][]string{constants, variables, functions, named} {
		lines = append(lines, list...)
	}
	return strings.Join(lines, "\n")
}

// packageOf returns the package that a name means; nil for none.
func (n *Notebook) packageOf(name string) *types.Package {
	if d := n.live[name]; d != nil {
		if p, ok := d.obj.(*types.PkgName); ok {
			return p.Imported()
		}
		return nil
	}
	if p := n.autoImport(name, nil); p != nil {
		return p.Imported()
	}
	return nil
}

func value(c *types.Const) string {
	if c.Val().Kind() == constant.Unknown {
		return ""
	}
	return " = " + c.Val().String()
}

// typeLine is a type in one line: "type Reader struct{ ... }".
func typeLine(obj *types.TypeName, own types.Qualifier) string {
	line := "type " + obj.Name()
	if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
		line = "type " + types.TypeString(named, own)
	}
	if obj.IsAlias() {
		return line + " = " + types.TypeString(types.Unalias(obj.Type()), own)
	}
	switch under := obj.Type().Underlying().(type) {
	case *types.Struct:
		return line + " struct{ ... }"
	case *types.Interface:
		return line + " interface{ ... }"
	default:
		return line + " " + types.TypeString(under, own)
	}
}
