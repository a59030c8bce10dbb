package data

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Standardized returns a copy of g whose node features have mean 0 and standard deviation 1
// among the nodes of Train, or among all nodes where Train is empty. Columns that hold zeros
// and ones alone, such as those of one-hot tags, stay as they are. It panics when nodes have
// no features.
func (g *Graph) Standardized() *Graph {
	g.mustFit("Standardized")
	if g.X == nil {
		panic("data: Standardized: the nodes of " + g.Name + " have no features")
	}
	s := scalerOfNodes(g.known())
	out := *g
	out.X = s.scaled(g.X)
	return &out
}

// Imputed returns a copy of g whose missing node features (NaN) are the means of the values
// that the nodes of Train have, or all nodes where Train is empty. It panics when nodes have no
// features.
func (g *Graph) Imputed() *Graph {
	g.mustFit("Imputed")
	if g.X == nil {
		panic("data: Imputed: the nodes of " + g.Name + " have no features")
	}
	out := *g
	out.X = FitImputer(&Dataset{X: g.known()}).Apply(&Dataset{X: g.X}).X
	return &out
}

// known are the features of the nodes of Train, or of all where Train is empty.
func (g *Graph) known() *tensor.Matrix {
	if len(g.Train) == 0 {
		return g.X
	}
	return chosen(g.X, g.Train)
}

// StandardizeGraphs returns copies of train and test whose node features have mean 0 and
// standard deviation 1 among all nodes of train. Columns that hold zeros and ones alone, such
// as those of one-hot tags, stay as they are. It panics when nodes have no features, or those
// of the two sets differ in number.
func StandardizeGraphs(train, test *GraphSet) (*GraphSet, *GraphSet) {
	train.mustBeLabelled("StandardizeGraphs")
	test.mustBeLabelled("StandardizeGraphs")
	width := train.Width()
	if width == 0 || test.Len() > 0 && test.Width() != width {
		panic(fmt.Sprintf("data: StandardizeGraphs: the nodes of %s have %d features, those of %s %d", train.Name, width, test.Name, test.Width()))
	}
	all := tensor.Matrix{Rows: train.Nodes(), Cols: width}
	for _, g := range train.Graphs {
		all.Data = append(all.Data, g.X.Data...)
	}
	s := scalerOfNodes(&all)
	return s.graphs(train), s.graphs(test)
}

// scalerOfNodes fits a Scaler that leaves columns of zeros and ones alone.
func scalerOfNodes(m *tensor.Matrix) *Scaler {
	s := scalerOf(m)
	for j := range m.Cols {
		marks := true
		for i := 0; i < m.Rows && marks; i++ {
			v := m.Row(i)[j]
			marks = v == 0 || v == 1
		}
		if marks {
			s.Mean[j], s.Std[j] = 0, 1
		}
	}
	return s
}

func (s *Scaler) graphs(set *GraphSet) *GraphSet {
	out := *set
	out.Graphs = make([]*Graph, len(set.Graphs))
	for k, g := range set.Graphs {
		scaled := *g
		scaled.X = s.scaled(g.X)
		out.Graphs[k] = &scaled
	}
	return &out
}

// scaled returns a standardized copy of x.
func (s *Scaler) scaled(x *tensor.Matrix) *tensor.Matrix {
	out := tensor.NewMatrix(x.Rows, x.Cols)
	for i := range x.Rows {
		row := out.Row(i)
		for j, v := range x.Row(i) {
			row[j] = float32((float64(v) - s.Mean[j]) / s.Std[j])
		}
	}
	return out
}
