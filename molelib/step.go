package mole

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Step tells about one step of training.
type Step struct {
	Module int // counted from 0; the last one when they are trained together
	Name   string
	Epoch  int // counted from 1
	Step   int // in the epoch, counted from 1
	Steps  int // of an epoch
	Loss   float64
	Rate   float64 // learning rate
}

// String is a line about the step.
func (s Step) String() string {
	return fmt.Sprintf("%s, epoch %d, step %d of %d: loss %.4f", s.Name, s.Epoch, s.Step, s.Steps, s.Loss)
}

// take does a step, or as many as the mode does at a time.
func (t *Trainer) take(ctx context.Context, many bool) (Step, error) {
	switch {
	case t == nil || t.net == nil:
		return Step{}, errors.New("mole: the trainer is empty: make one with mole.NewTrainer, and look at its error")
	case ctx == nil:
		return Step{}, errors.New("mole: no context was given: use nb.Context() or context.Background()")
	case t.Done():
		return Step{}, ErrDone
	}
	if err := t.ready(ctx); err != nil {
		return Step{}, t.stopped(err)
	}
	if t.Done() {
		return Step{}, ErrDone
	}
	var step Step
	var err error
	if many && t.options.Mode == Asynchronous && len(t.work.learners) > 1 {
		step, err = t.sideBySide(ctx)
	} else {
		step, err = t.step()
	}
	if err != nil {
		return step, t.stopped(err)
	}
	if err := t.settle(ctx); err != nil {
		return step, t.stopped(err)
	}
	t.observe()
	return step, nil
}

// step does one step of the current stage.
func (t *Trainer) step() (Step, error) {
	start := time.Now()
	defer func() { t.report.addElapsed(time.Since(start)) }()
	return t.carry(&t.work.parcel, 0)
}

// carry takes a batch through the units from the i-th on: what one makes of it is the input
// of the next. Then each takes its step, which needs nothing of the others.
func (t *Trainer) carry(p *parcel, i int) (Step, error) {
	w := t.work
	learners := w.learners[i:]
	steps := make([]Step, len(learners))
	for k, l := range learners {
		steps[k] = t.forward(i+k, p)
		p.in = l.passOn()
	}
	w.each(learners, (*learner).assess)
	sound := len(learners)
	if failed := slices.IndexFunc(learners, func(l *learner) bool { return !l.finite() }); failed >= 0 {
		sound = failed
	}
	w.each(learners[:sound], (*learner).improve)
	for k, l := range learners {
		steps[k].Loss = l.latest
		t.report.addTime(l.modules, l.spent)
		if k == sound {
			if p.in = l.in; i+k > 0 {
				w.waiting[i+k] = append([]*parcel{p}, w.waiting[i+k]...)
			}
			return steps[k], fault(steps[k], l)
		}
		t.report.addStep(steps[k])
	}
	t.completed()
	return steps[len(steps)-1], faultAfter(steps, learners)
}

// forward lets unit i compute what it makes of a batch, which the first one draws, and tells
// about the step that it is to take.
func (t *Trainer) forward(i int, p *parcel) Step {
	w, l := t.work, t.work.learners[i]
	start := time.Now()
	if i == 0 {
		w.draw(p, &t.input.train, t.train)
	}
	l.forward(&p.in, p.answers)
	l.spent = time.Since(start)
	return t.tell(l)
}

// faultAfter is the error of an epoch that has ended with weights that are no numbers.
func faultAfter(steps []Step, learners []*learner) error {
	for k, l := range learners {
		if s := steps[k]; s.Step == s.Steps && l.chain.Fault() != "" {
			return fault(s, l)
		}
	}
	return nil
}

// completed counts a step that all units have done.
func (t *Trainer) completed() {
	w := t.work
	t.done++
	if w.step++; w.step == w.steps {
		w.epoch, w.step, t.measured = w.epoch+1, 0, false
	}
}

// tell returns what is known of the next step of a unit.
func (t *Trainer) tell(l *learner) Step {
	k := l.last()
	return Step{
		Module: k, Name: t.net.Modules[k].Name,
		Epoch: l.taken/l.steps + 1, Step: l.taken%l.steps + 1, Steps: l.steps, Rate: l.currentRate(),
	}
}

// fault says where in a unit a value stopped being a number.
func fault(s Step, l *learner) error {
	where := l.chain.Fault()
	if where == "" {
		where = l.objective.Name()
	}
	return fmt.Errorf("mole: module %q, epoch %d, step %d: NaN or infinity in %s: lower the learning rate (now %.3g) or standardize the data",
		s.Name, s.Epoch, s.Step, where, s.Rate)
}
