package cell

import (
	"fmt"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// lexeme is a token of a cell; off is its byte offset.
type lexeme struct {
	off  int
	tok  token.Token
	lit  string
	mate int // for a bracket the index of its partner, -1 for none
}

// auto reports whether a semicolon was inserted at the end of a line.
func (l lexeme) auto() bool { return l.tok == token.SEMICOLON && l.lit == "\n" }

func (l lexeme) end() int {
	if l.lit != "" {
		return l.off + len(l.lit)
	}
	return l.off + len(l.tok.String())
}

// tokens is a cell cut into tokens, the last of them EOF.
type tokens struct {
	list  []lexeme
	open  []int   // the brackets that are never closed
	stray []int   // the closing brackets that match no open one
	errs  []Error // what is wrong with the tokens and brackets alone
}

// tokenize cuts src into tokens and matches its brackets.
func tokenize(src string) *tokens {
	t := &tokens{list: make([]lexeme, 0, len(src)/3+8)}
	file := token.NewFileSet().AddFile("", 1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(pos token.Position, msg string) {
		t.errs = append(t.errs, Error{Name: "SyntaxError", Offset: pos.Offset, Msg: msg})
	}, 0)
	var open []int
	for {
		pos, tok, lit := s.Scan()
		l := lexeme{off: int(pos) - 1, tok: tok, lit: lit, mate: -1}
		if tok.IsOperator() && tok != token.SEMICOLON {
			l.lit = ""
		}
		i := len(t.list)
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, i)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) == 0 {
				t.fail(l.off, fmt.Sprintf("unexpected %s", tok))
				t.stray = append(t.stray, i)
				break
			}
			o := open[len(open)-1]
			if closer(t.list[o].tok) != tok {
				t.fail(l.off, fmt.Sprintf("unexpected %s, expected %s", tok, closer(t.list[o].tok)))
				t.stray = append(t.stray, i)
				break
			}
			open = open[:len(open)-1]
			t.list[o].mate, l.mate = i, o
		}
		t.list = append(t.list, l)
		if tok == token.EOF {
			break
		}
	}
	t.open = open
	if len(t.errs) == 0 && len(open) > 0 {
		o := t.list[open[len(open)-1]]
		t.fail(o.off, fmt.Sprintf("missing %s: this %s is never closed", closer(o.tok), o.tok))
		t.errs[0].unclosed = true
	}
	return t
}

// closers returns the text that closes the open brackets.
func (t *tokens) closers() string {
	var b strings.Builder
	for _, o := range slices.Backward(t.open) {
		if tok := closer(t.list[o].tok); tok == token.RBRACE {
			b.WriteString("\n}")
		} else {
			b.WriteString(tok.String())
		}
	}
	return b.String()
}

func (t *tokens) fail(off int, msg string) {
	if len(t.errs) == 0 {
		t.errs = append(t.errs, Error{Name: "SyntaxError", Offset: off, Msg: msg})
	}
}

func closer(open token.Token) token.Token {
	switch open {
	case token.LPAREN:
		return token.RPAREN
	case token.LBRACK:
		return token.RBRACK
	}
	return token.RBRACE
}

// span is a piece of the source, [start, end) in bytes.
type span struct{ start, end int }

// pieces says where a cell holds what cannot stand inside a function body.
type pieces struct {
	packages []span // package clauses
	imports  []span
	funcs    []span // function and method declarations
	shown    bool   // the cell does not end with a semicolon
}

// split finds the top-level pieces of a cell whose brackets match.
func (t *tokens) split() pieces {
	var p pieces
	p.shown = true
	for i := 0; t.list[i].tok != token.EOF; {
		end := t.statementEnd(i)
		if t.isFunc(i) {
			end = t.funcEnd(i)
		}
		s := span{t.list[i].off, t.list[end].off}
		switch {
		case t.list[i].tok == token.PACKAGE:
			p.packages = append(p.packages, s)
		case t.list[i].tok == token.IMPORT:
			p.imports = append(p.imports, s)
		case t.isFunc(i):
			p.funcs = append(p.funcs, s)
		}
		i = end
		for t.list[i].tok == token.SEMICOLON {
			p.shown = t.list[i].auto()
			i++
		}
		if t.list[i].tok != token.EOF {
			p.shown = true
		}
	}
	return p
}

// statementEnd returns the index of the semicolon or EOF after token i, outside brackets.
func (t *tokens) statementEnd(i int) int {
	for ; ; i++ {
		switch l := t.list[i]; {
		case l.tok == token.SEMICOLON || l.tok == token.EOF:
			return i
		case l.mate > i:
			i = l.mate
		}
	}
}

// isFunc tells a function or method declaration from a function literal.
func (t *tokens) isFunc(i int) bool {
	if t.list[i].tok != token.FUNC {
		return false
	}
	next := t.list[i+1]
	if next.tok == token.LPAREN && next.mate > 0 {
		// A literal's result type is never followed by a parenthesis.
		return t.list[next.mate+1].tok == token.IDENT && t.list[next.mate+2].tok == token.LPAREN
	}
	return next.tok == token.IDENT
}

// funcEnd returns the index after a function declaration: of the semicolon behind its
// body, or of the one that ends its signature when it has no body.
func (t *tokens) funcEnd(i int) int {
	for i++; ; i++ {
		switch l := t.list[i]; {
		case l.tok == token.SEMICOLON || l.tok == token.EOF:
			return i
		case l.tok == token.LBRACE && !isTypeKeyword(t.list[i-1].tok):
			return t.statementEnd(l.mate)
		case l.mate > i:
			i = l.mate
		}
	}
}

// isTypeKeyword reports whether a brace after tok belongs to a type.
func isTypeKeyword(tok token.Token) bool {
	return tok == token.STRUCT || tok == token.INTERFACE
}

// names returns the distinct identifiers of the cell, and those of them that stand
// before a dot and are no selection themselves, with the first name selected from them.
func (t *tokens) names() (all []string, qualifiers map[string][]string) {
	seen := map[string]bool{}
	qualifiers = map[string][]string{}
	for i, l := range t.list {
		if l.tok != token.IDENT {
			continue
		}
		if !seen[l.lit] {
			seen[l.lit] = true
			all = append(all, l.lit)
		}
		if t.list[i+1].tok == token.PERIOD && (i == 0 || t.list[i-1].tok != token.PERIOD) {
			qualifiers[l.lit] = append(qualifiers[l.lit], t.list[i+2].lit)
		}
	}
	return all, qualifiers
}
