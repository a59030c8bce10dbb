package cell

import (
	"go/ast"
	"go/types"
	"maps"
)

// checked puts the result together and adds the cell's facts to the notebook's.
func (k *checking) checked(id int) *Checked {
	k.share()
	c := &Checked{
		ID: id, Source: k.p.source, Fset: k.n.fset, Info: k.n.info, Types: k.n.ctx, Pkg: k.n.pkg,
		file: k.p.file, facts: k.info, names: k.declared(id), methods: k.changes, revived: k.revived,
	}
	c.Items = k.autoItems()
	for _, item := range k.items {
		c.Items = append(c.Items, k.finished(item))
	}
	c.needs = k.mentions() // the shared variables among them
	if k.importsSources() {
		c.unqualify(k.info)
	}
	mergeInfo(k.n.info, k.info)
	return c
}

// importsSources says whether the cell names packages that are interpreted.
func (k *checking) importsSources() bool {
	for _, obj := range k.info.Uses {
		if p, ok := obj.(*types.PkgName); ok && IsInterpreted(p.Imported()) {
			return true
		}
	}
	return false
}

// declared lists what the cell makes of its names, for later cells.
func (k *checking) declared(id int) map[string]*declared {
	names := map[string]*declared{}
	for name := range k.names {
		if obj := k.n.pkg.Scope().Lookup(name); obj != nil {
			names[name] = &declared{obj: obj, cell: id, pos: obj.Pos()}
			if old := k.same[obj]; old != nil {
				names[name].obj = old
			}
		}
	}
	for _, spec := range k.kept {
		name := spec.Name.Name
		names[name] = &declared{obj: k.n.live[name].obj, cell: id, pos: spec.Name.Pos()}
	}
	for name, record := range k.records() {
		names[name].record = record
	}
	for _, obj := range k.imported {
		names[obj.Name()] = &declared{obj: obj, cell: id, pos: obj.Pos()}
	}
	return names
}

// finished fills in what only the check could tell.
func (k *checking) finished(item Item) Item {
	switch item := item.(type) {
	case Func:
		item.Obj, _ = k.info.Defs[item.Decl.Name].(*types.Func)
		if recv := item.Obj.Signature().Recv(); recv != nil {
			item.Recv = receiver(recv.Type())
			for _, c := range k.changes {
				if c.fn == item.Obj {
					item.Replaced = c.old
				}
			}
		}
		return item
	case Init:
		item.Obj, _ = k.info.Defs[item.Decl.Name].(*types.Func)
		return item
	case Define:
		for i, lhs := range item.Stmt.Lhs {
			if v, ok := k.info.Defs[lhs.(*ast.Ident)].(*types.Var); ok && v.Name() != "_" {
				item.New[i] = v
			}
		}
		return item
	case Value:
		switch tv := k.info.Types[item.Expr]; t := tv.Type.(type) {
		case nil:
		case *types.Tuple:
			for v := range t.Variables() {
				item.Types = append(item.Types, v.Type())
			}
		default:
			if !tv.IsVoid() {
				item.Types = []types.Type{t}
			}
		}
		return item
	}
	return item
}

func mergeInfo(to, from *types.Info) {
	maps.Copy(to.Types, from.Types)
	maps.Copy(to.Instances, from.Instances)
	maps.Copy(to.Defs, from.Defs)
	maps.Copy(to.Uses, from.Uses)
	maps.Copy(to.Implicits, from.Implicits)
	maps.Copy(to.Selections, from.Selections)
}

// Defers says whether a body or statement defers calls itself, not in a func literal. The body
// of a range over a function counts: it runs as part of the function.
func Defers(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}
