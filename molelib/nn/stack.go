package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Stack runs layers one after another and keeps the activations and gradients
// between them. It is what a module trains. The zero value is not usable: see
// NewStack.
type Stack struct {
	layers []Layer
	params []*Param
	widths []int           // of the input and of each layer's output
	values []tensor.Matrix // output of each layer in the last Forward
	grads  []tensor.Matrix // of each layer's output
	input  *tensor.Matrix
}

// NewStack returns the stack of layers for inputs of the given width. The error names
// the layer that does not fit. The layers are shared, not copied.
func NewStack(inputs int, layers ...Layer) (*Stack, error) {
	s := &Stack{
		layers: layers, widths: []int{inputs},
		values: make([]tensor.Matrix, len(layers)), grads: make([]tensor.Matrix, len(layers)),
	}
	for i, l := range layers {
		width, err := l.Outputs(s.widths[i])
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		s.widths = append(s.widths, width)
		s.params = append(s.params, l.Params()...)
	}
	return s, nil
}

// Outputs returns the width of the output.
func (s *Stack) Outputs() int { return s.widths[len(s.widths)-1] }

// Params returns the parameters of all layers.
func (s *Stack) Params() []*Param { return s.params }

// Init initializes all layers.
func (s *Stack) Init(rng *rand.Rand) {
	for _, l := range s.layers {
		l.Init(rng)
	}
}

// Forward computes the output for a training batch x; it is valid until the next
// call. x must stay unchanged until Backward.
func (s *Stack) Forward(x *tensor.Matrix) *tensor.Matrix {
	s.input = x
	for i, l := range s.layers {
		y := &s.values[i]
		sized(y, x.Rows, s.widths[i+1])
		l.Forward(y, x)
		x = y
	}
	return x
}

// Backward takes the gradient dy of a loss with respect to the last output and fills
// the gradients of all parameters. The gradient with respect to the input goes to dx;
// with nil it is not computed, and no gradient leaves the stack.
func (s *Stack) Backward(dx, dy *tensor.Matrix) {
	for i := len(s.layers) - 1; i >= 0; i-- {
		x, below := s.input, dx
		if i > 0 {
			x, below = &s.values[i-1], &s.grads[i-1]
			sized(below, dy.Rows, s.widths[i])
		}
		s.layers[i].Backward(below, dy, x, &s.values[i])
		dy = below
	}
}

// Fault returns the name of the first layer whose last output, parameters or their
// gradients hold NaN or an infinity, or "".
func (s *Stack) Fault() string {
	for i, l := range s.layers {
		if !finite(s.values[i].Data) {
			return l.Name() + " (output)"
		}
		for _, p := range l.Params() {
			if !finite(p.Grad.Data) || !finite(p.Value.Data) {
				return l.Name() + " (" + p.Name + ")"
			}
		}
	}
	return ""
}

func finite(values []float32) bool {
	for _, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}
