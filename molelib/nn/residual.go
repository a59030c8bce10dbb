package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// ResidualLayer adds its input to the output of a chain of layers, y = x + f(x) (He et
// al. 2016).
type ResidualLayer struct {
	Layers []Layer
	stack  *Stack
}

var _ GraphLayer = (*ResidualLayer)(nil)

// Residual returns x + f(x), where f are the given layers one after another; they must
// give back the width that they take. They may work on a graph, but not be a readout.
func Residual(layers ...Layer) *ResidualLayer { return &ResidualLayer{Layers: layers} }

// Name describes the layer, as in "residual (dense 64→64, relu)".
func (l *ResidualLayer) Name() string { return "residual (" + namesOf(l.Layers) + ")" }

// Inputs returns the width of the first layer that has one, or 0.
func (l *ResidualLayer) Inputs() int { return inputsOf(l.Layers) }

// Outputs returns inputs, or an error when the layers do not give that width back.
func (l *ResidualLayer) Outputs(inputs int) (int, error) {
	stack, err := NewStack(inputs, l.Layers...)
	if err != nil {
		return 0, fmt.Errorf("residual: %w", err)
	}
	if stack.pools() {
		return 0, fmt.Errorf("%s: a readout does not give the rows back that it takes", l.Name())
	}
	if stack.Outputs() != inputs {
		return 0, fmt.Errorf("%s takes %d values and gives %d: they must be the same", l.Name(), inputs, stack.Outputs())
	}
	return inputs, nil
}

// Init initializes the layers.
func (l *ResidualLayer) Init(rng *rand.Rand) { initAll(l.Layers, rng) }

// Params returns the parameters of all layers.
func (l *ResidualLayer) Params() []*Param { return paramsOf(l.Layers) }

// Rows returns g.Nodes.
func (l *ResidualLayer) Rows(g *Graph) int { return g.Nodes }

// Apply computes y = x + f(x).
func (l *ResidualLayer) Apply(y, x *tensor.Matrix) { l.ApplyOn(nil, y, x) }

// ApplyOn computes y = x + f(x) on a graph.
func (l *ResidualLayer) ApplyOn(g *Graph, y, x *tensor.Matrix) {
	out := ApplyOn(g, x, l.Layers...)
	sameShape(l.Name(), y, out)
	for i, v := range out.Data {
		y.Data[i] = v + x.Data[i]
	}
}

// Forward computes y = x + f(x) as in training.
func (l *ResidualLayer) Forward(y, x *tensor.Matrix) { l.ForwardOn(nil, y, x) }

// ForwardOn computes y = x + f(x) on a graph as in training.
func (l *ResidualLayer) ForwardOn(g *Graph, y, x *tensor.Matrix) {
	if l.stack == nil {
		l.stack = fit(l.Name(), x.Cols, l.Layers)
	}
	for i, v := range l.stack.ForwardOn(g, x).Data {
		y.Data[i] = v + x.Data[i]
	}
}

// Backward computes dx = dy + f′(x)ᵀ·dy.
func (l *ResidualLayer) Backward(dx, dy, x, y *tensor.Matrix) { l.BackwardOn(nil, dx, dy, x, y) }

// BackwardOn computes dx = dy + f′(x)ᵀ·dy on a graph.
func (l *ResidualLayer) BackwardOn(g *Graph, dx, dy, _, _ *tensor.Matrix) {
	l.stack.BackwardOn(g, dx, dy)
	if dx != nil {
		add(dx.Data, dy.Data)
	}
}

// Clone returns a layer of clones.
func (l *ResidualLayer) Clone() Layer { return &ResidualLayer{Layers: cloneAll(l.Layers)} }

func (l *ResidualLayer) parts() []Layer { return l.Layers }

func (l *ResidualLayer) plain() bool { return !NeedsGraph(l.Layers...) }

func (l *ResidualLayer) slots() []slot { return innerSlots("", l.Layers) }
