package mole

import (
	"fmt"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

// onGraphs returns o with the defaults for n nodes of a graph, or graphs of a set, in
// place of what is not given. Nodes are all in one batch, as long as their Gram matrices
// are small against the graph.
func (o Options) onGraphs(n int, nodes bool) Options {
	o.Rate = or(o.Rate, 0.01)
	if !nodes {
		o.Batch = or(o.Batch, 64)
		o.Epochs = or(o.Epochs, 20)
		o.OutputEpochs = or(o.OutputEpochs, 5*o.Epochs)
		return o
	}
	o.Batch = or(o.Batch, min(512, n))
	o.Epochs = or(o.Epochs, 200)
	o.OutputEpochs = or(o.OutputEpochs, o.Epochs)
	if o.Schedule == nil {
		o.Schedule = optim.Constant{}
	}
	return o
}

// outputRate returns the learning rate of the last module, given that of the others.
func outputRate(f *flow, rate float64) float64 {
	if f.graph != nil {
		return rate
	}
	return 2 * rate
}

// fits returns an error when the network cannot work on the form of the examples.
func (net *Network) fits(f *flow) error {
	for _, m := range net.Modules {
		pools := slices.ContainsFunc(m.Layers, nn.Pools)
		switch {
		case f.graph == nil && nn.NeedsGraph(m.Layers...):
			return fmt.Errorf("mole: module %q works on a graph: give a *data.Graph or a *data.GraphSet", m.Name)
		case m.Hops < 0:
			return fmt.Errorf("mole: module %q: %d hops: there must be none or some", m.Name, m.Hops)
		case f.graph != nil && f.parts == nil && pools:
			return fmt.Errorf("mole: module %q makes one row of all nodes, but the nodes are the examples: leave its readout out", m.Name)
		}
	}
	return nil
}

// checkOrder panics when a module needs the nodes that one before it has not handed on.
func (net *Network) checkOrder() {
	gone := ""
	for _, m := range net.Modules {
		if m.Jumping {
			gone = m.Name
		}
		if gone != "" && nn.NeedsGraph(m.Layers...) {
			panic(fmt.Sprintf("mole: NewNetwork: module %q works on nodes, but module %q hands on or takes one row of each graph", m.Name, gone))
		}
		if slices.ContainsFunc(m.Layers, nn.Pools) {
			gone = m.Name
		}
	}
}

// GCN returns a graph convolutional network for the nodes of a graph (Kipf, Welling 2017)
// of the given widths, from the features of a node to the number of classes: for each
// hidden width a module of dropout, a graph convolution and a ReLU ("gcn 1", …), and one
// of dropout and a graph convolution for the classes ("output"). Hidden modules maximize
// the normalized information of Â·T with the labels (as many hops as convolutions
// follow), α = 1.01, fixed width σ = 0.5; weight decay is 5e-4.
//
//	mole.GCN(1433, 64, 7) // Cora
//
// It panics with fewer than two widths.
func GCN(widths ...int) *Network {
	if len(widths) < 2 {
		panic("mole: GCN: give at least the number of features and of classes")
	}
	var modules []Module
	for i, outputs := range widths[1:] {
		m := Module{
			Name:      fmt.Sprintf("gcn %d", i+1),
			Layers:    []nn.Layer{nn.Dropout(0.5), nn.GCN(widths[i], outputs)},
			Optimizer: optim.Adam{L2: 5e-4},
		}
		if i == len(widths)-2 {
			m.Name = "output"
		} else {
			m.Layers = append(m.Layers, nn.ReLU())
			m.Objective = Information{Normalized: true, Width: 0.5, Projection: -1}
			m.Hops = len(widths) - 2 - i
		}
		modules = append(modules, m)
	}
	return NewNetwork(modules...)
}

// GIN returns a graph isomorphism network for sets of graphs (Xu, Hu, Leskovec, Jegelka
// 2019): layers modules ("gin 1", …) of the given width, whose f are two dense layers with
// batch normalization and a ReLU behind each, and one for the classes ("output") of batch
// normalization, dropout and a dense layer, that takes the sums over the nodes behind every
// one of them (another Module.Readout takes means). The modules before it maximize the
// normalized information with the labels, α = 2.
//
//	mole.GIN(set.Width(), 32, 3, len(set.Classes))
//
// It panics when a number is not positive.
func GIN(inputs, width, layers, classes int) *Network {
	if min(inputs, width, layers, classes) < 1 {
		panic(fmt.Sprintf("mole: GIN(%d, %d, %d, %d): all numbers must be at least 1", inputs, width, layers, classes))
	}
	var modules []Module
	for i := range layers {
		modules = append(modules, Module{
			Name: fmt.Sprintf("gin %d", i+1),
			Layers: []nn.Layer{nn.GIN(
				nn.Dense(inputs, width), nn.BatchNorm(width), nn.ReLU(), nn.Dense(width, width), nn.BatchNorm(width), nn.ReLU(),
			)},
			Objective: Information{Normalized: true, Alpha: 2},
		})
		inputs = width
	}
	modules = append(modules, Module{
		Name: "output", Jumping: true,
		Layers: []nn.Layer{nn.BatchNorm(layers * width), nn.Dropout(0.5), nn.Dense(layers*width, classes)},
	})
	return NewNetwork(modules...)
}
