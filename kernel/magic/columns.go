package magic

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// clip shortens a text to n letters of its first line.
func clip(text string, n int) string {
	line, _, more := strings.Cut(text, "\n")
	if utf8.RuneCountInString(line) > n {
		line, more = string([]rune(line)[:n]), true
	}
	if more {
		line += "…"
	}
	return line
}

// textTable writes rows in columns; the first row is the head, the last column is numbers.
func textTable(rows [][]string) string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			width[i] = max(width[i], utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	for i, row := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		var line strings.Builder
		for j, text := range row {
			if j > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", width[j]-utf8.RuneCountInString(text))
			if j == len(row)-1 {
				line.WriteString(pad + text)
			} else {
				line.WriteString(text + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
	}
	return b.String()
}

func htmlTable(rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table>")
	for i, row := range rows {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for j, text := range row {
			align, wrap := "left", ""
			if j == len(row)-1 {
				align, wrap = "right", ";white-space:nowrap"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s%s">%s</%s>`, tag, align, wrap, html.EscapeString(text), tag)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>")
	return b.String()
}
