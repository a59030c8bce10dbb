package modules

import (
	"go/scanner"
	"go/token"
	"strconv"
)

// An Import is an import path in the text of a cell, with its place.
type Import struct {
	Path                string
	Line, Column, Width int // in bytes, from 1
}

// Imports finds the imports in a cell without parsing it: a half-typed cell, or one with
// magics, has imports too.
func Imports(code string) []Import {
	src := []byte(code)
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, 0) // what is no token imports nothing
	var list []Import
	inside, block := false, false
	for {
		pos, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return list
		case tok == token.IMPORT:
			inside, block = true, false
		case !inside:
		case tok == token.LPAREN:
			block = true
		case tok == token.STRING:
			if path, err := strconv.Unquote(lit); err == nil {
				p := fset.Position(pos)
				list = append(list, Import{Path: path, Line: p.Line, Column: p.Column, Width: len(lit)})
			}
			inside = block
		case tok == token.RPAREN, tok != token.IDENT && tok != token.PERIOD && tok != token.SEMICOLON:
			inside = false
		}
	}
}
