package data

import (
	"fmt"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// withFeatures gives nodes the features that readers promise.
func (s *GraphSet) withFeatures() *GraphSet {
	switch tags := len(s.TagNames); {
	case tags > 1 && tags <= maxCategories:
		return s.WithTags(true)
	case s.Width() > 0:
		return s
	default:
		return s.WithDegrees(0)
	}
}

// WithTags returns s with new node features: the tag of the node one-hot, after the
// features that nodes have already when keep is set. The graphs are copied as far as they
// change. It panics when nodes have no tags.
func (s *GraphSet) WithTags(keep bool) *GraphSet {
	if s.TagNames == nil {
		panic("data: WithTags: the nodes of " + s.Name + " have no tags: see WithDegrees")
	}
	names := make([]string, len(s.TagNames))
	for t, name := range s.TagNames {
		names[t] = "tag=" + name
	}
	return s.withOneHot(names, keep, func(g *Graph) []int { return g.Tags })
}

// WithDegrees returns s with new node features: the degree of the node one-hot, degrees of
// top and more in one column. Graphs whose nodes have no features are learned so from their
// structure. top 0 stands for the largest degree, at most 64.
func (s *GraphSet) WithDegrees(top int) *GraphSet {
	if top < 0 {
		panic("data: WithDegrees: the largest degree cannot be negative")
	}
	degrees := make(map[*Graph][]int, len(s.Graphs))
	largest := 0
	for _, g := range s.Graphs {
		degrees[g] = g.Degrees()
		for _, d := range degrees[g] {
			largest = max(largest, d)
		}
	}
	if top == 0 {
		top = min(largest, mostDegrees)
	}
	names := make([]string, top+1)
	for t := range names {
		names[t] = fmt.Sprintf("degree=%d", t)
	}
	if largest > top {
		names[top] = fmt.Sprintf("degree≥%d", top)
	}
	return s.withOneHot(names, false, func(g *Graph) []int {
		columns := slices.Clone(degrees[g])
		for i, d := range columns {
			columns[i] = min(d, top)
		}
		return columns
	})
}

// mostDegrees bounds the columns that WithDegrees makes by itself: a hub of a large graph
// must not make every node wide.
const mostDegrees = 64

// withOneHot adds or sets columns of which each node has a 1 in the one that column names.
func (s *GraphSet) withOneHot(names []string, keep bool, column func(*Graph) []int) *GraphSet {
	old := 0
	if keep {
		old = s.Width()
	}
	out := *s
	out.Graphs = make([]*Graph, len(s.Graphs))
	out.Features = names
	if old > 0 {
		out.Features = append(namedOr(s.Features, old), names...)
	}
	for k, g := range s.Graphs {
		changed := *g
		changed.X = tensor.NewMatrix(g.Nodes, old+len(names))
		for i, hot := range column(g) {
			row := changed.X.Row(i)
			if old > 0 {
				copy(row, g.X.Row(i))
			}
			row[old+hot] = 1
		}
		out.Graphs[k] = &changed
	}
	return &out
}

// namedOr returns the names, or numbers where there are none.
func namedOr(names []string, n int) []string {
	if len(names) == n {
		return slices.Clone(names)
	}
	return numbered(n)
}
