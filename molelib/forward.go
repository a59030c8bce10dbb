package mole

import (
	"context"
	"fmt"
	"runtime"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// chunk is the number of rows that are computed between two looks at the context:
// below 50 ms for the networks that one trains on a processor.
const chunk = 256

// Activations returns the representation T_k after module k, counted from 0, of the
// examples x: a matrix of one example a row, or one node or graph a row. k = −1 returns
// the features (of graphs, the sum over their nodes). The last module gives the logits of
// the classes. It panics when k or the width of x is wrong.
func (net *Network) Activations(k int, x Input) *tensor.Matrix {
	f := net.flowOf(x)
	if k < -1 || k >= len(net.Modules) {
		panic(fmt.Sprintf("mole: Activations: there is no module %d: they count from 0 to %d", k, len(net.Modules)-1))
	}
	t, _ := net.represent(context.Background(), k, f)
	return t
}

// Predict returns the class of each row, node or graph of x, the largest logit. It panics
// when the width of x is wrong, or when the network was trained for targets (see
// PredictValues) or without a module that predicts (see LinearProbe).
func (net *Network) Predict(x Input) []int {
	net.mustClassify("Predict")
	return largest(net.Activations(len(net.Modules)-1, x))
}

// Probabilities returns the probability of each class, the softmax of the last module's
// output, for the rows, nodes or graphs of x: one example a row, one class a column. It
// panics as Predict does.
func (net *Network) Probabilities(x Input) *tensor.Matrix {
	net.mustClassify("Probabilities")
	return probabilities(net.Activations(len(net.Modules)-1, x))
}

// mustClassify panics in the name of a method when the outputs are no logits of classes.
func (net *Network) mustClassify(method string) {
	switch {
	case net == nil: // told where the examples enter
	case net.units != nil:
		panic("mole: " + method + ": the network was trained for targets: take PredictValues")
	case !net.predicts():
		last := len(net.Modules) - 1
		panic(fmt.Sprintf("mole: %s: module %q is trained for %s and predicts nothing: read its output with LinearProbe",
			method, net.Modules[last].Name, net.objective(last, false).Name()))
	}
}

// flowOf panics when x does not fit.
func (net *Network) flowOf(x Input) flow {
	if net == nil {
		panic("mole: the network is nil: make one with mole.MLP or mole.NewNetwork")
	}
	if !given(x) {
		panic("mole: no examples were given: x is nil")
	}
	if _, cols := x.Dims(); cols != net.inputs {
		panic(fmt.Sprintf("mole: the network takes %d features, but an example has %d", net.inputs, cols))
	}
	f, err := flowOf(x)
	if err == nil {
		err = net.fits(&f)
	}
	if err != nil {
		panic(err.Error())
	}
	return f
}

// represent returns the representation of the examples after module k, the features
// after module −1.
func (net *Network) represent(ctx context.Context, k int, f flow) (*tensor.Matrix, error) {
	for i := range k + 1 {
		if err := net.pass(ctx, i, &f); err != nil {
			return nil, err
		}
	}
	return f.examples(), nil
}

// pass takes flows in front of module k to behind it, in use (not in training). What is
// shared between them is computed once.
func (net *Network) pass(ctx context.Context, k int, flows ...*flow) error {
	outputs := make(map[*tensor.Matrix]*tensor.Matrix)
	for _, f := range flows {
		if f.x == nil {
			continue
		}
		f.enter(net, k)
		y, done := outputs[f.x]
		if !done {
			var err error
			if y, err = f.apply(ctx, net.Modules[k].Layers); err != nil {
				return err
			}
			outputs[f.x] = y
		}
		*f = f.of(y)
		f.leave(net, k)
	}
	return nil
}

// applyLayers returns what the layers make of x, in use, as a new matrix in the cache,
// except that no layers return x.
func applyLayers(ctx context.Context, layers []nn.Layer, x *tensor.Matrix, c *cache) (*tensor.Matrix, error) {
	if len(layers) == 0 {
		return x, nil
	}
	widths := []int{x.Cols}
	for i, l := range layers {
		width, err := l.Outputs(widths[i])
		if err != nil {
			panic("mole: " + err.Error())
		}
		widths = append(widths, width)
	}
	out, err := c.begin(x.Rows, widths[len(layers)])
	if err != nil {
		return nil, err
	}
	between := make([]tensor.Matrix, len(layers))
	for at := 0; at < x.Rows && err == nil; at += chunk {
		end := min(x.Rows, at+chunk)
		in := x.View(at, end)
		for i, l := range layers {
			if err := ctx.Err(); err != nil {
				return out.end(err)
			}
			y := &between[i]
			if i == len(layers)-1 {
				*y = out.next(end - at)
			} else {
				resize(y, end-at, widths[i+1])
			}
			l.Apply(y, &in)
			in = *y
		}
		err = out.keep(in)
	}
	runtime.KeepAlive(x) // Its pointer may be all that keeps its file.
	return out.end(err)
}

// largest returns the column of the largest value in each row.
func largest(t *tensor.Matrix) []int {
	best := make([]int, t.Rows)
	for i := range best {
		row := t.Row(i)
		for j, v := range row {
			if v > row[best[i]] {
				best[i] = j
			}
		}
	}
	return best
}
