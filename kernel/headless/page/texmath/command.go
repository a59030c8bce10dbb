package texmath

import "strings"

// command translates the one called name behind an atom of class before.
func (p *parser) command(name string, before class) atom {
	if letter, ok := greek[name]; ok {
		return atom{p.greek(letter, false), ordinary, false}
	}
	if letter, ok := capitals[name]; ok {
		return atom{p.greek(letter, true), ordinary, false}
	}
	if s, ok := symbols()[name]; ok {
		return s.atom(before)
	}
	if width, ok := widths[name]; ok {
		return atom{`<mspace width="` + width + `em"></mspace>`, space, false}
	}
	if font := fontNames[name]; font != "" {
		return atom{p.styled(font), ordinary, false}
	}
	if size, side, ok := bigSize(name); ok {
		return p.big(size, side)
	}
	return p.construct(name)
}

// construct translates a command that takes arguments.
func (p *parser) construct(name string) atom {
	text := ""
	switch name {
	case "frac", "tfrac", "dfrac", "binom":
		text = p.fraction(name)
	case "sqrt":
		text = p.root()
	case "text", "textrm", "textnormal", "mbox", "textit", "textbf":
		text = p.text(name)
	case "operatorname":
		return p.operator()
	case "hat", "bar", "tilde", "vec", "dot", "ddot", "check", "breve":
		text = p.accent(name, false)
	case "overline", "widehat", "widetilde", "overrightarrow":
		text = p.accent(name, true)
	case "underline":
		text = `<munder accentunder="true">` + p.argument() + `<mo stretchy="true">_</mo></munder>`
	case "underbrace":
		return atom{element("munder", p.argument()+`<mo stretchy="true">⏟</mo>`), ordinary, true}
	case "overbrace":
		return atom{element("mover", p.argument()+`<mo stretchy="true">⏞</mo>`), ordinary, true}
	case "overset", "stackrel", "underset":
		return p.stacked(name)
	case "left":
		text = p.fence()
	case "begin":
		text = p.environment()
	default:
		p.fail()
	}
	return atom{text, ordinary, false}
}

// greek is a letter of the Greek alphabet; those without a form in the alphabet in force
// keep their own, as in TeX.
func (p *parser) greek(letter string, capital bool) string {
	if p.font != "" {
		if r, ok := fonts[p.font].letter([]rune(letter)[0]); ok {
			return upright(string(r))
		}
	}
	if capital {
		return upright(letter)
	}
	return element("mi", letter)
}

// styled translates an argument in another alphabet.
func (p *parser) styled(font string) string {
	outer := p.font
	p.font = font
	text := p.argument()
	p.font = outer
	return text
}

func (p *parser) fraction(name string) string {
	body := p.argument()
	body += p.argument()
	switch name {
	case "dfrac":
		return `<mstyle displaystyle="true">` + element("mfrac", body) + "</mstyle>"
	case "tfrac":
		return `<mstyle displaystyle="false">` + element("mfrac", body) + "</mstyle>"
	case "binom":
		return row(fenceMark("(") + `<mfrac linethickness="0">` + body + "</mfrac>" + fenceMark(")"))
	}
	return element("mfrac", body)
}

// root translates \sqrt with or without a degree.
func (p *parser) root() string {
	if !p.accept("[") {
		return element("msqrt", p.argument())
	}
	degree := row(p.row("]"))
	p.expect("]")
	return element("mroot", p.argument()+degree)
}

// text translates words; their spaces are kept.
func (p *parser) text(name string) string {
	words := escape(spaces.Replace(p.raw()))
	switch name {
	case "textbf":
		return `<mtext style="font-weight:bold">` + words + "</mtext>"
	case "textit":
		return `<mtext style="font-style:italic">` + words + "</mtext>"
	}
	return element("mtext", words)
}

// spaces makes those at the ends visible: browsers drop the usual ones.
var spaces = strings.NewReplacer(" ", "\u00a0", "\n", "\u00a0", "\t", "\u00a0", "~", "\u00a0")

// operator translates \operatorname and \operatorname*.
func (p *parser) operator() atom {
	limits := p.accept("*")
	if end := strings.IndexByte(p.rest, '}'); end >= 0 {
		p.rest = strings.ReplaceAll(p.rest[:end], `\,`, "~") + p.rest[end:]
	}
	name := operatorSpaces.Replace(p.raw())
	if name == "" {
		return atom{p.fail(), start, false}
	}
	return symbol{name, function, limits}.atom(start)
}

var operatorSpaces = strings.NewReplacer(" ", "", "\n", "", "\t", "", "~", "\u2009")

func (p *parser) accent(name string, wide bool) string {
	stretchy := "false"
	if wide {
		stretchy = "true"
	}
	return `<mover accent="true">` + p.argument() + `<mo stretchy="` + stretchy + `">` + accents[name] + "</mo></mover>"
}

// stacked translates \overset{a}{b}, a over b, and \underset{a}{b}.
func (p *parser) stacked(name string) atom {
	mark := p.argument()
	base := p.argument()
	if name == "underset" {
		return atom{element("munder", base+mark), relation, false}
	}
	return atom{element("mover", base+mark), relation, false}
}

// fence translates \left( … \middle| … \right).
func (p *parser) fence() string {
	body := p.delimiter()
	for !p.failed {
		body += row(p.row(`\right`, `\middle`))
		if p.accept(`\middle`) {
			body += p.delimiter()
			continue
		}
		p.expect(`\right`)
		body += p.delimiter()
		return row(body)
	}
	return ""
}

// delimiter reads the one behind \left, \right and \middle.
func (p *parser) delimiter() string {
	mark, ok := delimiters[p.next()]
	if !ok {
		return p.fail()
	}
	return fenceMark(mark)
}

func fenceMark(mark string) string {
	if mark == "" {
		return ""
	}
	return `<mo fence="true" stretchy="true">` + escape(mark) + "</mo>"
}

// bigSize takes a command such as \Bigl apart: the height in em and the class of its side.
func bigSize(name string) (size string, side class, ok bool) {
	side = ordinary
	for suffix, c := range map[string]class{"l": opening, "r": closing, "m": relation} {
		if short, cut := strings.CutSuffix(name, suffix); cut {
			name, side = short, c
			break
		}
	}
	size, ok = map[string]string{"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"}[name]
	return size, side, ok
}

// big translates a delimiter of a given height.
func (p *parser) big(size string, side class) atom {
	mark, ok := delimiters[p.next()]
	if !ok || mark == "" {
		return atom{p.fail(), start, false}
	}
	gap := "0"
	if side == relation {
		gap = "0.278em"
	}
	return atom{`<mo stretchy="true" symmetric="true" minsize="` + size + `" maxsize="` + size + `" lspace="` + gap +
		`" rspace="` + gap + `">` + escape(mark) + "</mo>", side, false}
}
