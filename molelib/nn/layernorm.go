package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// LayerNormLayer normalizes each example over its features (Ba, Kiros, Hinton 2016):
// y = γ·(x − mean)/√(variance + ε) + β.
type LayerNormLayer struct {
	Gamma, Beta *Param  // 1×width
	Epsilon     float32 // 1e-5

	normal  tensor.Matrix // (x − mean)/√(variance + ε) of the last Forward
	inverse []float32     // 1/√(variance + ε) of each example of the last Forward
}

var (
	_ Layer    = (*LayerNormLayer)(nil)
	_ Rescaler = (*LayerNormLayer)(nil)
)

// LayerNorm returns a layer normalization of the given width with γ = 1 and β = 0.
func LayerNorm(width int) *LayerNormLayer {
	if width < 1 {
		panic(fmt.Sprintf("nn: LayerNorm(%d): the width must be at least 1", width))
	}
	l := &LayerNormLayer{Gamma: NewParam("gamma", 1, width, false), Beta: NewParam("beta", 1, width, false), Epsilon: 1e-5}
	l.Init(nil)
	return l
}

// Name describes the layer, as in "layer norm 64".
func (l *LayerNormLayer) Name() string { return fmt.Sprintf("layer norm %d", l.Inputs()) }

// Inputs returns the width.
func (l *LayerNormLayer) Inputs() int { return l.Gamma.Value.Cols }

// Outputs returns inputs, which must be the layer's width.
func (l *LayerNormLayer) Outputs(inputs int) (int, error) {
	return outputs(l, inputs, inputs)
}

// Init sets γ = 1 and β = 0.
func (l *LayerNormLayer) Init(*rand.Rand) {
	fill(l.Gamma.Value.Data, 1)
	clear(l.Beta.Value.Data)
}

// Params returns γ and β.
func (l *LayerNormLayer) Params() []*Param { return []*Param{l.Gamma, l.Beta} }

// Apply normalizes each row.
func (l *LayerNormLayer) Apply(y, x *tensor.Matrix) {
	mustTake(l, y, x)
	for i := range x.Rows {
		l.normalize(y.Row(i), x.Row(i))
		l.affine(y.Row(i), y.Row(i))
	}
}

// Forward is Apply, and keeps what Backward needs.
func (l *LayerNormLayer) Forward(y, x *tensor.Matrix) {
	mustTake(l, y, x)
	sized(&l.normal, x.Rows, x.Cols)
	l.inverse = grown(l.inverse, x.Rows)
	for i := range x.Rows {
		l.inverse[i] = l.normalize(l.normal.Row(i), x.Row(i))
		l.affine(y.Row(i), l.normal.Row(i))
	}
}

// normalize returns 1/√(variance + ε).
func (l *LayerNormLayer) normalize(normal, x []float32) float32 {
	mean, variance := 0.0, 0.0
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	inverse := float32(1 / math.Sqrt(variance+float64(l.Epsilon)))
	for j, v := range x {
		normal[j] = (v - float32(mean)) * inverse
	}
	return inverse
}

func (l *LayerNormLayer) affine(y, normal []float32) {
	beta := l.Beta.Value.Data
	for j, gamma := range l.Gamma.Value.Data {
		y[j] = gamma*normal[j] + beta[j]
	}
}

// Backward computes dβ = Σ dy, dγ = Σ dy·x̂ and, with g = γ·dy,
// dx = (g − mean(g) − x̂·mean(g·x̂))/√(variance + ε), where x̂ is the normalized input.
func (l *LayerNormLayer) Backward(dx, dy, _, _ *tensor.Matrix) {
	clear(l.Gamma.Grad.Data)
	clear(l.Beta.Grad.Data)
	gamma, width := l.Gamma.Value.Data, float32(dy.Cols)
	for i := range dy.Rows {
		normal := l.normal.Row(i)
		plain, along := float32(0), float32(0)
		for j, g := range dy.Row(i) {
			l.Beta.Grad.Data[j] += g
			l.Gamma.Grad.Data[j] += g * normal[j]
			plain += gamma[j] * g / width
			along += gamma[j] * g * normal[j] / width
		}
		if dx == nil {
			continue
		}
		out := dx.Row(i)
		for j, g := range dy.Row(i) {
			out[j] = l.inverse[i] * (gamma[j]*g - plain - normal[j]*along)
		}
	}
}

// Rescale multiplies γ and β by factor.
func (l *LayerNormLayer) Rescale(factor float32) { rescale(factor, l.Params()) }

// Clone returns a layer with a copy of γ and β.
func (l *LayerNormLayer) Clone() Layer {
	return &LayerNormLayer{Gamma: l.Gamma.clone(), Beta: l.Beta.clone(), Epsilon: l.Epsilon}
}
