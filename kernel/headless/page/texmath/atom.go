package texmath

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// class is TeX's class of an atom: it decides on the space around it.
type class int

const (
	start class = iota // nothing came yet
	ordinary
	function // log, max, ∑
	binary
	relation
	opening
	closing
	punctuation
	space
)

// atom is one translated element.
type atom struct {
	text   string
	class  class
	limits bool // scripts stand above and below it in a displayed formula
}

const thinSpace = `<mspace width="0.167em"></mspace>`

// atom translates one thing; before is the class of what it follows.
func (p *parser) atom(before class) atom {
	token, rest := p.peek()
	switch token {
	case "_", "^", "'":
		return atom{row(""), ordinary, false} // a script with nothing before it
	case "", "}", "&", "$", "#", "%", `\`:
		return atom{p.fail(), start, false}
	case "~":
		p.rest = rest
		return atom{`<mspace width="0.333em"></mspace>`, space, false}
	case "{":
		p.rest = rest
		return atom{p.group(), ordinary, false}
	}
	if token[0] == '\\' {
		p.rest = rest
		return p.command(token[1:], before)
	}
	if token[0] >= '0' && token[0] <= '9' {
		return atom{p.number(), ordinary, false}
	}
	p.rest = rest
	if s, ok := characters[token]; ok {
		return s.atom(before)
	}
	r, _ := utf8.DecodeRuneInString(token)
	switch {
	case unicode.IsLetter(r):
		return atom{p.letter(r), ordinary, false}
	case unicode.IsSymbol(r):
		return atom{element("mo", escape(token)), binary, false}
	}
	return atom{p.fail(), start, false}
}

// number reads digits with a decimal point.
func (p *parser) number() string {
	text := strings.TrimLeft(p.rest, " \t\r\n")
	end := 0
	for end < len(text) && (isDigit(text[end]) || text[end] == '.' && end+1 < len(text) && isDigit(text[end+1])) {
		end++
	}
	p.rest = text[end:]
	return p.digits(text[:end])
}

// digits is a number in the alphabet in force.
func (p *parser) digits(text string) string {
	if p.font == "" {
		return element("mn", text)
	}
	var out strings.Builder
	for _, r := range text {
		out.WriteRune(fonts[p.font].digit(r))
	}
	return element("mn", out.String())
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// letter translates a letter in the alphabet in force; in an upright one the letters that
// follow belong to it.
func (p *parser) letter(r rune) string {
	if p.font == "" {
		return element("mi", string(r))
	}
	set := fonts[p.font]
	styled, ok := set.letter(r)
	if !ok {
		return p.fail()
	}
	word := string(styled)
	for set.word && p.rest != "" && isLetter(p.rest[0]) {
		styled, _ = set.letter(rune(p.rest[0]))
		word += string(styled)
		p.rest = p.rest[1:]
	}
	return upright(word)
}

// upright is an identifier that is not set in italics.
func upright(text string) string {
	if utf8.RuneCountInString(text) == 1 {
		return `<mi mathvariant="normal">` + escape(text) + "</mi>"
	}
	return element("mi", escape(text))
}

// alphabet maps letters to those of a mathematical alphabet of Unicode; a zero means that
// it has none.
type alphabet struct {
	upper, lower, digits rune
	greekUpper, greek    rune
	word                 bool // letters side by side are a name
	holes                string
}

// fonts are the commands that change the alphabet.
var fonts = map[string]alphabet{
	"mathrm":     {upper: 'A', lower: 'a', digits: '0', greekUpper: 'Α', greek: 'α', word: true},
	"mathbf":     {upper: '𝐀', lower: '𝐚', digits: '𝟎', greekUpper: '𝚨', greek: '𝛂'},
	"mathbb":     {upper: '𝔸', lower: '𝕒', digits: '𝟘', holes: "CℂHℍNℕPℙQℚRℝZℤ"},
	"mathcal":    {upper: '𝒜', digits: '0', holes: "BℬEℰFℱHℋIℐLℒMℳRℛ"},
	"mathsf":     {upper: '𝖠', lower: '𝖺', digits: '𝟢', word: true},
	"mathtt":     {upper: '𝙰', lower: '𝚊', digits: '𝟶', word: true},
	"boldsymbol": {upper: '𝑨', lower: '𝒂', digits: '𝟎', greekUpper: '𝜜', greek: '𝜶'},
}

// fontNames are other commands for the same alphabets.
var fontNames = map[string]string{
	"mathrm": "mathrm", "mathbf": "mathbf", "mathbb": "mathbb", "mathcal": "mathcal", "mathscr": "mathcal",
	"mathsf": "mathsf", "mathtt": "mathtt", "boldsymbol": "boldsymbol", "bm": "boldsymbol",
}

func (a alphabet) letter(r rune) (rune, bool) {
	if _, hole, ok := strings.Cut(a.holes, string(r)); ok && r < 'a' {
		r, _ = utf8.DecodeRuneInString(hole)
		return r, true
	}
	for _, part := range []struct{ first, last, to rune }{
		{'A', 'Z', a.upper}, {'a', 'z', a.lower}, {'Α', 'Ω', a.greekUpper}, {'α', 'ω', a.greek},
	} {
		if r >= part.first && r <= part.last && part.to != 0 {
			return part.to + r - part.first, true
		}
	}
	return r, false
}

func (a alphabet) digit(r rune) rune {
	if r == '.' || a.digits == 0 {
		return r
	}
	return a.digits + r - '0'
}
