package data

import (
	"errors"
	"fmt"
	"slices"
)

// GraphSet is a set of labelled graphs: one graph is one example (graph-level learning).
// All graphs have node features of the same width.
type GraphSet struct {
	Name     string
	Graphs   []*Graph // structure, X and Tags of each graph; shared between subsets, never changed
	Y        []int    // class of every graph in [0, len(Classes))
	Classes  []string // class names by label
	TagNames []string // names of the kinds of nodes that Graph.Tags counts; nil without tags
	Features []string // names of the node features; nil when they have none
	Folds    [][]int  // test graphs of every fold of cross-validation; nil: none are given, see WithFolds
}

// Len returns the number of graphs.
func (s *GraphSet) Len() int { return len(s.Graphs) }

// Width returns the number of features of one node, 0 when nodes have none.
func (s *GraphSet) Width() int {
	if len(s.Graphs) == 0 || s.Graphs[0] == nil || s.Graphs[0].X == nil {
		return 0
	}
	return s.Graphs[0].X.Cols
}

// Nodes returns the number of nodes of all graphs together.
func (s *GraphSet) Nodes() int {
	n := 0
	for _, g := range s.Graphs {
		n += g.Nodes
	}
	return n
}

// ClassCounts returns the number of graphs of each class, by label. Labels without a
// class, which Validate reports, are not counted.
func (s *GraphSet) ClassCounts() []int { return countClasses(s.Y, len(s.Classes)) }

func countClasses(labels []int, classes int) []int {
	counts := make([]int, classes)
	for _, y := range labels {
		if y >= 0 && y < classes {
			counts[y]++
		}
	}
	return counts
}

// Validate reports the first thing that makes s unfit for training: no graphs, a label
// without a class, graphs whose features differ in width, NaN or an infinity, whatever
// Graph.Validate finds wrong in a graph, a fold that names a graph that is not there.
// Graphs, nodes and columns are counted from 0.
func (s *GraphSet) Validate() error {
	if s == nil {
		return errors.New("data: the set of graphs is nil: look at the error of loading it")
	}
	if len(s.Graphs) == 0 {
		return fmt.Errorf("data: %s has no graphs", s.Name)
	}
	if len(s.Y) != len(s.Graphs) {
		return fmt.Errorf("data: %s has %d graphs but %d labels", s.Name, len(s.Graphs), len(s.Y))
	}
	for k, y := range s.Y {
		if y < 0 || y >= len(s.Classes) {
			return fmt.Errorf("data: %s, graph %d: label %d is outside the %d classes 0 … %d", s.Name, k, y, len(s.Classes), len(s.Classes)-1)
		}
	}
	for k, g := range s.Graphs {
		if g == nil {
			return fmt.Errorf("data: %s, graph %d is nil", s.Name, k)
		}
		named := *g
		named.Name, named.Features = fmt.Sprintf("%s, graph %d", s.Name, k), s.Features
		if err := s.validateGraph(&named); err != nil {
			return err
		}
	}
	return s.validateFolds()
}

func (s *GraphSet) validateGraph(g *Graph) error {
	if width := s.Width(); g.X == nil && width > 0 || g.X != nil && g.X.Cols != width {
		return fmt.Errorf("data: %s: its nodes have %d features, those of graph 0 have %d: all graphs must be alike", g.Name, g.width(), width)
	}
	if (g.Tags != nil) != (s.TagNames != nil) {
		return fmt.Errorf("data: %s: either all graphs have tags and TagNames names them, or none has", g.Name)
	}
	for i, tag := range g.Tags {
		if tag < 0 || tag >= len(s.TagNames) {
			return fmt.Errorf("data: %s, node %d: tag %d is outside the %d tags 0 … %d", g.Name, i, tag, len(s.TagNames), len(s.TagNames)-1)
		}
	}
	return g.Validate()
}

func (s *GraphSet) validateFolds() error {
	for f, rows := range s.Folds {
		seen := make(map[int]bool, len(rows))
		for _, k := range rows {
			if k < 0 || k >= len(s.Graphs) {
				return fmt.Errorf("data: %s: fold %d names graph %d of %d", s.Name, f, k, len(s.Graphs))
			}
			if seen[k] {
				return fmt.Errorf("data: %s: fold %d names graph %d twice", s.Name, f, k)
			}
			seen[k] = true
		}
	}
	return nil
}

