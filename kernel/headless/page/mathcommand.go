package page

import (
	"html"
	"strings"
)

// command translates one that begins with a backslash.
func (p *formula) command() (text string, limits bool) {
	name := p.name()
	if s, ok := symbols()[name]; ok {
		return s, strings.Contains(largeOperators, " "+name+" ")
	}
	switch name {
	case "frac", "tfrac", "dfrac":
		above := p.argument()
		return element("mfrac", group(above)+group(p.argument())), false
	case "sqrt":
		return p.root(), false
	case "text", "textrm", "textit", "mbox":
		return element("mtext", html.EscapeString(p.raw())), false
	case "mathrm", "operatorname", "mathsf", "mathtt":
		return `<mi mathvariant="normal">` + html.EscapeString(p.raw()) + `</mi>`, false
	case "operatorname*":
		return `<mo movablelimits="false">` + html.EscapeString(p.raw()) + `</mo>`, true
	case "mathbf", "boldsymbol", "bm":
		return `<mrow style="font-weight:bold">` + p.argument() + `</mrow>`, false
	case "mathbb", "mathcal":
		return p.alphabet(name), false
	case "hat", "bar", "tilde", "vec", "dot", "overline", "widehat", "widetilde":
		return `<mover accent="true">` + group(p.argument()) + element("mo", accents[name]) + `</mover>`, false
	case "left":
		return p.fence(), false
	case "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle", "nolimits":
		return "", false
	case "begin":
		return p.environment(), false
	}
	return p.fail(), false
}

// name reads a command's name: letters, or one character.
func (p *formula) name() string {
	rest := p.rest[1:]
	end := 0
	for end < len(rest) && (rest[end] >= 'a' && rest[end] <= 'z' || rest[end] >= 'A' && rest[end] <= 'Z') {
		end++
	}
	if end == 0 && rest != "" {
		end = 1
	}
	if rest[:end] == "operatorname" && strings.HasPrefix(rest[end:], "*") {
		end++
	}
	p.rest = rest[end:]
	return rest[:end]
}

// root translates \sqrt with or without a degree.
func (p *formula) root() string {
	p.space()
	if !strings.HasPrefix(p.rest, "[") {
		return element("msqrt", p.argument())
	}
	p.rest = p.rest[1:]
	degree := p.row("]")
	p.expect("]")
	return element("mroot", group(p.argument())+group(degree))
}

// alphabet translates letters of another alphabet, if Unicode has them in a usual font.
func (p *formula) alphabet(name string) string {
	var out strings.Builder
	for _, r := range p.raw() {
		letter, ok := alphabets[name][r]
		if !ok {
			return p.fail()
		}
		out.WriteRune(letter)
	}
	return `<mi mathvariant="normal">` + out.String() + `</mi>`
}

// fence translates \left( … \right).
func (p *formula) fence() string {
	open := p.delimiter()
	body := p.row(`\right`)
	p.expect(`\right`)
	return group(open + body + p.delimiter())
}

// delimiter reads what stands behind \left and \right.
func (p *formula) delimiter() string {
	p.space()
	if p.rest == "" {
		return p.fail()
	}
	if p.rest[0] == '\\' {
		name := p.name()
		if !strings.Contains(" { } | lbrace rbrace langle rangle lfloor rfloor lceil rceil Vert vert ", " "+name+" ") {
			return p.fail()
		}
		return symbols()[name]
	}
	c := p.rest[:1]
	p.rest = p.rest[1:]
	if c == "." {
		return "" // nothing on this side
	}
	if !strings.Contains("()[]|/<>", c) {
		return p.fail()
	}
	return `<mo stretchy="true">` + html.EscapeString(c) + `</mo>`
}

// environments are the tables and what stands around them.
var environments = map[string][2]string{
	"aligned": {}, "align": {}, "align*": {}, "matrix": {}, "split": {}, "gathered": {},
	"pmatrix": {"(", ")"}, "bmatrix": {"[", "]"}, "vmatrix": {"|", "|"}, "cases": {"{", ""},
}

// environment translates \begin{name} … \end{name}.
func (p *formula) environment() string {
	name := p.raw()
	sides, known := environments[name]
	if !known {
		return p.fail()
	}
	var rows, cells strings.Builder
	for !p.failed {
		cells.WriteString(element("mtd", p.row(`& \\ \end`)))
		p.space()
		switch {
		case strings.HasPrefix(p.rest, "&"):
			p.rest = p.rest[1:]
			continue
		case strings.HasPrefix(p.rest, `\\`):
			p.rest = p.rest[2:]
			rows.WriteString(element("mtr", cells.String()))
			cells.Reset()
			continue
		}
		p.expect(`\end`)
		if p.raw() != name {
			return p.fail()
		}
		break
	}
	rows.WriteString(element("mtr", cells.String()))
	table := `<mtable class="` + strings.TrimSuffix(name, "*") + `">` + rows.String() + `</mtable>`
	for i, side := range sides {
		if side == "" {
			continue
		}
		mark := `<mo stretchy="true">` + side + `</mo>`
		if i == 0 {
			table = mark + table
		} else {
			table += mark
		}
	}
	return group(table)
}
