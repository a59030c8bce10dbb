package experiment

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// Summary describes values of several runs.
type Summary struct {
	Runs      int
	Mean, Std float64 // Std over n−1; NaN for a single run. Both NaN without any
	Min, Max  float64
}

// Summary describes the values of the metric that is compared, over the finished runs.
func (t *Table) Summary(method string) Summary { return summarize(t.Values(method)) }

// SummaryOf is Summary of any metric.
func (t *Table) SummaryOf(method, metric string) Summary {
	return summarize(t.ValuesOf(method, metric))
}

func summarize(values []float64) Summary {
	s := Summary{Runs: len(values), Mean: math.NaN(), Std: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	if s.Runs == 0 {
		return s
	}
	s.Min, s.Max = values[0], values[0]
	for _, v := range values {
		s.Min, s.Max = min(s.Min, v), max(s.Max, v)
	}
	s.Mean = stat.Mean(values, nil)
	if s.Runs > 1 {
		s.Std = stat.StdDev(values, nil)
	}
	return s
}

// String writes mean ± standard deviation.
func (s Summary) String() string { return s.text(1, 4) }

// Difference compares two methods run by run: what one has more than the other on the same
// seed and fold.
type Difference struct {
	Runs      int     // that both have finished
	Mean, Std float64 // of the differences, as in Summary

	// Low and High bound the 95 % confidence interval of the mean, by Student's t. They are
	// NaN for less than two runs. Folds share most of their training examples, so over
	// folds the interval is too narrow.
	Low, High float64
}

// Difference returns what method a has more than method b in the metric that is compared.
func (t *Table) Difference(a, b string) Difference { return t.DifferenceOf(a, b, t.Metric()) }

// DifferenceOf is Difference in any metric.
func (t *Table) DifferenceOf(a, b, metric string) Difference {
	x, y := t.byPart(a, metric), t.byPart(b, metric)
	var gaps []float64
	for i := range min(len(x), len(y)) {
		if gap := x[i] - y[i]; !math.IsNaN(gap) {
			gaps = append(gaps, gap)
		}
	}
	s := summarize(gaps)
	d := Difference{Runs: s.Runs, Mean: s.Mean, Std: s.Std, Low: math.NaN(), High: math.NaN()}
	if s.Runs > 1 {
		n := float64(s.Runs)
		half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * s.Std / math.Sqrt(n)
		d.Low, d.High = s.Mean-half, s.Mean+half
	}
	return d
}

// String writes mean ± standard deviation with a sign.
func (d Difference) String() string { return d.text(1, 4) }

func (s Summary) text(scale float64, digits int) string {
	if s.Runs == 0 {
		return "–"
	}
	return plusMinus(strconv.FormatFloat(scale*s.Mean, 'f', digits, 64), scale*s.Std, digits)
}

func (d Difference) text(scale float64, digits int) string {
	if d.Runs == 0 {
		return "–"
	}
	return plusMinus(signed(scale*d.Mean, digits), scale*d.Std, digits)
}

// signed writes a number with its sign, with the minus of typography.
func signed(v float64, digits int) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', digits, 64)
	if v < 0 {
		return "−" + text
	}
	return "+" + text
}

func plusMinus(mean string, std float64, digits int) string {
	if math.IsNaN(std) {
		return mean
	}
	return fmt.Sprintf("%s ± %s", mean, strconv.FormatFloat(std, 'f', digits, 64))
}

// display says how a metric is written: by what it is multiplied, with how many digits, and
// its unit.
func display(metric string) (scale float64, digits int, unit string) {
	switch metric {
	case mole.MetricAccuracy, "balanced accuracy", "macro F1":
		return 100, 2, ", %"
	case metricSeconds:
		return 1, 1, ""
	}
	return 1, 4, ""
}
