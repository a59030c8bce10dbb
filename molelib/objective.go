package mole

import (
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Objective is what a module is trained for, with its settings. Behind Information and
// Dependence the output of a module is brought to unit size for the next one; behind an
// objective of your own it stays as it is.
type Objective interface {
	// Name describes the objective, as in "I(T;Y), α = 1.01".
	Name() string

	// Bind returns the objective at work for a module whose output has the given
	// width, in a network whose last module has the given number of outputs (the
	// classes, or the targets).
	Bind(width, classes int, rng *rand.Rand) Criterion
}

// Criterion is an objective at work in one module. It is used by one goroutine at a time.
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
	Y []int          // n labels; nil when there are none

	// Data are what enters the network for these examples: n×features, of graphs the sum
	// over their nodes. They are X in the first module, and nil where an objective of this
	// package does not look at them.
	Data *tensor.Matrix

	// Targets are the values to predict (n×t), standardized by the mean and deviation of the
	// training data; nil when there are none.
	Targets *tensor.Matrix
}

// answers returns the labels or targets of the batch.
func (b Batch) answers() mi.Points {
	if b.Targets != nil {
		return b.Targets
	}
	return mi.Labels(b.Y)
}

// usesData reports whether an objective looks at Batch.Data.
func usesData(o Objective) bool {
	d, ok := o.(interface{ usesData() bool })
	return !ok || d.usesData()
}

// source returns the data for an objective that looks at them, and otherwise the input of
// the module.
func (b Batch) source(data bool) *tensor.Matrix {
	if data {
		return b.Data
	}
	return b.X
}

// need is what an objective must know of an example beside its features.
type need int

const (
	needsNothing need = iota
	needsAnswers      // labels or targets
	needsLabels
)

// needOfDecoder is the need of an objective by the weight of what it has of the answers.
func needOfDecoder(weight float64) need {
	if weight > 0 {
		return needsAnswers
	}
	return needsNothing
}

// needOf returns the need of an objective; one of the user's own takes what there is.
func needOf(o Objective) need {
	if n, ok := o.(interface{ need() need }); ok {
		return n.need()
	}
	return needsNothing
}

// ours reports whether an objective is of this package.
func ours(o Objective) bool {
	_, ok := o.(interface{ need() need })
	return ok
}

// CrossEntropy returns the conventional loss of the last module: the mean softmax
// cross-entropy of its output and the labels, in nats.
func CrossEntropy() Objective { return crossEntropy{} }

type crossEntropy struct{}

func (crossEntropy) Name() string { return "cross-entropy" }

func (crossEntropy) Bind(_, _ int, _ *rand.Rand) Criterion { return crossEntropy{} }

func (crossEntropy) need() need { return needsLabels }

func (crossEntropy) usesData() bool { return false }

func (crossEntropy) Params() []*nn.Param { return nil }

func (crossEntropy) Loss(dT *tensor.Matrix, batch Batch) float64 {
	return nn.CrossEntropy(dT, batch.T, batch.Y)
}

// SquaredError returns the loss of the last module ½·mean ‖t − y‖²: y are the targets in
// units of their standard deviation (see Network.PredictValues), or, with labels, the class
// as 1 in a row of zeros.
func SquaredError() Objective { return squaredError{} }

type squaredError struct{}

func (squaredError) Name() string { return "squared error" }

func (squaredError) Bind(_, _ int, _ *rand.Rand) Criterion { return squaredError{} }

func (squaredError) need() need { return needsAnswers }

func (squaredError) usesData() bool { return false }

func (squaredError) Params() []*nn.Param { return nil }

func (squaredError) Loss(dT *tensor.Matrix, batch Batch) float64 {
	if batch.Targets != nil {
		return nn.SquaredErrorTo(dT, batch.T, batch.Targets)
	}
	return nn.SquaredError(dT, batch.T, batch.Y)
}
