package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// BatchNormLayer normalizes each feature over the batch (Ioffe, Szegedy 2015):
// y = γ·(x − mean)/√(variance + ε) + β. In use, running averages of training stand in
// for mean and variance.
type BatchNormLayer struct {
	Gamma, Beta    *Param    // 1×width
	Mean, Variance []float32 // running averages
	Momentum       float32   // share of a new batch in them, 0.1
	Epsilon        float32   // 1e-5

	normal  tensor.Matrix // (x − mean)/√(variance + ε) of the last Forward
	inverse []float32     // 1/√(variance + ε) of the last Forward
	sums    [2][]float64  // work space
}

var (
	_ Layer    = (*BatchNormLayer)(nil)
	_ Rescaler = (*BatchNormLayer)(nil)
)

// BatchNorm returns a batch normalization of the given width with γ = 1 and β = 0.
func BatchNorm(width int) *BatchNormLayer {
	if width < 1 {
		panic(fmt.Sprintf("nn: BatchNorm(%d): the width must be at least 1", width))
	}
	l := &BatchNormLayer{
		Gamma: NewParam("gamma", 1, width, false), Beta: NewParam("beta", 1, width, false),
		Mean: make([]float32, width), Variance: make([]float32, width),
		Momentum: 0.1, Epsilon: 1e-5,
		inverse: make([]float32, width),
		sums:    [2][]float64{make([]float64, width), make([]float64, width)},
	}
	l.Init(nil)
	return l
}

// Name describes the layer, as in "batch norm 64".
func (l *BatchNormLayer) Name() string { return fmt.Sprintf("batch norm %d", len(l.Mean)) }

// Inputs returns the width.
func (l *BatchNormLayer) Inputs() int { return len(l.Mean) }

// Outputs returns inputs, which must be the layer's width.
func (l *BatchNormLayer) Outputs(inputs int) (int, error) {
	if inputs != len(l.Mean) {
		return 0, fmt.Errorf("%s takes %d values, but gets %d", l.Name(), len(l.Mean), inputs)
	}
	return inputs, nil
}

// Init sets γ = 1, β = 0, and the running averages to mean 0 and variance 1.
func (l *BatchNormLayer) Init(*rand.Rand) {
	for j := range l.Mean {
		l.Gamma.Value.Data[j], l.Beta.Value.Data[j], l.Mean[j], l.Variance[j] = 1, 0, 0, 1
	}
}

// Params returns γ and β.
func (l *BatchNormLayer) Params() []*Param { return []*Param{l.Gamma, l.Beta} }

// Apply normalizes with the running averages.
func (l *BatchNormLayer) Apply(y, x *tensor.Matrix) {
	sameShape(l.Name(), y, x)
	gamma, beta := l.Gamma.Value.Data, l.Beta.Value.Data
	for i := range x.Rows {
		out := y.Row(i)
		for j, v := range x.Row(i) {
			inverse := float32(1 / math.Sqrt(float64(l.Variance[j]+l.Epsilon)))
			out[j] = gamma[j]*(v-l.Mean[j])*inverse + beta[j]
		}
	}
}

// Forward normalizes with the mean and variance of the batch and moves the running
// averages; the running variance is the unbiased one.
func (l *BatchNormLayer) Forward(y, x *tensor.Matrix) {
	sameShape(l.Name(), y, x)
	sized(&l.normal, x.Rows, x.Cols)
	mean, variance := l.moments(x)
	n := float64(x.Rows)
	for j := range mean {
		l.inverse[j] = float32(1 / math.Sqrt(variance[j]+float64(l.Epsilon)))
		l.Mean[j] += l.Momentum * (float32(mean[j]) - l.Mean[j])
		l.Variance[j] += l.Momentum * (float32(variance[j]*n/max(1, n-1)) - l.Variance[j])
	}
	gamma, beta := l.Gamma.Value.Data, l.Beta.Value.Data
	for i := range x.Rows {
		out, normal := y.Row(i), l.normal.Row(i)
		for j, v := range x.Row(i) {
			normal[j] = (v - float32(mean[j])) * l.inverse[j]
			out[j] = gamma[j]*normal[j] + beta[j]
		}
	}
}

// moments returns mean and (biased) variance of each column, in work space.
func (l *BatchNormLayer) moments(x *tensor.Matrix) (mean, variance []float64) {
	mean, variance = l.sums[0], l.sums[1]
	clear(mean)
	clear(variance)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			mean[j] += float64(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(x.Rows)
	}
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			d := float64(v) - mean[j]
			variance[j] += d * d
		}
	}
	for j := range variance {
		variance[j] /= float64(x.Rows)
	}
	return mean, variance
}

// Backward computes dβ = Σ dy, dγ = Σ dy·x̂ and
// dx = γ/√(variance + ε) · (dy − (dβ + x̂·dγ)/n), where x̂ is the normalized input.
func (l *BatchNormLayer) Backward(dx, dy, _, _ *tensor.Matrix) {
	dBeta, dGamma := l.sums[0], l.sums[1]
	clear(dBeta)
	clear(dGamma)
	for i := range dy.Rows {
		normal := l.normal.Row(i)
		for j, g := range dy.Row(i) {
			dBeta[j] += float64(g)
			dGamma[j] += float64(g) * float64(normal[j])
		}
	}
	for j := range dBeta {
		l.Beta.Grad.Data[j], l.Gamma.Grad.Data[j] = float32(dBeta[j]), float32(dGamma[j])
	}
	if dx == nil {
		return
	}
	n, gamma := float32(dy.Rows), l.Gamma.Value.Data
	for i := range dy.Rows {
		out, normal := dx.Row(i), l.normal.Row(i)
		for j, g := range dy.Row(i) {
			out[j] = gamma[j] * l.inverse[j] * (g - (float32(dBeta[j])+normal[j]*float32(dGamma[j]))/n)
		}
	}
}

// Rescale multiplies γ and β by factor.
func (l *BatchNormLayer) Rescale(factor float32) {
	for j := range l.Mean {
		l.Gamma.Value.Data[j] *= factor
		l.Beta.Value.Data[j] *= factor
	}
}

// Clone returns a layer with a copy of parameters and running averages.
func (l *BatchNormLayer) Clone() Layer {
	c := BatchNorm(len(l.Mean))
	c.Gamma, c.Beta, c.Momentum, c.Epsilon = l.Gamma.clone(), l.Beta.clone(), l.Momentum, l.Epsilon
	copy(c.Mean, l.Mean)
	copy(c.Variance, l.Variance)
	return c
}
