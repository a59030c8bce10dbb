package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func nan() float64 { return math.NaN() }

// paths returns a set of n paths: graph k has 2+k%3 nodes and class k%2.
func paths(n int) *GraphSet {
	s := &GraphSet{Name: "paths", Classes: []string{"even", "odd"}}
	for k := range n {
		g := &Graph{Nodes: 2 + k%3}
		for i := 1; i < g.Nodes; i++ {
			g.Edges = append(g.Edges, [2]int{i - 1, i})
		}
		s.Graphs, s.Y = append(s.Graphs, g), append(s.Y, k%2)
	}
	return s.WithDegrees(0)
}

func TestGraphSetFoldsTestEveryGraphOnce(t *testing.T) {
	s := paths(23).WithFolds(4, 1)
	tested := make([]int, s.Len())
	for i, rows := range s.Folds {
		train, test := s.Fold(i)
		if train.Len()+test.Len() != s.Len() || train.Folds != nil {
			t.Errorf("fold %d: %d to train, %d to test", i, train.Len(), test.Len())
		}
		if c := test.ClassCounts(); c[0] < 2 || c[1] < 2 {
			t.Errorf("fold %d tests %v of each class", i, c)
		}
		for _, k := range rows {
			tested[k]++
		}
	}
	if slices.Min(tested) != 1 || slices.Max(tested) != 1 {
		t.Errorf("tested %v times", tested)
	}
	if again := paths(23).WithFolds(4, 1); !cmp.Equal(again.Folds, s.Folds) {
		t.Error("the same seed gives other folds")
	}
}

func TestGraphSetSplitIsStratified(t *testing.T) {
	train, test := paths(40).Split(0.25, 3)
	if fmt.Sprint(train.ClassCounts(), test.ClassCounts()) != "[15 15] [5 5]" {
		t.Errorf("train %v, test %v", train.ClassCounts(), test.ClassCounts())
	}
}

func TestGraphSetSubsetSharesGraphs(t *testing.T) {
	s := paths(6)
	part := s.Subset([]int{4, 1})
	if part.Graphs[0] != s.Graphs[4] || part.Y[1] != 1 || part.Len() != 2 {
		t.Errorf("subset %v", part)
	}
	if s.Head(99).Len() != 6 || s.Nodes() != 18 {
		t.Errorf("head %d, nodes %d", s.Head(99).Len(), s.Nodes())
	}
	if n := len(slices.Concat(s.Batches(4, 1)...)); n != 6 {
		t.Errorf("batches hold %d graphs", n)
	}
}

func TestDegreesAreOneHotUpToTheTop(t *testing.T) {
	star := &Graph{Nodes: 5, Edges: [][2]int{{0, 1}, {0, 2}, {0, 3}, {0, 4}}}
	s := &GraphSet{Name: "star", Graphs: []*Graph{star}, Y: []int{0}, Classes: []string{"a"}}
	if got := s.WithDegrees(0); fmt.Sprint(got.Graphs[0].X.Row(0)) != "[0 0 0 0 1]" || got.Features[4] != "degree=4" {
		t.Errorf("hub %v of %v", got.Graphs[0].X.Row(0), got.Features)
	}
	if got := s.WithDegrees(2); fmt.Sprint(got.Graphs[0].X.Row(0)) != "[0 0 1]" || got.Features[2] != "degree≥2" {
		t.Errorf("hub %v of %v", got.Graphs[0].X.Row(0), got.Features)
	}
	if star.X != nil {
		t.Error("the given graph was changed")
	}
}

