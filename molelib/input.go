package mole

import (
	"context"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// input holds what goes into a stage: the data, or the cached output of the modules
// before it.
type input struct {
	train, test *tensor.Matrix // test is nil without test data
}

// through returns the output of a stage.
func (in input) through(ctx context.Context, layers []nn.Layer) (out input, err error) {
	if out.train, err = applyLayers(ctx, layers, in.train); err != nil {
		return input{}, err
	}
	if in.test != nil {
		if out.test, err = applyLayers(ctx, layers, in.test); err != nil {
			return input{}, err
		}
	}
	return out, nil
}

// feed computes the input of the current stage again when Restore has left it open.
func (t *Trainer) feed(ctx context.Context) error {
	if t.input.train != nil || t.Done() {
		return nil
	}
	in := t.raw()
	for _, s := range t.stages[:t.current] {
		var err error
		if in, err = in.through(ctx, s.layers); err != nil {
			return err
		}
	}
	t.input = in
	return nil
}

// raw is the input of the first stage.
func (t *Trainer) raw() input {
	in := input{train: t.train.X}
	if t.options.Test != nil {
		in.test = t.options.Test.X
	}
	return in
}
