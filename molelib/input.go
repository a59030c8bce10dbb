package mole

import (
	"context"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// input holds what goes into a stage: the data, or the cached output of the modules
// before it.
type input struct {
	train, test flow // test is empty without test data
}

// through returns the output of a stage.
func (in input) through(ctx context.Context, layers []nn.Layer) (out input, err error) {
	if out.train, err = in.train.through(ctx, layers); err != nil {
		return input{}, err
	}
	if out.test, err = in.test.through(ctx, layers); err != nil {
		return input{}, err
	}
	return out, nil
}

// feed computes the input of the current stage again when Restore has left it open.
func (t *Trainer) feed(ctx context.Context) error {
	if t.input.train.x != nil || t.Done() {
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
	in := input{train: t.train.flow}
	if t.test != nil {
		in.test = t.test.flow
	}
	return in
}
