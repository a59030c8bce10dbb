package mole

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// ErrDone is returned by the methods of a Trainer whose training is complete.
var ErrDone = errors.New("mole: the training is complete: make a new trainer to train again")

// Trainer trains a network step by step. Its methods are for one goroutine; the Report
// may be read from any. After an error of ctx the training can be continued.
type Trainer struct {
	// Observer is told about every step. It may be set or changed between calls.
	Observer Observer

	net        *Network
	train      *labelled
	content    string    // of the examples, for checkpoints; "" before it is asked for
	test       *labelled // nil without test data
	validation *labelled // nil without validation data
	options    Options
	report     *Report
	probe      *probe
	stages     []stage
	current    int   // stage
	work       *work // of the current stage, nil before it begins
	input      input // of the current stage
	cache      *cache

	measured bool // whether the last epoch that is over is in the report
	last     Epoch
	scored   *Evaluation
	done     int
	total    int
}

func newTrainer(method string, net *Network, d *examples, o Options, stages []stage) *Trainer {
	train := d.train
	t := &Trainer{
		Observer: o.Observer, net: net, train: train, test: d.test, validation: d.validation,
		options: o, stages: stages, cache: newCache(o),
	}
	for _, s := range stages {
		t.total += s.epochs * (train.flow.len() / o.Batch)
	}
	if !o.Continue {
		net.Init(o.Seed)
	}
	net.measureIn(train, o.Continue)
	train.standardize(net.units)
	t.test.standardize(net.units)
	t.validation.standardize(net.units)
	t.report = newReport(method, train, net, len(stages), t.total)
	t.input = t.raw()
	t.probe = newProbe(train, t.test, o)
	t.probe.newJudge(t.validation, o)
	t.report.validation = t.probe.judgeMetric()
	return t
}

// Report returns the record of the training, which grows with it.
func (t *Trainer) Report() *Report {
	if t == nil {
		return nil
	}
	return t.report
}

// Done reports whether the training is complete.
func (t *Trainer) Done() bool { return t.current == len(t.stages) }

// Current returns the module that is being trained, counted from 0 (the last one when
// they are trained together), or the number of modules when the training is complete.
func (t *Trainer) Current() int {
	if t.Done() {
		return len(t.net.Modules)
	}
	return t.stages[t.current].last()
}

// Step trains on one batch; with Asynchronous it is a step of each module, too. At the end
// of an epoch it measures what the report holds, and at the end of a module it computes the
// inputs of the next.
func (t *Trainer) Step(ctx context.Context) (Step, error) { return t.take(ctx, false) }

// Epoch trains to the end of the current epoch and returns its record.
func (t *Trainer) Epoch(ctx context.Context) (Epoch, error) {
	if t != nil && ctx != nil && t.work != nil {
		// After an interruption batches on their way or the record may be all that is left.
		stage, epoch, unrecorded := t.current, t.work.epoch, t.work.epoch > 0 && !t.measured
		if err := t.settle(ctx); err != nil {
			return t.last, t.stopped(err)
		}
		if unrecorded || t.current != stage || t.work.epoch != epoch {
			return t.last, nil
		}
	}
	for {
		s, err := t.take(ctx, true)
		if err != nil {
			return t.last, err
		}
		if s.Step == s.Steps {
			return t.last, nil
		}
	}
}

// Module trains to the end of the current module and returns the record of its last
// epoch.
func (t *Trainer) Module(ctx context.Context) (Epoch, error) {
	if t.Done() {
		return t.last, ErrDone
	}
	stage := t.current
	// After an interruption the end of the module may be all that is left of it.
	if err := t.settle(ctx); err != nil {
		return t.last, t.stopped(err)
	}
	for t.current == stage {
		if _, err := t.take(ctx, true); err != nil {
			return t.last, err
		}
	}
	return t.last, nil
}

// Run trains to the end. The report is returned with an error, too. Running a training
// that is complete returns its report.
func (t *Trainer) Run(ctx context.Context) (*Report, error) {
	for {
		if _, err := t.take(ctx, true); errors.Is(err, ErrDone) {
			return t.Report(), nil
		} else if err != nil {
			return t.Report(), err
		}
	}
}

// Measure measures the current module as it is, also in the midst of an epoch, without
// adding to the report.
func (t *Trainer) Measure(ctx context.Context) (Epoch, error) {
	if t.Done() {
		return t.last, nil
	}
	if err := t.ready(ctx); err != nil {
		return Epoch{}, t.stopped(err)
	}
	if t.Done() {
		return t.last, nil
	}
	records, _, err := t.measure(ctx)
	if err != nil {
		return Epoch{}, t.stopped(err)
	}
	return records[len(records)-1], nil
}

// ready does what is due before a step: it settles what an interruption left, and
// begins a stage with a measurement of the untrained module.
func (t *Trainer) ready(ctx context.Context) error {
	if err := t.settle(ctx); err != nil || t.Done() || t.work != nil {
		return err
	}
	if err := t.begin(); err != nil {
		return err
	}
	return t.settle(ctx)
}

// settle does what is due after a step: it measures after an epoch and ends a stage.
// When ctx interrupts it, it is still due.
func (t *Trainer) settle(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.feed(ctx); err != nil || t.work == nil {
		return err
	}
	if err := t.drain(ctx); err != nil {
		return err
	}
	if !t.measured {
		if err := t.record(ctx); err != nil {
			return err
		}
	}
	for t.work.stop && len(t.work.learners) > 1 {
		if err := t.leave(ctx); err != nil {
			return err
		}
	}
	if t.work.epoch < t.work.epochs && !t.work.stop {
		return nil
	}
	return t.end(ctx)
}

