package mole

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/mole-kernel/mole-kernel/molelib/internal/parallel"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
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

	order       []int      // of the examples in this epoch
	batch       int        // examples in a batch
	steps       int        // in an epoch
	epoch, step int        // done by all units: whole epochs, and steps of the current one
	random      *rand.PCG  // what shuffles
	variation   *variation // of the examples; nil: they are as they are

	left int  // units that have stopped early; learners are the others
	best best // of the first of them
	stop bool // it is to leave

	loop    parallel.Loop
	apart   bool        // the units share nothing and may work side by side
	parcel  parcel      // of steps one after another
	parcels []*parcel   // of units that work side by side
	waiting [][]*parcel // in front of each unit, since an interruption
}

// parcel is a batch on its way through the units of a stage.
type parcel struct {
	drawn   flow // out of the input of the stage
	answers Batch
	in      flow // of the next unit
	blocked bool // a unit could not take its step on it

	y       []int
	targets tensor.Matrix
	data    flow // for objectives that look at them
	rows    gathering
	outputs []tensor.Matrix // of the units
}

// hold makes f, which is what unit i passes on, the input of the next one, in memory of
// the parcel's own.
func (p *parcel) hold(i int, f flow) {
	for len(p.outputs) <= i {
		p.outputs = append(p.outputs, tensor.Matrix{})
	}
	out := &p.outputs[i]
	resize(out, f.x.Rows, f.x.Cols)
	copy(out.Data, f.x.Data)
	f.x = out
	if n := len(f.readouts); n > 0 {
		f.readouts = append(f.readouts[:n-1:n-1], f.readouts[n-1].Clone())
	}
	p.in = f
}

// newWork prepares a stage for n examples.
func newWork(net *Network, s stage, n int, o Options) (*work, error) {
	w := &work{
		stage: s, order: make([]int, n), steps: n / o.Batch,
		random: source(o.Seed, streamShuffle, s.units[0].modules[0]),
		batch:  o.Batch, waiting: make([][]*parcel, len(s.units)),
	}
	if o.Augment != nil {
		w.variation = &variation{net: net, by: o.Augment, seed: o.Seed, module: s.units[0].modules[0]}
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
	w.apart = !slices.ContainsFunc(s.units, func(u unit) bool { return !ours(u.objective) })
	return w, nil
}

// each calls f for some of the learners: side by side, unless there is an objective of the
// user's own, which may share what it likes with others.
func (w *work) each(learners []*learner, f func(l *learner)) {
	one := func(i int) {
		start := time.Now()
		f(learners[i])
		learners[i].spent += time.Since(start)
	}
	if w.apart {
		w.loop.Run(len(learners), one)
		return
	}
	for i := range learners {
		one(i)
	}
}

// draw fills p with the next batch of the input of the stage, all training examples d, and
// their labels or targets. The order of the examples is new in every epoch; those that do
// not fill a batch are left to another epoch.
func (w *work) draw(p *parcel, in *flow, d *labelled) {
	step := w.learners[0].taken % w.steps
	if step == 0 {
		rand.New(w.random).Shuffle(len(w.order), func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
	}
	examples := w.order[step*w.batch : (step+1)*w.batch]
	if w.variation != nil {
		w.variation.change(p, d, examples, w.learners[0].taken, w.learners[0].modules[0])
	} else {
		in.pick(&p.drawn, examples)
	}
	p.in, p.answers = p.drawn, Batch{}
	switch {
	case d.regression():
		rowsAt(&p.targets, d.scaled, examples)
		p.answers.Targets = &p.targets
	case d.labels != nil:
		p.y = at(p.y, d.labels, examples)
		p.answers.Y = p.y
	}
	if slices.ContainsFunc(w.units, func(u unit) bool { return u.modules[0] > 0 && usesData(u.objective) }) {
		if w.variation == nil {
			d.flow.pick(&p.data, examples)
		}
		p.rows.readout = nn.SumReadout()
		p.answers.Data = p.rows.collect(&p.data)
	}
}

// queued returns the bytes of the outputs of unit i that batches on their way hold.
func (w *work) queued(i int) int {
	bytes := 0
	for _, p := range w.parcels {
		if i < len(p.outputs) {
			bytes += 4 * cap(p.outputs[i].Data)
		}
	}
	return bytes
}

// interval is the number of epochs between two measurements: many short epochs, as on
// tiny data, would be measured for longer than they train.
func (w *work) interval() int { return (w.epochs + maxMeasurements - 1) / maxMeasurements }

const maxMeasurements = 60
