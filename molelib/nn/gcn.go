package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// GCNLayer is a graph convolution, y = Â·x·W + b with Â = D^-½·(A + I)·D^-½, where D are
// the degrees of A + I (Kipf, Welling 2017).
type GCNLayer struct {
	onNodes
	Weight *Param // inputs×outputs
	Bias   *Param // 1×outputs

	shared  sharing
	product tensor.Matrix // x·W, or Â·dy
}

var (
	_ onFeatures = (*GCNLayer)(nil)
	_ Rescaler   = (*GCNLayer)(nil)
)

// GCN returns a graph convolution with zero parameters; Init gives it He's
// initialization. It panics when a width is not positive.
func GCN(inputs, outputs int) *GCNLayer {
	if inputs < 1 || outputs < 1 {
		panic(fmt.Sprintf("nn: GCN(%d, %d): widths must be at least 1", inputs, outputs))
	}
	return &GCNLayer{Weight: NewParam("weight", inputs, outputs, true), Bias: NewParam("bias", 1, outputs, false)}
}

// Name describes the layer, as in "gcn 1433→64".
func (l *GCNLayer) Name() string {
	return fmt.Sprintf("gcn %d→%d", l.Weight.Value.Rows, l.Weight.Value.Cols)
}

// Inputs returns the number of rows of W.
func (l *GCNLayer) Inputs() int { return l.Weight.Value.Rows }

// Outputs returns the number of columns of W.
func (l *GCNLayer) Outputs(inputs int) (int, error) {
	return outputs(l, inputs, l.Weight.Value.Cols)
}

// Init draws W from N(0, 2/inputs) and clears b (He et al. 2015).
func (l *GCNLayer) Init(rng *rand.Rand) { initialize(l.Weight, l.Bias, l.Inputs(), rng) }

// Params returns W and b.
func (l *GCNLayer) Params() []*Param { return []*Param{l.Weight, l.Bias} }

// ApplyOn computes y = Â·x·W + b.
func (l *GCNLayer) ApplyOn(g *Graph, y, x *tensor.Matrix) {
	g.mustHave(l.Name(), x)
	l.applyTo(g, y, (*dense)(x))
}

func (l *GCNLayer) applyTo(g *Graph, y *tensor.Matrix, x features) {
	// It may run in several goroutines, so it has memory of its own.
	var shared sharing
	var product tensor.Matrix
	l.compute(g, y, x, &product, &shared)
}

// ForwardOn is ApplyOn in memory that is kept.
func (l *GCNLayer) ForwardOn(g *Graph, y, x *tensor.Matrix) {
	g.mustHave(l.Name(), x)
	l.forwardOf(g, y, (*dense)(x))
}

func (l *GCNLayer) forwardOf(g *Graph, y *tensor.Matrix, x features) {
	l.compute(g, y, x, &l.product, &l.shared)
}

func (l *GCNLayer) compute(g *Graph, y *tensor.Matrix, x features, product *tensor.Matrix, shared *sharing) {
	sized(product, y.Rows, y.Cols)
	x.times(product, l.Weight.Value, false)
	inverse := g.normalization()
	g.aggregate(y, product, 1, inverse, inverse, shared)
	addRow(y, l.Bias.Value.Data)
}

// BackwardOn computes dW = xᵀ·Â·dy, db = Σ dy and dx = Â·dy·Wᵀ; Â is symmetric.
func (l *GCNLayer) BackwardOn(g *Graph, dx, dy, x, _ *tensor.Matrix) {
	l.backwardOf(g, dx, dy, (*dense)(x))
}

func (l *GCNLayer) backwardOf(g *Graph, dx, dy *tensor.Matrix, x features) {
	sized(&l.product, dy.Rows, dy.Cols)
	inverse := g.normalization()
	g.aggregate(&l.product, dy, 1, inverse, inverse, &l.shared)
	x.gradient(l.Weight.Grad, &l.product)
	sumRows(l.Bias.Grad.Data, dy)
	if dx != nil {
		backend.MatMul(dx, 1, &l.product, false, l.Weight.Value, true, 0)
	}
}

// Rescale multiplies W and b by factor.
func (l *GCNLayer) Rescale(factor float32) { rescale(factor, l.Params()) }

// Clone returns a layer with a copy of W and b.
func (l *GCNLayer) Clone() Layer { return &GCNLayer{Weight: l.Weight.clone(), Bias: l.Bias.clone()} }

func (l *GCNLayer) slots() []slot {
	w := l.Weight.Value
	return []slot{{"lin.weight", []int{w.Cols, w.Rows}, w.Data, true}, {"bias", []int{w.Cols}, l.Bias.Value.Data, false}}
}
