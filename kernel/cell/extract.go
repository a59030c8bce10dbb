package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// An Extract is the declarations of a cell with all that they need of earlier ones: what a
// package of its own would hold.
type Extract struct {
	Imports map[string]string      // local name → path; "." + path for dot imports
	Decls   string                 // Go source
	Funcs   map[*types.Func]string // functions and methods of the cell that are not generic, as Go expressions
}

// Extract takes the declarations out of a checked cell. The error is of type [Errors]: the
// cell holds something else, or a declaration needs what is none, a variable for example.
func (n *Notebook) Extract(c *Checked) (*Extract, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	x := &extraction{
		n: n, c: c, decls: maps.Clone(n.decls), byName: map[string]types.Object{}, taken: map[ast.Node]bool{},
		out: &Extract{Imports: map[string]string{}, Funcs: map[*types.Func]string{}},
	}
	c.declarations(x.decls)
	for _, item := range c.Items {
		x.item(item)
	}
	for len(x.queue) > 0 && len(x.errs) == 0 {
		obj := x.queue[0]
		x.queue = x.queue[1:]
		x.declaration(obj)
	}
	if len(x.errs) > 0 {
		return nil, x.errs
	}
	x.out.Decls = strings.Join(x.texts, "\n\n") + "\n"
	return x.out, nil
}

// declarations adds what declares the functions, types and constants of the cell.
func (c *Checked) declarations(to map[types.Object]ast.Node) {
	for _, item := range c.Items {
		switch item := item.(type) {
		case Func:
			to[item.Obj] = item.Decl
		case Decl:
			for _, spec := range item.Decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					to[c.Info.Defs[spec.Name]] = spec
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						if item.Decl.Tok == token.CONST {
							to[c.Info.Defs[id]] = item.Decl
						}
					}
				}
			}
		}
	}
	delete(to, nil)
}

// extraction is one Extract on its way.
type extraction struct {
	n      *Notebook
	c      *Checked
	decls  map[types.Object]ast.Node
	byName map[string]types.Object // package-level names of the extract
	taken  map[ast.Node]bool
	queue  []types.Object
	texts  []string
	out    *Extract
	errs   Errors
}

func (x *extraction) fail(node ast.Node, hint, format string, args ...any) {
	pos := x.n.fset.Position(node.Pos())
	e := Error{Name: "CompileError", Pos: pos, Offset: pos.Offset, Msg: fmt.Sprintf(format, args...), Hint: hint}
	e.Line = lineOf(x.source(node), pos.Line)
	x.errs = append(x.errs, e)
}

func lineOf(source string, line int) string {
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[line-1], "\r")
}

func (x *extraction) source(node ast.Node) string {
	file := x.n.fset.File(node.Pos())
	if file == x.c.file {
		return x.c.Source
	}
	return x.n.sources[file]
}

// item takes an item of the cell.
func (x *extraction) item(item Item) {
	const hint = "a compiled cell holds functions, types and constants: put this into a cell of its own"
	switch item := item.(type) {
	case Func:
		x.want(item.Obj)
		sig := item.Obj.Signature()
		switch {
		case sig.TypeParams().Len()+sig.RecvTypeParams().Len() > 0:
		case item.Recv == nil:
			x.out.Funcs[item.Obj] = item.Obj.Name()
		default:
			x.want(item.Recv.Obj())
			star := ""
			if _, ok := sig.Recv().Type().(*types.Pointer); ok {
				star = "*"
			}
			x.out.Funcs[item.Obj] = "(" + star + item.Recv.Obj().Name() + ")." + item.Obj.Name()
		}
	case Decl:
		if item.Decl.Tok == token.VAR {
			x.fail(item.Decl, hint, "a variable cannot be compiled with the cell")
		}
	case Define:
		x.fail(item.Stmt, hint, "a variable cannot be compiled with the cell")
	case Stmt:
		x.fail(item.Stmt, hint, "a statement cannot be compiled with the cell")
	case Value:
		x.fail(item.Expr, hint, "an expression cannot be compiled with the cell")
	}
}

