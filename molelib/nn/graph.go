package nn

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// Graph is the structure that graph layers work on: nodes are the rows of their input,
// and edges have no direction. A batch of graphs is one Graph of all their nodes, in
// which no edge joins two of them (see JoinGraphs). It is not changed after NewGraph or
// JoinGraphs and may be used from several goroutines at once.
type Graph struct {
	Nodes     int
	Offsets   []int32 // the neighbours of node i are Neighbors[Offsets[i]:Offsets[i+1]]
	Neighbors []int32 // ascending for each node; every edge is there from both its ends
	Starts    []int32 // the nodes of graph k are Starts[k] … Starts[k+1]−1; {0, Nodes} for a single graph

	normalizing, averaging, reversing sync.Once

	inverse []float32 // 1/√(degree + 1) of each node
	mean    []float32 // 1/degree of each node, 0 without neighbours
	reverse []int32   // place in Neighbors of the same edge seen from its other end
}

// NewGraph returns the graph of nodes 0 … nodes−1 with the given edges. An edge may be
// given in either direction; one that is given twice counts once. The error names an edge
// outside the nodes, or one from a node to itself: layers add the loops that they need.
func NewGraph(nodes int, edges [][2]int) (*Graph, error) {
	if nodes < 0 || nodes > math.MaxInt32 {
		return nil, fmt.Errorf("nn: a graph of %d nodes: there must be 0 to %d", nodes, math.MaxInt32)
	}
	if len(edges) > math.MaxInt32/2 {
		return nil, fmt.Errorf("nn: a graph of %d edges: there may be %d", len(edges), math.MaxInt32/2)
	}
	degrees := make([]int32, nodes+1)
	for k, e := range edges {
		if min(e[0], e[1]) < 0 || max(e[0], e[1]) >= nodes {
			return nil, fmt.Errorf("nn: edge %d, %d–%d, names a node outside 0 … %d", k, e[0], e[1], nodes-1)
		}
		if e[0] == e[1] {
			return nil, fmt.Errorf("nn: edge %d joins node %d to itself: leave loops out, layers add those that they need", k, e[0])
		}
		degrees[e[0]]++
		degrees[e[1]]++
	}
	g := &Graph{Nodes: nodes, Offsets: make([]int32, nodes+1), Neighbors: make([]int32, 2*len(edges)), Starts: []int32{0, int32(nodes)}}
	for i := range nodes {
		g.Offsets[i+1] = g.Offsets[i] + degrees[i]
	}
	next := slices.Clone(g.Offsets)
	for _, e := range edges {
		for side := range 2 {
			g.Neighbors[next[e[side]]] = int32(e[1-side])
			next[e[side]]++
		}
	}
	g.sort()
	return g, nil
}

// sort brings the neighbours of each node in order and leaves out those that are there
// twice.
func (g *Graph) sort() {
	kept, from := int32(0), int32(0)
	for i := range g.Nodes {
		near := g.Neighbors[from:g.Offsets[i+1]]
		from = g.Offsets[i+1]
		slices.Sort(near)
		kept += int32(copy(g.Neighbors[kept:], slices.Compact(near)))
		g.Offsets[i+1] = kept
	}
	g.Neighbors = g.Neighbors[:kept]
}

// JoinGraphs returns the graphs beside each other, with no edge between them: the nodes
// of the second follow those of the first, and so on. It is how a batch of graphs is
// made; rows of features are put together in the same order.
func JoinGraphs(graphs ...*Graph) *Graph {
	nodes, ends, count := 0, 0, 0
	for _, g := range graphs {
		nodes, ends, count = nodes+g.Nodes, ends+len(g.Neighbors), count+g.Graphs()
	}
	if nodes > math.MaxInt32 || ends > math.MaxInt32 {
		panic(fmt.Sprintf("nn: JoinGraphs: %d nodes and %d ends of edges are more than a graph can hold", nodes, ends))
	}
	joined := &Graph{
		Nodes: nodes, Offsets: make([]int32, 1, nodes+1),
		Neighbors: make([]int32, 0, ends), Starts: make([]int32, 1, count+1),
	}
	for _, g := range graphs {
		first, end := joined.Starts[len(joined.Starts)-1], int32(len(joined.Neighbors))
		for _, offset := range g.Offsets[1:] {
			joined.Offsets = append(joined.Offsets, end+offset)
		}
		for _, j := range g.Neighbors {
			joined.Neighbors = append(joined.Neighbors, first+j)
		}
		for _, start := range g.Starts[1:] {
			joined.Starts = append(joined.Starts, first+start)
		}
	}
	return joined
}

// Graphs returns the number of graphs that were joined, 1 for a single one.
func (g *Graph) Graphs() int { return len(g.Starts) - 1 }

// Near returns the neighbours of node i, ascending. They must not be changed.
func (g *Graph) Near(i int) []int32 { return g.Neighbors[g.Offsets[i]:g.Offsets[i+1]] }

// String describes the size: "34 nodes, 78 edges", and the number of graphs of a batch.
func (g *Graph) String() string {
	size := fmt.Sprintf("%d nodes, %d edges", g.Nodes, len(g.Neighbors)/2)
	if g.Graphs() > 1 {
		size = fmt.Sprintf("%d graphs, %s", g.Graphs(), size)
	}
	return size
}

// normalization returns 1/√(degree + 1) of each node, the diagonal of D^-½ of A + I.
func (g *Graph) normalization() []float32 {
	g.normalizing.Do(func() {
		g.inverse = make([]float32, g.Nodes)
		for i := range g.inverse {
			g.inverse[i] = float32(1 / math.Sqrt(float64(g.Offsets[i+1]-g.Offsets[i]+1)))
		}
	})
	return g.inverse
}

// average returns 1/degree of each node, 0 of a node without neighbours.
func (g *Graph) average() []float32 {
	g.averaging.Do(func() {
		g.mean = make([]float32, g.Nodes)
		for i := range g.mean {
			if degree := g.Offsets[i+1] - g.Offsets[i]; degree > 0 {
				g.mean[i] = 1 / float32(degree)
			}
		}
	})
	return g.mean
}

// reversed returns, for each place k in Neighbors, that of the same edge seen from its
// other end.
func (g *Graph) reversed() []int32 {
	g.reversing.Do(func() {
		g.reverse = make([]int32, len(g.Neighbors))
		// Nodes are visited in ascending order, in which each neighbour's list has them.
		next := slices.Clone(g.Offsets)
		for i := range g.Nodes {
			for k := g.Offsets[i]; k < g.Offsets[i+1]; k++ {
				j := g.Neighbors[k]
				g.reverse[k] = next[j]
				next[j]++
			}
		}
	})
	return g.reverse
}
