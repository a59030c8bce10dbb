package cell

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// Format lays a cell out as gofmt does. Declarations and statements may be mixed; comments
// and the semicolon that hides the last value stay. The error is of type [Errors], for a
// cell that does not parse.
func Format(code string) (string, error) {
	p, errs := parse(token.NewFileSet(), "cell", code)
	if errs != nil {
		return "", errs
	}
	code = strings.TrimSpace(strings.ReplaceAll(code, "\r\n", "\n"))
	var text string
	var err error
	if p.declares() {
		text, err = layOutDecls(code)
	} else {
		text, err = layOut(code)
	}
	if err != nil {
		return "", fmt.Errorf("format the cell: %w", err)
	}
	if _, hides := p.last.(*ast.ExprStmt); hides && !p.shown {
		text = withSemicolon(text)
	}
	return text, nil
}

// declares reports whether a cell is a piece of a Go file: declarations and comments.
func (p *parsed) declares() bool {
	for _, s := range p.stmts {
		_, decl := s.(*ast.DeclStmt)
		_, empty := s.(*ast.EmptyStmt)
		if !decl && !empty {
			return false
		}
	}
	return true
}

// layOutDecls formats declarations.
func layOutDecls(code string) (string, error) {
	const clause = "package p"
	text, err := format.Source([]byte(clause + "\n\n" + code))
	if err == nil {
		return strings.TrimSpace(strings.TrimPrefix(string(text), clause)), nil
	}
	text, err = format.Source([]byte(code)) // with a clause of its own
	return strings.TrimSpace(string(text)), err
}

// layOut formats statements. Package clauses, imports and functions between them are
// formatted alone; comments stand in their places meanwhile.
func layOut(code string) (string, error) {
	s := tokenize(code).split()
	pieces := slices.Concat(s.packages, s.imports, s.funcs)
	slices.SortFunc(pieces, func(a, b span) int { return a.start - b.start })
	mark := unusedComment(code)
	var b strings.Builder
	var texts []string
	at := 0
	for i, piece := range pieces {
		text, err := layOutDecls(code[piece.start:piece.end])
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
		b.WriteString(code[at:piece.start])
		if line := b.String(); strings.TrimSpace(line[strings.LastIndexByte(line, '\n')+1:]) != "" {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s%04d", mark, i)
		at = piece.end
		for at < len(code) && code[at] == ';' {
			at++
		}
		if rest, _, _ := strings.Cut(code[at:], "\n"); strings.TrimSpace(rest) != "" && !strings.HasPrefix(strings.TrimSpace(rest), "//") {
			b.WriteByte('\n')
		}
	}
	b.WriteString(code[at:])
	text, err := layOutStmts(b.String())
	if err != nil {
		return "", err
	}
	for i, piece := range texts {
		text = strings.Replace(text, fmt.Sprintf("%s%04d", mark, i), piece, 1)
	}
	return text, nil
}

// unusedComment returns the beginning of a comment that code does not hold.
func unusedComment(code string) string {
	for mark := "//ˈ"; ; mark += "ˈ" {
		if !strings.Contains(code, mark) {
			return mark
		}
	}
}

// normalizeNumbers is a mode of the printer that gofmt uses and package printer does not
// export.
const normalizeNumbers printer.Mode = 1 << 30

// layOutStmts formats the body of a function.
func layOutStmts(code string) (string, error) {
	const open = "package p\n\nfunc _() {\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", open+indented(code)+"\n}", parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent | normalizeNumbers, Tabwidth: 8, Indent: -1}
	if err := config.Fprint(&b, fset, file); err != nil {
		return "", err
	}
	_, body, _ := strings.Cut(b.String(), "{")
	return strings.TrimSpace(body[:strings.LastIndexByte(body, '}')]), nil
}

// indented moves comments away from the first column, where the printer takes them for
// the documentation of a declaration and changes their text.
func indented(code string) string {
	file := token.NewFileSet().AddFile("", 1, len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), nil, scanner.ScanComments)
	var b strings.Builder
	at := 0
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			b.WriteString(code[at:])
			return b.String()
		}
		off := int(pos) - 1
		if tok == token.COMMENT && (off == 0 || code[off-1] == '\n') {
			b.WriteString(code[at:off] + "\t")
			at = off
		}
	}
}

// withSemicolon puts a semicolon behind the last token of a formatted cell.
func withSemicolon(text string) string {
	for _, l := range slices.Backward(tokenize(text).list) {
		if l.tok != token.EOF && l.tok != token.SEMICOLON {
			return text[:l.end()] + ";" + text[l.end():]
		}
	}
	return text
}