func TestGraphSetValidateNamesWhatIsWrong(t *testing.T) {
	for want, spoil := range map[string]func(*GraphSet){
		"paths has no graphs":                       func(s *GraphSet) { s.Graphs = nil },
		"6 graphs but 5 labels":                     func(s *GraphSet) { s.Y = s.Y[:5] },
		"graph 3: label 2 is outside":               func(s *GraphSet) { s.Y[3] = 2 },
		"graph 2 is nil":                            func(s *GraphSet) { s.Graphs[2] = nil },
		"graph 2 has no nodes":                      func(s *GraphSet) { s.Graphs[2] = &Graph{X: &tensor.Matrix{Cols: 3}} },
		"graph 2: its nodes have 1 features":        func(s *GraphSet) { s.Graphs[2].X = tensor.NewMatrix(4, 1) },
		"graph 2: either all graphs have tags":      func(s *GraphSet) { s.Graphs[2].Tags = make([]int, 4) },
		"graph 4, node 1, column 2 (degree=2) is ":  func(s *GraphSet) { s.Graphs[4].X.Set(1, 2, nan()) },
		"graph 1, edge 0: 0–9 names a node outside": func(s *GraphSet) { s.Graphs[1].Edges[0] = [2]int{0, 9} },
		"fold 1 names graph 6 of 6":                 func(s *GraphSet) { s.Folds = [][]int{{0}, {6}} },
		"fold 0 names graph 2 twice":                func(s *GraphSet) { s.Folds = [][]int{{2, 2}} },
		"node 0: tag 1 is outside the 1 tags": func(s *GraphSet) {
			s.TagNames = []string{"C"}
			for _, g := range s.Graphs {
				g.Tags = make([]int, g.Nodes)
			}
			s.Graphs[5].Tags[0] = 1
		},
	} {
		s := paths(6)
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(s)
		wantError(t, s.Validate(), want)
	}
}

func TestGraphSetMisuseIsExplained(t *testing.T) {
	var none *GraphSet
	unlabelled, strange := paths(6), paths(6)
	unlabelled.Y, strange.Y[2] = nil, 7
	for want, call := range map[string]func(){
		"the set of graphs is nil":     func() { none.Split(0.5, 1) },
		"6 graphs but 0 labels":        func() { unlabelled.Subset([]int{0}) },
		"graph 2: label 7":             func() { strange.WithFolds(2, 1) },
		"no graph 6: paths has 6":      func() { paths(6).Subset([]int{6}) },
		"Fold(0): paths has 0 folds":   func() { paths(6).Fold(0) },
		"WithFolds(7)":                 func() { paths(6).WithFolds(7, 1) },
		"the nodes of paths have no t": func() { paths(6).WithTags(false) },
		"between 0 and 1":              func() { paths(6).Split(1, 1) },
		"cannot be negative":           func() { paths(6).WithDegrees(-1) },
		"at least 1":                   func() { paths(6).Batches(0, 1) },
	} {
		if got := message(call); !strings.Contains(got, want) || !strings.HasPrefix(got, "data: ") {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestGraphSetIsShown(t *testing.T) {
	s := paths(6).WithFolds(2, 1)
	bundle, err := s.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"6 graphs, on average 3.0 nodes and 2.0 edges, 3 features a node, 2 classes, 2 folds", "2 … 3.0 … 4"} {
		if !strings.Contains(bundle["text/html"].(string), want) {
			t.Errorf("%s misses %q", bundle["text/html"], want)
		}
	}
	if _, err := new(GraphSet).MIMEBundle(); err != nil {
		t.Error(err)
	}
}

func TestGraphIsShown(t *testing.T) {
	g := Karate().SplitByClass(3, 10, 18, 1)
	bundle, err := g.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<b>Karate club</b>: 34 nodes, 78 edges, 0 features, 2 classes", `Officer</td><td style="text-align:right;white-space:nowrap">17</td><td style="text-align:right;white-space:nowrap">3</td>`} {
		if !strings.Contains(bundle["text/html"].(string), want) {
			t.Errorf("%s misses %q", bundle["text/html"], want)
		}
	}
	bare := &Graph{Name: "bare", Nodes: 2000, Edges: [][2]int{{0, 1}}, Train: []int{0}}
	if bundle, err = bare.MIMEBundle(); err != nil {
		t.Fatal(err)
	}
	if html := bundle["text/html"].(string); !strings.Contains(html, "2,000 nodes, 1 edges, 0 features, no labels") || !strings.Contains(html, ">all</td>") {
		t.Errorf("a graph without labels is shown as %s", html)
	}
	if got, want := bare.String(), "bare: 2000 nodes, 1 edges, no labels\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	strange := Karate()
	strange.Y[3], strange.Test = 9, []int{3, 99}
	for _, g := range []*Graph{strange, {}} {
		if _, err := g.MIMEBundle(); err != nil {
			t.Error(err)
		}
	}
}
