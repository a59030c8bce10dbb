package mole

import (
	"context"
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// chunk is the number of rows that are computed between two looks at the context:
// below 50 ms for the networks that one trains on a processor.
const chunk = 256

// Activations returns the representation T_k after module k, counted from 0, of the
// examples in the rows of x: a matrix of one example a row. k = −1 returns x. The last
// module gives the logits of the classes. It panics when k or the width of x is wrong.
func (net *Network) Activations(k int, x tensor.Points) *tensor.Matrix {
	net.checkWidth(x)
	if k < -1 || k >= len(net.Modules) {
		panic(fmt.Sprintf("mole: Activations: there is no module %d: they count from 0 to %d", k, len(net.Modules)-1))
	}
	t, _ := net.apply(context.Background(), 0, k+1, tensor.As(x))
	return t
}

// Predict returns the class of each row of x, the largest logit. It panics when the
// width of x is wrong.
func (net *Network) Predict(x tensor.Points) []int {
	net.checkWidth(x)
	t, _ := net.apply(context.Background(), 0, len(net.Modules), tensor.As(x))
	return largest(t)
}

// Probabilities returns the probability of each class, the softmax of the last module's
// output, for the examples in the rows of x: one example a row, one class a column. It
// panics when the width of x is wrong.
func (net *Network) Probabilities(x tensor.Points) *tensor.Matrix {
	return probabilities(net.Activations(len(net.Modules)-1, x))
}

func (net *Network) checkWidth(x tensor.Points) {
	if net == nil {
		panic("mole: the network is nil: make one with mole.MLP or mole.NewNetwork")
	}
	if m, ok := x.(*tensor.Matrix); x == nil || ok && m == nil {
		panic("mole: no examples were given: x is nil")
	}
	if _, cols := x.Dims(); cols != net.inputs {
		panic(fmt.Sprintf("mole: the network takes %d features, but an example has %d", net.inputs, cols))
	}
}

// apply runs the modules from ≤ k < to on x in use (not in training). The result is
// new, except that no modules return x.
func (net *Network) apply(ctx context.Context, from, to int, x *tensor.Matrix) (*tensor.Matrix, error) {
	var layers []nn.Layer
	for _, m := range net.Modules[from:to] {
		layers = append(layers, m.Layers...)
	}
	return applyLayers(ctx, layers, x)
}

func applyLayers(ctx context.Context, layers []nn.Layer, x *tensor.Matrix) (*tensor.Matrix, error) {
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
	out := tensor.NewMatrix(x.Rows, widths[len(layers)])
	between := make([]tensor.Matrix, len(layers))
	for at := 0; at < x.Rows; at += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := min(x.Rows, at+chunk)
		in := x.View(at, end)
		for i, l := range layers {
			y := &between[i]
			if i == len(layers)-1 {
				*y = out.View(at, end)
			} else {
				resize(y, end-at, widths[i+1])
			}
			l.Apply(y, &in)
			in = *y
		}
	}
	return out, nil
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
