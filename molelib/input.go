package mole

import "context"

// input holds what goes into a stage: the data, or the cached output of the modules
// before it.
type input struct {
	train, test, validation flow // those that are not there are empty
}

// through returns the output of a stage.
func (in input) through(ctx context.Context, net *Network, modules []int) (input, error) {
	for _, k := range modules {
		if err := net.pass(ctx, k, &in.train, &in.test, &in.validation); err != nil {
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
	first := t.stages[t.current].units[0].modules[0]
	if t.work != nil {
		first = t.work.learners[0].modules[0]
	}
	for k := range first {
		var err error
		if in, err = in.through(ctx, t.net, []int{k}); err != nil {
			return err
		}
	}
	t.enter(in, first)
	return nil
}

// enter makes in the input of the current stage, which begins with module k.
func (t *Trainer) enter(in input, k int) {
	in.train.enter(t.net, k)
	in.test.enter(t.net, k)
	in.validation.enter(t.net, k)
	t.input = in
	t.cache.collect()
}

// raw is the input of the first stage.
func (t *Trainer) raw() input {
	in := input{train: t.train.flow}
	if t.test != nil {
		in.test = t.test.flow
	}
	if t.validation != nil {
		in.validation = t.validation.flow
	}
	in.train.cache, in.test.cache, in.validation.cache = t.cache, t.cache, t.cache
	return in
}
