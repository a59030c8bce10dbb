package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// A type that is declared again just as it was stays the type, so that running a cell
// again does not part it from the values made before. As it was means: the same text,
// its names meaning the same, and the same methods in its cell, whose bodies may differ.

// typeRecord is what a type declaration must have in common with the one before.
type typeRecord struct {
	text    string                  // the declaration's tokens
	means   map[string]types.Object // its names of the notebook, of packages and of Go
	methods map[string]string       // the methods in the same cell, name to signature
	generic bool
}

// keep takes the types that stay out of what the cell declares.
func (k *checking) keep() {
	kept := map[string]bool{}
	for name, spec := range k.types {
		d := k.n.live[name]
		if d == nil || d.record == nil || k.twice[name] {
			continue
		}
		now := k.record(spec)
		stays := now.text == d.record.text && maps.Equal(now.methods, d.record.methods)
		if kept[name] = stays && !(now.generic && len(now.methods) > 0); !kept[name] {
			delete(kept, name)
		}
	}
	for changed := true; changed; {
		changed = false
		for name := range kept {
			if !k.meansTheSame(k.n.live[name].record, kept) {
				delete(kept, name)
				changed = true
			}
		}
	}
	for name := range kept {
		k.kept = append(k.kept, k.types[name])
		delete(k.names, name)
		delete(k.types, name)
	}
}

// record describes a type declaration of the cell, without what its names mean.
func (k *checking) record(spec *ast.TypeSpec) *typeRecord {
	r := &typeRecord{
		text:    k.textOf(spec),
		generic: spec.TypeParams != nil,
		methods: map[string]string{},
	}
	for _, f := range k.p.funcs {
		if f.Recv == nil {
			continue
		}
		if id := receiverName(f); id != nil && id.Name == spec.Name.Name {
			r.methods[f.Name.Name] = k.textOf(f.Recv.List[0].Type) + " " + k.textOf(f.Type)
		}
	}
	return r
}

// textOf joins the tokens of a node: layout and comments do not count.
func (k *checking) textOf(n ast.Node) string {
	var b strings.Builder
	from, to := k.offset(n.Pos()), k.offset(n.End())
	list := k.p.tokens.list
	i, _ := slices.BinarySearchFunc(list, from, func(l lexeme, off int) int { return l.off - off })
	for ; i < len(list) && list[i].off < to; i++ {
		switch l := list[i]; {
		case l.tok == token.SEMICOLON:
			if next := list[i+1].tok; next != token.RBRACE && next != token.RPAREN {
				b.WriteString("; ")
			}
		case l.lit != "":
			b.WriteString(l.lit + " ")
		default:
			b.WriteString(l.tok.String() + " ")
		}
	}
	return b.String()
}

// meansTheSame reports whether the names in an earlier declaration mean in this cell what
// they meant there.
func (k *checking) meansTheSame(r *typeRecord, kept map[string]bool) bool {
	for name, was := range r.means {
		now := k.meaning(name, kept)
		if p, ok := was.(*types.PkgName); ok {
			q, ok := now.(*types.PkgName)
			if !ok && now != nil || ok && p.Imported() != q.Imported() {
				return false
			}
			continue
		}
		if now != was {
			return false
		}
	}
	return true
}

// meaning returns what a name means in this cell; nil for what the cell declares and for
// packages that are not imported.
func (k *checking) meaning(name string, kept map[string]bool) types.Object {
	if _, own := k.names[name]; own && !kept[name] {
		return types.Universe.Lookup("nil") // nothing that a declaration could have meant
	}
	for _, obj := range k.imported {
		if obj.Name() == name {
			return obj
		}
	}
	if d := k.n.live[name]; d != nil {
		return d.obj
	}
	return types.Universe.Lookup(name)
}

// records describes the types that the cell declares, for later cells.
func (k *checking) records() map[string]*typeRecord {
	records := map[string]*typeRecord{}
	for name, spec := range k.types {
		if !spec.Assign.IsValid() {
			records[name] = k.completeRecord(spec)
		}
	}
	for _, spec := range k.kept {
		r := k.record(spec)
		r.means = k.n.live[spec.Name.Name].record.means
		records[spec.Name.Name] = r
	}
	return records
}

func (k *checking) completeRecord(spec *ast.TypeSpec) *typeRecord {
	r := k.record(spec)
	r.means = map[string]types.Object{}
	ast.Inspect(spec, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				r.means[id.Name] = k.info.Uses[id]
			}
			return false
		}
		if id, ok := n.(*ast.Ident); ok {
			obj := k.info.Uses[id]
			if obj != nil && (obj.Parent() == k.n.pkg.Scope() || obj.Pkg() != k.n.pkg) {
				r.means[id.Name] = obj
			}
		}
		return true
	})
	return r
}

// withoutKept returns d without the types that stay; nil when nothing is left.
func (k *checking) withoutKept(d *ast.GenDecl) *ast.GenDecl {
	if d.Tok != token.TYPE || len(k.kept) == 0 {
		return d
	}
	rest := *d
	rest.Specs = nil
	for _, spec := range d.Specs {
		if t, ok := spec.(*ast.TypeSpec); !ok || !slices.Contains(k.kept, t) {
			rest.Specs = append(rest.Specs, spec)
		}
	}
	if len(rest.Specs) == 0 {
		return nil
	}
	return &rest
}
