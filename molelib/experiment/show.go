package experiment

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
)

// String is a table with a line a method: mean ± standard deviation of the metric that is
// compared, and how much more it has than the first method, run by run. Below it are the
// other metrics, and the errors.
func (t *Table) String() string {
	var s strings.Builder
	s.WriteString(t.headline() + "\n")
	writeText(&s, t.compared())
	if other := t.others(); other != nil {
		s.WriteString("\n")
		writeText(&s, other)
	}
	if err := t.Err(); err != nil {
		s.WriteString("\n" + err.Error() + "\n")
	}
	return s.String()
}

// writeText writes columns of text.
func writeText(s *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
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
}

// MIMEBundle shows the table, the values of every run, and the errors, as HTML and as text.
func (t *Table) MIMEBundle() (map[string]any, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "<p><b>%s</b></p>", html.EscapeString(t.headline()))
	htmltable.Write(&s, t.compared(), 1, nil)
	fmt.Fprintf(&s, "<details><summary>%s of every run</summary>", html.EscapeString(t.Metric()))
	htmltable.Write(&s, t.each(), 1, nil)
	s.WriteString("</details>")
	if other := t.others(); other != nil {
		s.WriteString("<details><summary>other metrics</summary>")
		htmltable.Write(&s, other, 1, nil)
		s.WriteString("</details>")
	}
	if err := t.Err(); err != nil {
		fmt.Fprintf(&s, "<pre>%s</pre>", html.EscapeString(err.Error()))
	}
	return map[string]any{"text/html": s.String(), "text/plain": t.String()}, nil
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

// compared are the titles and a row a method, of the metric that is compared.
func (t *Table) compared() [][]string {
	metric := t.Metric()
	scale, digits, unit := display(metric)
	rows := [][]string{{"method", "runs", metric + unit}}
	several := len(t.methods) > 1
	if several {
		rows[0] = append(rows[0], "against "+t.methods[0])
	}
	rows[0] = append(rows[0], metricSeconds)
	for k, method := range t.methods {
		s := t.Summary(method)
		row := []string{method, strconv.Itoa(s.Runs), s.text(scale, digits)}
		switch {
		case several && k == 0:
			row = append(row, "")
		case several:
			row = append(row, t.Difference(method, t.methods[0]).text(scale, digits))
		}
		rows = append(rows, append(row, t.cell(method, metricSeconds)))
	}
	return rows
}

// others are the titles and a row a method, of the other metrics; nil when there are none.
func (t *Table) others() [][]string {
	metrics := t.Metrics()
	metrics = metrics[1 : len(metrics)-1]
	if len(metrics) == 0 {
		return nil
	}
	rows := [][]string{{"method"}}
	for _, name := range metrics {
		_, _, unit := display(name)
		rows[0] = append(rows[0], name+unit)
	}
	for _, method := range t.methods {
		row := []string{method}
		for _, name := range metrics {
			row = append(row, t.cell(method, name))
		}
		rows = append(rows, row)
	}
	return rows
}

// cell is mean ± standard deviation of a metric.
func (t *Table) cell(method, metric string) string {
	scale, digits, _ := display(metric)
	return t.SummaryOf(method, metric).text(scale, digits)
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