// want adds an object of the notebook to the extract.
func (x *extraction) want(obj types.Object) { x.queue = append(x.queue, obj) }

// declaration adds the text of what declares obj and wants what that needs.
func (x *extraction) declaration(obj types.Object) {
	node := x.decls[obj]
	if node == nil || x.taken[node] {
		return
	}
	x.taken[node] = true
	method := false
	if f, ok := obj.(*types.Func); ok {
		method = f.Signature().Recv() != nil
	}
	if other := x.byName[obj.Name()]; !method && other != nil && other != obj {
		x.fail(node, "run the cells again that declare what needs it", "two declarations of %s are needed: an older one and its successor", obj.Name())
		return
	}
	if !method {
		x.byName[obj.Name()] = obj
	}
	prefix := ""
	if t, ok := obj.(*types.TypeName); ok {
		prefix = "type "
		x.methods(t)
	}
	file := x.n.fset.File(node.Pos())
	x.texts = append(x.texts, prefix+x.source(node)[file.Offset(node.Pos()):file.Offset(node.End())])
	x.uses(node, obj)
}

// methods wants all methods of a type.
func (x *extraction) methods(t *types.TypeName) {
	if named, ok := types.Unalias(t.Type()).(*types.Named); ok && named.Obj() == t {
		if i, ok := named.Underlying().(*types.Interface); ok && i.NumMethods() > 0 {
			x.fail(x.decls[t], "use a func type, or leave the cell interpreted", "the interface %s cannot be compiled with the cell", t.Name())
		}
		for m := range named.Methods() {
			x.want(m)
		}
	}
}

// uses wants what the identifiers of a declaration mean.
func (x *extraction) uses(node ast.Node, declares types.Object) {
	selected := map[*ast.Ident]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			selected[sel.Sel] = true
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch obj := x.c.Info.Uses[id].(type) {
		case *types.PkgName:
			x.importName(id, obj.Imported().Path())
		case *types.Var:
			if !obj.IsField() && obj.Pkg() == x.n.pkg && obj.Parent() == x.n.pkg.Scope() {
				x.fail(id, "give it to the function as a parameter", "%s uses %s, a variable of the notebook, and cannot be compiled", declares.Name(), id.Name)
			}
			x.dotImport(id, obj, selected)
		case *types.Func:
			if obj = obj.Origin(); obj.Pkg() == x.n.pkg && obj.Signature().Recv() == nil {
				x.want(obj)
			}
			x.dotImport(id, obj, selected)
		case *types.TypeName, *types.Const:
			if obj.Pkg() == x.n.pkg && obj.Parent() == x.n.pkg.Scope() {
				x.want(obj)
			}
			x.dotImport(id, obj, selected)
		}
		return true
	})
}

func (x *extraction) importName(id *ast.Ident, path string) {
	if known := x.out.Imports[id.Name]; known != "" && known != path {
		x.fail(id, "give one of the imports another name", "%s means two packages, %s and %s", id.Name, known, path)
		return
	}
	x.out.Imports[id.Name] = path
}

// dotImport imports the package of an object that is named without it.
func (x *extraction) dotImport(id *ast.Ident, obj types.Object, selected map[*ast.Ident]bool) {
	if p := obj.Pkg(); p != nil && p != x.n.pkg && !selected[id] && obj.Parent() == p.Scope() {
		x.out.Imports["."+p.Path()] = p.Path()
	}
}

// ImportLines returns the import declarations, sorted.
func (e *Extract) ImportLines() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e.Imports)) {
		local := name
		if strings.HasPrefix(name, ".") {
			local = "."
		}
		fmt.Fprintf(&b, "import %s %q\n", local, e.Imports[name])
	}
	return b.String()
}
