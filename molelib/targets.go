package mole

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// values turns outputs, which are standardized, into the units of the targets.
func (net *Network) values(outputs *tensor.Matrix) *tensor.Matrix {
	if net.units == nil {
		return outputs
	}
	v := tensor.NewMatrix(outputs.Rows, outputs.Cols)
	for i := range v.Rows {
		for j, o := range outputs.Row(i) {
			v.Row(i)[j] = float32(float64(o)*net.units.Std[j] + net.units.Mean[j])
		}
	}
	return v
}

// measureIn gives the network the units of the targets in d. A network that goes on to be
// trained keeps those that it has.
func (net *Network) measureIn(d *labelled, keep bool) {
	switch {
	case !d.regression():
		net.units = nil
	case keep && net.units != nil && len(net.units.Mean) == d.targets.Cols:
	default:
		net.units = data.FitTargetScaler(&data.Dataset{Name: d.name, X: d.flow.x, Targets: d.targets})
	}
}

// predicts reports whether the outputs of the last module are predictions: those of one
// that is trained for information or dependence are a representation.
func (net *Network) predicts() bool { return !scaleFree(net.objective(len(net.Modules)-1, false)) }

func (d *labelled) regression() bool { return d != nil && d.targets != nil }

// answered reports whether the examples have labels or targets.
func (d *labelled) answered() bool { return len(d.labels) > 0 || d.targets != nil }

// standardize computes the targets in the units of the network.
func (d *labelled) standardize(units *data.Scaler) {
	if !d.regression() {
		return
	}
	d.scaled = tensor.NewMatrix(d.targets.Rows, d.targets.Cols)
	for i := range d.scaled.Rows {
		for j, v := range d.targets.Row(i) {
			d.scaled.Row(i)[j] = float32((float64(v) - units.Mean[j]) / units.Std[j])
		}
	}
}

// answers returns the labels or the standardized targets of some of the examples, or nil
// when they have none.
func (d *labelled) answers(rows []int) mi.Points {
	switch {
	case d.regression():
		var t tensor.Matrix
		rowsAt(&t, d.scaled, rows)
		return &t
	case len(d.labels) > 0:
		return mi.Labels(labelsOf(d.labels, rows))
	}
	return nil
}

// part returns the given examples, which have entered the network as f.
func (d *labelled) part(f flow, rows []int) *labelled {
	p := *d
	p.flow = f
	if len(d.labels) > 0 {
		p.labels = labelsOf(d.labels, rows)
	}
	if d.regression() {
		p.targets = new(tensor.Matrix)
		rowsAt(p.targets, d.targets, rows)
	}
	return &p
}

// TargetScore is the quality of the predictions of one target, in its own units.
type TargetScore struct {
	Target string
	RMSE   float64 // root of the mean squared error
	MAE    float64 // mean absolute error

	// R2 is the share of the variance that is explained, 1 − Σ(y − ŷ)²/Σ(y − ȳ)². It is 0 for
	// who predicts the mean, and negative for worse. Of targets that do not vary it is 1 when
	// they are met and 0 otherwise.
	R2 float64
}

// scoreValues compares predicted values (n×t, in the units of the targets) with the
// targets of d.
func scoreValues(d *labelled, predicted *tensor.Matrix) *Evaluation {
	e := &Evaluation{Dataset: d.name, Examples: d.targets.Rows}
	for j := range d.targets.Cols {
		s := targetScore(d.targets, predicted, j)
		if s.Target = fmt.Sprintf("target %d", j); j < len(d.targetNames) {
			s.Target = d.targetNames[j]
		}
		share := 1 / float64(d.targets.Cols)
		e.RMSE += share * s.RMSE
		e.MAE += share * s.MAE
		e.R2 += share * s.R2
		e.PerTarget = append(e.PerTarget, s)
	}
	return e
}

func targetScore(actual, predicted *tensor.Matrix, j int) TargetScore {
	n, mean := float64(actual.Rows), 0.0
	for i := range actual.Rows {
		mean += actual.At(i, j) / n
	}
	var absolute, squared, variance float64
	for i := range actual.Rows {
		y := actual.At(i, j)
		d := y - predicted.At(i, j)
		absolute += math.Abs(d)
		squared += d * d
		variance += (y - mean) * (y - mean)
	}
	s := TargetScore{RMSE: math.Sqrt(squared / n), MAE: absolute / n}
	switch {
	case variance > 0:
		s.R2 = 1 - squared/variance
	case squared == 0:
		s.R2 = 1
	}
	return s
}

// quality is the accuracy, or R² of a regression.
func (e *Evaluation) quality() float64 {
	if e.PerTarget != nil {
		return e.R2
	}
	return e.Accuracy
}

func (e *Evaluation) valuesString() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s: R² %.4f, RMSE %.4g, MAE %.4g (%d examples)\n", e.Dataset, e.R2, e.RMSE, e.MAE, e.Examples)
	var names []string
	for _, t := range e.PerTarget {
		names = append(names, t.Target)
	}
	width := columnOf(14, names)
	fmt.Fprintf(&s, "%-*s %8s %10s %10s\n", width, "target", "R²", "RMSE", "MAE")
	for _, t := range e.PerTarget {
		fmt.Fprintf(&s, "%-*s %8.4f %10.4g %10.4g\n", width, t.Target, t.R2, t.RMSE, t.MAE)
	}
	return s.String()
}

func (e *Evaluation) valuesHTML() string {
	var s strings.Builder
	fmt.Fprintf(&s, "<p><b>%s</b>: R² <b>%.4f</b>, RMSE %.4g, MAE %.4g (%d examples)</p>", html.EscapeString(e.Dataset), e.R2, e.RMSE, e.MAE, e.Examples)
	rows := [][]string{{"target", MetricR2, "RMSE", "MAE"}}
	for _, t := range e.PerTarget {
		rows = append(rows, []string{t.Target, fmt.Sprintf("%.4f", t.R2), fmt.Sprintf("%.4g", t.RMSE), fmt.Sprintf("%.4g", t.MAE)})
	}
	htmltable.Write(&s, rows, 1, nil)
	return s.String()
}
