package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// SAGELayer is GraphSAGE with the mean of the neighbours, y = x·W_root + mean_j(x_j)·W + b
// (Hamilton, Ying, Leskovec 2017). The mean of no neighbours is 0.
type SAGELayer struct {
	onNodes
	Weight *Param // inputs×outputs, of the mean
	Root   *Param // inputs×outputs, of the node itself
	Bias   *Param // 1×outputs

	shared  sharing
	product tensor.Matrix // x·W, or Mᵀ·dy
}

var (
	_ onFeatures = (*SAGELayer)(nil)
	_ Rescaler   = (*SAGELayer)(nil)
)

// GraphSAGE returns a GraphSAGE layer with zero parameters; Init gives it He's
// initialization. It panics when a width is not positive.
func GraphSAGE(inputs, outputs int) *SAGELayer {
	if inputs < 1 || outputs < 1 {
		panic(fmt.Sprintf("nn: GraphSAGE(%d, %d): widths must be at least 1", inputs, outputs))
	}
	return &SAGELayer{
		Weight: NewParam("weight", inputs, outputs, true), Root: NewParam("root weight", inputs, outputs, true),
		Bias: NewParam("bias", 1, outputs, false),
	}
}

// Name describes the layer, as in "graphsage 64→64".
func (l *SAGELayer) Name() string {
	return fmt.Sprintf("graphsage %d→%d", l.Weight.Value.Rows, l.Weight.Value.Cols)
}

// Inputs returns the number of rows of W.
func (l *SAGELayer) Inputs() int { return l.Weight.Value.Rows }

// Outputs returns the number of columns of W.
func (l *SAGELayer) Outputs(inputs int) (int, error) {
	return outputs(l, inputs, l.Weight.Value.Cols)
}

// Init draws W and W_root from N(0, 1/inputs) and clears b: He's initialization for the
// 2·inputs values of a node and its mean.
func (l *SAGELayer) Init(rng *rand.Rand) {
	initialize(l.Weight, l.Bias, 2*l.Inputs(), rng)
	initialize(l.Root, l.Bias, 2*l.Inputs(), rng)
}

// Params returns W, W_root and b.
func (l *SAGELayer) Params() []*Param { return []*Param{l.Weight, l.Root, l.Bias} }

// ApplyOn computes y = x·W_root + mean(x)·W + b.
func (l *SAGELayer) ApplyOn(g *Graph, y, x *tensor.Matrix) {
	g.mustHave(l.Name(), x)
	l.applyTo(g, y, (*dense)(x))
}

func (l *SAGELayer) applyTo(g *Graph, y *tensor.Matrix, x features) {
	var shared sharing
	var product tensor.Matrix
	l.compute(g, y, x, &product, &shared)
}

// ForwardOn is ApplyOn in memory that is kept.
func (l *SAGELayer) ForwardOn(g *Graph, y, x *tensor.Matrix) {
	g.mustHave(l.Name(), x)
	l.forwardOf(g, y, (*dense)(x))
}

func (l *SAGELayer) forwardOf(g *Graph, y *tensor.Matrix, x features) {
	l.compute(g, y, x, &l.product, &l.shared)
}

// compute takes the mean of x·W, which is narrower than x in a first layer.
func (l *SAGELayer) compute(g *Graph, y *tensor.Matrix, x features, product *tensor.Matrix, shared *sharing) {
	sized(product, y.Rows, y.Cols)
	x.times(product, l.Weight.Value, false)
	g.aggregate(y, product, 0, nil, g.average(), shared)
	x.times(y, l.Root.Value, true)
	addRow(y, l.Bias.Value.Data)
}

// BackwardOn computes, with M the matrix of means, dW = xᵀ·Mᵀ·dy, dW_root = xᵀ·dy,
// db = Σ dy and dx = dy·W_rootᵀ + Mᵀ·dy·Wᵀ.
func (l *SAGELayer) BackwardOn(g *Graph, dx, dy, x, _ *tensor.Matrix) {
	l.backwardOf(g, dx, dy, (*dense)(x))
}

func (l *SAGELayer) backwardOf(g *Graph, dx, dy *tensor.Matrix, x features) {
	sized(&l.product, dy.Rows, dy.Cols)
	g.aggregate(&l.product, dy, 0, g.average(), nil, &l.shared)
	x.gradient(l.Weight.Grad, &l.product)
	x.gradient(l.Root.Grad, dy)
	sumRows(l.Bias.Grad.Data, dy)
	if dx != nil {
		backend.MatMul(dx, 1, dy, false, l.Root.Value, true, 0)
		backend.MatMul(dx, 1, &l.product, false, l.Weight.Value, true, 1)
	}
}

// Rescale multiplies W, W_root and b by factor.
func (l *SAGELayer) Rescale(factor float32) { rescale(factor, l.Params()) }

// Clone returns a layer with a copy of W, W_root and b.
func (l *SAGELayer) Clone() Layer {
	return &SAGELayer{Weight: l.Weight.clone(), Root: l.Root.clone(), Bias: l.Bias.clone()}
}

func (l *SAGELayer) slots() []slot {
	w := l.Weight.Value
	shape := []int{w.Cols, w.Rows}
	return []slot{
		{"lin_l.weight", shape, w.Data, true}, {"lin_l.bias", []int{w.Cols}, l.Bias.Value.Data, false},
		{"lin_r.weight", shape, l.Root.Value.Data, true},
	}
}
