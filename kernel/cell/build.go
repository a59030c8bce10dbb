package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// build turns the cell's pieces into items and into the declarations of one Go file: a
// top-level define becomes a variable of the package, each other statement a function
// of its own.
func (k *checking) build() {
	k.collectNames()
	for _, spec := range k.p.imports {
		k.importSpec(spec)
	}
	k.keep()
	k.stale.collect(k)
	for _, node := range k.inOrder() {
		switch node := node.(type) {
		case *ast.FuncDecl:
			k.funcDecl(node)
		case ast.Stmt:
			k.stale.rename(k, node)
			k.stmt(node)
		}
	}
}

// inOrder lists the cell's functions and statements as they stand in the text.
func (k *checking) inOrder() []ast.Node {
	var nodes []ast.Node
	for _, f := range k.p.funcs {
		nodes = append(nodes, f)
	}
	for _, s := range k.p.stmts {
		nodes = append(nodes, s)
	}
	slices.SortStableFunc(nodes, func(a, b ast.Node) int { return int(a.Pos() - b.Pos()) })
	return nodes
}

// collectNames notes what the cell declares at its top, except imports, and from where
// in the text a variable can be used.
func (k *checking) collectNames() {
	declare := func(id *ast.Ident, from token.Pos) {
		if id.Name == "_" {
			return
		}
		if _, again := k.names[id.Name]; again {
			k.twice[id.Name] = true
			return
		}
		k.names[id.Name] = from
	}
	for _, f := range k.p.funcs {
		if f.Recv == nil && f.Name.Name != "init" {
			declare(f.Name, token.NoPos)
		}
	}
	for _, s := range k.p.stmts {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, id := range defined(s) {
				declare(id, s.End())
			}
		case *ast.DeclStmt:
			d, ok := s.Decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declare(spec.Name, token.NoPos)
					if spec.Name.Name != "_" {
						k.types[spec.Name.Name] = spec
					}
				case *ast.ValueSpec:
					from := token.NoPos
					if d.Tok == token.VAR {
						from = spec.End()
						k.stale.declare(spec)
					}
					for _, id := range spec.Names {
						declare(id, from)
					}
				}
			}
		}
	}
}

// defined returns the names on the left of a define; nil when s is none.
func defined(s *ast.AssignStmt) []*ast.Ident {
	if s.Tok != token.DEFINE {
		return nil
	}
	var ids []*ast.Ident
	for _, lhs := range s.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok {
			return nil
		}
		ids = append(ids, id)
	}
	return ids
}

func (k *checking) funcDecl(d *ast.FuncDecl) {
	if d.Recv == nil && d.Name.Name == "init" {
		k.items = append(k.items, Init{Decl: d})
	} else {
		k.items = append(k.items, Func{Decl: d})
	}
	switch {
	case d.Body == nil:
		k.failNode(d.Name, "func %s has no body", d.Name.Name)
	case d.Recv != nil && !k.ownReceiver(d):
		k.methods = append(k.methods, d)
		return
	}
	k.decls = append(k.decls, d)
}

func (k *checking) stmt(s ast.Stmt) {
	last := k.p.last == s
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return
	case *ast.DeclStmt:
		d, ok := s.Decl.(*ast.GenDecl)
		if !ok {
			return // half-typed
		}
		if d = k.withoutKept(d); d == nil {
			return
		}
		k.prepareZero(d)
		k.items = append(k.items, Decl{d})
		k.decls = append(k.decls, d)
		if d.Tok == token.VAR {
			for _, spec := range d.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					k.vars[id.Name] = true
				}
			}
		}
		return
	case *ast.AssignStmt:
		if defined(s) != nil {
			k.define(s)
			return
		}
	case *ast.ExprStmt:
		if last {
			k.lastExpr(s)
			return
		}
	}
	k.items = append(k.items, Stmt{s})
	k.body(s)
}

// body adds a statement to the file as a function of its own.
func (k *checking) body(s ast.Stmt) {
	k.returns(s)
	k.decls = append(k.decls, &ast.FuncDecl{
		Name: &ast.Ident{NamePos: s.Pos(), Name: "_"},
		Type: &ast.FuncType{Func: s.Pos(), Params: &ast.FieldList{Opening: s.Pos(), Closing: s.Pos()}},
		Body: &ast.BlockStmt{Lbrace: s.Pos(), List: []ast.Stmt{s}, Rbrace: s.End()},
	})
}

// returns refuses a return at the top of a cell.
func (k *checking) returns(s ast.Stmt) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			k.failNode(n, "return outside a function")
			k.refused = append(k.refused, n)
			return false
		}
		return true
	})
}

