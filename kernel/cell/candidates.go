package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Ranks of candidates: what is nearer to the cursor comes first.
const (
	rankField = iota * 10
	rankLocal
	rankNotebook
	rankOwnPackage
	rankUniverse
	rankKeyword
	rankPackage
)

// candidates lists what could stand at the placeholder; prefix bounds only what is
// costly to list.
func (h *halfTyped) candidates(prefix string) []Candidate {
	if sel, ok := h.parent(1).(*ast.SelectorExpr); ok && sel.Sel == h.at {
		return h.selected(sel.X, prefix)
	}
	if names, jumps := h.place.labels(h.p.tokens); jumps {
		return labelled(names)
	}
	fields, only := h.fieldKeys()
	if only {
		return fields
	}
	return append(fields, h.visible(prefix)...)
}

// selected lists what can stand behind "x.".
func (h *halfTyped) selected(x ast.Expr, prefix string) []Candidate {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		switch obj := h.info.Uses[id].(type) {
		case *types.PkgName:
			return h.exported(obj, prefix)
		case nil:
			if p := h.n.autoImport(id.Name, nil); p != nil {
				return h.exported(p, prefix)
			}
		}
	}
	tv := h.info.Types[x]
	want := h.wanted(1)
	var items []Candidate
	for _, m := range members(tv.Type, h.n.pkg) {
		if selectable(m.obj, tv, h.n.pkg) {
			items = append(items, candidate(m.obj, m.depth+want.bonus(m.obj)))
		}
	}
	return items
}

// selectable tells whether a member can be selected from an expression: no field from a
// type, no method of the pointer from what has no address.
func selectable(obj types.Object, x types.TypeAndValue, pkg *types.Package) bool {
	if _, isField := obj.(*types.Var); isField {
		return !x.IsType()
	}
	found, _, needsPointer := types.LookupFieldOrMethod(x.Type, x.Addressable(), pkg, obj.Name())
	return found != nil || !needsPointer
}

// labelled are the candidates behind break, continue and goto.
func labelled(names []string) (items []Candidate) {
	for _, name := range names {
		items = append(items, Candidate{Text: name, Kind: "label"})
	}
	return items
}

// exported lists the exported names of a package. When none of them fits, packages of the
// same name are looked at, unless the cell chose this one.
func (h *halfTyped) exported(name *types.PkgName, prefix string) []Candidate {
	want := h.wanted(1)
	list := func(pkg *types.Package) (items []Candidate) {
		for _, s := range pkg.Scope().Names() {
			if token.IsExported(s) && fit(s, prefix) < fitsNot {
				if obj := pkg.Scope().Lookup(s); !want.refuses(obj) {
					items = append(items, candidate(obj, want.bonus(obj)))
				}
			}
		}
		return items
	}
	items := list(name.Imported())
	if len(items) > 0 || h.n.auto[name.Imported().Path()] != name {
		return items
	}
	paths := h.n.pkgs.ByName(name.Name())
	for _, path := range paths[:min(len(paths), tries)] {
		if pkg, err := h.n.pkgs.Import(path); err == nil && pkg != nil {
			items = append(items, list(pkg)...)
		}
	}
	return items
}

// fieldKeys lists the fields that a struct literal around the placeholder could set;
// only reports that nothing else can stand there.
func (h *halfTyped) fieldKeys() (items []Candidate, only bool) {
	lit, ok := h.parent(1).(*ast.CompositeLit)
	if kv, isKey := h.parent(1).(*ast.KeyValueExpr); isKey && kv.Key == h.at {
		lit, ok = h.parent(2).(*ast.CompositeLit)
		only = true
	}
	if !ok || lit.Type == h.at || h.info.Types[lit].Type == nil {
		return nil, false
	}
	t := h.info.Types[lit].Type.Underlying()
	if p, isPointer := t.(*types.Pointer); isPointer {
		t = p.Elem().Underlying()
	}
	s, ok := t.(*types.Struct)
	if !ok {
		return nil, false
	}
	set := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id != h.at {
				set[id.Name] = true
				only = true
			}
		}
	}
	for f := range s.Fields() {
		if set[f.Name()] || !f.Exported() && f.Pkg() != h.n.pkg {
			continue
		}
		c := candidate(f, rankField-100) // before all values
		c.Text += ":"
		items = append(items, c)
	}
	return items, only
}

