package page

import (
	"html"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/headless/page/texmath"
)

// mathTag shows a formula: as MathML where all of its TeX is understood, else in its TeX.
// A displayed one scrolls in a box of its own when it is wider than the page.
func mathTag(tex string, display bool) string {
	tex = strings.TrimSpace(tex)
	text, ok := texmath.Convert(tex, display)
	switch {
	case ok && display:
		return `<span class="formula">` + text + `</span>`
	case ok:
		return text
	case display:
		return `<span class="math display">` + html.EscapeString(tex) + `</span>`
	}
	return `<span class="math">` + html.EscapeString(tex) + `</span>`
}
