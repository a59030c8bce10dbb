package cell

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// parsed is a cell as syntax. Its positions lie in file.
type parsed struct {
	file    *token.File
	source  string
	tokens  *tokens
	imports []*ast.ImportSpec
	funcs   []*ast.FuncDecl
	stmts   []ast.Stmt
	last    ast.Stmt // the statement that ends the cell; nil when a declaration does
	shown   bool     // the cell does not end with a semicolon
	mode    parser.Mode
}

// gap is kept free before each file, so that text can be put before a piece without
// moving its positions.
const gap = 64

// parse cuts a cell into its pieces and parses them. On errors the result is nil.
func parse(fset *token.FileSet, name, src string) (*parsed, Errors) {
	t := tokenize(src)
	file := fset.AddFile(name, fset.Base()+gap, len(src))
	file.SetLinesForContent([]byte(src))
	if len(t.errs) > 0 {
		for i, e := range t.errs {
			t.errs[i].Hint = syntaxHint(src, e.Offset, e.Msg)
		}
		fset.RemoveFile(file)
		return nil, finish(name, src, t.errs)
	}
	s := t.split()
	p := &parsed{file: file, source: src, tokens: t, shown: s.shown}
	var errs []Error
	if len(s.imports) > 0 {
		f, e := p.parse("package p;", keep(src, s.imports), "")
		errs = append(errs, e...)
		p.imports = f.Imports
	}
	if len(s.funcs) > 0 {
		f, e := p.parse("package p;", keep(src, s.funcs), "")
		errs = append(errs, e...)
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				p.funcs = append(p.funcs, d)
			}
		}
	}
	f, e := p.parse("package p;func _(){", without(src, s.packages, s.imports, s.funcs), "\n}")
	errs = append(errs, e...)
	if len(errs) == 0 {
		p.stmts = f.Decls[0].(*ast.FuncDecl).Body.List
		p.last = p.lastStmt()
		errs = p.nonNames()
	}
	if len(errs) > 0 {
		fset.RemoveFile(file)
		return nil, finish(name, src, errs)
	}
	return p, nil
}

// syntaxErrors returns what is wrong with the syntax of code.
func syntaxErrors(code string) Errors {
	_, errs := parse(token.NewFileSet(), "", code)
	return errs
}

// lastStmt returns the last statement unless a function stands behind it.
func (p *parsed) lastStmt() ast.Stmt {
	for i := len(p.stmts) - 1; i >= 0; i-- {
		if _, empty := p.stmts[i].(*ast.EmptyStmt); empty {
			continue
		}
		if n := len(p.funcs); n > 0 && p.funcs[n-1].Pos() > p.stmts[i].Pos() {
			return nil
		}
		return p.stmts[i]
	}
	return nil
}

// nonNames finds top-level defines of what is no name, as in "a.b := 1".
func (p *parsed) nonNames() []Error {
	var errs []Error
	for _, s := range p.stmts {
		s, ok := s.(*ast.AssignStmt)
		if !ok || s.Tok != token.DEFINE {
			continue
		}
		for _, lhs := range s.Lhs {
			if _, ok := lhs.(*ast.Ident); !ok {
				errs = append(errs, Error{
					Name: "SyntaxError", Offset: p.file.Offset(lhs.Pos()), Width: int(lhs.End() - lhs.Pos()),
					Msg: "non-name " + types.ExprString(lhs) + " on left side of :=",
				})
			}
		}
	}
	return errs
}

// parse parses text between before and after, with positions as if text stood alone.
func (p *parsed) parse(before, text, after string) (*ast.File, []Error) {
	fset := token.NewFileSet()
	fset.AddFile("", p.file.Base()-len(before)-1, 0)
	f, err := parser.ParseFile(fset, "", before+text+after, parser.SkipObjectResolution|p.mode)
	if err == nil {
		return f, nil
	}
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return f, []Error{{Name: "SyntaxError", Msg: err.Error()}}
	}
	var errs []Error
	for _, e := range list {
		off := max(e.Pos.Offset-len(before), 0)
		if off >= len(text) {
			if len(errs) > 0 {
				break // what follows from the errors above
			}
			e.Msg, _, _ = strings.Cut(e.Msg, ", found")
			e.Msg += ", found the end of the cell"
		}
		errs = append(errs, Error{Name: "SyntaxError", Offset: min(off, len(text)), Msg: e.Msg, Hint: syntaxHint(text, min(off, len(text)), e.Msg)})
	}
	return f, errs
}

// keep blanks everything but the spans and the semicolons behind them; lines stay.
func keep(src string, spans []span) string {
	b := []byte(blank(src))
	for _, s := range spans {
		copy(b[s.start:s.end], src[s.start:s.end])
		if s.end < len(src) && src[s.end] == ';' {
			b[s.end] = ';'
		}
	}
	return string(b)
}

// without blanks the spans; lines stay.
func without(src string, lists ...[]span) string {
	var b []byte
	for _, spans := range lists {
		for _, s := range spans {
			if b == nil {
				b = []byte(src)
			}
			copy(b[s.start:s.end], blank(src[s.start:s.end]))
		}
	}
	if b == nil {
		return src
	}
	return string(b)
}

func blank(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// parseLoosely parses what there is of a half-typed cell: brackets are closed or left
// out until they match, and syntax errors cost what is next to them.
func parseLoosely(fset *token.FileSet, src string) *parsed {
	t := tokenize(src)
	b := []byte(src)
	for _, i := range t.stray {
		b[t.list[i].off] = ' '
	}
	src = string(b) + t.closers()
	t = tokenize(src)
	file := fset.AddFile("cell[0]", fset.Base()+gap, len(src))
	file.SetLinesForContent([]byte(src))
	s := t.split()
	p := &parsed{file: file, source: src, tokens: t, shown: true, mode: parser.AllErrors}
	if len(s.imports) > 0 {
		f, _ := p.parse("package p;", keep(src, s.imports), "")
		p.imports = f.Imports
	}
	if len(s.funcs) > 0 {
		f, _ := p.parse("package p;", keep(src, s.funcs), "")
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				p.funcs = append(p.funcs, d)
			}
		}
	}
	f, _ := p.parse("package p;func _(){", without(src, s.packages, s.imports, s.funcs), "\n}")
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
			p.stmts = append(p.stmts, d.Body.List...)
		}
	}
	p.last = p.lastStmt()
	return p
}
