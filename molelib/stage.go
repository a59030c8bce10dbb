package mole

import (
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// stage is a part of the training: the layers of one module with its objective, or
// those of all modules with the objective of the last (back-propagation).
type stage struct {
	modules   []int
	layers    []nn.Layer
	objective Objective
	optimizer optim.Optimizer
	rate      float64
	epochs    int
}

func optimizerOf(m Module) optim.Optimizer {
	if m.Optimizer != nil {
		return m.Optimizer
	}
	return optim.Adam{}
}

// work is a stage at work, with the memory of a step.
type work struct {
	stage
	chain     *chain
	criterion Criterion
	params    []*nn.Param // of the module and its objective
	clip      float64
	stepper   optim.Stepper
	schedule  optim.Schedule

	order       []int // of the examples in this epoch
	steps       int   // in an epoch
	epoch, step int   // done: whole epochs, and steps of the current one
	loss        float64
	random      *rand.PCG // what shuffles
	rescaled    bool      // the output has unit size

	batch       flow // of this step
	before, out gathering
	dT          tensor.Matrix
	y           []int
	targets     tensor.Matrix
}

// newWork prepares a stage for n examples.
func newWork(net *Network, s stage, n int, o Options) (*work, error) {
	chain, err := newChain(net, s.modules)
	if err != nil {
		return nil, err
	}
	index := s.modules[0]
	w := &work{
		stage: s, chain: chain, schedule: o.Schedule,
		criterion: s.objective.Bind(chain.Outputs(), net.Outputs(), stream(o.Seed, streamObjective, index)),
		order:     make([]int, n), steps: n / o.Batch,
		random: source(o.Seed, streamShuffle, index),
		y:      make([]int, o.Batch),
	}
	w.before.readout = sumReadout{}
	w.out.readout = cloned(net.readout(s.modules[len(s.modules)-1]))
	w.params, w.clip = append(append(w.params, chain.Params()...), w.criterion.Params()...), o.Clip
	w.stepper = s.optimizer.Bind(w.params)
	for i := range w.order {
		w.order[i] = i
	}
	return w, nil
}

// next does one step on a batch of the input of the stage, all training examples d, and
// returns the loss of the batch. It reports false, and changes nothing, when the loss is
// not finite.
func (w *work) next(in *flow, d *labelled) (float64, bool) {
	batch := w.draw(in, d)
	out := w.chain.forward(&w.batch)
	batch.T, batch.X = w.out.collect(out), w.before.collect(&w.batch)
	resize(&w.dT, batch.T.Rows, batch.T.Cols)
	loss := w.criterion.Loss(&w.dT, batch)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, false
	}
	w.chain.backward(w.out.spread(out, &w.dT))
	if w.clip > 0 {
		optim.Clip(w.params, w.clip)
	}
	w.stepper.Step(w.currentRate())
	w.loss += loss / float64(w.steps)
	w.step++
	return loss, true
}

// draw copies the next batch, and returns it with labels or targets. The order of the
// examples is new in every epoch; those that do not fill a batch are left to another epoch.
func (w *work) draw(in *flow, d *labelled) Batch {
	if w.step == 0 {
		w.loss = 0
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

func (w *work) currentRate() float64 {
	return w.rate * w.schedule.Factor(w.epoch*w.steps+w.step, w.epochs*w.steps)
}

// rescale divides the output of the stage by its root mean square, measured on a
// sample of its input, so that the next module starts from inputs of unit size. That
// is exact where only homogeneous layers (ReLU) stand behind the last one with
// weights, and not done otherwise.
func (w *work) rescale(t *tensor.Matrix) {
	w.rescaled = true
	sum := 0.0
	for _, v := range t.Data {
		sum += float64(v) * float64(v)
	}
	size := math.Sqrt(sum / float64(len(t.Data)))
	if size == 0 {
		return
	}
	for i := len(w.layers) - 1; i >= 0; i-- {
		if l, ok := w.layers[i].(nn.Rescaler); ok {
			l.Rescale(float32(1 / size))
			return
		}
		if l, ok := w.layers[i].(nn.Homogeneous); !ok || !l.Homogeneous() {
			return
		}
	}
}

// interval is the number of epochs between two measurements: many short epochs, as on
// tiny data, would be measured for longer than they train.
func (w *work) interval() int { return (w.epochs + maxMeasurements - 1) / maxMeasurements }

const maxMeasurements = 60

// scaleFree reports whether what follows a module of the objective does not mind its
// output's size: a classifier's outputs are not to be rescaled.
func scaleFree(o Objective) bool {
	switch o.(type) {
	case Information, Dependence:
		return true
	}
	return false
}
