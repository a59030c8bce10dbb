package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// BatchNormLayer normalizes each feature over the batch (Ioffe, Szegedy 2015):
// y = γ·(x − mean)/√(variance + ε) + β. In use, running averages of training stand in
// for mean and variance. On grids a feature is a channel, at all places.
type BatchNormLayer struct {
	Gamma, Beta    *Param    // 1×features
	Mean, Variance []float32 // running averages
	Momentum       float32   // share of a new batch in them, 0.1
	Epsilon        float32   // 1e-5

	plane   int           // values of a feature in one example, beside each other
	normal  tensor.Matrix // (x − mean)/√(variance + ε) of the last Forward
	inverse []float32     // 1/√(variance + ε) of the last Forward

	shared sharing
	sums   [shares][2][]float64 // of the rows of a share, for each feature
	factor [3][]float32         // for each feature
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
	return batchNorm(width, 1)
}

// BatchNorm2D returns a batch normalization of each channel of a grid, with γ = 1 and
// β = 0.
func BatchNorm2D(grid Grid) *BatchNormLayer {
	grid.check("BatchNorm2D")
	return batchNorm(grid.Channels, grid.Plane())
}

func batchNorm(width, plane int) *BatchNormLayer {
	l := &BatchNormLayer{
		Gamma: NewParam("gamma", 1, width, false), Beta: NewParam("beta", 1, width, false),
		Mean: make([]float32, width), Variance: make([]float32, width),
		Momentum: 0.1, Epsilon: 1e-5, plane: plane,
		inverse: make([]float32, width),
	}
	for k := range l.sums {
		l.sums[k] = [2][]float64{make([]float64, width), make([]float64, width)}
	}
	for k := range l.factor {
		l.factor[k] = make([]float32, width)
	}
	l.Init(nil)
	return l
}

// Name describes the layer, as in "batch norm 64", or "batch norm 64 channels".
func (l *BatchNormLayer) Name() string {
	if l.plane > 1 {
		return fmt.Sprintf("batch norm %d channels", len(l.Mean))
	}
	return fmt.Sprintf("batch norm %d", len(l.Mean))
}

// Inputs returns the width: features times places.
func (l *BatchNormLayer) Inputs() int { return len(l.Mean) * l.plane }

// Outputs returns inputs, which must be the layer's width.
func (l *BatchNormLayer) Outputs(inputs int) (int, error) {
	return outputs(l, inputs, inputs)
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
	mustTake(l, y, x)
	scale := make([]float32, len(l.Mean))
	for j, v := range l.Variance {
		scale[j] = l.Gamma.Value.Data[j] / float32(math.Sqrt(float64(v+l.Epsilon)))
	}
	divide(new(sharing), x, func(_, from, to int) {
		for i := from; i < to; i++ {
			shiftAndScale(y.Row(i), x.Row(i), l.Mean, scale, l.Beta.Value.Data, l.plane)
		}
	})
}

// divide gives the rows of a large x to all processors.
func divide(s *sharing, x *tensor.Matrix, part func(share, from, to int)) {
	if len(x.Data) < manyValues {
		part(0, 0, x.Rows)
		return
	}
	s.run(x.Rows, part)
}

// Forward normalizes with the mean and variance of the batch and moves the running
// averages; the running variance is the unbiased one.
func (l *BatchNormLayer) Forward(y, x *tensor.Matrix) {
	mustTake(l, y, x)
	sized(&l.normal, x.Rows, x.Cols)
	mean, zero := l.factor[0], l.factor[1]
	clear(zero)
	n := float64(x.Rows * l.plane)
	for j, v := range l.moments(x, mean) {
		l.inverse[j] = float32(1 / math.Sqrt(v+float64(l.Epsilon)))
		l.Mean[j] += l.Momentum * (mean[j] - l.Mean[j])
		l.Variance[j] += l.Momentum * (float32(v*n/max(1, n-1)) - l.Variance[j])
	}
	divide(&l.shared, x, func(_, from, to int) {
		for i := from; i < to; i++ {
			normal := l.normal.Row(i)
			shiftAndScale(normal, x.Row(i), mean, l.inverse, zero, l.plane)
			shiftAndScale(y.Row(i), normal, zero, l.Gamma.Value.Data, l.Beta.Value.Data, l.plane)
		}
	})
}

// moments returns the (biased) variance of each feature, in work space, and puts the means
// into mean.
func (l *BatchNormLayer) moments(x *tensor.Matrix, mean []float32) []float64 {
	n := float64(x.Rows * l.plane)
	sums, _ := l.total(x, func(a, _ []float64, i int) { addValues(a, x.Row(i), l.plane) })
	for j, v := range sums {
		mean[j] = float32(v / n)
	}
	// About the means in float32, which are next to the true ones: what that adds is taken away.
	squares, rest := l.total(x, func(a, b []float64, i int) { addDeviations(a, b, x.Row(i), mean, l.plane) })
	for j := range squares {
		off := rest[j] / n
		squares[j] = max(0, squares[j]/n-off*off)
	}
	return squares
}

// total returns two sums over the rows of x for each feature, in work space: of shares of the
// rows, and then of those, whatever the number of processors.
func (l *BatchNormLayer) total(x *tensor.Matrix, add func(a, b []float64, i int)) (a, b []float64) {
	for k := range l.sums {
		clear(l.sums[k][0])
		clear(l.sums[k][1])
	}
	divide(&l.shared, x, func(share, from, to int) {
		for i := from; i < to; i++ {
			add(l.sums[share][0], l.sums[share][1], i)
		}
	})
	a, b = l.sums[0][0], l.sums[0][1]
	for _, s := range l.sums[1:] {
		for j := range a {
			a[j] += s[0][j]
			b[j] += s[1][j]
		}
	}
	return a, b
}

// Backward computes dβ = Σ dy, dγ = Σ dy·x̂ and
// dx = γ/√(variance + ε) · (dy − (dβ + x̂·dγ)/n), where x̂ is the normalized input.
func (l *BatchNormLayer) Backward(dx, dy, _, _ *tensor.Matrix) {
	dBeta, dGamma := l.total(dy, func(a, b []float64, i int) { addProducts(a, b, dy.Row(i), l.normal.Row(i), l.plane) })
	n := float64(dy.Rows * l.plane)
	scale, shift, slope := l.factor[0], l.factor[1], l.factor[2]
	for j := range dBeta {
		l.Beta.Grad.Data[j], l.Gamma.Grad.Data[j] = float32(dBeta[j]), float32(dGamma[j])
		factor := float64(l.Gamma.Value.Data[j]) * float64(l.inverse[j])
		scale[j], shift[j], slope[j] = float32(factor), float32(factor*dBeta[j]/n), float32(factor*dGamma[j]/n)
	}
	if dx == nil {
		return
	}
	divide(&l.shared, dy, func(_, from, to int) {
		for i := from; i < to; i++ {
			slopes(dx.Row(i), dy.Row(i), l.normal.Row(i), scale, shift, slope, l.plane)
		}
	})
}

// Rescale multiplies γ and β by factor.
func (l *BatchNormLayer) Rescale(factor float32) { rescale(factor, l.Params()) }

// Clone returns a layer with a copy of parameters and running averages.
func (l *BatchNormLayer) Clone() Layer {
	c := batchNorm(len(l.Mean), l.plane)
	c.Gamma, c.Beta, c.Momentum, c.Epsilon = l.Gamma.clone(), l.Beta.clone(), l.Momentum, l.Epsilon
	copy(c.Mean, l.Mean)
	copy(c.Variance, l.Variance)
	return c
}