// lastExpr makes an item of the cell's last expression. Its value is shown unless the
// cell ends with a semicolon or the expression is a call that prints.
func (k *checking) lastExpr(s *ast.ExprStmt) {
	k.values = append(k.values, s.X)
	var stmt ast.Stmt = s
	if !k.plainCall(s.X) {
		// An assignment to blank gives an untyped constant its default type.
		stmt = &ast.AssignStmt{
			Lhs: []ast.Expr{&ast.Ident{NamePos: s.Pos(), Name: "_"}}, TokPos: s.Pos(),
			Tok: token.ASSIGN, Rhs: []ast.Expr{s.X},
		}
	}
	if k.p.shown && !k.prints(s.X) {
		k.items = append(k.items, Value{Expr: s.X})
	} else {
		k.items = append(k.items, Stmt{stmt})
	}
	k.body(stmt)
}

// plainCall reports whether e is a call other than of a builtin whose result may be an
// untyped constant.
func (k *checking) plainCall(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return true
	}
	if _, own := k.names[id.Name]; own || k.n.live[id.Name] != nil {
		return true
	}
	switch id.Name {
	case "append", "cap", "complex", "imag", "len", "make", "max", "min", "new", "real":
		return false
	}
	return true
}

// prints reports whether e is a call of fmt.Print or one of its kin, whose results
// nobody wants to see.
func (k *checking) prints(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	var obj types.Object
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		obj = k.known(fun.Name) // of a dot import
	case *ast.SelectorExpr:
		id, ok := fun.X.(*ast.Ident)
		if !ok {
			return false
		}
		switch p := k.known(id.Name).(type) {
		case nil:
			if _, own := k.names[id.Name]; !own && id.Name == "fmt" {
				return printing[fun.Sel.Name] // imported by itself
			}
		case *types.PkgName:
			obj = p.Imported().Scope().Lookup(fun.Sel.Name)
		}
	}
	return obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == "fmt" && printing[obj.Name()]
}

var printing = map[string]bool{"Print": true, "Printf": true, "Println": true, "Fprint": true, "Fprintf": true, "Fprintln": true}

// known returns what a name meant before this cell, or what it imports by it.
func (k *checking) known(name string) types.Object {
	for _, obj := range k.imported {
		if obj.Name() == name {
			return obj
		}
	}
	if _, own := k.names[name]; own || k.n.live[name] == nil {
		return nil
	}
	return k.n.live[name].obj
}

// define makes package-level variables of "a, b := values". What the cell declared
// before is assigned instead.
func (k *checking) define(s *ast.AssignStmt) {
	k.items = append(k.items, Define{Stmt: s, New: make([]*types.Var, len(s.Lhs))})
	k.returns(s)
	if len(s.Lhs) != len(s.Rhs) && (len(s.Rhs) != 1 || !multiple(s.Rhs[0])) {
		k.failNode(s, "assignment mismatch: %s but %s", count(len(s.Lhs), "variable"), count(len(s.Rhs), "value"))
		return
	}
	if !k.fresh(s) {
		k.fail(s.TokPos, "no new variables on left side of :=")
		k.errs[len(k.errs)-1].Hint = "the cell declared them above: use = to assign"
		return
	}
	spec := &ast.ValueSpec{Values: s.Rhs}
	for i, lhs := range s.Lhs {
		id := lhs.(*ast.Ident)
		if k.vars[id.Name] {
			id = k.assign(s, id, s.Rhs[min(i, len(s.Rhs)-1)])
		}
		spec.Names = append(spec.Names, id)
	}
	for _, lhs := range s.Lhs {
		if name := lhs.(*ast.Ident).Name; name != "_" {
			k.vars[name] = true
		}
	}
	k.decls = append(k.decls, &ast.GenDecl{TokPos: s.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}})
}

// fresh reports whether a define declares something.
func (k *checking) fresh(s *ast.AssignStmt) bool {
	for _, lhs := range s.Lhs {
		if name := lhs.(*ast.Ident).Name; name != "_" && !k.vars[name] {
			return true
		}
	}
	return false
}

// assign adds the assignment of a define's value to a variable that exists. It returns
// the stand-in that the define declares in its place.
func (k *checking) assign(s *ast.AssignStmt, id *ast.Ident, value ast.Expr) *ast.Ident {
	temp := "tempˈ" + strconv.Itoa(len(k.temps))
	k.temps[temp] = value
	k.body(&ast.AssignStmt{
		Lhs: []ast.Expr{id}, TokPos: s.TokPos, Tok: token.ASSIGN,
		Rhs: []ast.Expr{&ast.Ident{NamePos: value.Pos(), Name: temp}},
	})
	return &ast.Ident{NamePos: id.Pos(), Name: temp}
}

// multiple reports whether e may have more than one value.
func multiple(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr, *ast.IndexExpr, *ast.TypeAssertExpr:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	}
	return false
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
