package mole

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// best is the state of a unit after the epoch that did best on validation data.
type best struct {
	Epoch  int // 0: none yet
	Value  float64
	Params [][]float32
	Layers [][]nn.Tensor // running averages, beside parameters
	Scored *Evaluation   // of the last module
}

// remember keeps the weights of a unit when value is the best so far.
func (b *best) remember(l *learner, epoch int, value float64, scored *Evaluation) {
	if epoch == 0 || math.IsNaN(value) || b.Epoch > 0 && value <= b.Value {
		return
	}
	*b = best{Epoch: epoch, Value: value, Scored: scored}
	for _, layer := range l.layers {
		for _, p := range layer.Params() {
			b.Params = append(b.Params, slices.Clone(p.Value.Data))
		}
		b.Layers = append(b.Layers, nn.State(layer))
	}
}

// recall gives the unit the weights of the best epoch.
func (b *best) recall(l *learner) error {
	params := b.Params
	for i, layer := range l.layers {
		for _, p := range layer.Params() {
			copy(p.Value.Data, params[0])
			params = params[1:]
		}
		err := nn.SetState(layer, func(name string) (nn.Tensor, bool) {
			at := slices.IndexFunc(b.Layers[i], func(t nn.Tensor) bool { return t.Name == name })
			if at < 0 {
				return nn.Tensor{}, false
			}
			return b.Layers[i][at], true
		})
		if err != nil {
			return fmt.Errorf("mole: recall the weights of epoch %d: %w", b.Epoch, err)
		}
	}
	return nil
}

// judge notes how the first unit of the stage did in the epoch that has been recorded.
// Only its inputs do not change any more, so that its epochs compare.
func (t *Trainer) judge(e Epoch, scored *Evaluation) {
	w := t.work
	if t.options.Patience == 0 {
		return
	}
	w.best.remember(w.learners[0], e.Epoch, e.Validation, scored)
	w.stop = w.best.Epoch > 0 && e.Epoch-w.best.Epoch >= t.options.Patience
}

// keepBest gives the first unit the weights that did best, once.
func (t *Trainer) keepBest() error {
	w := t.work
	if w.best.Epoch == 0 {
		return nil
	}
	if err := w.best.recall(w.learners[0]); err != nil {
		return err
	}
	t.report.setBest(w.learners[0].modules, w.best.Epoch)
	if w.best.Scored != nil {
		t.scored = w.best.Scored
	}
	w.best = best{}
	return nil
}

// leave takes the first unit, which has stopped early, out of the stage; the others go on
// with what it makes of all examples.
func (t *Trainer) leave(ctx context.Context) error {
	w := t.work
	if err := t.keepBest(); err != nil {
		return err
	}
	next, err := t.input.through(ctx, t.net, w.learners[0].modules)
	if err != nil {
		return err
	}
	w.learners, w.waiting, w.left, w.stop = w.learners[1:], w.waiting[1:], w.left+1, false
	t.enter(next, w.learners[0].modules[0])
	return nil
}

// Validation batches for information, of Options.Probe examples each.
const validationBatches = 8

// newJudge chooses the validation examples that are measured.
func (p *probe) newJudge(validation *labelled, o Options) {
	if validation == nil {
		return
	}
	p.validation = validation
	order := stream(o.Seed, streamProbe, 2).Perm(validation.flow.len())
	p.judgeAll = order[:min(finalRows, len(order))]
	p.judge = order[:min(readoutRows, len(order))]
	if o.StopBy != MetricITY {
		return
	}
	n := o.Probe
	if n < 2 {
		n = 128
	}
	n = min(n, len(order))
	p.judge = order[:n*min(validationBatches, len(order)/n)]
	for at := 0; at < len(p.judge); at += n {
		p.judgeAnswers = append(p.judgeAnswers, validation.answers(p.judge[at:at+n]))
	}
}

// judgeMetric returns the name of what is measured on validation data, "" without them.
func (p *probe) judgeMetric() string {
	switch {
	case p.validation == nil:
		return ""
	case p.judgeAnswers != nil:
		return MetricValidationITY
	case p.train.regression():
		return MetricValidationR2
	}
	return MetricValidationAccuracy
}

// validationInformation returns the mean of I(T;Y) over batches of the validation examples.
func (m *measurement) validationInformation() float64 {
	t, sum := m.judging.examples(), 0.0
	n := t.Rows / len(m.judgeAnswers)
	for i, answers := range m.judgeAnswers {
		batch := t.View(i*n, (i+1)*n)
		sum += m.estimator.Points(nil, &batch, answers).Information
	}
	return sum / float64(len(m.judgeAnswers))
}
