package page

import (
	"html"
	"strings"
)

// mathTag shows a formula in its TeX source.
func mathTag(tex string, display bool) string {
	class := "math"
	if display {
		class = "math display"
	}
	return `<span class="` + class + `">` + html.EscapeString(strings.TrimSpace(tex)) + `</span>`
}