func (t *Trainer) begin() error {
	w, err := t.newWork()
	if err != nil {
		return err
	}
	t.work, t.measured = w, false
	return nil
}

// newWork returns the current stage at its beginning.
func (t *Trainer) newWork() (*work, error) {
	s := t.stages[t.current]
	w, err := newWork(t.net, s, t.train.flow.len(), t.options)
	if err != nil {
		return nil, fmt.Errorf("mole: module %q: %w", t.net.Modules[t.Current()].Name, err)
	}
	return w, nil
}

// end finishes the current stage: its output, scaled to unit size, is the input of the
// next one.
func (t *Trainer) end(ctx context.Context) error {
	w := t.work
	if len(w.learners) == 1 { // Of several, the later ones are used to what the first is now.
		if err := t.keepBest(); err != nil {
			return err
		}
	}
	if t.current == len(t.stages)-1 {
		if t.test != nil {
			t.report.finish(t.scored)
		}
		t.next()
		t.input = input{}
		t.cache.collect()
		return nil
	}
	// Only the last stage has more than one unit.
	l := w.learners[0]
	// On nodes a fixed width of the kernel has given the output its size, to which the
	// recipe's weight decay of the next module belongs.
	sized := t.input.train.nodes != nil && fixedWidth(l.objective)
	if scaleFree(l.objective) && !l.rescaled && !sized {
		sample := t.input.train.picked(t.probe.size)
		out, err := sample.apply(ctx, l.layers)
		if err != nil {
			return err
		}
		l.rescale(out)
	}
	next, err := t.input.through(ctx, t.net, l.modules)
	if err != nil {
		return err
	}
	t.next()
	t.enter(next, t.stages[t.current].units[0].modules[0])
	return nil
}

// next goes to the next stage. Epochs that early stopping has spared count no more.
func (t *Trainer) next() {
	t.total -= (t.work.epochs - t.work.epoch) * t.work.steps
	t.report.setTotal(t.total)
	t.current, t.work = t.current+1, nil
}

// record measures the modules of the stage and puts them into the report.
func (t *Trainer) record(ctx context.Context) error {
	w := t.work
	if w.epoch%w.interval() != 0 && w.epoch != w.epochs {
		for _, l := range w.learners {
			t.last = t.unmeasured(l)
			t.report.record(t.last)
		}
		t.measured = true
		return nil
	}
	records, scored, err := t.measure(ctx)
	if err != nil {
		return err
	}
	for _, e := range records {
		t.report.record(e)
		t.last = e
		if e.Module == w.learners[0].last() {
			t.judge(e, scored)
		}
	}
	for i, l := range w.learners {
		t.report.setMemory(l.modules, l.memory()+w.queued(i))
	}
	t.scored, t.measured = scored, true
	return nil
}

// measure returns the state of each module of the current stage, and the evaluation
// when the last is among them.
func (t *Trainer) measure(ctx context.Context) ([]Epoch, *Evaluation, error) {
	w := t.work
	var records []Epoch
	m := t.probe.begin(t.input, t.net.predicts() && w.last() == len(t.net.Modules)-1)
	for _, l := range w.learners {
		for _, k := range l.modules {
			e := t.unmeasured(l)
			e.Module, e.Name = k, t.net.Modules[k].Name
			if k != l.last() || w.epoch == 0 {
				e.Loss = math.NaN()
			}
			if err := m.advance(ctx, t.net, &e); err != nil {
				return nil, nil, err
			}
			records = append(records, e)
		}
	}
	t.report.setClassEntropy(t.probe.classEntropy)
	return records, m.scored, nil
}

// unmeasured returns the record of an epoch with the loss of a unit alone.
func (t *Trainer) unmeasured(l *learner) Epoch {
	none, k := math.NaN(), l.last()
	return Epoch{
		Module: k, Name: t.net.Modules[k].Name, Epoch: t.work.epoch, Epochs: t.work.epochs,
		ITX: none, ITY: none, Accuracy: none, Validation: none, Loss: l.loss, Regression: t.train.regression(),
	}
}

// stopped wraps the error of a context with where the training was.
func (t *Trainer) stopped(err error) error {
	if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	at := "at the end"
	if k := t.Current(); k < len(t.net.Modules) {
		at = fmt.Sprintf("in module %q", t.net.Modules[k].Name)
		if t.work != nil {
			at += fmt.Sprintf(", epoch %d of %d", min(t.work.epoch+1, t.work.epochs), t.work.epochs)
		}
	}
	err = fmt.Errorf("mole: training stopped %s: %w", at, err)
	t.report.progress(t.done, "stopped")
	return err
}

func (t *Trainer) observe() {
	status := "complete"
	if k := t.Current(); k < len(t.net.Modules) {
		epoch, epochs := 1, t.stages[t.current].epochs
		if t.work != nil {
			epoch = min(t.work.epoch+1, epochs)
		}
		status = fmt.Sprintf("%s: epoch %d of %d", t.net.Modules[k].Name, epoch, epochs)
		if t.last.Module == k && t.last.Epoch > 0 {
			status += fmt.Sprintf(", I(T;Y) %s bits, %s", number(t.last.ITY, 2), t.last.quality())
		}
	}
	t.report.progress(t.done, status)
	if t.Observer != nil {
		t.Observer.Observe(t.done, t.total, status)
	}
}
