package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Activation is an element-wise function without parameters, whose derivative is
// known from its value.
type Activation struct {
	name        string
	homogeneous bool
	slope       float64
	value       func(y, x []float32)
	gradient    func(dx, dy, y []float32)
}

var (
	_ Layer       = (*Activation)(nil)
	_ Homogeneous = (*Activation)(nil)
)

// ReLU returns y = max(x, 0).
func ReLU() *Activation {
	return &Activation{name: "relu", homogeneous: true, value: relu, gradient: reluGradient}
}

func relu(y, x []float32) {
	for i, v := range x {
		y[i] = max(v, 0)
	}
}

// reluGradient masks by bits: which values are positive is as good as random, and a branch
// would be predicted wrongly.
func reluGradient(dx, dy, y []float32) {
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		bits := math.Float32bits(dy[i])
		if !(v > 0) {
			bits = 0
		}
		dx[i] = math.Float32frombits(bits)
	}
}

// LeakyReLU returns y = x for x > 0 and slope·x below; 0 ≤ slope < 1.
func LeakyReLU(slope float64) *Activation {
	if !(slope >= 0 && slope < 1) {
		panic(fmt.Sprintf("nn: LeakyReLU(%v): the slope must be at least 0 and below 1", slope))
	}
	s := float32(slope)
	return &Activation{
		name: fmt.Sprintf("leaky relu %v", slope), homogeneous: true, slope: slope,
		value: func(y, x []float32) {
			for i, v := range x {
				y[i] = max(v, s*v)
			}
		},
		gradient: func(dx, dy, y []float32) {
			for i, v := range y {
				dx[i] = dy[i]
				if v <= 0 {
					dx[i] *= s
				}
			}
		},
	}
}

// ELU returns y = x for x > 0 and exp(x) − 1 below (Clevert, Unterthiner, Hochreiter 2016).
func ELU() *Activation {
	return &Activation{name: "elu", value: elu, gradient: eluGradient}
}

func elu(y, x []float32) {
	for i, v := range x {
		y[i] = v
		if v <= 0 {
			y[i] = float32(math.Exp(float64(v)) - 1) // in float64 as good as Expm1, and faster
		}
	}
}

func eluGradient(dx, dy, y []float32) {
	for i, v := range y {
		dx[i] = dy[i]
		if v <= 0 {
			dx[i] *= v + 1
		}
	}
}

// Flatten returns y = x: an example is a row already. It marks where grids end.
func Flatten() *Activation {
	return &Activation{
		name: "flatten", homogeneous: true,
		value:    func(y, x []float32) { copy(y, x) },
		gradient: func(dx, dy, _ []float32) { copy(dx, dy) },
	}
}

// Tanh returns y = tanh x.
func Tanh() *Activation {
	return &Activation{name: "tanh", value: tanh, gradient: tanhGradient}
}

func tanh(y, x []float32) {
	for i, v := range x {
		y[i] = float32(math.Tanh(float64(v)))
	}
}

func tanhGradient(dx, dy, y []float32) {
	for i, v := range y {
		dx[i] = dy[i] * (1 - v*v)
	}
}

// Sigmoid returns y = 1/(1 + exp(−x)).
func Sigmoid() *Activation {
	return &Activation{name: "sigmoid", value: sigmoid, gradient: sigmoidGradient}
}

func sigmoid(y, x []float32) {
	for i, v := range x {
		y[i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
}

func sigmoidGradient(dx, dy, y []float32) {
	for i, v := range y {
		dx[i] = dy[i] * v * (1 - v)
	}
}

// Name returns the name of the function.
func (a *Activation) Name() string { return a.name }

// Slope returns the slope that LeakyReLU has below 0, and 0 for the others.
func (a *Activation) Slope() float64 { return a.slope }

// Outputs returns inputs: any width is kept.
func (a *Activation) Outputs(inputs int) (int, error) { return inputs, nil }

// Init does nothing.
func (a *Activation) Init(*rand.Rand) {}

// Params returns none.
func (a *Activation) Params() []*Param { return nil }

// Apply computes y = f(x); y may be x.
func (a *Activation) Apply(y, x *tensor.Matrix) {
	sameShape(a.name, y, x)
	if len(x.Data) < manyValues {
		a.value(y.Data, x.Data)
		return
	}
	new(sharing).run(len(x.Data), func(_, from, to int) { a.value(y.Data[from:to], x.Data[from:to]) })
}

// manyValues, about 30 µs of work, are worth being divided among the processors.
const manyValues = 1 << 15

// Forward is Apply.
func (a *Activation) Forward(y, x *tensor.Matrix) { a.Apply(y, x) }

// Backward computes dx = dy·f′ from y; dx may be dy.
func (a *Activation) Backward(dx, dy, _, y *tensor.Matrix) {
	if dx == nil {
		return
	}
	sameShape(a.name, dx, y)
	if len(y.Data) < manyValues {
		a.gradient(dx.Data, dy.Data, y.Data)
		return
	}
	new(sharing).run(len(y.Data), func(_, from, to int) { a.gradient(dx.Data[from:to], dy.Data[from:to], y.Data[from:to]) })
}

// Homogeneous reports whether f(c·x) = c·f(x) for c > 0.
func (a *Activation) Homogeneous() bool { return a.homogeneous }

// Clone returns a: it has no state.
func (a *Activation) Clone() Layer { return a }
