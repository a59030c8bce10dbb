package mole

import (
	"context"
	"runtime"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// chunk is the number of rows that are computed between two looks at the context:
// below 50 ms for the networks that one trains on a processor.
const chunk = 256

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
