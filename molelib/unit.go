package mole

import (
	"math"
	"time"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// unit is what takes a step as one: a module with its objective, or all modules with the
// objective of the last (back-propagation).
type unit struct {
	modules   []int
	layers    []nn.Layer
	objective Objective
	optimizer optim.Optimizer
	rate      float64
}

func optimizerOf(m Module) optim.Optimizer {
	if m.Optimizer != nil {
		return m.Optimizer
	}
	return optim.Adam{}
}

// last returns the module whose objective the unit has.
func (u unit) last() int { return u.modules[len(u.modules)-1] }

// learner is a unit at work, with the memory of a step.
type learner struct {
	unit
	chain     *chain
	criterion Criterion
	params    []*nn.Param // of the unit and its objective
	clip      float64
	stepper   optim.Stepper
	schedule  optim.Schedule

	taken, total int     // steps
	steps        int     // in an epoch
	loss         float64 // mean of the epoch so far
	rescaled     bool    // the output has unit size

	// Of the batch at hand:
	in          flow
	made        *flow // what the unit has made of it
	batch       Batch
	latest      float64 // its loss
	spent       time.Duration
	before, out gathering
	dT          tensor.Matrix
}

func newLearner(net *Network, u unit, o Options) (*learner, error) {
	chain, err := newChain(net, u.modules)
	if err != nil {
		return nil, err
	}
	l := &learner{
		unit: u, chain: chain, schedule: o.Schedule, clip: o.Clip,
		criterion: u.objective.Bind(chain.Outputs(), net.Outputs(), stream(o.Seed, streamObjective, u.modules[0])),
	}
	l.before.readout = nn.SumReadout()
	l.out.readout, l.out.hops = cloned(net.readout(u.last())), net.Modules[u.last()].Hops
	l.params = append(append(l.params, chain.Params()...), l.criterion.Params()...)
	l.stepper = u.optimizer.Bind(l.params)
	return l, nil
}

// learn takes a step on what forward has made. It reports false, and changes no weight, when
// the loss is not finite.
func (l *learner) learn() bool {
	if l.assess(); !l.finite() {
		return false
	}
	l.improve()
	return true
}

// forward computes what the unit makes of a batch.
func (l *learner) forward(in *flow, batch Batch) {
	l.in = *in
	l.made = l.chain.forward(in)
	batch.T, batch.X = l.out.collect(l.made), l.before.collect(in)
	if l.modules[0] == 0 {
		batch.Data = batch.X
	}
	l.batch = batch
}

// assess computes the loss of what forward has made, and its gradient.
func (l *learner) assess() {
	resize(&l.dT, l.batch.T.Rows, l.batch.T.Cols)
	l.latest = l.criterion.Loss(&l.dT, l.batch)
}

// finite reports whether the loss is a number to learn from.
func (l *learner) finite() bool { return !math.IsNaN(l.latest) && !math.IsInf(l.latest, 0) }

// improve takes a step against the gradient.
func (l *learner) improve() {
	l.chain.backward(l.out.spread(l.made, &l.dT))
	if l.clip > 0 {
		optim.Clip(l.params, l.clip)
	}
	l.stepper.Step(l.currentRate())
	if l.taken%l.steps == 0 {
		l.loss = 0
	}
	l.loss += l.latest / float64(l.steps)
	l.taken++
}

// passOn returns what the last batch was turned into before the step, for the unit that
// follows. It is valid until the next step.
func (l *learner) passOn() flow { return l.chain.passOn() }

func (l *learner) currentRate() float64 { return l.rate * l.schedule.Factor(l.taken, l.total) }

// rescale divides the output of the unit by its root mean square, measured on a sample of
// its input, so that the next module starts from inputs of unit size. That is exact where
// only homogeneous layers (ReLU) stand behind the last one with weights, and not done
// otherwise.
func (l *learner) rescale(t *tensor.Matrix) {
	l.rescaled = true
	sum := 0.0
	for _, v := range t.Data {
		sum += float64(v) * float64(v)
	}
	size := math.Sqrt(sum / float64(len(t.Data)))
	if size == 0 {
		return
	}
	for i := len(l.layers) - 1; i >= 0; i-- {
		if layer, ok := l.layers[i].(nn.Rescaler); ok {
			layer.Rescale(float32(1 / size))
			return
		}
		if layer, ok := l.layers[i].(nn.Homogeneous); !ok || !layer.Homogeneous() {
			return
		}
	}
}

// scaleFree reports whether what follows a module of the objective does not mind its
// output's size: a classifier's outputs are not to be rescaled.
func scaleFree(o Objective) bool {
	switch o.(type) {
	case Information, Dependence:
		return true
	}
	return false
}

// fixedWidth reports whether the objective's kernel does not follow the output's size.
func fixedWidth(o Objective) bool {
	switch o := o.(type) {
	case Information:
		return o.Width > 0 || o.Rule == mi.Silverman
	case Dependence:
		return o.Width > 0 || o.Rule == mi.Silverman
	}
	return false
}
