// Package htmltable writes the tables that notebooks show. They set neither colours nor
// borders, so that those of the page, light or dark, hold.
package htmltable

import (
	"fmt"
	"html"
	"strings"
)

// Write writes a table to s. The first row holds the titles. The first columns, as many as
// texts says, are text: aligned left, in lines that may break; the others are numbers, aligned
// right, in one line. Cells are text and not HTML. mark, unless it is nil, returns the HTML
// of a cell below the titles, given the one of its text.
func Write(s *strings.Builder, rows [][]string, texts int, mark func(row, column int, cell string) string) {
	s.WriteString("<table><thead>")
	for i, row := range rows {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		s.WriteString("<tr>")
		for j, cell := range row {
			style := "text-align:right;white-space:nowrap"
			if j < texts {
				style = "text-align:left"
			}
			cell = html.EscapeString(cell)
			if i > 0 && mark != nil {
				cell = mark(i, j, cell)
			}
			fmt.Fprintf(s, `<%s style="%s">%s</%s>`, tag, style, cell, tag)
		}
		s.WriteString("</tr>\n")
		if i == 0 {
			s.WriteString("</thead><tbody>\n")
		}
	}
	s.WriteString("</tbody></table>\n")
}
