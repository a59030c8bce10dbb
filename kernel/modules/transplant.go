package modules

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/describe"
)

// transplanted ends the names of functions that were taken out of a package's source. It is
// a letter that nobody types.
const transplanted = "ˑ"

// Transplant returns a generic function of a package as Go source for a cell, with all that it
// needs and that the package does not export, and its name there. That way it can be
// instantiated with types that compiled code does not know. The error says what the function
// needs that cannot be taken out of its package.
func (s *Set) Transplant(f *types.Func) (source, name string, err error) {
	s.mu.Lock()
	e := s.active[f.Pkg().Path()]
	s.mu.Unlock()
	if e == nil {
		return "", "", fmt.Errorf("the source of package %s is not there", f.Pkg().Path())
	}
	t := &transplant{
		pkg: e.types, fset: token.NewFileSet(), decls: map[string]ast.Decl{}, imports: map[string]string{},
		info: &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}},
	}
	if err := t.check(e.Files, s); err != nil {
		return "", "", err
	}
	t.queue = []string{f.Name()}
	for i := 0; i < len(t.queue); i++ {
		if err := t.take(t.queue[i]); err != nil {
			return "", "", fmt.Errorf("%s: %w", f.FullName(), err)
		}
	}
	var b strings.Builder
	for _, local := range slices.Sorted(maps.Keys(t.imports)) {
		fmt.Fprintf(&b, "import %s %q\n", local, t.imports[local])
	}
	return b.String() + t.text.String(), t.rename(f.Name()), nil
}

// transplant is one function on its way out of its package.
type transplant struct {
	pkg     *types.Package
	fset    *token.FileSet
	info    *types.Info
	decls   map[string]ast.Decl // functions and types of the package
	imports map[string]string   // local name → path
	queue   []string
	text    bytes.Buffer
}

// check parses and checks the package. What is wrong with it is the concern of what is taken.
func (t *transplant) check(names []string, importer types.Importer) error {
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(t.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("read the source of %s: %w", t.pkg.Path(), err)
		}
		files = append(files, file)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					t.decls[d.Name.Name] = d
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						t.decls[spec.Name.Name] = &ast.GenDecl{Tok: token.TYPE, TokPos: spec.Pos(), Specs: []ast.Spec{spec}}
					}
				}
			}
		}
	}
	conf := types.Config{Importer: importer, Error: func(error) {}, FakeImportC: true}
	_, _ = conf.Check(t.pkg.Path(), t.fset, files, t.info)
	return nil
}

func (t *transplant) rename(name string) string { return name + transplanted + t.pkg.Name() }

// take writes a declaration with its names replaced by what they are called in a cell.
func (t *transplant) take(name string) error {
	decl := t.decls[name]
	if decl == nil {
		return fmt.Errorf("it needs %s, which cannot be taken out of its package", name)
	}
	selected := map[*ast.Ident]bool{}
	var failure error
	ast.Inspect(decl, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			selected[sel.Sel] = true
			failure = cmp.Or(failure, t.reachable(sel))
		}
		id, ok := n.(*ast.Ident)
		if !ok || failure != nil {
			return failure == nil
		}
		obj := t.info.Uses[id]
		if obj == nil {
			obj = t.info.Defs[id]
		}
		if p, ok := obj.(*types.PkgName); ok {
			failure = t.importName(id, p)
		} else if obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == t.pkg.Path() && obj.Parent() == obj.Pkg().Scope() && !selected[id] {
			failure = t.replace(id, obj)
		} else if obj == nil && id.Name != "_" && !selected[id] && t.info.Defs[id] == nil && t.unknown(decl, id) {
			failure = fmt.Errorf("it uses %s, which is not known here", id.Name)
		}
		return true
	})
	if failure != nil {
		return failure
	}
	if err := printer.Fprint(&t.text, t.fset, decl); err != nil {
		return err
	}
	t.text.WriteString("\n\n")
	return nil
}

// reachable refuses what internal packages do: cells know their types and nothing else.
func (t *transplant) reachable(sel *ast.SelectorExpr) error {
	obj := t.info.Uses[sel.Sel]
	id, ok := sel.X.(*ast.Ident)
	if _, isType := obj.(*types.TypeName); !ok || isType {
		return nil
	}
	if p, ok := t.info.Uses[id].(*types.PkgName); ok && slices.Contains(strings.Split(p.Imported().Path(), "/"), "internal") {
		return fmt.Errorf("it uses the internal package %s", p.Imported().Path())
	}
	return nil
}

// unknown tells of identifiers that the checker did not resolve. Labels, keys and the
// symbolic variables of type switches have no object either.
func (t *transplant) unknown(decl ast.Decl, id *ast.Ident) bool {
	unknown := true
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			unknown = unknown && n.Label != id
		case *ast.BranchStmt:
			unknown = unknown && n.Label != id
		case *ast.TypeSwitchStmt:
			if a, ok := n.Assign.(*ast.AssignStmt); ok {
				unknown = unknown && a.Lhs[0] != ast.Expr(id)
			}
		}
		return unknown
	})
	return unknown
}

func (t *transplant) importName(id *ast.Ident, p *types.PkgName) error {
	path := p.Imported().Path()
	if other := t.imports[id.Name]; other != "" && other != path {
		return fmt.Errorf("%s means two packages in its source", id.Name)
	}
	t.imports[id.Name] = path
	return nil
}

// replace gives a name of the package the form that it has in a cell: a copy's name for what
// is generic or private, a qualified name for the rest.
func (t *transplant) replace(id *ast.Ident, obj types.Object) error {
	_, isFunc := obj.(*types.Func)
	_, isType := obj.(*types.TypeName)
	if constraint := isType && describe.IsGeneric(obj) && types.IsInterface(obj.Type()); !(isFunc && describe.IsGeneric(obj)) && ast.IsExported(obj.Name()) && !constraint {
		local := "pkg" + transplanted
		t.imports[local] = t.pkg.Path()
		id.Name = local + "." + id.Name
		return nil
	}
	if !isFunc && !(isType && types.IsInterface(obj.Type())) {
		return fmt.Errorf("it uses %s, which is private to its package", obj.Name())
	}
	if !slices.Contains(t.queue, obj.Name()) {
		t.queue = append(t.queue, obj.Name())
	}
	id.Name = t.rename(obj.Name())
	return nil
}