// mustBeLabelled panics in the name of a method when s is nil, or its labels do not fit.
func (s *GraphSet) mustBeLabelled(method string) {
	if s == nil {
		panic("data: " + method + ": the set of graphs is nil: look at the error of loading it")
	}
	if len(s.Y) != len(s.Graphs) {
		panic(fmt.Sprintf("data: %s: %s has %d graphs but %d labels", method, s.Name, len(s.Graphs), len(s.Y)))
	}
	for k, y := range s.Y {
		if y < 0 || y >= len(s.Classes) {
			panic(fmt.Sprintf("data: %s: %s, graph %d: label %d is outside the %d classes", method, s.Name, k, y, len(s.Classes)))
		}
	}
}

// Subset returns the graphs in the given places, in that order. The graphs themselves are
// shared; Folds, which would count other graphs, are left out.
func (s *GraphSet) Subset(rows []int) *GraphSet {
	s.mustBeLabelled("Subset")
	part := *s
	part.Graphs, part.Y, part.Folds = make([]*Graph, len(rows)), make([]int, len(rows)), nil
	for k, i := range rows {
		if i < 0 || i >= s.Len() {
			panic(fmt.Sprintf("data: Subset: there is no graph %d: %s has %d, counted from 0", i, s.Name, s.Len()))
		}
		part.Graphs[k], part.Y[k] = s.Graphs[i], s.Y[i]
	}
	return &part
}

// Head returns the first n graphs, or all when there are fewer.
func (s *GraphSet) Head(n int) *GraphSet { return s.Subset(upTo(max(0, min(n, s.Len())))) }

// Fold returns what fold i of Folds trains and tests on: the test graphs that it names, and
// all others to train on.
func (s *GraphSet) Fold(i int) (train, test *GraphSet) {
	if i < 0 || i >= len(s.Folds) {
		panic(fmt.Sprintf("data: Fold(%d): %s has %d folds, counted from 0; WithFolds makes them", i, s.Name, len(s.Folds)))
	}
	tested := make([]bool, s.Len())
	for _, k := range s.Folds[i] {
		tested[k] = true
	}
	var rest []int
	for k, t := range tested {
		if !t {
			rest = append(rest, k)
		}
	}
	return s.Subset(rest), s.Subset(s.Folds[i])
}

// WithFolds returns s with k folds of its own in place of those given: the graphs are
// shuffled by seed and dealt out so that every fold tests the same share of every class and
// every graph is tested once. k must lie between 2 and the number of graphs.
func (s *GraphSet) WithFolds(k, seed int) *GraphSet {
	s.mustBeLabelled("WithFolds")
	if k < 2 || k > s.Len() {
		panic(fmt.Sprintf("data: WithFolds(%d): give a number between 2 and the %d graphs of %s", k, s.Len(), s.Name))
	}
	divided := *s
	divided.Folds = make([][]int, k)
	for i, f := range deal(s.Y, len(s.Classes), k, seed) {
		divided.Folds[f] = append(divided.Folds[f], i)
	}
	return &divided
}

// Split shuffles s by seed and divides it as Dataset.Split does: the share testShare of the
// graphs becomes test, every class keeps its share in both parts.
func (s *GraphSet) Split(testShare float64, seed int) (train, test *GraphSet) {
	s.mustBeLabelled("Split")
	trainRows, testRows := splitRows(s.Y, s.ClassCounts(), testShare, seed)
	return s.Subset(trainRows), s.Subset(testRows)
}

// Batches returns the places of the graphs, shuffled by seed, in batches of the given size;
// the last one may be smaller.
func (s *GraphSet) Batches(size, seed int) [][]int {
	if size < 1 {
		panic("data: Batches: the size must be at least 1")
	}
	return slices.Collect(slices.Chunk(permutation(s.Len(), seed), size))
}

// upTo returns 0 … n−1.
func upTo(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
