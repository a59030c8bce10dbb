package nn

import (
	"math/rand/v2"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// ReadoutLayer makes one row of the nodes of each graph: their sum, mean or maximum,
// column by column. A graph without nodes gives zeros.
type ReadoutLayer struct {
	onNodes
	name string
	kind readout
	from []int32 // node of each output of the last ForwardOn; maximum only
}

type readout int

const (
	sumOf readout = iota
	meanOf
	maxOf
)

var (
	_ GraphLayer  = (*ReadoutLayer)(nil)
	_ Homogeneous = (*ReadoutLayer)(nil)
)

// SumReadout returns a layer that gives the sum of the nodes of each graph.
func SumReadout() *ReadoutLayer { return &ReadoutLayer{name: "sum readout", kind: sumOf} }

// MeanReadout returns a layer that gives the mean of the nodes of each graph.
func MeanReadout() *ReadoutLayer { return &ReadoutLayer{name: "mean readout", kind: meanOf} }

// MaxReadout returns a layer that gives the largest value among the nodes of each graph,
// column by column.
func MaxReadout() *ReadoutLayer { return &ReadoutLayer{name: "max readout", kind: maxOf} }

// Name is "sum readout", "mean readout" or "max readout".
func (l *ReadoutLayer) Name() string { return l.name }

// Outputs returns inputs: any width is kept.
func (l *ReadoutLayer) Outputs(inputs int) (int, error) { return inputs, nil }

// Init does nothing.
func (l *ReadoutLayer) Init(*rand.Rand) {}

// Params returns none.
func (l *ReadoutLayer) Params() []*Param { return nil }

// Rows returns g.Graphs().
func (l *ReadoutLayer) Rows(g *Graph) int { return g.Graphs() }

// ApplyOn makes one row of each graph's rows.
func (l *ReadoutLayer) ApplyOn(g *Graph, y, x *tensor.Matrix) { l.apply(g, y, x, nil) }

// ForwardOn is ApplyOn, and keeps where the maxima are.
func (l *ReadoutLayer) ForwardOn(g *Graph, y, x *tensor.Matrix) { l.from = l.apply(g, y, x, l.from) }

// apply returns the nodes that have the maxima, in the memory of from.
func (l *ReadoutLayer) apply(g *Graph, y, x *tensor.Matrix, from []int32) []int32 {
	g.mustHave(l.name, x)
	if l.kind == maxOf {
		from = slices.Grow(from[:0], len(y.Data))[:len(y.Data)]
	}
	for k := range g.Graphs() {
		out, nodes := y.Row(k), x.View(int(g.Starts[k]), int(g.Starts[k+1]))
		switch l.kind {
		case maxOf:
			maximum(out, from[k*y.Cols:(k+1)*y.Cols], &nodes)
		case sumOf, meanOf:
			sumRows(out, &nodes)
			if l.kind == meanOf {
				scale(out, 1/float32(max(1, nodes.Rows)))
			}
		}
	}
	return from
}

// maximum writes the largest value of each column and the first row that has it.
func maximum(out []float32, from []int32, nodes *tensor.Matrix) {
	clear(out)
	clear(from)
	for i := range nodes.Rows {
		for c, v := range nodes.Row(i) {
			if i == 0 || v > out[c] {
				out[c], from[c] = v, int32(i)
			}
		}
	}
}

// BackwardOn gives each node the gradient of its graph: all of it behind a sum, its share
// behind a mean; behind a maximum only the node where it is.
func (l *ReadoutLayer) BackwardOn(g *Graph, dx, dy, _, _ *tensor.Matrix) {
	if dx == nil {
		return
	}
	for k := range g.Graphs() {
		slope, nodes := dy.Row(k), dx.View(int(g.Starts[k]), int(g.Starts[k+1]))
		if l.kind == maxOf {
			clear(nodes.Data)
			if nodes.Rows > 0 {
				for c, i := range l.from[k*dy.Cols : (k+1)*dy.Cols] {
					nodes.Row(int(i))[c] = slope[c]
				}
			}
			continue
		}
		for i := range nodes.Rows {
			copy(nodes.Row(i), slope)
			if l.kind == meanOf {
				scale(nodes.Row(i), 1/float32(nodes.Rows))
			}
		}
	}
}

// Homogeneous reports true.
func (l *ReadoutLayer) Homogeneous() bool { return true }

// Clone returns a readout of the same kind.
func (l *ReadoutLayer) Clone() Layer { return &ReadoutLayer{name: l.name, kind: l.kind} }
