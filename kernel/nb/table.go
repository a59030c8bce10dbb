package nb

import (
	"fmt"
	"html"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxHTML is about the largest table that Render makes of a value, in bytes.
const MaxHTML = 48 << 10

// Table shows v as a table: a slice of structs or maps with a row for each element, a
// [][]string with its first row as the head, a map, a struct, a matrix. Anything else is
// shown as by [Display].
func Table(v any) {
	data, metadata := Render(v)
	if g, ok := gridFor(v); ok {
		if rows, ok := v.([][]string); ok {
			g.headed(rows)
		}
		data = map[string]any{"text/plain": g.plain(), "text/html": g.html()}
	}
	cell().Display(Shown{Data: data, Metadata: metadata})
}

// headed makes the first row the head.
func (g *grid) headed(rows [][]string) {
	g.rows = g.rows[1:]
	for i := range g.head[1:] {
		g.head[i+1] = ""
		if i < len(rows[0]) {
			g.head[i+1] = rows[0][i]
		}
	}
	for i, row := range g.rows {
		row[0].text = strconv.Itoa(i)
	}
	g.caption = count(len(rows)-1, "row", "rows")
}

// gridFor lays v out in rows and columns.
func gridFor(v any) (g *grid, ok bool) {
	defer func() {
		if recover() != nil { // in a method of v: its text tells
			g, ok = nil, false
		}
	}()
	if m, ok := asMatrix(v); ok {
		return matrixGrid(m), true
	}
	return gridOf(reflect.ValueOf(v))
}

// html writes the grid as a table that takes its colours from where it stands.
func (g *grid) html() string {
	var b strings.Builder
	b.WriteString("<table>")
	right := g.numeric()
	if g.head != nil {
		b.WriteString("<thead><tr>")
		for i, name := range g.head {
			b.WriteString(g.tag("th", i, right[i]) + html.EscapeString(name) + "</th>")
		}
		if g.columnLeft > 0 {
			b.WriteString("<th>…</th>")
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>\n")
	left := g.rowsLeft
	for i, row := range g.rows {
		if b.Len() > MaxHTML {
			left += len(g.rows) - i
			break
		}
		g.htmlRow(&b, row, right)
	}
	b.WriteString("</tbody></table>")
	if note := g.note(left); note != "" {
		fmt.Fprintf(&b, "\n<div style=\"opacity:.7;font-size:90%%\">%s</div>", html.EscapeString(note))
	}
	return b.String()
}

func (g *grid) htmlRow(b *strings.Builder, row []square, right []bool) {
	b.WriteString("<tr>")
	for i, s := range row {
		tag := "td"
		if g.indexed && i == 0 {
			tag = "th"
		}
		b.WriteString(g.tag(tag, i, right[i]) + html.EscapeString(s.text) + "</" + tag + ">")
	}
	b.WriteString("</tr>\n")
}

func (g *grid) tag(name string, column int, number bool) string {
	if number && (column > 0 || !g.indexed) {
		return "<" + name + ` style="text-align:right">`
	}
	return "<" + name + ` style="text-align:left">`
}

// numeric tells the columns of numbers.
func (g *grid) numeric() []bool {
	width := len(g.head)
	for _, row := range g.rows {
		width = max(width, len(row))
	}
	numbers := slices.Repeat([]bool{true}, width)
	for _, row := range g.rows {
		for i, s := range row {
			numbers[i] = numbers[i] && (s.number || s.text == "")
		}
	}
	return numbers
}

// note says what is shown and what is left out.
func (g *grid) note(rowsLeft int) string {
	note := g.caption
	add := func(n int, one, many string) {
		if n > 0 {
			note += " · … " + thousands(n) + " more " + one
			if n > 1 {
				note = strings.TrimSuffix(note, one) + many
			}
		}
	}
	add(rowsLeft, "row", "rows")
	add(g.columnLeft, "column", "columns")
	return strings.TrimPrefix(note, " · ")
}

// plain writes the grid in columns of text.
func (g *grid) plain() string {
	rows, right := g.rows, g.numeric()
	if g.head != nil {
		head := make([]square, len(g.head))
		for i, name := range g.head {
			head[i] = square{text: name}
		}
		rows = append([][]square{head}, rows...)
	}
	var width []int
	for _, row := range rows {
		for i, s := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(s.text))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var text strings.Builder
		for i, s := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(s.text))
			if right[i] && i > 0 {
				text.WriteString(pad + s.text + "  ")
			} else {
				text.WriteString(s.text + pad + "  ")
			}
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	b.WriteString(g.note(g.rowsLeft))
	return cut(strings.TrimRight(b.String(), "\n"), MaxText)
}

// matrixGrid shows the first and last rows and columns of a matrix.
func matrixGrid(m matrix) *grid {
	rows, cols := m.Dims()
	g := &grid{caption: fmt.Sprintf("%s×%s matrix", thousands(rows), thousands(cols)), indexed: true, head: []string{""}}
	is, js := excerpt(rows, matrixRows), excerpt(cols, matrixCols)
	for _, j := range js {
		g.head = append(g.head, indexText(j, "…"))
	}
	for _, i := range is {
		row := []square{{text: indexText(i, "⋮")}}
		for _, j := range js {
			row = append(row, square{text: element(m, i, j), number: true})
		}
		g.rows = append(g.rows, row)
	}
	return g
}

func indexText(i int, left string) string {
	if i < 0 {
		return left
	}
	return fmt.Sprint(i)
}
