package cell

import (
	"go/ast"
	"go/types"
)

// staleMark is put behind a name that means the variable of an earlier cell, in a cell
// that declares the name anew further down, as in "x := x + 1".
const staleMark = "ˈ"

// staleNames are the identifiers of a cell that were renamed so, with their true names,
// and the stand-in objects they are checked with.
type staleNames struct {
	inits  map[string]ast.Node   // of the cell's var declarations: what gives the name its value
	names  map[string]*types.Var // the variables that may be meant
	idents map[*ast.Ident]string
	objs   map[types.Object]types.Object // stand-in to the earlier cell's object
}

// collect finds the variables of earlier cells that the cell declares anew.
func (s *staleNames) collect(k *checking) {
	for name, from := range k.names {
		if d := k.n.live[name]; d != nil && from.IsValid() {
			if v, ok := d.obj.(*types.Var); ok {
				s.names[name] = v
			}
		}
	}
}

// declare notes a var declaration of the cell.
func (s *staleNames) declare(spec *ast.ValueSpec) {
	for i, id := range spec.Names {
		s.inits[id.Name] = spec
		if len(spec.Values) == len(spec.Names) {
			s.inits[id.Name] = spec.Values[i]
		}
	}
}

// sibling says whether a name in a var declaration means one that another of the cell
// declares, which then runs first.
func (s *staleNames) sibling(stmt ast.Stmt, id *ast.Ident) bool {
	init := s.inits[id.Name]
	if _, ok := stmt.(*ast.DeclStmt); !ok || init == nil {
		return false
	}
	return id.Pos() < init.Pos() || id.Pos() >= init.End()
}

// rename marks the names in a statement that the cell declares at or below it and that
// an earlier cell declared too. Local names are renamed with their uses.
func (s *staleNames) rename(k *checking, stmt ast.Stmt) {
	if len(s.names) == 0 {
		return
	}
	skip := notVariables(stmt)
	ast.Inspect(stmt, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || skip[id] || s.names[id.Name] == nil || k.names[id.Name] <= id.Pos() || s.sibling(stmt, id) {
			return true
		}
		s.add(k, id, s.names[id.Name])
		return true
	})
}

func (s *staleNames) add(k *checking, id *ast.Ident, old *types.Var) {
	s.idents[id] = id.Name
	id.Name += staleMark
	for _, known := range s.objs {
		if known == old {
			return
		}
	}
	alias := types.NewVar(old.Pos(), k.n.pkg, id.Name, old.Type())
	s.objs[alias] = old
}

// restore gives the identifiers their names back and lets them use the true objects.
func (s *staleNames) restore(info *types.Info) {
	for id, name := range s.idents {
		id.Name = name
		if old := s.objs[info.Uses[id]]; old != nil {
			info.Uses[id] = old
		}
	}
}

// notVariables are the identifiers in a statement that cannot mean a variable of the
// notebook: what a top-level declaration declares, selected names, labels, field names.
func notVariables(stmt ast.Stmt) map[*ast.Ident]bool {
	skip := map[*ast.Ident]bool{}
	ids := func(list []*ast.Ident) {
		for _, id := range list {
			skip[id] = true
		}
	}
	ids(topNames(stmt))
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			skip[n.Sel] = true
		case *ast.LabeledStmt:
			skip[n.Label] = true
		case *ast.BranchStmt:
			skip[n.Label] = true
		case *ast.StructType:
			for _, f := range n.Fields.List {
				ids(f.Names)
			}
		case *ast.CompositeLit:
			switch n.Type.(type) {
			case *ast.MapType, *ast.ArrayType:
				return true
			}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if id, ok := kv.Key.(*ast.Ident); ok {
						skip[id] = true
					}
				}
			}
		}
		return true
	})
	return skip
}

// topNames lists the variables and constants that a top-level statement declares.
func topNames(stmt ast.Stmt) []*ast.Ident {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		return defined(s)
	case *ast.DeclStmt:
		var list []*ast.Ident
		if d, ok := s.Decl.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok {
					list = append(list, spec.Names...)
				}
			}
		}
		return list
	}
	return nil
}
