package page

import (
	"go/scanner"
	"go/token"
	"go/types"
	"html"
	"strings"
)

// highlightGo colours Go source with Go's own scanner. Text that is not Go comes out as
// it went in.
func highlightGo(source string) string {
	var out strings.Builder
	var s scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)
	last := 0
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			break
		}
		start := file.Offset(pos)
		text := tok.String()
		if literal != "" {
			text = literal
		}
		end := start + len(text)
		if tok == token.SEMICOLON && literal != ";" || start < last || end > len(source) || source[start:end] != text {
			continue // inserted by the scanner, or normalized (\r): it is copied as it stands
		}
		out.WriteString(html.EscapeString(source[last:start]))
		span(&out, class(tok, text, source[end:]), text)
		last = end
	}
	out.WriteString(html.EscapeString(source[last:]))
	return out.String()
}

// class names the style of a token; "" for plain text. rest is what follows it.
func class(tok token.Token, text, rest string) string {
	switch {
	case tok == token.COMMENT:
		return "c"
	case tok.IsKeyword():
		return "k"
	case tok == token.STRING || tok == token.CHAR:
		return "s"
	case tok.IsLiteral() && tok != token.IDENT:
		return "n"
	case tok != token.IDENT:
		return ""
	}
	switch types.Universe.Lookup(text).(type) {
	case *types.TypeName:
		return "t"
	case *types.Const, *types.Nil:
		return "n"
	case *types.Builtin:
		return "b"
	}
	if strings.HasPrefix(rest, "(") {
		return "f"
	}
	return ""
}

func span(out *strings.Builder, class, text string) {
	if class == "" {
		out.WriteString(html.EscapeString(text))
		return
	}
	out.WriteString(`<span class="` + class + `">` + html.EscapeString(text) + `</span>`)
}
