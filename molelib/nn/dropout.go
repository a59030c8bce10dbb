package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// DropoutLayer sets values to zero at random in training.
type DropoutLayer struct {
	Rate float64 // share that is dropped, in [0, 1)

	source *rand.PCG
	scale  []float32 // of each value in the last Forward: 0 or 1/(1−Rate)
}

var (
	_ Layer       = (*DropoutLayer)(nil)
	_ Homogeneous = (*DropoutLayer)(nil)
)

// Dropout returns a layer that sets the share rate of its inputs to zero in training
// and divides the others by 1−rate, so that means are kept; in use it is the identity.
// It panics unless 0 ≤ rate < 1.
func Dropout(rate float64) *DropoutLayer {
	if !(rate >= 0 && rate < 1) {
		panic(fmt.Sprintf("nn: Dropout(%v): the rate must be at least 0 and below 1", rate))
	}
	return &DropoutLayer{Rate: rate, source: rand.NewPCG(0, 0)}
}

// Name describes the layer, as in "dropout 0.5".
func (l *DropoutLayer) Name() string { return fmt.Sprintf("dropout %v", l.Rate) }

// Outputs returns inputs: any width is kept.
func (l *DropoutLayer) Outputs(inputs int) (int, error) { return inputs, nil }

// Init seeds the layer's own generator.
func (l *DropoutLayer) Init(rng *rand.Rand) { l.source.Seed(rng.Uint64(), rng.Uint64()) }

// Params returns none.
func (l *DropoutLayer) Params() []*Param { return nil }

// Apply copies x to y.
func (l *DropoutLayer) Apply(y, x *tensor.Matrix) {
	sameShape(l.Name(), y, x)
	copy(y.Data, x.Data)
}

// Forward drops and scales.
func (l *DropoutLayer) Forward(y, x *tensor.Matrix) {
	sameShape(l.Name(), y, x)
	l.scale = grown(l.scale, len(x.Data))
	drawFactors(l.scale, l.Rate, l.source)
	for i, v := range x.Data {
		y.Data[i] = v * l.scale[i]
	}
}

// drawFactors makes each factor 0 with probability rate and 1/(1−rate) otherwise. A draw
// of 64 bits is enough for two; there is no branch on it, which could not be predicted.
func drawFactors(factors []float32, rate float64, source *rand.PCG) {
	values, threshold := [2]float32{float32(1 / (1 - rate)), 0}, uint64(rate*(1<<32))
	for i := 0; i < len(factors); i += 2 {
		draw := source.Uint64()
		factors[i] = values[(draw>>32-threshold)>>63] // 1 when the difference is negative
		if i+1 < len(factors) {
			factors[i+1] = values[(draw&(1<<32-1)-threshold)>>63]
		}
	}
}

// Backward passes on the gradients of what was kept.
func (l *DropoutLayer) Backward(dx, dy, _, _ *tensor.Matrix) {
	if dx == nil {
		return
	}
	for i, g := range dy.Data {
		dx.Data[i] = g * l.scale[i]
	}
}

// Homogeneous reports true.
func (l *DropoutLayer) Homogeneous() bool { return true }

// Clone returns a layer in the same random state.
func (l *DropoutLayer) Clone() Layer {
	source := *l.source
	return &DropoutLayer{Rate: l.Rate, source: &source}
}
