package mole

import (
	"context"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Examples are what a network is trained on and judged by: a *data.Dataset.
type Examples interface {
	Len() int        // number of examples
	Validate() error // what is wrong with them
}

var _ Examples = (*data.Dataset)(nil)

// given reports whether e holds examples: a nil pointer is none, as nil is.
func given(e Examples) bool {
	d, ok := e.(*data.Dataset)
	return e != nil && !(ok && d == nil)
}

// labelled are examples with their labels, before they enter the network.
type labelled struct {
	name    string
	flow    flow
	labels  []int // by example
	classes []string
}

// labelledOf returns the examples of e, which has been validated, or nil when e is none.
func labelledOf(e Examples) *labelled {
	if !given(e) {
		return nil
	}
	d := e.(*data.Dataset)
	return &labelled{name: d.Name, flow: flow{x: d.X}, labels: d.Y, classes: d.Classes}
}

// flow is what a module passes on to the next: one row an example.
type flow struct {
	x *tensor.Matrix // nil: no examples at all
}

// len returns the number of examples.
func (f *flow) len() int { return f.x.Rows }

// pick makes to the flow of some of the examples, and reuses its memory.
func (f *flow) pick(to *flow, examples []int) {
	if to.x == nil {
		to.x = new(tensor.Matrix)
	}
	resize(to.x, len(examples), f.x.Cols)
	for r, i := range examples {
		copy(to.x.Row(r), f.x.Row(i))
	}
}

// picked returns the flow of some of the examples in new memory.
func (f *flow) picked(examples []int) flow {
	var to flow
	f.pick(&to, examples)
	return to
}

// through returns what leaves the layers, in use (not in training).
func (f flow) through(ctx context.Context, layers []nn.Layer) (flow, error) {
	if f.x == nil {
		return f, nil
	}
	x, err := applyLayers(ctx, layers, f.x)
	return flow{x: x}, err
}

// examples returns the representation of the examples: a matrix of one example a row.
func (f *flow) examples() *tensor.Matrix { return f.x }

// of turns t, which was computed from the rows of the flow, into a flow.
func (f *flow) of(t *tensor.Matrix) flow { return flow{x: t} }
