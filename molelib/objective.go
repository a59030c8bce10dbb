package mole

import (
	"math/rand/v2"

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

// SquaredError returns the loss ½·mean ‖t − onehot(y)‖² of the last module.
func SquaredError() Objective { return squaredError{} }

type squaredError struct{}

func (squaredError) Name() string { return "squared error" }

func (squaredError) Bind(_, _ int, _ *rand.Rand) Criterion { return squaredError{} }

func (squaredError) Params() []*nn.Param { return nil }

func (squaredError) Loss(dT *tensor.Matrix, batch Batch) float64 {
	return nn.SquaredError(dT, batch.T, batch.Y)
}
