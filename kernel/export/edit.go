package export

import (
	"cmp"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// edits are changes to the source of a cell; each stands at a place of its own.
type edits struct {
	source string
	list   []edit
}

// edit replaces source[start:end].
type edit struct {
	start, end int
	text       string
}

// put adds an edit; a second one at the same place is the same one.
func (e *edits) put(start, end int, text string) {
	i, found := slices.BinarySearchFunc(e.list, start, func(a edit, start int) int { return cmp.Compare(a.start, start) })
	if !found {
		e.list = slices.Insert(e.list, i, edit{start, end, text})
	}
}

// text returns source[start:end] with its edits made.
func (e *edits) text(start, end int) string {
	var b strings.Builder
	at := start
	for _, edit := range e.list {
		if edit.start < start || edit.end > end {
			continue
		}
		b.WriteString(e.source[at:edit.start])
		b.WriteString(edit.text)
		at = edit.end
	}
	b.WriteString(e.source[at:end])
	return b.String()
}

// rename gives all identifiers of a cell the names that they have in the program.
func (x *exporter) rename(s *sheet) {
	for _, item := range s.checked.Items {
		n := node(item)
		if n == nil {
			continue
		}
		if _, isImport := item.(cell.Import); isImport {
			continue
		}
		selected := map[*ast.Ident]bool{}
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				selected[n.Sel] = true
			case *ast.Ident:
				x.renameIdent(s, n, selected[n])
			}
			return true
		})
	}
}

func (x *exporter) renameIdent(s *sheet, id *ast.Ident, selected bool) {
	obj := x.info.Uses[id]
	if obj == nil {
		obj = x.info.Defs[id]
	}
	if obj == nil {
		return
	}
	name := x.name(obj)
	if p, ok := obj.(*types.PkgName); ok {
		x.imports[p.Imported().Path()] = true
	}
	if fn, ok := obj.(*types.Func); ok && x.info.Defs[id] == obj && x.slots[fn] != nil {
		name = x.slots[fn].of[fn]
	}
	if p := x.dotImported(id); p != nil && !selected {
		name = x.use(p) + "." + name
	}
	if name != id.Name {
		start := s.offset(id.Pos())
		s.edits.put(start, start+len(id.Name), name)
	}
}

// offset is the place of pos in the cell's source.
func (s *sheet) offset(pos token.Pos) int { return s.checked.Fset.File(pos).Offset(pos) }

// span is the place of a node in the cell's source.
func (s *sheet) span(n ast.Node) (start, end int) { return s.offset(n.Pos()), s.offset(n.End()) }

// text is the edited source of a node.
func (s *sheet) text(n ast.Node) string { return s.edits.text(s.span(n)) }

// remark is a comment in the text between two items.
type remark struct {
	text        string
	blankBefore bool // an empty line parts it from what stands before
	sameLine    bool // it stands behind what ends before it
}

// gap is what stands between two items: comments, and whether an empty line comes before
// the second one.
type gap struct {
	remarks []remark
	blank   bool
}

// gaps finds what stands before each item of a cell, and behind the last one. Items that
// the check has cut from one declaration stand at one place: the first one has it all.
func (s *sheet) gaps() (before map[int]gap, tail gap) {
	type place struct{ item, start, end int }
	var places []place
	for i, item := range s.checked.Items {
		if n := node(item); n != nil {
			start, end := s.span(n)
			places = append(places, place{i, start, end})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.start, b.start) })
	before = map[int]gap{}
	at := 0
	for _, p := range places {
		if p.start >= at {
			before[p.item] = gapOf(s.Source, at, p.start)
			at = p.end
		}
	}
	return before, gapOf(s.Source, at, len(s.Source))
}

// cut reports whether the check has cut a declaration into several items.
func (s *sheet) cut(d *ast.GenDecl) bool {
	n := 0
	for _, item := range s.checked.Items {
		if other, ok := item.(cell.Decl); ok && other.Decl.Pos() == d.Pos() {
			n++
		}
	}
	return n > 1
}

// gapOf reads source[start:end], where the tokens are import and package clauses and
// declarations without effect. Comments inside brackets go with them.
func gapOf(source string, start, end int) gap {
	var g gap
	text := source[start:end]
	file := token.NewFileSet().AddFile("", 1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	depth, last := 0, 0
	for {
		pos, tok, lit := s.Scan()
		off := int(pos) - 1
		switch tok {
		case token.EOF:
			g.blank = strings.Count(text[last:], "\n") > 1
			return g
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		case token.COMMENT:
			if depth == 0 {
				between := text[last:off]
				g.remarks = append(g.remarks, remark{
					text: lit, blankBefore: strings.Count(between, "\n") > 1,
					sameLine: start > 0 && len(g.remarks) == 0 && !strings.Contains(text[:off], "\n"),
				})
			}
		}
		if tok != token.SEMICOLON || lit != "\n" {
			last = min(off+max(len(lit), len(tok.String())), len(text))
			if tok == token.COMMENT || lit != "" && tok != token.SEMICOLON {
				last = off + len(lit)
			}
		}
	}
}
