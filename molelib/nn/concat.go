package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// ConcatLayer puts the outputs of several layers beside each other, in one row.
type ConcatLayer struct {
	Layers []Layer

	stacks []*Stack      // one of each layer
	slope  tensor.Matrix // gradient of a layer's output
	below  tensor.Matrix // gradient of x from a layer
}

var (
	_ GraphLayer  = (*ConcatLayer)(nil)
	_ Homogeneous = (*ConcatLayer)(nil)
	_ box         = (*ConcatLayer)(nil)
)

// Concat returns [f₁(x) ‖ f₂(x) ‖ …]: every layer takes x. Either all of them are
// readouts or none is.
//
//	nn.Concat(nn.MeanReadout(), nn.MaxReadout())
func Concat(layers ...Layer) *ConcatLayer { return &ConcatLayer{Layers: layers} }

// Name describes the layer, as in "concat (mean readout, max readout)".
func (l *ConcatLayer) Name() string { return "concat (" + namesOf(l.Layers) + ")" }

// Inputs returns the width of the first layer that has one, or 0.
func (l *ConcatLayer) Inputs() int { return inputsOf(l.Layers) }

// Outputs returns the sum of the widths of all layers.
func (l *ConcatLayer) Outputs(inputs int) (int, error) {
	total, pools := 0, 0
	for i, inner := range l.Layers {
		width, err := inner.Outputs(inputs)
		if err != nil {
			return 0, fmt.Errorf("%s: layer %d: %w", l.Name(), i, err)
		}
		total += width
		if Pools(inner) {
			pools++
		}
	}
	switch {
	case len(l.Layers) == 0:
		return 0, fmt.Errorf("%s: there is no layer", l.Name())
	case pools > 0 && pools < len(l.Layers):
		return 0, fmt.Errorf("%s: %d of %d layers are readouts: all must be or none", l.Name(), pools, len(l.Layers))
	}
	return total, nil
}

// Init initializes the layers.
func (l *ConcatLayer) Init(rng *rand.Rand) { initAll(l.Layers, rng) }

// Params returns the parameters of all layers.
func (l *ConcatLayer) Params() []*Param { return paramsOf(l.Layers) }

// Rows returns g.Graphs() when the layers are readouts, and g.Nodes otherwise.
func (l *ConcatLayer) Rows(g *Graph) int {
	if len(l.Layers) > 0 {
		return rows(l.Layers[0], g, g.Nodes)
	}
	return g.Nodes
}

// Apply computes all outputs.
func (l *ConcatLayer) Apply(y, x *tensor.Matrix) { l.ApplyOn(nil, y, x) }

// ApplyOn computes all outputs on a graph.
func (l *ConcatLayer) ApplyOn(g *Graph, y, x *tensor.Matrix) {
	at := 0
	for _, inner := range l.Layers {
		at = paste(y, at, ApplyOn(g, x, inner))
	}
}

// Forward computes all outputs as in training.
func (l *ConcatLayer) Forward(y, x *tensor.Matrix) { l.ForwardOn(nil, y, x) }

// ForwardOn computes all outputs on a graph as in training.
func (l *ConcatLayer) ForwardOn(g *Graph, y, x *tensor.Matrix) {
	at := 0
	for i, inner := range l.Layers {
		if len(l.stacks) == i {
			l.stacks = append(l.stacks, fit(l.Name(), x.Cols, []Layer{inner}))
		}
		at = paste(y, at, l.stacks[i].ForwardOn(g, x))
	}
}

// paste copies m to the columns of y from at, and returns where the next ones begin.
func paste(y *tensor.Matrix, at int, m *tensor.Matrix) int {
	for i := range m.Rows {
		copy(y.Row(i)[at:at+m.Cols], m.Row(i))
	}
	return at + m.Cols
}

// Backward computes dx = Σ f_i′ᵀ·dy_i.
func (l *ConcatLayer) Backward(dx, dy, x, y *tensor.Matrix) { l.BackwardOn(nil, dx, dy, x, y) }

// BackwardOn computes dx = Σ f_i′ᵀ·dy_i on a graph.
func (l *ConcatLayer) BackwardOn(g *Graph, dx, dy, x, _ *tensor.Matrix) {
	at := 0
	for i, stack := range l.stacks {
		at = cut(&l.slope, dy, at, stack.Outputs())
		if dx == nil || i == 0 {
			stack.BackwardOn(g, dx, &l.slope)
			continue
		}
		sized(&l.below, x.Rows, x.Cols)
		stack.BackwardOn(g, &l.below, &l.slope)
		add(dx.Data, l.below.Data)
	}
}

// cut copies width columns of dy from at to slope, and returns where the next ones begin.
func cut(slope, dy *tensor.Matrix, at, width int) int {
	sized(slope, dy.Rows, width)
	for i := range dy.Rows {
		copy(slope.Row(i), dy.Row(i)[at:at+width])
	}
	return at + width
}

// Homogeneous reports whether all layers are.
func (l *ConcatLayer) Homogeneous() bool {
	for _, inner := range l.Layers {
		if h, ok := inner.(Homogeneous); !ok || !h.Homogeneous() {
			return false
		}
	}
	return true
}

// Clone returns a layer of clones.
func (l *ConcatLayer) Clone() Layer { return &ConcatLayer{Layers: cloneAll(l.Layers)} }

func (l *ConcatLayer) parts() []Layer { return l.Layers }

func (l *ConcatLayer) plain() bool { return !NeedsGraph(l.Layers...) }

func (l *ConcatLayer) slots() []slot { return innerSlots("", l.Layers) }
