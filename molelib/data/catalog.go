package data

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// Entry describes one dataset of the catalog.
type Entry struct {
	Name     string // the function that returns it, such as "FashionMNIST"
	Kind     string // "vector", "grid" or "graph"
	Examples int    // of training and test together; nodes of a graph
	Shape    string // of one example
	Classes  int    // 0: regression
	Download int64  // bytes that the first use downloads; 0: embedded
	About    string
	Licence  string
}

// Listing is the list of datasets that Catalog returns; a notebook shows it as a table.
type Listing []Entry

// Catalog lists the datasets of this package.
func Catalog() Listing {
	const uci = "CC BY 4.0"
	return Listing{
		{"Iris", "vector", 150, "4", 3, 0, "flowers, lengths in cm", uci},
		{"Wine", "vector", 178, "13", 3, 0, "chemical measurements of wines", uci},
		{"BreastCancer", "vector", 569, "30", 2, 0, "cell nuclei of tumours", uci},
		{"Digits", "grid", 1797, "8×8", 10, 0, "handwritten digits", uci},
		{"Diabetes", "vector", 442, "10", 0, 0, "patients, progression of the disease (regression)", "BSD-3-Clause"},
		{"MNIST", "grid", 70000, "28×28", 10, mnist.bytes(), "handwritten digits", "CC BY-SA 3.0"},
		{"FashionMNIST", "grid", 70000, "28×28", 10, fashion.bytes(), "pictures of clothes", "MIT"},
		{"Karate", "graph", 34, "78 edges", 2, 0, "friendships in a karate club", "public domain"},
	}
}

// String writes the list as a table of text.
func (l Listing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-13s %-7s %8s  %-8s %7s  %-9s %-13s %s\n", "name", "kind", "examples", "shape", "classes", "download", "licence", "about")
	for _, e := range l {
		fmt.Fprintf(&b, "%-13s %-7s %8s  %-8s %7s  %-9s %-13s %s\n", e.Name, e.Kind, thousands(e.Examples), e.Shape, e.classes(), e.download(), e.Licence, e.About)
	}
	return b.String()
}

// MIMEBundle shows the list in a notebook.
func (l Listing) MIMEBundle() (map[string]any, error) {
	var b strings.Builder
	b.WriteString("<table><thead><tr>")
	for _, title := range []string{"name", "kind", "examples", "shape", "classes", "download", "licence", "about"} {
		fmt.Fprintf(&b, "<th style=\"text-align:left\">%s</th>", title)
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, e := range l {
		b.WriteString("<tr>")
		for _, cell := range []string{
			"data." + e.Name, e.Kind, thousands(e.Examples), e.Shape, e.classes(), e.download(), e.Licence, e.About,
		} {
			fmt.Fprintf(&b, "<td style=\"text-align:left\">%s</td>", html.EscapeString(cell))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>\n")
	return map[string]any{"text/html": b.String(), "text/plain": l.String()}, nil
}

func (e Entry) classes() string {
	if e.Classes == 0 {
		return "–"
	}
	return strconv.Itoa(e.Classes)
}

func (e Entry) download() string {
	if e.Download == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f MB", float64(e.Download)/1e6)
}
