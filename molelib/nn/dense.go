package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// DenseLayer is the affine map y = x·W + b.
type DenseLayer struct {
	Weight *Param // inputs×outputs
	Bias   *Param // 1×outputs
}

var (
	_ Layer    = (*DenseLayer)(nil)
	_ Rescaler = (*DenseLayer)(nil)
)

// Dense returns a fully connected layer with zero parameters; Init gives it He's
// initialization, W ~ N(0, 2/inputs), b = 0. It panics when a width is not positive.
func Dense(inputs, outputs int) *DenseLayer {
	if inputs < 1 || outputs < 1 {
		panic(fmt.Sprintf("nn: Dense(%d, %d): widths must be at least 1", inputs, outputs))
	}
	return &DenseLayer{NewParam("weight", inputs, outputs, true), NewParam("bias", 1, outputs, false)}
}

// Name describes the layer, as in "dense 64→128".
func (l *DenseLayer) Name() string {
	return fmt.Sprintf("dense %d→%d", l.Weight.Value.Rows, l.Weight.Value.Cols)
}

// Inputs returns the number of rows of W.
func (l *DenseLayer) Inputs() int { return l.Weight.Value.Rows }

// Outputs returns the number of columns of W.
func (l *DenseLayer) Outputs(inputs int) (int, error) {
	return outputs(l, inputs, l.Weight.Value.Cols)
}

// Init draws W from N(0, 2/inputs) and clears b (He et al. 2015).
func (l *DenseLayer) Init(rng *rand.Rand) {
	initialize(l.Weight, l.Bias, l.Weight.Value.Rows, rng)
}

// Params returns W and b.
func (l *DenseLayer) Params() []*Param { return []*Param{l.Weight, l.Bias} }

// Apply computes y = x·W + b.
func (l *DenseLayer) Apply(y, x *tensor.Matrix) {
	for i := range y.Rows {
		copy(y.Row(i), l.Bias.Value.Data)
	}
	backend.MatMul(y, 1, x, false, l.Weight.Value, false, 1)
}

// Forward is Apply.
func (l *DenseLayer) Forward(y, x *tensor.Matrix) { l.Apply(y, x) }

// Backward computes dW = xᵀ·dy, db = Σ dy, dx = dy·Wᵀ.
func (l *DenseLayer) Backward(dx, dy, x, _ *tensor.Matrix) {
	backend.MatMul(l.Weight.Grad, 1, x, true, dy, false, 0)
	clear(l.Bias.Grad.Data)
	for i := range dy.Rows {
		for j, v := range dy.Row(i) {
			l.Bias.Grad.Data[j] += v
		}
	}
	if dx != nil {
		backend.MatMul(dx, 1, dy, false, l.Weight.Value, true, 0)
	}
}

// Rescale multiplies W and b by factor.
func (l *DenseLayer) Rescale(factor float32) { rescale(factor, l.Params()) }

// Clone returns a layer with a copy of W and b.
func (l *DenseLayer) Clone() Layer { return &DenseLayer{l.Weight.clone(), l.Bias.clone()} }
