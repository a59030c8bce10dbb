package mole

import (
	"context"
	"errors"
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Activations returns the representation T_k after module k, counted from 0, of the
// examples x: a matrix of one example a row, or one node or graph a row. k = −1 returns
// the features (of graphs, the sum over their nodes). The last module gives the logits of
// the classes. It panics when k or the width of x is wrong; see ActivationsContext.
func (net *Network) Activations(k int, x Input) *tensor.Matrix {
	return must(net.ActivationsContext(context.Background(), k, x))
}

// ActivationsContext is Activations that stops with the error of ctx, and returns as an error
// what is wrong with k or x.
func (net *Network) ActivationsContext(ctx context.Context, k int, x Input) (*tensor.Matrix, error) {
	f, err := net.flowOf(x)
	if err != nil {
		return nil, err
	}
	if k < -1 || k >= len(net.Modules) {
		return nil, fmt.Errorf("mole: Activations: there is no module %d: they count from 0 to %d", k, len(net.Modules)-1)
	}
	t, err := net.represent(ctx, k, f)
	if err != nil {
		return nil, fmt.Errorf("mole: the computation of activations stopped: %w", err)
	}
	return t, nil
}

// Predict returns the class of each row, node or graph of x, the largest logit. It panics
// when the width of x is wrong, or when the network was trained for targets (see
// PredictValues) or without a module that predicts (see LinearProbe); see PredictContext.
func (net *Network) Predict(x Input) []int {
	return must(net.PredictContext(context.Background(), x))
}

// PredictContext is Predict that stops with the error of ctx, and returns as an error why the
// network does not predict classes of x.
func (net *Network) PredictContext(ctx context.Context, x Input) ([]int, error) {
	logits, err := net.logits(ctx, "Predict", x)
	if err != nil {
		return nil, err
	}
	return largest(logits), nil
}

// Probabilities returns the probability of each class, the softmax of the last module's
// output, for the rows, nodes or graphs of x: one example a row, one class a column. It
// panics as Predict does; see ProbabilitiesContext.
func (net *Network) Probabilities(x Input) *tensor.Matrix {
	return must(net.ProbabilitiesContext(context.Background(), x))
}

// ProbabilitiesContext is Probabilities that stops with the error of ctx, and returns as an
// error what PredictContext does.
func (net *Network) ProbabilitiesContext(ctx context.Context, x Input) (*tensor.Matrix, error) {
	logits, err := net.logits(ctx, "Probabilities", x)
	if err != nil {
		return nil, err
	}
	return probabilities(logits), nil
}

// PredictValues returns the values that the network predicts for the rows, nodes or graphs
// of x, in the units of the targets it was trained for: one example a row, one target a
// column. A network that was not trained for targets gives its outputs as they are. It
// panics when the width of x is wrong; see PredictValuesContext.
func (net *Network) PredictValues(x Input) *tensor.Matrix {
	return must(net.PredictValuesContext(context.Background(), x))
}

// PredictValuesContext is PredictValues that stops with the error of ctx, and returns as an
// error what is wrong with x.
func (net *Network) PredictValuesContext(ctx context.Context, x Input) (*tensor.Matrix, error) {
	if net == nil {
		return nil, errNoNetwork
	}
	outputs, err := net.ActivationsContext(ctx, len(net.Modules)-1, x)
	if err != nil {
		return nil, err
	}
	return net.values(outputs), nil
}

// must panics with the text of an error: what the caller could have known.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err.Error())
	}
	return v
}

// logits returns the outputs of the last module, or an error in the name of a method when they
// are no logits of classes.
func (net *Network) logits(ctx context.Context, method string, x Input) (*tensor.Matrix, error) {
	switch {
	case net == nil:
		return nil, errNoNetwork
	case net.units != nil:
		return nil, fmt.Errorf("mole: %s: the network was trained for targets: take PredictValues", method)
	case !net.predicts():
		last := len(net.Modules) - 1
		return nil, fmt.Errorf("mole: %s: module %q is trained for %s and predicts nothing: read its output with LinearProbe",
			method, net.Modules[last].Name, net.objective(last, false).Name())
	}
	return net.ActivationsContext(ctx, len(net.Modules)-1, x)
}

var errNoNetwork = errors.New("mole: the network is nil: make one with mole.MLP or mole.NewNetwork")

// flowOf returns the examples of x, or an error when they do not fit.
func (net *Network) flowOf(x Input) (flow, error) {
	if net == nil {
		return flow{}, errNoNetwork
	}
	if !given(x) {
		return flow{}, errors.New("mole: no examples were given: x is nil")
	}
	if _, cols := x.Dims(); cols != net.inputs {
		return flow{}, fmt.Errorf("mole: the network takes %d features, but an example has %d", net.inputs, cols)
	}
	f, err := flowOf(x)
	if err != nil {
		return flow{}, err
	}
	return f, net.fits(&f)
}
