package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// fromSource begins the path of the *types.Package of a package that is interpreted like the
// cells, so that it is never taken for a compiled one.
const fromSource = "source:"

// IsInterpreted says whether a package is one of [Notebook.CheckPackage].
func IsInterpreted(p *types.Package) bool {
	return p != nil && strings.HasPrefix(p.Path(), fromSource)
}

// ImportPath is the path by which cells import a package.
func ImportPath(p *types.Package) string { return strings.TrimPrefix(p.Path(), fromSource) }

// A SourceFile is a file of a package that is interpreted. Its positions name it like a cell
// with the number ID.
type SourceFile struct {
	ID   int
	Text string
}

// CheckPackage checks the files of a package whose imports importer has. Lowering what it
// returns and running it initializes the package, as Go does; what cells import is Pkg. It is
// neither committed nor discarded. The error is a [types.Error], or one of the parser.
func (n *Notebook) CheckPackage(path string, files []SourceFile, importer types.Importer) (*Checked, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var parsed []*ast.File
	for _, f := range files {
		file, err := parser.ParseFile(n.fset, fmt.Sprintf("cell[%d]", f.ID), f.Text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	info := newInfo()
	conf := types.Config{Context: n.ctx, Importer: importer, Sizes: sizes}
	pkg, err := conf.Check(fromSource+path, n.fset, parsed, info)
	if err != nil {
		return nil, err
	}
	c := &Checked{ID: files[0].ID, Fset: n.fset, Info: n.info, Types: n.ctx, Pkg: pkg, facts: info}
	c.Items = packageItems(parsed, info)
	c.unqualify(info)
	mergeInfo(n.info, info)
	return c, nil
}

// packageItems lists what a package declares: variables without a value, then the others in the
// order of their initialization, functions, and those called init.
func packageItems(files []*ast.File, info *types.Info) []Item {
	var zero, funcs, inits []Item
	specs := map[types.Object]*ast.ValueSpec{}
	idents := map[types.Object]*ast.Ident{}
	for _, file := range files {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				funcs, inits = functionItem(d, info, funcs, inits)
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					spec := spec.(*ast.ValueSpec)
					for _, id := range spec.Names {
						specs[info.Defs[id]], idents[info.Defs[id]] = spec, id
					}
					if len(spec.Values) == 0 {
						zero = append(zero, Decl{&ast.GenDecl{TokPos: spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}})
					}
				}
			}
		}
	}
	items := append(funcs, zero...)
	for _, init := range info.InitOrder {
		one := &ast.ValueSpec{Type: specs[init.Lhs[0]].Type, Values: []ast.Expr{init.Rhs}}
		for _, v := range init.Lhs {
			one.Names = append(one.Names, idents[v])
		}
		items = append(items, Decl{&ast.GenDecl{TokPos: one.Pos(), Tok: token.VAR, Specs: []ast.Spec{one}}})
	}
	return append(items, inits...)
}

func functionItem(d *ast.FuncDecl, info *types.Info, funcs, inits []Item) (more, moreInits []Item) {
	fn := info.Defs[d.Name].(*types.Func)
	if d.Recv == nil && d.Name.Name == "init" {
		return funcs, append(inits, Init{Decl: d, Obj: fn})
	}
	item := Func{Decl: d, Obj: fn}
	if recv := fn.Signature().Recv(); recv != nil {
		item.Recv = receiver(recv.Type())
	}
	return append(funcs, item), inits
}

// unqualify makes names of interpreted packages out of their qualified names, with what info
// says of these: to the lowering they are names like any other of the notebook.
func (c *Checked) unqualify(info *types.Info) {
	replace := func(at *astutil.Cursor) bool {
		sel, ok := at.Node().(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		p, ok := info.Uses[id].(*types.PkgName)
		if !ok || !IsInterpreted(p.Imported()) {
			return true
		}
		name := &ast.Ident{NamePos: sel.Pos(), Name: sel.Sel.Name}
		info.Uses[name] = info.Uses[sel.Sel]
		if tv, ok := info.Types[sel]; ok {
			info.Types[name] = tv
		}
		if in, ok := info.Instances[sel.Sel]; ok {
			info.Instances[name] = in
		}
		at.Replace(name)
		return false
	}
	for i, item := range c.Items {
		switch item := item.(type) {
		case Decl:
			astutil.Apply(item.Decl, replace, nil)
		case Func:
			astutil.Apply(item.Decl, replace, nil)
		case Init:
			astutil.Apply(item.Decl, replace, nil)
		case Define:
			astutil.Apply(item.Stmt, replace, nil)
		case Stmt:
			astutil.Apply(item.Stmt, replace, nil)
		case Value:
			item.Expr = astutil.Apply(item.Expr, replace, nil).(ast.Expr)
			c.Items[i] = item
		}
	}
}
