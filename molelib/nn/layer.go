// Package nn has the layers of a network, each with its forward and backward pass
// written side by side. A layer works on batches: one example a row, float32. A
// GraphLayer works on a Graph, whose nodes are the rows: GCN, GraphSAGE, GIN, GAT, and
// the readouts, which make a row of each graph; plain layers stand between them.
//
// Passes are destination first and allocate nothing once a batch size has been seen.
// A layer keeps parameters and what it needs between Forward and Backward, so it must
// not be trained from two goroutines; Apply changes nothing and may be called from
// several at once.
package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Layer is a differentiable function of a batch.
type Layer interface {
	// Name describes the layer, as in "dense 64→128".
	Name() string

	// Outputs returns the width of the output for inputs of the given width, or an
	// error when the layer does not take that width.
	Outputs(inputs int) (int, error)

	// Init draws new parameters from rng and forgets all state. A layer that is
	// random in training keeps a generator of its own, seeded from rng.
	Init(rng *rand.Rand)

	// Params returns the trainable parameters, always the same pointers.
	Params() []*Param

	// Apply computes y = f(x) as in use after training.
	Apply(y, x *tensor.Matrix)

	// Forward computes y = f(x) as in training.
	Forward(y, x *tensor.Matrix)

	// Backward takes the x and y of the last Forward and the gradient dy of a loss
	// with respect to y. It writes the gradient with respect to x to dx, unless dx is
	// nil, and to Param.Grad the gradients of the parameters (it does not add).
	Backward(dx, dy, x, y *tensor.Matrix)

	// Clone returns a layer with a copy of parameters and state.
	Clone() Layer
}

// Param is one trainable matrix of a layer.
type Param struct {
	Name  string // "weight", "bias", …
	Value *tensor.Matrix
	Grad  *tensor.Matrix // of the last Backward; the shape of Value
	Decay bool           // whether weight decay applies: to weights, not to biases
}

// NewParam returns a zero parameter of the given shape.
func NewParam(name string, rows, cols int, decay bool) *Param {
	return &Param{Name: name, Value: tensor.NewMatrix(rows, cols), Grad: tensor.NewMatrix(rows, cols), Decay: decay}
}

func (p *Param) clone() *Param {
	return &Param{Name: p.Name, Value: p.Value.Clone(), Grad: tensor.NewMatrix(p.Value.Rows, p.Value.Cols), Decay: p.Decay}
}

// Homogeneous is implemented by layers with f(c·x) = c·f(x) for c > 0: ReLU, Dropout.
type Homogeneous interface{ Homogeneous() bool }

// Sized is implemented by layers that take inputs of one width: Dense, Conv2D, GCN. Inputs returns
// it, or 0 when any width is taken.
type Sized interface{ Inputs() int }

// outputs returns the width of the output of a layer with a width of its own, or an error
// when it gets inputs of another one.
func outputs(l interface {
	Layer
	Sized
}, inputs, width int) (int, error) {
	if inputs != l.Inputs() {
		return 0, fmt.Errorf("%s takes %d values, but gets %d", l.Name(), l.Inputs(), inputs)
	}
	return width, nil
}

// Rescaler is implemented by layers whose output can be multiplied by a positive
// factor exactly, by changing parameters: Dense, BatchNorm.
type Rescaler interface{ Rescale(factor float32) }

// initialize draws weights from N(0, 2/inputs) and clears the bias (He et al. 2015).
func initialize(weight, bias *Param, inputs int, rng *rand.Rand) {
	scale := math.Sqrt(2 / float64(inputs))
	for i := range weight.Value.Data {
		weight.Value.Data[i] = float32(scale * rng.NormFloat64())
	}
	clear(bias.Value.Data)
}

// rescale multiplies parameters by factor.
func rescale(factor float32, params []*Param) {
	for _, p := range params {
		for i := range p.Value.Data {
			p.Value.Data[i] *= factor
		}
	}
}

// sized makes m a rows×cols matrix, reusing its memory where it is large enough.
func sized(m *tensor.Matrix, rows, cols int) {
	if cap(m.Data) < rows*cols {
		m.Data = make([]float32, rows*cols)
	}
	m.Rows, m.Cols, m.Data = rows, cols, m.Data[:rows*cols]
}

func sameShape(layer string, a, b *tensor.Matrix) {
	if a.Rows != b.Rows || a.Cols != b.Cols {
		panic(fmt.Sprintf("nn: %s: shapes %v and %v differ", layer, a, b))
	}
}

// mustTake panics unless x is an input of the layer and y its output for the same examples,
// or their gradients.
func mustTake(l Layer, y, x *tensor.Matrix) {
	outputs, err := l.Outputs(x.Cols)
	if err != nil {
		panic("nn: " + err.Error())
	}
	if y.Rows != x.Rows || y.Cols != outputs {
		panic(fmt.Sprintf("nn: %s: an output of %v does not fit an input of %v", l.Name(), y, x))
	}
}
