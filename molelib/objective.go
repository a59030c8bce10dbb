package mole

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Objective is what a module is trained for, with its settings.
type Objective interface {
	// Name describes the objective, as in "I(T;Y), α = 1.01".
	Name() string

	// Bind returns the objective at work for a module whose output has the given
	// width, on data of the given number of classes.
	Bind(width, classes int, rng *rand.Rand) Criterion
}

// Criterion is an objective at work in one module. It is used by one goroutine.
type Criterion interface {
	// Params returns auxiliary parameters, which are trained with the module and
	// thrown away after it.
	Params() []*nn.Param

	// Loss returns what is to be minimized on a batch, writes its gradient with
	// respect to batch.T to dT, and the gradients of the auxiliary parameters.
	Loss(dT *tensor.Matrix, batch Batch) float64
}

// Batch is what an objective sees of a training batch of n examples.
type Batch struct {
	T *tensor.Matrix // n×width, output of the module
	X *tensor.Matrix // n×inputs, input of the module
	Y []int          // n labels
}

// Information is the objective Decoder·I_α(T;Y) + Encoder·I_α(T;X), to be maximized,
// with the matrix-based estimate of package mi. The zero value is the default recipe.
type Information struct {
	Decoder float64 // weight of I(T;Y), of a decoder-like module; 0 means 1 when Encoder is 0
	Encoder float64 // weight of I(T;X), of an encoder-like module; X is the module's input

	Alpha float64 // order; 0 means 1.01
	Width float64 // fixed kernel width σ; 0 means the adaptive width
	Scale float64 // c of the adaptive width; 0 means 0.7, and 1 without projection

	// Projection is the width of the auxiliary projection U = ReLU(T·V + b): the
	// information is that of U, and V and b are trained with the module and thrown away.
	// It keeps early layers from giving up what a later one could use. (Shannon's I(U;Y)
	// is at most I(T;Y); the estimate follows that roughly.) 0 means 128; a negative
	// number means none.
	Projection int

	Normalized bool // maximize I(T;Y)/S(T,Y) in place of I(T;Y)
}

var _ Objective = Information{}

// MutualInformationY returns the objective I(T;Y) of the default recipe.
func MutualInformationY() Information { return Information{} }

// MutualInformationX returns the label-free objective I(T;X) of an encoder-like module.
func MutualInformationX() Information { return Information{Encoder: 1} }

func (o Information) withDefaults() Information {
	if o.Decoder == 0 && o.Encoder == 0 {
		o.Decoder = 1
	}
	if o.Alpha == 0 {
		o.Alpha = mi.DefaultAlpha
	}
	if o.Projection == 0 {
		o.Projection = 128
	}
	if o.Scale == 0 {
		o.Scale = 0.7
		if o.Projection < 0 {
			o.Scale = 1
		}
	}
	return o
}

func (o Information) estimate() mi.Options {
	return mi.Options{Alpha: o.Alpha, Width: o.Width, Scale: o.Scale}
}

// Name describes the objective.
func (o Information) Name() string {
	o = o.withDefaults()
	name := ""
	switch {
	case o.Encoder == 0 && o.Normalized:
		name = "I(T;Y)/S(T,Y)"
	case o.Encoder == 0:
		name = "I(T;Y)"
	case o.Decoder == 0:
		name = "I(T;X)"
	default:
		name = fmt.Sprintf("%v·I(T;Y) + %v·I(T;X)", o.Decoder, o.Encoder)
	}
	name += fmt.Sprintf(", α = %v", o.Alpha)
	if o.Projection > 0 {
		name += fmt.Sprintf(", projection %d", o.Projection)
	}
	return name
}

// Check returns an error when a setting makes no sense.
func (o Information) Check() error {
	if o.Decoder < 0 || o.Encoder < 0 {
		return fmt.Errorf("weights of I(T;Y) and I(T;X) must not be negative: %v, %v", o.Decoder, o.Encoder)
	}
	return o.withDefaults().estimate().Check()
}

// Bind returns the objective at work.
func (o Information) Bind(width, _ int, rng *rand.Rand) Criterion {
	o = o.withDefaults()
	c := &information{Information: o, decoder: mi.NewEstimator(o.estimate())}
	if o.Encoder > 0 {
		c.encoder = mi.NewEstimator(o.estimate())
	}
	if o.Projection > 0 {
		// The widths fit by construction.
		c.projection, _ = nn.NewStack(width, nn.Dense(width, o.Projection), nn.ReLU())
		c.projection.Init(rng)
	}
	return c
}

type information struct {
	Information
	decoder, encoder *mi.Estimator
	projection       *nn.Stack // nil: none
	du, part         tensor.Matrix
}

func (c *information) Params() []*nn.Param {
	if c.projection == nil {
		return nil
	}
	return c.projection.Params()
}

// Loss returns −(Decoder·I(U;Y) + Encoder·I(U;X)), where U is the projection of T, or
// T itself.
func (c *information) Loss(dT *tensor.Matrix, batch Batch) float64 {
	if c.projection == nil {
		return c.ascend(dT, batch.T, batch)
	}
	u := c.projection.Forward(batch.T)
	resize(&c.du, u.Rows, u.Cols)
	loss := c.ascend(&c.du, u, batch)
	c.projection.Backward(dT, &c.du)
	return loss
}

// ascend returns the negative weighted information of u and its gradient.
func (c *information) ascend(du, u *tensor.Matrix, batch Batch) float64 {
	loss := 0.0
	clear(du.Data)
	resize(&c.part, u.Rows, u.Cols)
	if c.Decoder > 0 {
		value := 0.0
		if c.Normalized {
			value = c.decoder.NormalizedLabels(&c.part, u, batch.Y).Normalized()
		} else {
			value = c.decoder.Labels(&c.part, u, batch.Y).Information
		}
		loss -= c.Decoder * value
		subtract(du, c.Decoder, &c.part)
	}
	if c.Encoder > 0 {
		loss -= c.Encoder * c.encoder.Points(&c.part, u, batch.X).Information
		subtract(du, c.Encoder, &c.part)
	}
	return loss
}

func subtract(dst *tensor.Matrix, weight float64, src *tensor.Matrix) {
	w := float32(weight)
	for i, v := range src.Data {
		dst.Data[i] -= w * v
	}
}

func resize(m *tensor.Matrix, rows, cols int) {
	if cap(m.Data) < rows*cols {
		m.Data = make([]float32, rows*cols)
	}
	m.Rows, m.Cols, m.Data = rows, cols, m.Data[:rows*cols]
}

// CrossEntropy returns the conventional loss of the last module: the mean softmax
// cross-entropy of its output and the labels, in nats.
func CrossEntropy() Objective { return crossEntropy{} }

type crossEntropy struct{}

func (crossEntropy) Name() string { return "cross-entropy" }

func (crossEntropy) Bind(_, _ int, _ *rand.Rand) Criterion { return crossEntropy{} }

func (crossEntropy) Params() []*nn.Param { return nil }

func (crossEntropy) Loss(dT *tensor.Matrix, batch Batch) float64 {
	return nn.CrossEntropy(dT, batch.T, batch.Y)
}
