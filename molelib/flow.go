package mole

import (
	"context"
	"fmt"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// flow is examples on their way through the network, in one of three forms: the rows of
// x; some nodes of a graph, all of whose nodes are the rows of x; or the graphs of a set,
// whose nodes are the rows of x. The zero value is no examples at all.
type flow struct {
	x     *tensor.Matrix
	graph *nn.Graph   // structure of the rows of x; nil when each row is an example
	nodes []int       // those of the graph that are the examples
	parts []*nn.Graph // the graphs that are the examples, joined in graph; nil when nodes are

	cache *cache // where what modules make of the rows is kept

	readout  nn.GraphLayer    // what makes one row of each part
	readouts []*tensor.Matrix // of the modules so far, where a module takes them all
}

// len returns the number of examples.
func (f *flow) len() int {
	switch {
	case f.graph == nil:
		return f.x.Rows
	case f.parts != nil:
		return len(f.parts)
	}
	return len(f.nodes)
}

// String describes the size: "150×4", "10 of 34 nodes, 78 edges, ×34".
func (f *flow) String() string {
	size := fmt.Sprint(f.len())
	switch {
	case f.graph == nil:
	case f.parts != nil:
		size = f.graph.String() + ", "
	default:
		size += fmt.Sprintf(" of %v, ", f.graph)
	}
	return size + fmt.Sprintf("×%d", f.x.Cols)
}

// maker is the name of a function of this package that makes a network for such examples.
func (f *flow) maker() string {
	switch {
	case f.graph == nil:
		return "MLP"
	case f.parts != nil:
		return "GIN"
	}
	return "GCN"
}

// pick makes to the flow of some of the examples, and reuses its memory. The nodes of a
// graph are all needed to compute any of them, and are shared.
func (f *flow) pick(to *flow, examples []int) {
	to.readout = f.readout
	nodes := f.graph != nil && f.parts == nil
	if to.x == nil && !nodes {
		to.x = new(tensor.Matrix)
	}
	switch {
	case nodes:
		to.x, to.graph = f.x, f.graph
		to.nodes = at(to.nodes, f.nodes, examples)
	case f.parts == nil:
		rowsAt(to.x, f.x, examples)
	default:
		f.pickGraphs(to, examples)
	}
	to.readouts = to.readouts[:0]
	for _, r := range f.readouts {
		part := new(tensor.Matrix)
		rowsAt(part, r, examples)
		to.readouts = append(to.readouts, part)
	}
}

func (f *flow) pickGraphs(to *flow, examples []int) {
	to.parts = at(to.parts, f.parts, examples)
	to.graph = nn.JoinGraphs(to.parts...)
	resize(to.x, to.graph.Nodes, f.x.Cols)
	for k, i := range examples {
		from, end := f.graph.Starts[i], f.graph.Starts[i+1]
		copy(to.x.Data[int(to.graph.Starts[k])*f.x.Cols:], f.x.Data[int(from)*f.x.Cols:int(end)*f.x.Cols])
	}
}

// picked returns the flow of some of the examples in new memory.
func (f *flow) picked(examples []int) flow {
	var to flow
	f.pick(&to, examples)
	return to
}

// at returns the values at the given places, in the memory of out. It is never nil.
func at[T any](out, values []T, places []int) []T {
	if out == nil {
		out = make([]T, 0, len(places))
	}
	out = out[:0]
	for _, i := range places {
		out = append(out, values[i])
	}
	return out
}

// rowsAt makes out the given rows of x.
func rowsAt(out, x *tensor.Matrix, rows []int) {
	resize(out, len(rows), x.Cols)
	for r, i := range rows {
		copy(out.Row(r), x.Row(i))
	}
}

// of returns the flow of t, which layers have computed from the rows of f. Behind a
// readout each row is an example. (Where each graph is a single node, nothing tells one
// from the other, and nothing depends on it.)
func (f *flow) of(t *tensor.Matrix) flow {
	out := *f
	out.x = t
	if f.graph != nil && t.Rows != f.graph.Nodes {
		out.graph, out.parts = nil, nil
	}
	return out
}

// examples returns the representation of the examples: a matrix of one example a row.
// It may be the flow's own.
func (f *flow) examples() *tensor.Matrix {
	if f.graph == nil {
		return f.x
	}
	if f.parts == nil {
		out := new(tensor.Matrix)
		rowsAt(out, f.x, f.nodes)
		return out
	}
	out := tensor.NewMatrix(len(f.parts), f.x.Cols)
	f.readout.ApplyOn(f.graph, out, f.x)
	return out
}

// enter makes f what module k takes, when that is more than the rows in front of it.
func (f *flow) enter(net *Network, k int) {
	if !net.Modules[k].Jumping || f.readouts == nil {
		return
	}
	all := tensor.NewMatrix(f.readouts[0].Rows, net.taken(k))
	for r := range all.Rows {
		row := all.Row(r)[:0]
		for _, part := range f.readouts {
			row = append(row, part.Row(r)...)
		}
	}
	*f = flow{x: all, readouts: f.readouts}
	if !net.jumps(k) {
		f.readouts = nil
	}
}

// leave notes what module k, behind which f is, has for the modules that follow.
func (f *flow) leave(net *Network, k int) {
	f.readout = net.readout(k)
	if net.jumps(k) {
		f.hold(f.examples())
	}
}

// hold keeps the representation of the examples behind a module.
func (f *flow) hold(t *tensor.Matrix) { f.readouts = append(slices.Clip(f.readouts), t) }

// gathering takes the representation of the examples out of what a module computes for
// all rows, and brings its gradient back. It keeps the memory of a training step.
type gathering struct {
	readout    nn.GraphLayer // of graphs
	hops       int           // of nodes, see Module.Hops
	rows, back tensor.Matrix
	hop        [2]tensor.Matrix
}

// collect returns a matrix of one example a row; it is valid until the next call.
func (g *gathering) collect(f *flow) *tensor.Matrix {
	switch {
	case f.graph == nil:
		return f.x
	case f.parts == nil:
		rowsAt(&g.rows, g.propagated(f, f.x), f.nodes)
	default:
		resize(&g.rows, len(f.parts), f.x.Cols)
		g.readout.ForwardOn(f.graph, &g.rows, f.x)
	}
	return &g.rows
}

// spread takes the gradient with respect to what the last collect returned, and returns
// that with respect to all rows of f; it is valid until the next call.
func (g *gathering) spread(f *flow, d *tensor.Matrix) *tensor.Matrix {
	if f.graph == nil {
		return d
	}
	resize(&g.back, f.x.Rows, f.x.Cols)
	if f.parts != nil {
		g.readout.BackwardOn(f.graph, &g.back, d, f.x, &g.rows)
		return &g.back
	}
	clear(g.back.Data)
	for r, i := range f.nodes {
		copy(g.back.Row(i), d.Row(r))
	}
	return g.propagated(f, &g.back)
}

// propagated returns what the hops make of the rows of all nodes, or of their gradients.
func (g *gathering) propagated(f *flow, x *tensor.Matrix) *tensor.Matrix {
	for i := range g.hops {
		y := &g.hop[i%2]
		resize(y, x.Rows, x.Cols)
		f.graph.Propagate(y, x)
		x = y
	}
	return x
}

// apply returns what the layers make of the flow, in use (not in training).
func (f *flow) apply(ctx context.Context, layers []nn.Layer) (*tensor.Matrix, error) {
	switch {
	case f.graph == nil:
		return applyLayers(ctx, layers, f.x, f.cache)
	case f.parts == nil:
		return f.applyToNodes(ctx, layers)
	}
	return f.applyToGraphs(ctx, layers)
}

func (f *flow) applyToNodes(ctx context.Context, layers []nn.Layer) (*tensor.Matrix, error) {
	x := f.x
	for _, l := range layers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x = nn.ApplyOn(f.graph, x, l)
	}
	return x, nil
}

// applyToGraphs takes so many graphs at a time that their nodes are about a chunk.
func (f *flow) applyToGraphs(ctx context.Context, layers []nn.Layer) (*tensor.Matrix, error) {
	out, starts := new(tensor.Matrix), f.graph.Starts
	for from, end := 0, 0; from < len(f.parts); from = end {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for end = from + 1; end < len(f.parts) && starts[end+1]-starts[from] <= 4*chunk; end++ {
		}
		x := f.x.View(int(starts[from]), int(starts[end]))
		y := nn.ApplyOn(nn.JoinGraphs(f.parts[from:end]...), &x, layers...)
		if out.Data == nil {
			rows := len(f.parts)
			if y.Rows == x.Rows {
				rows = f.graph.Nodes
			}
			out.Data = make([]float32, 0, rows*y.Cols)
		}
		out.Rows, out.Cols, out.Data = out.Rows+y.Rows, y.Cols, append(out.Data, y.Data...)
	}
	return out, nil
}
