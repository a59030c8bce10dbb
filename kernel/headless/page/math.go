package page

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mathTag shows a formula: as MathML where all of its TeX is understood, else in its TeX.
func mathTag(tex string, display bool) string {
	tex = strings.TrimSpace(tex)
	if text, ok := mathML(tex, display); ok {
		return text
	}
	class := "math"
	if display {
		class = "math display"
	}
	return `<span class="` + class + `">` + html.EscapeString(tex) + `</span>`
}

// mathML translates the TeX that notebooks commonly hold; ok is false when it meets what
// it does not know.
func mathML(tex string, display bool) (text string, ok bool) {
	p := &formula{rest: tex, display: display}
	body := p.row("")
	if p.failed || p.rest != "" {
		return "", false
	}
	if display {
		return `<math display="block"><mrow>` + body + `</mrow></math>`, true
	}
	return `<math><mrow>` + body + `</mrow></math>`, true
}

// formula is TeX on its way to MathML.
type formula struct {
	rest    string
	display bool
	depth   int
	failed  bool
}

// maxDepth bounds the nesting of groups.
const maxDepth = 50

func (p *formula) fail() string {
	p.failed, p.rest = true, ""
	return ""
}

func (p *formula) space() { p.rest = strings.TrimLeft(p.rest, " \t\n") }

// row translates atoms up to the end, or up to one of the stops, which it leaves:
// a closing brace or bracket, a command such as \right, an ampersand.
func (p *formula) row(stops string) string {
	if p.depth++; p.depth > maxDepth {
		return p.fail()
	}
	defer func() { p.depth-- }()
	var out strings.Builder
	for {
		p.space()
		if p.rest == "" || p.failed {
			return out.String()
		}
		for stop := range strings.FieldsSeq(stops) {
			if strings.HasPrefix(p.rest, stop) {
				return out.String()
			}
		}
		out.WriteString(p.scripted())
	}
}

// scripted translates an atom with what stands above and below it.
func (p *formula) scripted() string {
	base, limits := p.atom()
	var sub, sup string
	for !p.failed {
		p.space()
		switch {
		case strings.HasPrefix(p.rest, `\limits`):
			p.rest, limits = p.rest[len(`\limits`):], true
			continue
		case strings.HasPrefix(p.rest, "'"):
			p.rest = p.rest[1:]
			sup += "<mo>′</mo>"
			continue
		case sub == "" && strings.HasPrefix(p.rest, "_"):
			p.rest = p.rest[1:]
			sub = p.argument()
			continue
		case strings.HasPrefix(p.rest, "^"):
			p.rest = p.rest[1:]
			sup += p.argument()
			continue
		}
		break
	}
	if sub == "" && sup == "" {
		return base
	}
	if base == "" {
		base = "<mrow></mrow>"
	}
	kind := [3]string{"msub", "msup", "msubsup"}
	if limits && p.display {
		kind = [3]string{"munder", "mover", "munderover"}
	}
	switch {
	case sup == "":
		return element(kind[0], base+group(sub))
	case sub == "":
		return element(kind[1], base+group(sup))
	}
	return element(kind[2], base+group(sub)+group(sup))
}

func element(name, body string) string { return "<" + name + ">" + body + "</" + name + ">" }

func group(body string) string { return element("mrow", body) }

// argument translates what a command or a script takes: a group or one atom.
func (p *formula) argument() string {
	p.space()
	if p.rest == "" {
		return p.fail()
	}
	text, _ := p.atom()
	return text
}

// atom translates one thing; limits says that its scripts go above and below it.
func (p *formula) atom() (text string, limits bool) {
	p.space()
	if p.rest == "" {
		return "", false
	}
	c := p.rest[0]
	switch {
	case c == '{':
		p.rest = p.rest[1:]
		body := p.row("}")
		return group(body) + p.expect("}"), false
	case c == '\\':
		return p.command()
	case c >= '0' && c <= '9':
		end := 1
		for end < len(p.rest) && strings.IndexByte("0123456789.,", p.rest[end]) >= 0 {
			end++
		}
		number := strings.TrimRight(p.rest[:end], ".,")
		p.rest = p.rest[len(number):]
		return element("mn", number), false
	case c == '_' || c == '^':
		return "", false // a script with nothing before it
	case strings.IndexByte("}&$#%~", c) >= 0:
		return p.fail(), false
	}
	r, size := utf8.DecodeRuneInString(p.rest)
	if r == utf8.RuneError || unicode.IsControl(r) {
		return p.fail(), false
	}
	p.rest = p.rest[size:]
	switch {
	case r == '-':
		return "<mo>−</mo>", false
	case strings.ContainsRune("+*/=<>()[]|,;:.!·×→∈≤≥≈≠±", r):
		return element("mo", html.EscapeString(string(r))), false
	}
	return element("mi", html.EscapeString(string(r))), false
}

// expect reads text that has to come.
func (p *formula) expect(text string) string {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, text)
	if !ok {
		return p.fail()
	}
	p.rest = rest
	return ""
}

// raw reads a group as it stands.
func (p *formula) raw() string {
	p.space()
	if !strings.HasPrefix(p.rest, "{") {
		return p.fail()
	}
	end := strings.IndexByte(p.rest, '}')
	if end < 0 || strings.ContainsAny(p.rest[1:end], `{\`) {
		return p.fail()
	}
	text := p.rest[1:end]
	p.rest = p.rest[end+1:]
	return text
}
