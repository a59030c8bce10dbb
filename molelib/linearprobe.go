package mole

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// LayerProbe is what a linear model reads from the representation after one module.
type LayerProbe struct {
	Module   int // counted from 0; −1: the data themselves
	Name     string
	Width    int
	Training *Evaluation // on the examples that it was fitted to
	Test     *Evaluation
}

// LinearProbe freezes the network, fits a linear model to the representation T_k of train,
// and evaluates it on test: how much of the labels module k has made plain, whatever the
// modules were trained for (Alain, Bengio 2016). k counts from 0; −1 is the data. test nil
// means the test nodes of a graph.
//
// Labels are read by multinomial logistic regression on standardized features, with the
// penalty ½‖W‖²/n (‖W‖²/n for two classes) beside the mean cross-entropy (C = 1 of
// scikit-learn's LogisticRegression), by L-BFGS; targets by ridge regression. It stops with the error of
// ctx.
func LinearProbe(ctx context.Context, net *Network, k int, train, test Examples) (*LayerProbe, error) {
	fit, judge, err := net.probed(train, test)
	if err != nil {
		return nil, err
	}
	if k < -1 || k >= len(net.Modules) {
		return nil, fmt.Errorf("mole: LinearProbe: there is no module %d: they count from 0 to %d, and −1 is the data", k, len(net.Modules)-1)
	}
	return net.linearProbe(ctx, k, fit, judge)
}

// LinearProbes is LinearProbe of the data and of every module.
func LinearProbes(ctx context.Context, net *Network, train, test Examples) (Probes, error) {
	fit, judge, err := net.probed(train, test)
	if err != nil {
		return nil, err
	}
	var all Probes
	for k := -1; k < len(net.Modules); k++ {
		p, err := net.linearProbe(ctx, k, fit, judge)
		if err != nil {
			return all, err
		}
		all = append(all, *p)
	}
	return all, nil
}

// probed returns the examples to fit a linear model to and to judge it by.
func (net *Network) probed(train, test Examples) (fit, judge *labelled, err error) {
	if fit, err = net.takes(train, trainingOf); err != nil {
		return nil, nil, err
	}
	if test = judgeOf(train, test); test == nil {
		return nil, nil, errors.New("mole: LinearProbe: no test data were given: divide the examples with Split")
	}
	if judge, err = net.takes(test, labelledOf); err != nil {
		return nil, nil, fmt.Errorf("test data: %w", err)
	}
	for _, d := range []*labelled{fit, judge} {
		if !d.answered() {
			return nil, nil, fmt.Errorf("mole: LinearProbe: %s has neither labels nor targets to read", d.name)
		}
	}
	if fit.regression() != judge.regression() || fit.answerWidth() != judge.answerWidth() {
		return nil, nil, fmt.Errorf("mole: LinearProbe: %s and %s differ in their classes or targets", fit.name, judge.name)
	}
	return fit, judge, nil
}

func (net *Network) linearProbe(ctx context.Context, k int, fit, judge *labelled) (*LayerProbe, error) {
	p := &LayerProbe{Module: k, Name: "data", Width: net.inputs}
	if k >= 0 {
		p.Name, p.Width = net.Modules[k].Name, net.widths[k]
	}
	stopped := func(err error) error { return fmt.Errorf("mole: linear probe of %s stopped: %w", p.Name, err) }
	t, err := net.represent(ctx, k, fit.flow)
	if err != nil {
		return nil, stopped(err)
	}
	other, err := net.represent(ctx, k, judge.flow)
	if err != nil {
		return nil, stopped(err)
	}
	model, err := readLinearly(ctx, t, fit)
	if err != nil {
		return nil, stopped(err)
	}
	for _, c := range []struct {
		out  **Evaluation
		of   *labelled
		from *tensor.Matrix
	}{{&p.Training, fit, t}, {&p.Test, judge, other}} {
		outputs, err := model.apply(ctx, c.from)
		if err != nil {
			return nil, stopped(err)
		}
		if c.of.regression() {
			*c.out = scoreValues(c.of, outputs)
		} else {
			*c.out = score(c.of, outputs)
		}
	}
	return p, nil
}

// linearModel is fitted to a representation.
type linearModel interface {
	// apply returns the outputs for the rows of t: logits, or values.
	apply(ctx context.Context, t *tensor.Matrix) (*tensor.Matrix, error)
}

// readLinearly fits a linear model to the representation t of d.
func readLinearly(ctx context.Context, t *tensor.Matrix, d *labelled) (linearModel, error) {
	if i, _, ok := t.Finite(); !ok {
		return nil, fmt.Errorf("the representation of example %d is not finite", i)
	}
	if !d.regression() {
		l := newLogistic(t, d.labels, len(d.classes))
		return l, l.fit(ctx)
	}
	r, err := fitReadout(ctx, t, d)
	if err == nil && r == nil {
		err = fmt.Errorf("the representation is singular")
	}
	return r, err
}

// answerWidth is the number of classes or of targets.
func (d *labelled) answerWidth() int {
	if d.regression() {
		return d.targets.Cols
	}
	return len(d.classes)
}

// Probes are the linear probes of a network, layer by layer; a notebook shows them as a
// table.
type Probes []LayerProbe

// rows are the cells of the table; the first row holds the titles.
func (p Probes) rows() [][]string {
	quality := MetricAccuracy
	if len(p) > 0 && p[0].Test.PerTarget != nil {
		quality = MetricR2
	}
	rows := [][]string{{"layer", "width", "training " + quality, "test " + quality}}
	for _, l := range p {
		cells := []string{l.Name, fmt.Sprint(l.Width)}
		for _, e := range []*Evaluation{l.Training, l.Test} {
			if e.PerTarget != nil {
				cells = append(cells, number(e.R2, 3))
			} else {
				cells = append(cells, percent(e.Accuracy))
			}
		}
		rows = append(rows, cells)
	}
	return rows
}

// String is a table with a line a layer.
func (p Probes) String() string {
	var s strings.Builder
	for _, row := range p.rows() {
		fmt.Fprintf(&s, "%-14s %6s %18s %14s\n", row[0], row[1], row[2], row[3])
	}
	return s.String()
}

// MIMEBundle shows the table as HTML and as text.
func (p Probes) MIMEBundle() (map[string]any, error) {
	var s strings.Builder
	htmltable.Write(&s, p.rows(), 1, nil)
	return map[string]any{"text/html": s.String(), "text/plain": p.String()}, nil
}
