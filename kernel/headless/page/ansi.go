package page

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// escapes matches the sequences that terminals swallow; group 1 holds the parameters of
// a colour (SGR) sequence.
var escapes = regexp.MustCompile("\x1b\\[([0-9;]*)m|\x1b\\[[0-9;?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[@-Z\\\\-_]")

// ansi turns a terminal's colours into spans and drops its other commands.
func ansi(text string) string {
	if !strings.Contains(text, "\x1b") {
		return html.EscapeString(text)
	}
	var out strings.Builder
	var pen pen
	last := 0
	write := func(part string) {
		if part == "" {
			return
		}
		if attr := pen.attributes(); attr != "" {
			fmt.Fprintf(&out, "<span%s>%s</span>", attr, html.EscapeString(part))
			return
		}
		out.WriteString(html.EscapeString(part))
	}
	for _, m := range escapes.FindAllStringSubmatchIndex(text, -1) {
		write(text[last:m[0]])
		if m[2] >= 0 {
			pen.apply(text[m[2]:m[3]])
		}
		last = m[1]
	}
	write(text[last:])
	return out.String()
}

// pen is the state of a terminal's text.
type pen struct {
	bold, italic, underline bool
	fore, back              colour
}

// colour is a class of the palette or a CSS value; empty for the default.
type colour struct{ class, css string }

var colourNames = [8]string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// apply runs the parameters of one SGR sequence.
func (p *pen) apply(params string) {
	var codes []int
	for field := range strings.SplitSeq(params, ";") {
		n, err := strconv.Atoi(field)
		if err != nil {
			n = 0 // an empty parameter is a reset
		}
		codes = append(codes, n)
	}
	for len(codes) > 0 {
		n := codes[0]
		codes = codes[1:]
		switch {
		case n == 0:
			*p = pen{}
		case n == 1:
			p.bold = true
		case n == 3:
			p.italic = true
		case n == 4:
			p.underline = true
		case n == 22:
			p.bold = false
		case n == 23:
			p.italic = false
		case n == 24:
			p.underline = false
		case n == 38:
			p.fore, codes = extended(codes)
		case n == 39:
			p.fore = colour{}
		case n == 48:
			p.back, codes = extended(codes)
		case n == 49:
			p.back = colour{}
		default:
			p.basic(n)
		}
	}
}

// basic sets one of the sixteen colours.
func (p *pen) basic(n int) {
	switch {
	case n >= 30 && n < 38:
		p.fore = colour{class: "ansi-" + colourNames[n-30]}
	case n >= 90 && n < 98:
		p.fore = colour{class: "ansi-" + colourNames[n-90]}
	case n >= 40 && n < 48:
		p.back = colour{class: "ansi-" + colourNames[n-40] + "-bg"}
	case n >= 100 && n < 108:
		p.back = colour{class: "ansi-" + colourNames[n-100] + "-bg"}
	}
}

// extended reads the colour behind 38 or 48: "5;index" or "2;red;green;blue".
func extended(codes []int) (colour, []int) {
	switch {
	case len(codes) >= 2 && codes[0] == 5:
		return colour{css: palette(codes[1])}, codes[2:]
	case len(codes) >= 4 && codes[0] == 2:
		return colour{css: fmt.Sprintf("rgb(%d,%d,%d)", codes[1], codes[2], codes[3])}, codes[4:]
	}
	return colour{}, nil
}

// palette is colour n of xterm's 256.
func palette(n int) string {
	switch {
	case n < 0 || n > 255:
		return ""
	case n < 16:
		return fmt.Sprintf("var(--ansi-%s)", colourNames[n%8])
	case n >= 232:
		grey := 8 + 10*(n-232)
		return fmt.Sprintf("rgb(%d,%d,%d)", grey, grey, grey)
	}
	n -= 16
	level := func(v int) int {
		if v == 0 {
			return 0
		}
		return 55 + 40*v
	}
	return fmt.Sprintf("rgb(%d,%d,%d)", level(n/36), level(n/6%6), level(n%6))
}

// attributes are the class and style of a span in this pen.
func (p pen) attributes() string {
	var classes, styles []string
	for _, f := range []struct {
		on   bool
		name string
	}{{p.bold, "ansi-bold"}, {p.italic, "ansi-italic"}, {p.underline, "ansi-underline"}} {
		if f.on {
			classes = append(classes, f.name)
		}
	}
	for _, c := range []struct {
		colour
		property string
	}{{p.fore, "color"}, {p.back, "background-color"}} {
		if c.class != "" {
			classes = append(classes, c.class)
		}
		if c.css != "" {
			styles = append(styles, c.property+":"+c.css)
		}
	}
	attr := ""
	if len(classes) > 0 {
		attr += fmt.Sprintf(" class=%q", strings.Join(classes, " "))
	}
	if len(styles) > 0 {
		attr += fmt.Sprintf(" style=%q", strings.Join(styles, ";"))
	}
	return attr
}
