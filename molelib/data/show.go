package data

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// String summarizes d in a few lines: size, shape and examples of each class.
func (d *Dataset) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", d.Name, d.size())
	d.targetLines(&b)
	for label, count := range d.ClassCounts() {
		if label == shownClasses {
			fmt.Fprintf(&b, "  … and %d more classes\n", len(d.Classes)-label)
			break
		}
		fmt.Fprintf(&b, "  %-*s %6d\n", longestName(d.Classes), d.Classes[label], count)
	}
	return b.String()
}

const (
	shownClasses  = 30
	shownFeatures = 40
	shownPerClass = 10 // examples of each class that are drawn
)

func (d *Dataset) size() string {
	shape := strconv.Itoa(d.Width()) + " features"
	if d.isImage() {
		height, width := d.pictureSize()
		shape = fmt.Sprintf("%s of %d×%d", d.pictureKind(), height, width)
	}
	return fmt.Sprintf("%s examples, %s, %s", thousands(d.Len()), shape, d.purpose())
}

// longestName returns the width of the longest of the names that are shown.
func longestName(names []string) int {
	longest := 0
	for _, name := range names[:min(len(names), shownClasses)] {
		longest = max(longest, len([]rune(name)))
	}
	return longest
}

// MIMEBundle shows d in a notebook: the summary, for images a sheet with examples
// of every class, otherwise a table of the features.
func (d *Dataset) MIMEBundle() (map[string]any, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "<p><b>%s</b>: %s</p>\n", html.EscapeString(d.Name), d.size())
	if !d.isImage() {
		if d.Labelled() || d.Targets == nil {
			d.classTable(&b)
		}
		d.valueTable(&b, "target", d.Targets, d.TargetNames)
		d.valueTable(&b, "feature", d.X, d.Features)
	} else if err := d.strips(&b); err != nil {
		return nil, err
	}
	return map[string]any{"text/html": b.String(), "text/plain": d.String()}, nil
}

func (d *Dataset) classTable(b *strings.Builder) {
	rows, counts := [][]string{{"class", "examples"}}, d.ClassCounts()
	for label, name := range d.Classes[:min(len(d.Classes), shownClasses)] {
		rows = append(rows, []string{name, thousands(counts[label])})
	}
	htmltable.Write(b, rows, 1, nil)
	if more := len(d.Classes) - shownClasses; more > 0 {
		fmt.Fprintf(b, "<p>… and %d more classes</p>\n", more)
	}
}

// valueTable writes a line of statistics for every column of m; kind says what they are.
func (d *Dataset) valueTable(b *strings.Builder, kind string, m *tensor.Matrix, names []string) {
	if m == nil || m.Rows == 0 {
		return
	}
	rows := [][]string{{kind, "min", "mean", "max", "std"}}
	short := func(v float64) string { return fmt.Sprintf("%.4g", v) }
	for j, c := range statistics(m)[:min(m.Cols, shownFeatures)] {
		rows = append(rows, []string{nameOf(j, names), short(float64(c.low)), short(c.mean), short(float64(c.high)), short(c.std)})
	}
	htmltable.Write(b, rows, 1, nil)
	if more := m.Cols - shownFeatures; more > 0 {
		fmt.Fprintf(b, "<p>… and %d more %ss</p>\n", more, kind)
	}
}

// summary describes the values of a column.
type summary struct {
	low, high float32
	mean, std float64
}

func statistics(m *tensor.Matrix) []summary {
	fitted, out := scalerOf(m), make([]summary, m.Cols)
	for j := range out {
		out[j] = summary{m.Row(0)[j], m.Row(0)[j], fitted.Mean[j], fitted.Std[j]}
	}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			out[j].low, out[j].high = min(out[j].low, v), max(out[j].high, v)
		}
	}
	for j := range out {
		if out[j].low == out[j].high {
			out[j].std = 0
		}
	}
	return out
}

// nameOf is the name of column j, or its number.
func nameOf(j int, names []string) string {
	if j < len(names) {
		return names[j]
	}
	return strconv.Itoa(j)
}

// String summarizes g in a few lines.
func (g *Graph) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d nodes, %d edges, %s\n", g.Name, g.Nodes, len(g.Edges), g.purpose())
	for label, count := range g.ClassCounts() {
		if label == shownClasses {
			fmt.Fprintf(&b, "  … and %d more classes\n", len(g.Classes)-label)
			break
		}
		fmt.Fprintf(&b, "  %s %d\n", g.Classes[label], count)
	}
	return b.String()
}

// purpose says what is to be predicted.
func (g *Graph) purpose() string {
	if len(g.Y) == 0 {
		return "no labels"
	}
	return fmt.Sprintf("%d classes", len(g.Classes))
}

// MIMEBundle shows g in a notebook: the summary, and for every class how many nodes it has in
// all and in each part of the split.
func (g *Graph) MIMEBundle() (map[string]any, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "<p><b>%s</b>: %s nodes, %s edges, %d features, %s</p>\n",
		html.EscapeString(g.Name), thousands(g.Nodes), thousands(len(g.Edges)), g.width(), g.purpose())
	rows := [][]string{{"class", "nodes", "train", "validation", "test"}}
	if len(g.Y) == 0 {
		rows[0][0] = ""
		rows = append(rows, []string{"all", thousands(g.Nodes), thousands(len(g.Train)), thousands(len(g.Validation)), thousands(len(g.Test))})
	} else {
		counts := [][]int{g.ClassCounts(), g.classCountsOf(g.Train), g.classCountsOf(g.Validation), g.classCountsOf(g.Test)}
		for label, name := range g.Classes[:min(len(g.Classes), shownClasses)] {
			row := []string{name}
			for _, part := range counts {
				row = append(row, thousands(part[label]))
			}
			rows = append(rows, row)
		}
	}
	htmltable.Write(&b, rows, 1, nil)
	if more := len(g.Classes) - shownClasses; more > 0 && len(g.Y) > 0 {
		fmt.Fprintf(&b, "<p>… and %d more classes</p>\n", more)
	}
	return map[string]any{"text/html": b.String(), "text/plain": g.String()}, nil
}

// classCountsOf counts the given nodes by class.
func (g *Graph) classCountsOf(nodes []int) []int {
	counts := make([]int, len(g.Classes))
	for _, i := range nodes {
		if i >= 0 && i < len(g.Y) && g.Y[i] >= 0 && g.Y[i] < len(counts) {
			counts[g.Y[i]]++
		}
	}
	return counts
}

// thousands writes n as 60,000.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
