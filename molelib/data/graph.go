package data

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Graph is an undirected graph whose nodes are the examples. Learning on nodes
// knows the labels in Train and predicts those in Test, while it sees all nodes
// and edges (transductive).
type Graph struct {
	Name     string
	Nodes    int            // number of nodes; they are called 0 … Nodes−1
	Edges    [][2]int       // every edge once, smaller node first; no loops
	X        *tensor.Matrix // Nodes×d features, one node a row; nil when nodes have none
	Y        []int          // label of every node in [0, len(Classes)); nil when there are none
	Classes  []string       // class names by label
	Features []string       // d feature names; nil when they have none
	Names    []string       // names of the nodes; nil: they are called by their numbers
	Tags     []int          // kind of every node, as an element of an atom, from 0; nil when there is none

	Train      []int // nodes whose labels may be learned from
	Validation []int // nodes to choose hyper-parameters on; may be empty
	Test       []int // nodes to predict
}

// width returns the number of features of a node, 0 when nodes have none.
func (g *Graph) width() int {
	if g.X == nil {
		return 0
	}
	return g.X.Cols
}

// Karate returns Zachary's karate club: 34 members, 78 friendships, and the club
// that each joined after the quarrel. Nodes have no features (a GCN takes the
// identity). Train holds the two leaders, nodes 0 (Mr. Hi) and 33 (the officer).
func Karate() *Graph {
	g := &Graph{Name: "Karate club", Nodes: 34, Classes: []string{"Mr. Hi", "Officer"}, Train: []int{0, 33}}
	g.Y = make([]int, g.Nodes)
	for _, pair := range pairs("karate.clubs") {
		g.Y[pair[0]] = pair[1]
	}
	g.Edges = pairs("karate.edges")
	for i := 1; i < 33; i++ {
		g.Test = append(g.Test, i)
	}
	return g
}

// pairs reads two numbers a line; lines that begin with # are remarks.
func pairs(name string) [][2]int {
	var out [][2]int
	for line := range strings.Lines(string(embedded(name))) {
		fields := strings.Fields(line)
		if len(fields) != 2 || fields[0] == "#" {
			continue
		}
		a, err := strconv.Atoi(fields[0])
		must(err)
		b, err := strconv.Atoi(fields[1])
		must(err)
		out = append(out, [2]int{a, b})
	}
	return out
}

// Neighbors returns the neighbours of every node, in the order of the edges.
func (g *Graph) Neighbors() [][]int {
	near := make([][]int, g.Nodes)
	for _, e := range g.Edges {
		near[e[0]] = append(near[e[0]], e[1])
		near[e[1]] = append(near[e[1]], e[0])
	}
	return near
}

// Degrees returns the number of neighbours of every node.
func (g *Graph) Degrees() []int {
	degrees := make([]int, g.Nodes)
	for _, e := range g.Edges {
		degrees[e[0]]++
		degrees[e[1]]++
	}
	return degrees
}

// Adjacency returns the dense adjacency matrix: Nodes×Nodes, symmetric, 1 for an
// edge, 0 on the diagonal.
func (g *Graph) Adjacency() *tensor.Matrix {
	a := tensor.NewMatrix(g.Nodes, g.Nodes)
	for _, e := range g.Edges {
		a.Set(e[0], e[1], 1)
		a.Set(e[1], e[0], 1)
	}
	return a
}

// ClassCounts returns the number of nodes of each class, by label. Labels without a class,
// which Validate reports, are not counted.
func (g *Graph) ClassCounts() []int {
	return countClasses(g.Y, len(g.Classes))
}

// Validate reports the first thing that is wrong with g: no nodes, sizes that do not match,
// NaN or an infinity, a label without a class, an edge or a split that names a node that is
// not there, a loop, a double edge, a node in two of the splits. Nodes and columns are
// counted from 0.
func (g *Graph) Validate() error {
	if g == nil {
		return errors.New("data: the graph is nil: look at the error of loading it")
	}
	if g.Nodes < 1 {
		return fmt.Errorf("data: %s has no nodes", g.Name)
	}
	if g.X != nil && g.X.Rows != g.Nodes {
		return fmt.Errorf("data: %s has %d nodes but %d rows of features", g.Name, g.Nodes, g.X.Rows)
	}
	if g.X != nil && len(g.X.Data) != g.X.Rows*g.X.Cols {
		return fmt.Errorf("data: %s: X is %d×%d but holds %d values", g.Name, g.X.Rows, g.X.Cols, len(g.X.Data))
	}
	if g.Features != nil && len(g.Features) != g.width() {
		return fmt.Errorf("data: %s has %d features but %d feature names", g.Name, g.width(), len(g.Features))
	}
	if g.Y != nil && len(g.Y) != g.Nodes {
		return fmt.Errorf("data: %s has %d nodes but %d labels", g.Name, g.Nodes, len(g.Y))
	}
	if g.Names != nil && len(g.Names) != g.Nodes {
		return fmt.Errorf("data: %s has %d nodes but %d names", g.Name, g.Nodes, len(g.Names))
	}
	if g.Tags != nil && len(g.Tags) != g.Nodes {
		return fmt.Errorf("data: %s has %d nodes but %d tags", g.Name, g.Nodes, len(g.Tags))
	}
	for i, y := range g.Y {
		if y < 0 || y >= len(g.Classes) {
			return fmt.Errorf("data: %s, node %d: label %d is outside the %d classes", g.Name, i, y, len(g.Classes))
		}
	}
	if g.X != nil {
		if i, j, ok := g.X.Finite(); !ok {
			return fmt.Errorf("data: %s, node %d, column %s is %v: replace or drop missing values first", g.Name, i, columnName(g.Features, j), g.X.At(i, j))
		}
	}
	if err := g.validateSplits(); err != nil {
		return err
	}
	return g.validateEdges()
}

func (g *Graph) validateSplits() error {
	names := [...]string{"Train", "Validation", "Test"}
	part := make(map[int]int, len(g.Train)+len(g.Validation)+len(g.Test))
	for p, nodes := range [...][]int{g.Train, g.Validation, g.Test} {
		for _, i := range nodes {
			if i < 0 || i >= g.Nodes {
				return fmt.Errorf("data: %s: the split names node %d of %d in %s", g.Name, i, g.Nodes, names[p])
			}
			if before, twice := part[i]; twice {
				return fmt.Errorf("data: %s: node %d is in %s and again in %s", g.Name, i, names[before], names[p])
			}
			part[i] = p
		}
	}
	return nil
}

func (g *Graph) validateEdges() error {
	sorted := slices.IsSortedFunc(g.Edges, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	seen := map[[2]int]bool{} // where edges are sorted, equal ones are neighbours
	for k, e := range g.Edges {
		switch {
		case e[0] < 0 || e[1] >= g.Nodes:
			return fmt.Errorf("data: %s, edge %d: %d–%d names a node outside 0 … %d", g.Name, k, e[0], e[1], g.Nodes-1)
		case e[0] >= e[1]:
			return fmt.Errorf("data: %s, edge %d: %d–%d must name the smaller node first and two different nodes", g.Name, k, e[0], e[1])
		case sorted && k > 0 && g.Edges[k-1] == e, seen[e]:
			return fmt.Errorf("data: %s, edge %d: %d–%d is there twice", g.Name, k, e[0], e[1])
		}
		if !sorted {
			seen[e] = true
		}
	}
	return nil
}
