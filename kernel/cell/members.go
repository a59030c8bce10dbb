package cell

import (
	"go/types"
)

// member is a field or method that can be selected from a value.
type member struct {
	obj   types.Object
	depth int // number of embedded fields on the way
}

// members lists the fields and methods that a cell of pkg can select from a value of
// type t, the nearest first. Of names that hide each other only the nearest is listed.
func members(t types.Type, pkg *types.Package) []member {
	if t == nil {
		return nil
	}
	var list []member
	seen := map[string]bool{}
	visited := map[types.Type]bool{}
	add := func(obj types.Object, depth int) {
		if !seen[obj.Name()] && (obj.Exported() || obj.Pkg() == pkg) && obj.Name() != "_" {
			seen[obj.Name()] = true
			list = append(list, member{obj, depth})
		}
	}
	level := []types.Type{t}
	for depth := 0; len(level) > 0 && depth < 8; depth++ {
		var next []types.Type
		for _, t := range level {
			t = types.Unalias(t)
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = types.Unalias(p.Elem())
			}
			if visited[t] {
				continue
			}
			visited[t] = true
			if named, ok := t.(*types.Named); ok {
				for m := range named.Methods() {
					add(m, depth)
				}
			}
			switch u := t.Underlying().(type) {
			case *types.Struct:
				for f := range u.Fields() {
					add(f, depth)
					if f.Embedded() {
						next = append(next, f.Type())
					}
				}
			case *types.Interface:
				for m := range u.Methods() {
					add(m, depth)
				}
			}
		}
		level = next
	}
	return list
}
