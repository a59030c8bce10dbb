package mole

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Examples are what a network is trained on and judged by:
//
//   - *data.Dataset: the rows are the examples.
//   - *data.Graph: nodes are. Train are those whose labels are learned from, Test those
//     that the network is judged by; the features of all nodes and all edges are seen
//     (transductive learning). Nodes without features stand for themselves (one-hot).
//   - *data.GraphSet: graphs are. Modules work on the nodes of a batch of graphs; a
//     readout (see Module.Readout) makes one row of each graph.
type Examples interface {
	Dims() (rows, features int) // of what enters the network
	Validate() error            // what is wrong with them
}

var _, _, _ Examples = (*data.Dataset)(nil), (*data.Graph)(nil), (*data.GraphSet)(nil)

// Input is what a network computes on: a matrix of one example a row (a tensor.Matrix, a
// gonum matrix), a *data.Dataset, a *data.Graph, or a *data.GraphSet. The result has a
// row for each example, node or graph.
type Input interface {
	Dims() (rows, features int)
}

// given reports whether e holds examples: a nil pointer is none, as nil is.
func given(e Input) bool {
	switch e := e.(type) {
	case nil:
		return false
	case *data.Dataset:
		return e != nil
	case *data.Graph:
		return e != nil
	case *data.GraphSet:
		return e != nil
	case *tensor.Matrix:
		return e != nil
	}
	return true
}

// labelled are examples with their labels or targets, before they enter the network.
type labelled struct {
	name    string
	flow    flow
	labels  []int // by example; nil when there are none
	classes []string
	shape   []int // of one row; nil for graphs

	targets     *tensor.Matrix // n×t, in their own units; nil when there are none
	targetNames []string
	scaled      *tensor.Matrix // the targets in the units of the network, see Trainer
}

// examples are those of a training.
type examples struct {
	train, test, validation *labelled // test and validation may be nil
}

// validationOf returns what is to be judged by in validation: of the graph that is trained
// on, the nodes for it.
func validationOf(train, validation Examples) Examples {
	if g, ok := validation.(*data.Graph); ok && validation == train {
		return g.ForValidation()
	}
	return validation
}

// trainingOf returns the examples of e that labels are learned from. e has been validated.
func trainingOf(e Examples) (*labelled, error) {
	if g, ok := e.(*data.Graph); ok {
		return nodesOf(g, "Train", g.Train)
	}
	return labelledOf(e)
}

// judgeOf returns what to judge a network by: test, or else the test nodes of the graph
// that it is trained on, or nil.
func judgeOf(train, test Examples) Examples {
	if given(test) {
		return test
	}
	if g, ok := train.(*data.Graph); ok && len(g.Test) > 0 {
		return g
	}
	return nil
}

// share makes l, when it is of the same data as other, have the same rows in memory, so
// that what is computed for one serves the other.
func (l *labelled) share(other *labelled, same bool) {
	if same && l.flow.parts == nil {
		l.flow.x, l.flow.graph = other.flow.x, other.flow.graph
	}
}

// labelledOf returns the examples of e that a network is judged by. e has been validated.
func labelledOf(e Examples) (*labelled, error) {
	switch e := e.(type) {
	case *data.Dataset:
		return &labelled{
			name: e.Name, flow: flow{x: e.X}, labels: e.Y, classes: e.Classes, shape: e.Shape,
			targets: e.Targets, targetNames: e.TargetNames,
		}, nil
	case *data.Graph:
		return nodesOf(e, "Test", e.Test)
	case *data.GraphSet:
		f, err := flowOf(e)
		return &labelled{name: e.Name, flow: f, labels: e.Y, classes: e.Classes}, err
	}
	return nil, fmt.Errorf("mole: there is no training on %T: give a *data.Dataset, *data.Graph or *data.GraphSet", e)
}

// nodesOf returns some of the nodes of a graph as examples.
func nodesOf(g *data.Graph, mask string, nodes []int) (*labelled, error) {
	if g.Y == nil { // label-free: what is not divided is learned from as a whole
		f, err := flowOf(g)
		if err == nil && len(nodes) > 0 {
			f.nodes = nodes
		}
		return &labelled{name: g.Name, flow: f}, err
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("mole: %s of %s names no node: list those whose labels %s", mask, g.Name, map[string]string{
			"Train": "are to be learned from", "Test": "are to be compared with",
		}[mask])
	}
	f, err := flowOf(g)
	if err != nil {
		return nil, err
	}
	f.nodes = nodes
	return &labelled{name: g.Name, flow: f, labels: at(nil, g.Y, nodes), classes: g.Classes}, nil
}

// flowOf returns all rows, nodes or graphs of in as examples.
func flowOf(in Input) (flow, error) {
	switch in := in.(type) {
	case *data.Dataset:
		return flow{x: in.X}, nil
	case *data.Graph:
		return flowOfGraph(in)
	case *data.GraphSet:
		return flowOfSet(in)
	case tensor.Points:
		return flow{x: tensor.As(in)}, nil
	}
	return flow{}, fmt.Errorf("mole: a network does not take %T: give a matrix, *data.Dataset, *data.Graph or *data.GraphSet", in)
}

// mostIdentity is the number of nodes up to which nodes without features get a feature
// each: the matrix then takes 100 MB.
const mostIdentity = 5000

func flowOfGraph(g *data.Graph) (flow, error) {
	structure, err := nn.NewGraph(g.Nodes, g.Edges)
	if err != nil {
		return flow{}, fmt.Errorf("mole: %s: %w", g.Name, err)
	}
	f := flow{x: g.X, graph: structure, nodes: make([]int, g.Nodes)}
	for i := range f.nodes {
		f.nodes[i] = i
	}
	if f.x == nil {
		if g.Nodes > mostIdentity {
			return flow{}, fmt.Errorf("mole: the %d nodes of %s have no features, too many for a column each: set X, for instance to their degrees", g.Nodes, g.Name)
		}
		f.x = tensor.NewMatrix(g.Nodes, g.Nodes)
		for i := range g.Nodes {
			f.x.Row(i)[i] = 1
		}
	}
	return f, nil
}

func flowOfSet(s *data.GraphSet) (flow, error) {
	rows, width := s.Dims()
	if width == 0 {
		return flow{}, fmt.Errorf("mole: the nodes of %s have no features: take its WithTags or WithDegrees, before it is divided", s.Name)
	}
	f := flow{x: tensor.NewMatrix(rows, width), parts: make([]*nn.Graph, len(s.Graphs)), readout: nn.SumReadout()}
	at := 0
	for k, g := range s.Graphs {
		var err error
		if f.parts[k], err = nn.NewGraph(g.Nodes, g.Edges); err != nil {
			return flow{}, fmt.Errorf("mole: %s, graph %d: %w", s.Name, k, err)
		}
		at += copy(f.x.Data[at:], g.X.Data)
	}
	f.graph = nn.JoinGraphs(f.parts...)
	return f, nil
}
