package data

import (
	"fmt"
	"html"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
)

// String summarizes s in a few lines: size, features and graphs of each class.
func (s *GraphSet) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", s.Name, s.size())
	counts := s.ClassCounts()
	longest := longestName(s.Classes)
	for label, name := range s.Classes {
		if label == shownClasses {
			fmt.Fprintf(&b, "  … and %d more classes\n", len(s.Classes)-label)
			break
		}
		fmt.Fprintf(&b, "  %-*s %6d\n", longest, name, counts[label])
	}
	return b.String()
}

func (s *GraphSet) size() string {
	edges := 0
	for _, g := range s.Graphs {
		edges += len(g.Edges)
	}
	n := float64(max(1, s.Len()))
	text := fmt.Sprintf("%s graphs, on average %.1f nodes and %.1f edges, %d features a node, %d classes",
		thousands(s.Len()), float64(s.Nodes())/n, float64(edges)/n, s.Width(), len(s.Classes))
	if s.Folds != nil {
		text += fmt.Sprintf(", %d folds", len(s.Folds))
	}
	return text
}

// MIMEBundle shows s in a notebook: the summary, and for every class its graphs with their
// sizes.
func (s *GraphSet) MIMEBundle() (map[string]any, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "<p><b>%s</b>: %s</p>\n", html.EscapeString(s.Name), s.size())
	rows := [][]string{{"class", "graphs", "nodes", "edges"}}
	counts, sizes := s.ClassCounts(), s.sizes()
	for label, name := range s.Classes[:min(len(s.Classes), shownClasses)] {
		rows = append(rows, []string{name, thousands(counts[label]), sizes[label].nodes.String(), sizes[label].edges.String()})
	}
	htmltable.Write(&b, rows, 1, nil)
	if more := len(s.Classes) - shownClasses; more > 0 {
		fmt.Fprintf(&b, "<p>… and %d more classes</p>\n", more)
	}
	return map[string]any{"text/html": b.String(), "text/plain": s.String()}, nil
}

// span is the smallest, mean and largest of some counts.
type span struct{ least, sum, most, n int }

func (v *span) add(count int) {
	if v.n == 0 || count < v.least {
		v.least = count
	}
	v.sum, v.most, v.n = v.sum+count, max(v.most, count), v.n+1
}

func (v span) String() string {
	if v.n == 0 {
		return "–"
	}
	return fmt.Sprintf("%d … %.1f … %d", v.least, float64(v.sum)/float64(v.n), v.most)
}

// sizes returns the spans of nodes and edges by class.
func (s *GraphSet) sizes() []struct{ nodes, edges span } {
	sizes := make([]struct{ nodes, edges span }, len(s.Classes))
	for k, g := range s.Graphs {
		if k < len(s.Y) && s.Y[k] >= 0 && s.Y[k] < len(sizes) {
			sizes[s.Y[k]].nodes.add(g.Nodes)
			sizes[s.Y[k]].edges.add(len(g.Edges))
		}
	}
	return sizes
}
