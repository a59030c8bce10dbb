// Package texmath translates the TeX formulas of notebooks to MathML Core, which browsers
// show without a script. It is written here because no Go library for this can be had
// from the module proxy.
//
// It knows the mathematics of information theory and learning, not TeX: macros, lengths
// and everything else that it does not know make it refuse the whole formula.
package texmath

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Convert returns tex, a formula without its dollars, as a math element; display is for a
// formula on a line of its own. ok is false, and the text empty, when any part of the
// formula is not understood.
func Convert(tex string, display bool) (text string, ok bool) {
	if !utf8.ValidString(tex) || len(tex) > maxLength {
		return "", false
	}
	p := &parser{rest: tex}
	body := p.row()
	if p.failed || p.rest != "" {
		return "", false
	}
	open := "<math>"
	if display {
		open = `<math display="block">`
	}
	return open + row(body) + "</math>", true
}

// Bounds of a formula: its bytes, and the nesting of its groups.
const (
	maxLength = 20_000
	maxDepth  = 50
)

// parser is TeX on its way to MathML. After a failure nothing is left to read.
type parser struct {
	rest   string
	font   string // command of the alphabet in force; "" for italics
	depth  int
	failed bool
}

func (p *parser) fail() string {
	p.failed, p.rest = true, ""
	return ""
}

// peek returns the next token and what follows it: a command with its backslash, one
// character, or "" at the end.
func (p *parser) peek() (token, rest string) {
	text := strings.TrimLeft(p.rest, " \t\r\n")
	if text == "" {
		return "", ""
	}
	_, size := utf8.DecodeRuneInString(text)
	if text[0] == '\\' && len(text) > 1 {
		_, n := utf8.DecodeRuneInString(text[1:])
		size += n
		for isLetter(text[1]) && size < len(text) && isLetter(text[size]) {
			size++
		}
	}
	return text[:size], text[size:]
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *parser) next() string {
	token, rest := p.peek()
	p.rest = rest
	return token
}

// accept reads token if it comes next.
func (p *parser) accept(token string) bool {
	got, rest := p.peek()
	if got != token {
		return false
	}
	p.rest = rest
	return true
}

// expect reads a token that has to come.
func (p *parser) expect(token string) {
	if !p.accept(token) {
		p.fail()
	}
}

// row translates atoms up to the end or to one of stops, which it leaves.
func (p *parser) row(stops ...string) string {
	if p.depth++; p.depth > maxDepth {
		return p.fail()
	}
	defer func() { p.depth-- }()
	var out strings.Builder
	before := start
	for {
		token, _ := p.peek()
		if p.failed || token == "" {
			p.rest = ""
			return out.String()
		}
		for _, stop := range stops {
			if token == stop {
				return out.String()
			}
		}
		a := p.scripted(before)
		if a.class == function && (before == ordinary || before == closing || before == function) {
			out.WriteString(thinSpace)
		}
		out.WriteString(a.text)
		if a.class == function && p.startsOrdinary() {
			out.WriteString(thinSpace)
		}
		if a.class != space {
			before = a.class
		}
	}
}

// startsOrdinary tells whether a function's operand without parentheses comes next.
func (p *parser) startsOrdinary() bool {
	token, _ := p.peek()
	if token == "" {
		return false
	}
	if command, ok := strings.CutPrefix(token, `\`); ok {
		s, known := symbols()[command]
		return known && s.class == ordinary || command == "frac" || command == "sqrt" || fonts[command] != (alphabet{})
	}
	r, _ := utf8.DecodeRuneInString(token)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// scripted translates an atom with what stands above and below it.
func (p *parser) scripted(before class) atom {
	a := p.atom(before)
	var sub, sup, primes string
	for !p.failed {
		switch {
		case p.accept(`\limits`):
			a.limits, a.text = true, strings.Replace(a.text, "<mo", `<mo movablelimits="false"`, 1)
		case p.accept(`\nolimits`):
			a.limits = false
		case sup == "" && p.accept("'"):
			primes += "′"
		case sub == "" && p.accept("_"):
			sub = p.argument()
		case sup == "" && p.accept("^"):
			sup = p.argument()
		default:
			if token, _ := p.peek(); token == "_" || token == "^" || token == "'" {
				p.fail() // a second one is an error in TeX
			}
			if primes != "" {
				sup = row(element("mo", primes) + sup)
			}
			a.text = attach(a, sub, sup)
			return a
		}
	}
	return atom{}
}

// attach sets scripts to an atom.
func attach(a atom, sub, sup string) string {
	kind := [3]string{"msub", "msup", "msubsup"}
	if a.limits {
		kind = [3]string{"munder", "mover", "munderover"}
	}
	switch {
	case sub == "" && sup == "":
		return a.text
	case sup == "":
		return element(kind[0], a.text+sub)
	case sub == "":
		return element(kind[1], a.text+sup)
	}
	return element(kind[2], a.text+sub+sup)
}

// argument translates what a command or a script takes, as one element: a group or an atom.
func (p *parser) argument() string {
	token, rest := p.peek()
	switch {
	case strings.Contains("_^'}&", token): // "" as well
		return p.fail()
	case isDigit(token[0]): // x^12 is x¹2
		p.rest = rest
		return p.digits(token)
	}
	a := p.atom(start)
	if a.class == space {
		return p.fail()
	}
	return a.text
}

// group translates what stands before the closing brace.
func (p *parser) group() string {
	body := p.row("}")
	p.expect("}")
	return row(body)
}

// raw reads a group as it stands; commands and groups inside it are refused.
func (p *parser) raw() string {
	p.expect("{")
	text, rest, ok := strings.Cut(p.rest, "}")
	if !ok || strings.ContainsAny(text, `{\$%&#`) || strings.ContainsFunc(text, unprintable) {
		return p.fail()
	}
	p.rest = rest
	return text
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' }

func element(name, body string) string { return "<" + name + ">" + body + "</" + name + ">" }

func row(body string) string { return element("mrow", body) }

func escape(text string) string { return html.EscapeString(text) }
