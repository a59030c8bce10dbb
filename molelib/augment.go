package mole

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// variation changes the training examples of every batch at random.
type variation struct {
	net    *Network
	by     data.Augmentation
	seed   int
	module int // the first of the stage, whose random numbers these are
}

// change fills p with the given examples, changed, and what the modules before the first that
// is still in training make of them: p.data is in front of the network, p.drawn in front of
// that module. The step alone decides on the numbers, so that a training that goes on after a
// restart goes on with them.
func (v *variation) change(p *parcel, d *labelled, examples []int, step, first int) {
	d.flow.pick(&p.data, examples)
	random := rand.New(rand.NewPCG(uint64(v.seed)+uint64(step)<<32, streamAugment<<32|uint64(v.module)))
	v.by.Augment(p.data.x, d.shape, random)
	p.drawn = p.data
	for k := range first {
		// Without a deadline a batch has no error.
		_ = v.net.pass(context.Background(), k, &p.drawn)
	}
}

// variable returns an error when examples cannot be changed by a.
func (d *labelled) variable(a data.Augmentation) error {
	if d.flow.graph != nil {
		return fmt.Errorf("mole: %s: Augment is for the rows of a dataset, not for graphs: set it to nil", d.name)
	}
	if err := a.Fits(d.shape); err != nil {
		return fmt.Errorf("mole: %s cannot be augmented: %w", d.name, err)
	}
	return nil
}
