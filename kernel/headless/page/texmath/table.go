package texmath

import (
	"regexp"
	"strings"
)

// layout is what an environment looks like: the columns' alignments, of which the last
// ones repeat, and what stands around it.
type layout struct {
	columns     string
	open, close string
	display     bool // cells are set like displayed formulas
}

var environments = map[string]layout{
	"aligned": {columns: "rl", display: true}, "align": {columns: "rl", display: true}, "align*": {columns: "rl", display: true},
	"split": {columns: "rl", display: true}, "gathered": {columns: "c", display: true}, "gather": {columns: "c", display: true},
	"gather*": {columns: "c", display: true}, "cases": {columns: "l", open: "{"}, "matrix": {columns: "c"},
	"pmatrix": {columns: "c", open: "(", close: ")"}, "bmatrix": {columns: "c", open: "[", close: "]"},
	"Bmatrix": {columns: "c", open: "{", close: "}"}, "vmatrix": {columns: "c", open: "|", close: "|"},
	"Vmatrix": {columns: "c", open: "‖", close: "‖"}, "smallmatrix": {columns: "c"},
}

// environment translates \begin{name} … \end{name}.
func (p *parser) environment() string {
	name := p.raw()
	if name == "equation" || name == "equation*" {
		body := row(p.row(`\end`))
		p.end(name)
		return body
	}
	look, known := environments[name]
	if name == "array" {
		look.columns = strings.ReplaceAll(p.raw(), " ", "")
		known = look.columns != "" && strings.Trim(look.columns, "lcr") == ""
	}
	if !known {
		return p.fail()
	}
	rows := p.rows(look.columns)
	p.end(name)
	open := `<mtable class="` + strings.TrimSuffix(name, "*") + `">`
	if look.display {
		open = `<mtable class="` + strings.TrimSuffix(name, "*") + `" displaystyle="true">`
	}
	return row(fenceMark(look.open) + open + rows + "</mtable>" + fenceMark(look.close))
}

func (p *parser) end(name string) {
	p.expect(`\end`)
	if p.raw() != name {
		p.fail()
	}
}

// rows translates what stands between \begin and \end.
func (p *parser) rows(columns string) string {
	var rows, cells strings.Builder
	for column := 0; !p.failed; column++ {
		body := p.row("&", `\\`, `\end`, `\notag`, `\nonumber`)
		for p.accept(`\notag`) || p.accept(`\nonumber`) {
			continue // formulas have no numbers here
		}
		last, _ := p.peek()
		if column == 0 && body == "" && last == `\end` {
			break // the line break behind the last row
		}
		cells.WriteString(`<mtd style="text-align:` + alignment(columns, column) + `">` + body + "</mtd>")
		if p.accept("&") {
			continue
		}
		rows.WriteString(element("mtr", cells.String()))
		cells.Reset()
		column = -1
		if !p.accept(`\\`) {
			break
		}
		p.rest = p.rest[len(rowGap.FindString(p.rest)):]
	}
	return rows.String()
}

// rowGap is the extra space below a row: \\[2pt].
var rowGap = regexp.MustCompile(`^\[-?[0-9.]+ ?(?:pt|em|ex|mm|cm)\]`)

func alignment(columns string, n int) string {
	return map[byte]string{'l': "left", 'c': "center", 'r': "right"}[columns[n%len(columns)]]
}
