package mole

import "context"

// input holds what goes into a stage: the data, or the cached output of the modules
// before it.
type input struct {
	train, test flow // test is empty without test data
}

// through returns the output of a stage.
func (in input) through(ctx context.Context, net *Network, modules []int) (input, error) {
	for _, k := range modules {
		if err := net.pass(ctx, k, &in.train, &in.test); err != nil {
			return input{}, err
		}
	}
	return in, nil
}

// feed computes the input of the current stage again when Restore has left it open.
func (t *Trainer) feed(ctx context.Context) error {
	if t.input.train.x != nil || t.Done() {
		return nil
	}
	in := t.raw()
	for _, s := range t.stages[:t.current] {
		var err error
		if in, err = in.through(ctx, t.net, s.modules()); err != nil {
			return err
		}
	}
	t.enter(in)
	return nil
}

// enter makes in the input of the current stage.
func (t *Trainer) enter(in input) {
	in.train.enter(t.net, t.stages[t.current].modules()[0])
	in.test.enter(t.net, t.stages[t.current].modules()[0])
	t.input = in
	t.cache.collect()
}

// raw is the input of the first stage.
func (t *Trainer) raw() input {
	in := input{train: t.train.flow}
	if t.test != nil {
		in.test = t.test.flow
	}
	in.train.cache, in.test.cache = t.cache, t.cache
	return in
}
