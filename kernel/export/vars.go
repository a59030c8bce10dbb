package export

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// left is what a define or a var declaration does to the names on its left.
type left struct {
	fresh []types.Object // declared here
	outer []types.Object // declared here, but global or before the cell's function
	known bool           // one is of an earlier declaration and in the same block
	far   bool           // one is of an earlier declaration and elsewhere
}

// side sorts the names on the left of an item.
func (x *exporter) side(s *sheet, ids []*ast.Ident) left {
	var l left
	for _, id := range ids {
		if id.Name == "_" {
			continue
		}
		obj := x.info.Defs[id]
		switch {
		case obj != nil && x.home[obj] == inMain:
			l.fresh = append(l.fresh, obj)
		case obj != nil:
			l.outer = append(l.outer, obj)
		default:
			obj = x.info.Uses[id]
			if at := x.declared[obj]; x.home[obj] == inMain && (at == s || !s.scoped && (at == nil || !at.scoped)) {
				l.known = true
			} else {
				l.far = true
			}
		}
	}
	return l
}

// global declares the global variables among objs, which main assigns.
func (w *writer) global(objs []types.Object) error {
	var list []types.Object
	for _, obj := range objs {
		if w.x.home[obj] == global {
			list = append(list, obj)
		}
	}
	for i, line := range w.x.lines(list) {
		w.decls.add("var "+line, i == 0)
	}
	for _, obj := range objs {
		if err := w.x.nameable(obj); err != nil {
			return err
		}
	}
	return nil
}

// nameable returns an error when the type of a variable cannot be written down.
func (x *exporter) nameable(obj types.Object) error {
	t := obj.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		if tn := named.Obj(); tn.Pkg() != nil && tn.Pkg() != x.pkg && !tn.Exported() {
			return fmt.Errorf("the type %s of %s is private to its package, so that no variable for it can be declared: give %s an interface type",
				types.TypeString(obj.Type(), nil), obj.Name(), obj.Name())
		}
	}
	return nil
}

// variables lists the declarations of a cell's variables with a home.
func (x *exporter) variables(s *sheet, h home) []string {
	var list []types.Object
	for _, item := range s.checked.Items {
		for _, obj := range x.declares(item) {
			if _, ok := obj.(*types.Var); ok && x.home[obj] == h {
				list = append(list, obj)
			}
		}
	}
	return x.lines(list)
}

// lines declares variables, neighbours of one type together: "a, b int".
func (x *exporter) lines(objs []types.Object) []string {
	var lines []string
	for i := 0; i < len(objs); {
		names, j := []string{x.name(objs[i])}, i+1
		for ; j < len(objs) && types.Identical(objs[i].Type(), objs[j].Type()); j++ {
			names = append(names, x.name(objs[j]))
		}
		lines = append(lines, strings.Join(names, ", ")+" "+x.typeText(objs[i].Type()))
		i = j
	}
	return lines
}

// define writes "a, b := values", as an assignment where the names are declared elsewhere.
func (w *writer) define(s *sheet, d cell.Define, home *page, blank bool) error {
	var ids []*ast.Ident
	for _, lhs := range d.Stmt.Lhs {
		ids = append(ids, lhs.(*ast.Ident))
	}
	text, at := s.text(d.Stmt), s.offset(d.Stmt.TokPos)
	start, end := s.span(d.Stmt)
	right := s.edits.text(at+len(":="), end)
	names := s.edits.text(start, at)
	if home == w.decls {
		home.add("var "+names+"="+right, blank)
		return nil
	}
	l := w.x.side(s, ids)
	if err := w.global(l.outer); err != nil {
		return err
	}
	elsewhere := len(l.outer) > 0 || l.far
	if elsewhere || len(l.fresh) == 0 {
		for _, line := range w.x.lines(l.fresh) {
			home.add("var "+line, blank)
			blank = false
		}
		for _, obj := range l.fresh {
			if err := w.x.nameable(obj); err != nil {
				return err
			}
		}
		text = names + "=" + right
	}
	home.add(text, blank)
	w.useless(home, l.fresh)
	return nil
}

// varDecl writes a var declaration.
func (w *writer) varDecl(s *sheet, d cell.Decl, home *page, blank bool) error {
	plain := true
	for _, spec := range d.Decl.Specs {
		l := w.x.side(s, spec.(*ast.ValueSpec).Names)
		plain = plain && !l.known && !l.far && (len(l.outer) == 0 || home == w.decls) && !zeroed(spec.(*ast.ValueSpec))
	}
	if plain {
		text := s.text(d.Decl)
		if s.cut(d.Decl) {
			text = "var " + s.specText(d.Decl.Specs[0].(*ast.ValueSpec))
		}
		home.add(text, blank)
		for _, obj := range w.x.declares(d) {
			if home == w.main {
				w.useless(home, []types.Object{obj})
			}
		}
		return nil
	}
	for _, spec := range d.Decl.Specs {
		if err := w.varSpec(s, spec.(*ast.ValueSpec), blank); err != nil {
			return err
		}
		blank = false
	}
	return nil
}

// varSpec writes one line of a var declaration, of which some names are declared elsewhere.
func (w *writer) varSpec(s *sheet, spec *ast.ValueSpec, blank bool) error {
	l := w.x.side(s, spec.Names)
	if len(l.outer) == 0 && !l.known && !l.far && !zeroed(spec) {
		w.main.add("var "+s.specText(spec), blank)
		w.useless(w.main, l.fresh)
		return nil
	}
	if err := w.global(l.outer); err != nil {
		return err
	}
	for _, line := range w.x.lines(l.fresh) {
		w.main.add("var "+line, blank)
		blank = false
	}
	w.useless(w.main, l.fresh)
	switch {
	case len(spec.Values) == 0:
	case zeroed(spec):
		for _, id := range spec.Names {
			if obj := w.x.info.Uses[id]; obj != nil {
				w.main.add(w.x.name(obj)+" = "+w.x.zero(obj.Type()), blank)
				blank = false
			}
		}
	default:
		w.main.add(list(s, spec.Names)+" = "+list(s, spec.Values), blank)
	}
	return nil
}

// specText is the text of one line of a var declaration, put together from its parts.
func (s *sheet) specText(spec *ast.ValueSpec) string {
	text := list(s, spec.Names)
	if spec.Type != nil {
		text += " " + s.text(spec.Type)
	}
	if len(spec.Values) > 0 {
		text += " = " + list(s, spec.Values)
	}
	return text
}

// list is the text of neighbouring nodes.
func list[N ast.Node](s *sheet, nodes []N) string {
	start, _ := s.span(nodes[0])
	_, end := s.span(nodes[len(nodes)-1])
	return s.edits.text(start, end)
}

// zeroed reports whether the check gave the names of a declaration without values their
// zero value.
func zeroed(spec *ast.ValueSpec) bool {
	if spec.Type == nil || len(spec.Values) == 0 {
		return false
	}
	star, ok := spec.Values[0].(*ast.StarExpr)
	return ok && star.Star == spec.Type.Pos()
}

// useless keeps variables that nothing uses from being an error.
func (w *writer) useless(home *page, objs []types.Object) {
	for _, obj := range objs {
		if name := w.x.name(obj); w.x.unused[name] {
			home.add("_ = "+name, false)
		}
	}
}
