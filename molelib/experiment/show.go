package experiment

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// String is a table with a line a method: mean ± standard deviation of every metric, and how
// much more it has than the first method, run by run.
func (t *Table) String() string {
	rows := t.rows()
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var s strings.Builder
	s.WriteString(t.headline() + "\n")
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line += cell + space
			} else {
				line += "  " + space + cell
			}
		}
		s.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if err := t.Err(); err != nil {
		s.WriteString(err.Error() + "\n")
	}
	return s.String()
}

// MIMEBundle shows the table, the values of every run, and the errors, as HTML and as text.
func (t *Table) MIMEBundle() (map[string]any, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "<p><b>%s</b></p>", html.EscapeString(t.headline()))
	writeHTML(&s, t.rows())
	fmt.Fprintf(&s, "<details><summary>%s of every run</summary>", html.EscapeString(t.Metric()))
	writeHTML(&s, t.each())
	s.WriteString("</details>")
	if err := t.Err(); err != nil {
		fmt.Fprintf(&s, "<pre>%s</pre>", html.EscapeString(err.Error()))
	}
	return map[string]any{"text/html": s.String(), "text/plain": t.String()}, nil
}

// writeHTML writes a table; its first row is that of the titles.
func writeHTML(s *strings.Builder, rows [][]string) {
	s.WriteString("<table><thead>")
	for i, row := range rows {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		s.WriteString("<tr>")
		for j, cell := range row {
			style := ""
			if j == 0 {
				style = ` style="text-align:left"`
			}
			fmt.Fprintf(s, "<%s%s>%s</%s>", tag, style, html.EscapeString(cell), tag)
		}
		s.WriteString("</tr>")
		if i == 0 {
			s.WriteString("</thead><tbody>")
		}
	}
	s.WriteString("</tbody></table>")
}

func (t *Table) headline() string {
	over, bad, all := t.count()
	line := fmt.Sprintf("%s: %d of %d runs", t.name, over, all)
	if bad > 0 {
		line += fmt.Sprintf(", %d failed", bad)
	}
	if _, _, status := t.Progress(); over < all {
		line += ", " + status
	}
	return line
}

// rows are the titles and a row a method.
func (t *Table) rows() [][]string {
	metrics := t.Metrics()
	head := []string{"method", "runs"}
	for i, name := range metrics {
		_, _, unit := display(name)
		head = append(head, name+unit)
		if i == 0 && len(t.methods) > 1 {
			head = append(head, "against "+t.methods[0])
		}
	}
	rows := [][]string{head}
	for k, method := range t.methods {
		row := []string{method, strconv.Itoa(t.Summary(method).Runs)}
		for i, name := range metrics {
			scale, digits, _ := display(name)
			row = append(row, t.SummaryOf(method, name).text(scale, digits))
			if i == 0 && len(t.methods) > 1 {
				gap := ""
				if k > 0 {
					gap = t.Difference(method, t.methods[0]).text(scale, digits)
				}
				row = append(row, gap)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// each are the titles and a row a part, with the value of each method.
func (t *Table) each() [][]string {
	metric := t.Metric()
	scale, digits, unit := display(metric)
	rows := [][]string{{"run"}}
	for _, m := range t.methods {
		rows[0] = append(rows[0], m+unit)
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i, part := range t.parts {
		row := []string{part.String()}
		for _, r := range t.runs[i*len(t.methods) : (i+1)*len(t.methods)] {
			row = append(row, r.cell(scale, digits, metric))
		}
		rows = append(rows, row)
	}
	return rows
}

func (r *run) cell(scale float64, digits int, metric string) string {
	switch r.state {
	case finished:
		return strconv.FormatFloat(scale*r.metrics[metric], 'f', digits, 64)
	case failed:
		return "failed"
	case running:
		return fmt.Sprintf("… %.0f %% done", math.Floor(100*r.share))
	}
	return "–"
}