// visible lists what a name can mean at the placeholder.
func (h *halfTyped) visible(prefix string) []Candidate {
	want := h.wanted(0)
	var items []Candidate
	add := func(obj types.Object, rank int) {
		name := obj.Name()
		if name == "_" || fit(name, prefix) == fitsNot || strings.Contains(name, staleMark) || want.refuses(obj) {
			return
		}
		items = append(items, candidate(obj, rank+want.bonus(obj)))
	}
	pkg := h.n.pkg.Scope()
	for s := h.scope; s != nil && s != pkg && h.at != nil; s = s.Parent() {
		for _, name := range s.Names() {
			if _, obj := s.LookupParent(name, h.at.Pos()); obj != nil && obj == s.Lookup(name) {
				add(obj, rankLocal)
			}
		}
	}
	for _, name := range pkg.Names() {
		if !h.below(name) {
			add(pkg.Lookup(name), rankNotebook)
		}
	}
	for name, d := range h.n.live {
		if pkg.Lookup(name) == nil || h.below(name) {
			add(d.obj, rankNotebook)
		}
	}
	for _, name := range types.Universe.Names() {
		add(types.Universe.Lookup(name), rankUniverse)
	}
	return append(items, h.words(prefix)...)
}

// below reports whether the cell declares a variable only after the placeholder. Function
// bodies may use it all the same.
func (h *halfTyped) below(name string) bool {
	from := h.names[name]
	return from.IsValid() && h.at != nil && h.at.Pos() < from && !within(h.at.Pos(), h.p.funcs)
}

// words lists keywords and the packages that need no import.
func (h *halfTyped) words(prefix string) []Candidate {
	var items []Candidate
	for name, path := range own {
		items = append(items, Candidate{Text: name, Kind: "package", Signature: path, rank: rankOwnPackage})
	}
	if prefix == "" {
		return items
	}
	for _, word := range h.place.keywords() {
		items = append(items, Candidate{Text: word, Kind: "keyword", rank: rankKeyword})
	}
	for name, path := range h.n.packageNames() {
		if fit(name, prefix) < fitsNot {
			items = append(items, Candidate{Text: name, Kind: "package", Signature: path, rank: rankPackage})
		}
	}
	return items
}

// packageNames are the names of all packages that cells may import, with the likeliest
// path of each.
func (n *Notebook) packageNames() map[string]string {
	if n.names == nil {
		n.names = map[string]string{}
		for _, path := range n.pkgs.Paths() {
			if hidden(path) {
				continue
			}
			name := path[strings.LastIndexByte(path, '/')+1:]
			if paths := n.pkgs.ByName(name); len(paths) > 0 {
				n.names[name] = paths[0]
			}
		}
	}
	return n.names
}

// candidate describes an object.
func candidate(obj types.Object, rank int) Candidate {
	return Candidate{Text: obj.Name(), rank: rank, obj: obj}
}

func kind(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		if obj.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Builtin:
		return "function"
	case *types.Var:
		if obj.IsField() {
			return "field"
		}
		return "variable"
	case *types.TypeName:
		return "type"
	case *types.PkgName:
		return "package"
	}
	return "constant"
}

// maxSignature bounds the length of a signature, in bytes.
const maxSignature = 200

// signature words an object's type.
func signature(obj types.Object) string {
	s := ""
	switch obj := obj.(type) {
	case *types.PkgName:
		s = obj.Imported().Path()
	case *types.Builtin, *types.Nil:
	case *types.TypeName:
		switch u := obj.Type().Underlying().(type) {
		case *types.Struct:
			s = "struct"
		case *types.Interface:
			s = "interface"
		default:
			s = typeString(u)
		}
	case *types.Const:
		s = typeString(obj.Type()) + " = " + obj.Val().String()
	default:
		if known(obj.Type()) {
			s = typeString(obj.Type())
		}
	}
	if len(s) > maxSignature {
		s = strings.ToValidUTF8(s[:maxSignature], "") + "…"
	}
	return s
}

// typeString words a type as a cell would write it.
func typeString(t types.Type) string { return types.TypeString(t, qualifier) }

func qualifier(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}
