package export

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// home is where a variable or constant of the notebook is declared.
type home int

const (
	inMain  home = iota // where its cell stands, in main or in the cell's own function
	hoisted             // in main, before its cell's own function: later cells use it
	global              // at package level: functions use it
)

// declare notes what a cell declares at its top.
func (x *exporter) declare(s *sheet) {
	for _, item := range s.checked.Items {
		for _, obj := range x.declares(item) {
			x.declared[obj] = s
		}
	}
}

// declares lists the names that an item adds to the notebook, in text order.
func (x *exporter) declares(item cell.Item) []types.Object {
	var objs []types.Object
	add := func(obj types.Object) {
		if obj != nil && obj.Name() != "_" {
			objs = append(objs, obj)
		}
	}
	switch item := item.(type) {
	case cell.Decl:
		for _, spec := range item.Decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				add(x.info.Defs[spec.Name])
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					add(x.info.Defs[id])
				}
			}
		}
	case cell.Func:
		if item.Recv == nil {
			add(item.Obj)
		}
	case cell.Define:
		for _, v := range item.New {
			if v != nil {
				add(v)
			}
		}
	}
	return objs
}

// scope finds the cells that must end before the next one begins: those that defer or may
// panic. The last cell ends with main, unless it shows a value behind what it defers.
func (x *exporter) scope() {
	code := x.code()
	for i, s := range code {
		s.scoped = s.MayPanic
		for _, item := range s.checked.Items {
			stmt, ok := item.(cell.Stmt)
			s.scoped = s.scoped || ok && cell.Defers(stmt.Stmt) && (i < len(code)-1 || s.value() != nil)
		}
	}
}

// value returns the item that the cell shows; nil for none.
func (s *sheet) value() *cell.Value {
	for _, item := range s.checked.Items {
		if v, ok := item.(cell.Value); ok && len(v.Types) > 0 {
			return &v
		}
	}
	return nil
}

// place finds a home for each variable and constant.
func (x *exporter) place() {
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			switch item := item.(type) {
			case cell.Func:
				x.globalize(item.Decl)
			case cell.Init:
				x.globalize(item.Decl)
			case cell.Decl:
				if item.Decl.Tok == token.TYPE {
					x.globalize(item.Decl)
				}
			}
		}
	}
	x.placeGroups()
	x.hoist()
}

// globalize makes what a declaration at package level mentions global.
func (x *exporter) globalize(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := x.info.Uses[id]; x.isValue(obj) {
				x.home[obj] = global
			}
		}
		return true
	})
}

// isValue reports whether obj is a variable or constant of the notebook.
func (x *exporter) isValue(obj types.Object) bool {
	switch obj.(type) {
	case *types.Var, *types.Const:
		return x.declared[obj] != nil
	}
	return false
}

// placeGroups makes constants global that global ones are declared with: a group of
// constants stays together, and what a global declaration mentions is global.
func (x *exporter) placeGroups() {
	for changed := true; changed; {
		before := len(x.home)
		for _, s := range x.code() {
			for _, item := range s.checked.Items {
				x.placeItem(item)
			}
		}
		changed = len(x.home) > before
	}
}

func (x *exporter) placeItem(item cell.Item) {
	objs := x.declares(item)
	some, all := false, len(objs) > 0
	for _, obj := range objs {
		if x.home[obj] == global {
			some = true
		} else {
			all = false
		}
	}
	if !some {
		return
	}
	switch item := item.(type) {
	case cell.Decl:
		if item.Decl.Tok == token.CONST {
			for _, obj := range objs {
				x.home[obj] = global
			}
			x.globalize(item.Decl)
			return
		}
		for _, spec := range item.Decl.Specs {
			if spec, ok := spec.(*ast.ValueSpec); ok && x.pureSpec(spec) {
				x.globalize(spec)
			}
		}
	case cell.Define:
		if all && x.pureDefine(item) {
			for _, e := range item.Stmt.Rhs {
				x.globalize(e)
			}
		}
	}
}

// pureDefine reports whether a define can be made before main runs: all its names are
// new and global, and its values depend on nothing.
func (x *exporter) pureDefine(d cell.Define) bool {
	for i, lhs := range d.Stmt.Lhs {
		if lhs.(*ast.Ident).Name != "_" && (d.New[i] == nil || x.home[d.New[i]] != global) {
			return false
		}
	}
	return len(d.Stmt.Lhs) == len(d.Stmt.Rhs) && x.pure(d.Stmt.Rhs)
}

// pureSpec is pureDefine for one line of a var declaration.
func (x *exporter) pureSpec(spec *ast.ValueSpec) bool {
	for _, id := range spec.Names {
		obj := x.info.Defs[id]
		if id.Name != "_" && (obj == nil || x.home[obj] != global) {
			return false
		}
	}
	return len(spec.Values) == 0 || len(spec.Values) == len(spec.Names) && !zeroed(spec) && x.pure(spec.Values)
}

// pure reports whether expressions are constants or literals of such, so that it does not
// matter when they are computed.
func (x *exporter) pure(list []ast.Expr) bool {
	pure := true
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				tv, made := x.info.Types[n.Fun], false
				if id, ok := n.Fun.(*ast.Ident); ok && tv.IsBuiltin() {
					made = id.Name == "make" || id.Name == "new"
				}
				pure = pure && (x.info.Types[n].Value != nil || tv.IsType() || made)
			case *ast.FuncLit, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
				pure = pure && x.info.Types[n.(ast.Expr)].IsType()
			case *ast.UnaryExpr:
				pure = pure && n.Op != token.ARROW
			case *ast.BinaryExpr:
				pure = pure && x.info.Types[n].Value != nil // 1/zero is for main to fail
			case *ast.Ident:
				switch obj := x.info.Uses[n].(type) {
				case *types.Func:
					pure = false
				case *types.Var:
					pure = pure && obj.IsField()
				}
			}
			return pure
		})
	}
	return pure
}

// hoist finds the variables of scoped cells that other cells use.
func (x *exporter) hoist() {
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			inspect(item, func(id *ast.Ident) {
				obj := x.info.Uses[id]
				if !x.isValue(obj) || x.home[obj] == global {
					return
				}
				if at := x.declared[obj]; at != s && at.scoped {
					x.home[obj] = hoisted
				}
			})
		}
	}
	x.hoistConstants()
}

// hoistConstants makes constants global instead, which have no values to assign.
func (x *exporter) hoistConstants() {
	for obj, h := range x.home {
		if _, ok := obj.(*types.Const); ok && h == hoisted {
			x.home[obj] = global
		}
	}
	x.placeGroups()
}

// node returns the syntax of an item; nil for an import that was added by itself.
func node(item cell.Item) ast.Node {
	switch item := item.(type) {
	case cell.Import:
		if item.Spec != nil {
			return item.Spec
		}
	case cell.Decl:
		return item.Decl
	case cell.Func:
		return item.Decl
	case cell.Init:
		return item.Decl
	case cell.Define:
		return item.Stmt
	case cell.Stmt:
		if value := discarded(item.Stmt); value != nil {
			return value
		}
		return item.Stmt
	case cell.Value:
		return item.Expr
	}
	return nil
}

// discarded returns the expression of the "_ = value" that the check made of a last
// expression that is not shown; nil for what the user wrote.
func discarded(s ast.Stmt) ast.Expr {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || a.Lhs[0].Pos() != a.Rhs[0].Pos() {
		return nil
	}
	return a.Rhs[0]
}

// inspect calls f for the identifiers of an item.
func inspect(item cell.Item, f func(*ast.Ident)) {
	n := node(item)
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			f(id)
		}
		return true
	})
}
