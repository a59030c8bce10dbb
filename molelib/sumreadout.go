package mole

import (
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// sumReadout gives the sum of the nodes of each graph.
type sumReadout struct{}

var _ nn.GraphLayer = sumReadout{}

func (sumReadout) Name() string                                 { return "sum readout" }
func (sumReadout) Outputs(inputs int) (int, error)              { return inputs, nil }
func (sumReadout) Init(*rand.Rand)                              {}
func (sumReadout) Params() []*nn.Param                          { return nil }
func (sumReadout) Rows(g *nn.Graph) int                         { return g.Graphs() }
func (sumReadout) Clone() nn.Layer                              { return sumReadout{} }
func (sumReadout) Apply(_, _ *tensor.Matrix)                    { panic("mole: a readout works on a graph") }
func (sumReadout) Forward(_, _ *tensor.Matrix)                  { panic("mole: a readout works on a graph") }
func (sumReadout) Backward(_, _, _, _ *tensor.Matrix)           { panic("mole: a readout works on a graph") }
func (r sumReadout) ForwardOn(g *nn.Graph, y, x *tensor.Matrix) { r.ApplyOn(g, y, x) }

func (sumReadout) ApplyOn(g *nn.Graph, y, x *tensor.Matrix) {
	clear(y.Data)
	for k := range g.Graphs() {
		out := y.Row(k)
		for i := g.Starts[k]; i < g.Starts[k+1]; i++ {
			for c, v := range x.Row(int(i)) {
				out[c] += v
			}
		}
	}
}

func (sumReadout) BackwardOn(g *nn.Graph, dx, dy, _, _ *tensor.Matrix) {
	for k := range g.Graphs() {
		for i := g.Starts[k]; i < g.Starts[k+1]; i++ {
			copy(dx.Row(int(i)), dy.Row(k))
		}
	}
}
