package mole

import (
	"context"
	"errors"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
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
// penalty ½‖W‖²/n beside the mean cross-entropy (C = 1 of scikit-learn's
// LogisticRegression), by L-BFGS; targets by ridge regression. It stops with the error of
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
	if fit.regression() {
		r, err := fitReadout(ctx, t, fit)
		switch {
		case err != nil:
			return nil, stopped(err)
		case r == nil:
			return nil, fmt.Errorf("mole: LinearProbe: the representation after %s is not finite", p.Name)
		}
		for _, c := range []struct {
			out  **Evaluation
			of   *labelled
			from *tensor.Matrix
		}{{&p.Training, fit, t}, {&p.Test, judge, other}} {
			values, err := r.apply(ctx, c.from)
			if err != nil {
				return nil, stopped(err)
			}
			*c.out = scoreValues(c.of, values)
		}
		return p, nil
	}
	if i, _, ok := t.Finite(); !ok {
		return nil, fmt.Errorf("mole: LinearProbe: the representation of example %d after %s is not finite", i, p.Name)
	}
	l := newLogistic(t, fit.labels, len(fit.classes))
	if err := l.fit(ctx); err != nil {
		return nil, stopped(err)
	}
	p.Training, p.Test = score(fit, l.apply(t)), score(judge, l.apply(other))
	return p, nil
}

// answerWidth is the number of classes or of targets.
func (d *labelled) answerWidth() int {
	if d.regression() {
		return d.targets.Cols
	}
	return len(d.classes)
}

// logistic is multinomial logistic regression: softmax(zW + b) with z = (t − mean)/std.
type logistic struct {
	t         *tensor.Matrix
	labels    []int
	classes   int
	mean, std []float64
	theta     []float64 // W by rows, then b

	at, gradient []float64 // where value and gradient were computed last
	value        float64
	z, p         []float64 // of a chunk
}

func newLogistic(t *tensor.Matrix, labels []int, classes int) *logistic {
	return &logistic{
		t: t, labels: labels, classes: classes, mean: make([]float64, t.Cols), std: make([]float64, t.Cols),
		theta: make([]float64, (t.Cols+1)*classes), z: make([]float64, chunk*t.Cols), p: make([]float64, chunk*classes),
	}
}

// standardize finds the mean and the deviation of every feature.
func (l *logistic) standardize(ctx context.Context) error {
	for i := range 2 * l.t.Rows { // the means first
		if i%chunk == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for j, v := range l.t.Row(i % l.t.Rows) {
			if i < l.t.Rows {
				l.mean[j] += float64(v) / float64(l.t.Rows)
			} else {
				d := float64(v) - l.mean[j]
				l.std[j] += d * d / float64(l.t.Rows)
			}
		}
	}
	for j, variance := range l.std {
		// Rounding leaves a constant column with a tiny spread that would blow it up.
		if l.std[j] = math.Sqrt(variance); l.std[j] <= 1e-7*math.Abs(l.mean[j]) {
			l.std[j] = 1
		}
	}
	return nil
}

// mostSteps bounds the iterations of L-BFGS; scikit-learn stops after 100.
const mostSteps = 200

func (l *logistic) fit(ctx context.Context) error {
	stopped := l.standardize(ctx)
	evaluate := func(theta []float64) {
		if slices.Equal(l.at, theta) {
			return
		}
		l.at, l.value = append(l.at[:0], theta...), math.NaN() // NaN ends the search
		if stopped == nil {
			stopped = l.differentiate(ctx)
		}
	}
	problem := optimize.Problem{
		Func: func(theta []float64) float64 { evaluate(theta); return l.value },
		Grad: func(gradient, theta []float64) { evaluate(theta); copy(gradient, l.gradient) },
	}
	settings := &optimize.Settings{MajorIterations: mostSteps, GradientThreshold: 1e-5}
	result, err := optimize.Minimize(problem, l.theta, settings, &optimize.LBFGS{})
	if stopped != nil {
		return stopped
	}
	if result == nil {
		return err
	}
	// Where rounding ends the line search, the minimum is reached as well as can be.
	copy(l.theta, result.X)
	return nil
}

// differentiate computes the mean cross-entropy with its penalty, and its gradient.
func (l *logistic) differentiate(ctx context.Context) error {
	n, d, c := l.t.Rows, l.t.Cols, l.classes
	if l.gradient == nil {
		l.gradient = make([]float64, len(l.at))
	}
	clear(l.gradient)
	loss, share := 0.0, 1/float64(n)
	for from := 0; from < n; from += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := min(chunk, n-from)
		l.logits(l.at, l.t, from, rows)
		for r := range rows {
			p := l.p[r*c : (r+1)*c]
			label := l.labels[from+r]
			total := floats.LogSumExp(p)
			loss += share * (total - p[label])
			for k := range p {
				p[k] = share * math.Exp(p[k]-total)
			}
			p[label] -= share
			floats.Add(l.gradient[d*c:], p)
		}
		backend.Default().Dgemm(blas.Trans, blas.NoTrans, d, c, rows, 1, l.z, d, l.p, c, 1, l.gradient, c)
	}
	weights := l.at[:d*c]
	floats.AddScaled(l.gradient[:d*c], share, weights)
	l.value = loss + share*floats.Dot(weights, weights)/2
	return nil
}

// logits writes the standardized rows from … of t to z, and their logits to p.
func (l *logistic) logits(theta []float64, t *tensor.Matrix, from, rows int) {
	d, c := t.Cols, l.classes
	for r := range rows {
		z := l.z[r*d : (r+1)*d]
		for j, v := range t.Row(from + r) {
			z[j] = (float64(v) - l.mean[j]) / l.std[j]
		}
		copy(l.p[r*c:(r+1)*c], theta[d*c:])
	}
	backend.Default().Dgemm(blas.NoTrans, blas.NoTrans, rows, c, d, 1, l.z, d, theta, c, 1, l.p, c)
}

// apply returns the logits for the rows of t.
func (l *logistic) apply(t *tensor.Matrix) *tensor.Matrix {
	out := tensor.NewMatrix(t.Rows, l.classes)
	for from := 0; from < t.Rows; from += chunk {
		rows := min(chunk, t.Rows-from)
		l.logits(l.theta, t, from, rows)
		for i, v := range l.p[:rows*l.classes] {
			out.Data[from*l.classes+i] = float32(v)
		}
	}
	return out
}

// Probes are the linear probes of a network, layer by layer; a notebook shows them as a
// table.
type Probes []LayerProbe

// rows are the cells of the table, below its header.
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
	s.WriteString("<table>")
	for i, row := range p.rows() {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		s.WriteString("<tr>")
		for j, cell := range row {
			style := ""
			if j == 0 {
				style = ` style="text-align:left"`
			}
			fmt.Fprintf(&s, "<%s%s>%s</%s>", tag, style, html.EscapeString(cell), tag)
		}
		s.WriteString("</tr>")
	}
	s.WriteString("</table>")
	return map[string]any{"text/html": s.String(), "text/plain": p.String()}, nil
}
