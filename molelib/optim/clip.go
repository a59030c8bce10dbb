package optim

import (
	"math"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// Clip scales the gradients of params, all by the same factor, so that their norm
// together is at most limit, and returns the norm that they had (Pascanu, Mikolov, Bengio
// 2013). A limit of 0 changes nothing.
func Clip(params []*nn.Param, limit float64) float64 {
	sum := 0.0
	for _, p := range params {
		for _, g := range p.Grad.Data {
			sum += float64(g) * float64(g)
		}
	}
	norm := math.Sqrt(sum)
	if limit <= 0 || norm <= limit {
		return norm
	}
	factor := float32(limit / norm)
	for _, p := range params {
		for i := range p.Grad.Data {
			p.Grad.Data[i] *= factor
		}
	}
	return norm
}
