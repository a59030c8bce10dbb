package describe

import (
	"go/ast"
	"strings"
)

// Docs returns the documentation of a package: "" is the package's own, then "Name",
// "Type.Method" and "Type.Field". Methods of unexported types are there too, because
// exported types promote them.
func Docs(files ...*ast.File) map[string]string {
	d := docText{}
	for _, file := range files {
		d.file(file)
	}
	return d
}

func (d docText) file(file *ast.File) {
	d.add("", file.Doc)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			d.function(decl)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				d.spec(decl, spec)
			}
		}
	}
}

type docText map[string]string

// add records the first comment of groups that says something.
func (d docText) add(name string, groups ...*ast.CommentGroup) {
	for _, group := range groups {
		text := strings.TrimSpace(group.Text())
		if text == "" {
			continue
		}
		if d[name] != "" { // a package documented in several files
			text = d[name] + "\n\n" + text
		}
		d[name] = text
		return
	}
}

func (d docText) function(decl *ast.FuncDecl) {
	if !decl.Name.IsExported() {
		return
	}
	name := decl.Name.Name
	if decl.Recv != nil && len(decl.Recv.List) == 1 {
		name = baseName(decl.Recv.List[0].Type) + "." + name
	}
	d.add(name, decl.Doc)
}

func (d docText) spec(decl *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() {
				d.add(name.Name, spec.Doc, spec.Comment, decl.Doc)
			}
		}
	case *ast.TypeSpec:
		if spec.Name.IsExported() {
			d.add(spec.Name.Name, spec.Doc, decl.Doc, spec.Comment)
		}
		switch t := spec.Type.(type) {
		case *ast.StructType:
			d.fields(spec.Name.Name, t.Fields)
		case *ast.InterfaceType:
			d.fields(spec.Name.Name, t.Methods)
		}
	}
}

func (d docText) fields(owner string, list *ast.FieldList) {
	for _, field := range list.List {
		for _, name := range field.Names {
			if name.IsExported() {
				d.add(owner+"."+name.Name, field.Doc, field.Comment)
			}
		}
	}
}

// baseName returns the name of a receiver's type: T of T, *T, T[P] and *T[P].
func baseName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return baseName(e.X)
	case *ast.ParenExpr:
		return baseName(e.X)
	case *ast.IndexExpr:
		return baseName(e.X)
	case *ast.IndexListExpr:
		return baseName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
