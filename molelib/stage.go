package mole

import (
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// stage is a part of the training: units that take their steps on the same batches, each
// on the output of the one before.
type stage struct {
	units  []unit
	epochs int
}

// modules returns the modules of all units.
func (s stage) modules() []int {
	var all []int
	for _, u := range s.units {
		all = append(all, u.modules...)
	}
	return all
}

// last returns the last module of the stage.
func (s stage) last() int { return s.units[len(s.units)-1].last() }

// work is a stage at work.
type work struct {
	stage
	learners []*learner

	order       []int     // of the examples in this epoch
	steps       int       // in an epoch
	epoch, step int       // done: whole epochs, and steps of the current one
	random      *rand.PCG // what shuffles

	batch   flow // of this step
	y       []int
	targets tensor.Matrix
}

// newWork prepares a stage for n examples.
func newWork(net *Network, s stage, n int, o Options) (*work, error) {
	w := &work{
		stage: s, order: make([]int, n), steps: n / o.Batch,
		random: source(o.Seed, streamShuffle, s.units[0].modules[0]),
		y:      make([]int, o.Batch),
	}
	for i := range w.order {
		w.order[i] = i
	}
	for _, u := range s.units {
		l, err := newLearner(net, u, o)
		if err != nil {
			return nil, err
		}
		l.steps, l.total = w.steps, w.epochs*w.steps
		w.learners = append(w.learners, l)
	}
	return w, nil
}

// draw copies the next batch out of the input of the stage, all training examples d, and
// returns it with labels or targets. The order of the examples is new in every epoch;
// those that do not fill a batch are left to another epoch.
func (w *work) draw(in *flow, d *labelled) Batch {
	if w.step == 0 {
		rand.New(w.random).Shuffle(len(w.order), func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
	}
	examples := w.order[w.step*len(w.y) : (w.step+1)*len(w.y)]
	in.pick(&w.batch, examples)
	if d.regression() {
		rowsAt(&w.targets, d.scaled, examples)
		return Batch{Targets: &w.targets}
	}
	if d.labels == nil {
		return Batch{}
	}
	for r, i := range examples {
		w.y[r] = d.labels[i]
	}
	return Batch{Y: w.y}
}

// interval is the number of epochs between two measurements: many short epochs, as on
// tiny data, would be measured for longer than they train.
func (w *work) interval() int { return (w.epochs + maxMeasurements - 1) / maxMeasurements }

const maxMeasurements = 60
