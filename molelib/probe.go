package mole

import (
	"context"
	"math"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// probe measures representations on examples that are the same all the time.
type probe struct {
	train, test  *labelled // test is nil without test data
	rows         []int     // of train, for information
	size         []int     // of train, to bring the output of a module to unit size, whatever is measured
	fit          []int     // of train, to fit the linear readout
	score        []int     // of test (or train), to score the readout
	final        []int     // of train, to score the last module without test data
	raw          *tensor.Matrix
	answers      mi.Points // of rows; nil when there are none
	estimator    *mi.Estimator
	classEntropy float64

	validation      *labelled   // nil without validation data
	judge, judgeAll []int       // of validation, for readouts or information, and for the last module
	judgeAnswers    []mi.Points // of batches of judge; nil when accuracy is the measure
}

// probeScale is the scale c of the adaptive kernel width with which reports measure. It is
// narrower than that of training: there a wide kernel gives gradients between distant
// examples; here a narrow one tells representations apart, from those that carry the
// labels almost whole, I(T;Y) → S(Y), to those that have lost most of them.
const probeScale = 0.5

const (
	readoutRows = 2000  // examples to fit a readout, and to score it
	finalRows   = 10000 // examples to score the network without test data
)

func newProbe(train, test *labelled, o Options) *probe {
	p := &probe{train: train, test: test, estimator: mi.NewEstimator(mi.Options{Scale: probeScale})}
	order := stream(o.Seed, streamProbe, 0).Perm(train.flow.len())
	p.rows, p.size = order[:max(0, o.Probe)], order[:min(readoutRows, len(order))]
	raw := train.flow.picked(p.rows)
	p.raw, p.answers = raw.examples(), train.answers(p.rows)
	if p.test != nil {
		p.fit = p.size
		other := stream(o.Seed, streamProbe, 1).Perm(test.flow.len())
		p.score = other[:min(readoutRows, len(other))]
		return p
	}
	half := len(order) / 2
	p.fit = order[:min(readoutRows, half)]
	p.score = order[half:min(half+readoutRows, len(order))]
	p.final = order[:min(finalRows, len(order))]
	return p
}

// measurement carries the examples of a probe through the modules of a stage.
type measurement struct {
	*probe
	information flow // examples for information
	fitting     flow // examples to fit the readout
	scoring     flow // examples to score the readout
	all         flow // examples to score the last module; empty when it is not in the stage
	judging     flow // validation examples
	judgingAll  flow // validation examples for the last module; empty when it is not in the stage
	scored      *Evaluation
}

// begin takes the examples out of the input of a stage.
func (p *probe) begin(in input, withLast bool) *measurement {
	m := &measurement{probe: p}
	m.information, m.fitting = in.train.picked(p.rows), in.train.picked(p.fit)
	if p.test != nil {
		m.scoring, m.all = in.test.picked(p.score), in.test
	} else {
		m.scoring, m.all = in.train.picked(p.score), in.train.picked(p.final)
	}
	if p.validation != nil {
		m.judging = in.validation.picked(p.judge)
		if withLast && p.judgeAnswers == nil {
			m.judgingAll = in.validation.picked(p.judgeAll)
		}
	}
	if !withLast {
		m.all = flow{}
	}
	return m
}

// advance runs the examples through module e.Module and fills in e.
func (m *measurement) advance(ctx context.Context, net *Network, e *Epoch) error {
	if err := net.pass(ctx, e.Module, &m.information, &m.fitting, &m.scoring, &m.all, &m.judging, &m.judgingAll); err != nil {
		return err
	}
	e.ITX, e.ITY = m.measure()
	if m.judgeAnswers != nil {
		e.Validation = m.validationInformation()
	}
	if e.Module == len(net.Modules)-1 && net.predicts() {
		m.scored = net.score(m.examples(), m.all.examples())
		e.Accuracy = m.scored.quality()
		if m.judgingAll.x != nil {
			e.Validation = net.score(m.validation.part(m.judgingAll, m.judgeAll), m.judgingAll.examples()).quality()
		}
		return nil
	}
	if e.Accuracy = math.NaN(); !m.train.answered() {
		return nil
	}
	return m.readout(ctx, e)
}

// measure returns I(T;X) and I(T;Y) of the probe batch; NaN is what cannot be measured.
func (m *measurement) measure() (itx, ity float64) {
	if len(m.rows) < 2 {
		return math.NaN(), math.NaN()
	}
	t := m.information.examples()
	itx, ity = m.estimator.Points(nil, t, m.raw).Information, math.NaN()
	if m.answers != nil {
		v := m.estimator.Points(nil, t, m.answers)
		m.classEntropy, ity = v.Target, v.Information
	}
	return itx, ity
}

// examples returns what scores the last module.
func (m *measurement) examples() *labelled {
	if m.test != nil {
		return m.test
	}
	return m.train.part(m.all, m.final)
}

// readout fits a linear readout of the representation on some examples, and fills in its
// accuracy on others, or R².
func (m *measurement) readout(ctx context.Context, e *Epoch) error {
	r, err := fitReadout(ctx, m.fitting.examples(), m.train.part(m.fitting, m.fit))
	if err != nil || r == nil {
		return err
	}
	known := m.train
	if m.test != nil {
		known = m.test
	}
	e.Accuracy, err = r.quality(ctx, known.part(m.scoring, m.score))
	if err == nil && m.validation != nil && m.judgeAnswers == nil {
		e.Validation, err = r.quality(ctx, m.validation.part(m.judging, m.judge))
	}
	return err
}

func labelsOf(y, rows []int) []int {
	out := make([]int, len(rows))
	for r, i := range rows {
		out[r] = y[i]
	}
	return out
}
