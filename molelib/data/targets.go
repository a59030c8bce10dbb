package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// NewRegression makes a Dataset of the rows of x (n×d) and the values to predict, targets
// (n×t; a mat.VecDense is one target), both matrices of tensor or gonum or anything of that
// shape. names are those of the targets; nil when they have none. Both are copied. What
// Validate finds wrong is the error.
func NewRegression(x, targets tensor.Points, names []string) (*Dataset, error) {
	m, err := copied(x)
	if err != nil {
		return nil, err
	}
	values, err := copied(targets)
	if err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	d := &Dataset{Name: "dataset", X: m, Shape: []int{m.Cols}, Targets: values, TargetNames: append([]string(nil), names...)}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return d, nil
}

// Labelled reports whether the examples have class labels.
func (d *Dataset) Labelled() bool { return len(d.Y) > 0 }

// Regression reports whether the examples have targets.
func (d *Dataset) Regression() bool { return d.Targets != nil }

// Unlabelled returns the examples of d, not copied, without labels and targets.
func (d *Dataset) Unlabelled() *Dataset {
	d.mustHold("Unlabelled")
	u := *d
	u.Y, u.Classes, u.Targets, u.TargetNames = nil, nil, nil, nil
	return &u
}

// FitTargetScaler learns mean and standard deviation of every target of train. Training
// does so by itself; targets need not be standardized.
func FitTargetScaler(train *Dataset) *Scaler {
	train.mustHold("FitTargetScaler")
	if train.Targets == nil {
		panic("data: FitTargetScaler: " + train.Name + " has no targets")
	}
	return scalerOf(train.Targets)
}

func (d *Dataset) validateTargets() error {
	if d.Targets == nil {
		return nil
	}
	t := d.Targets
	switch {
	case len(d.Y) > 0:
		return fmt.Errorf("data: %s has both labels and targets: set Y or Targets to nil, according to what is to be predicted", d.Name)
	case t.Cols == 0 || len(t.Data) != t.Rows*t.Cols:
		return fmt.Errorf("data: %s: Targets are %d×%d but hold %d values", d.Name, t.Rows, t.Cols, len(t.Data))
	case t.Rows != d.X.Rows:
		return fmt.Errorf("data: %s has %d examples but %d rows of targets", d.Name, d.X.Rows, t.Rows)
	case len(d.TargetNames) > 0 && len(d.TargetNames) != t.Cols:
		return fmt.Errorf("data: %s has %d targets but %d target names", d.Name, t.Cols, len(d.TargetNames))
	}
	if i, j, ok := t.Finite(); !ok {
		return fmt.Errorf("data: %s, row %d, target %s is %v: drop examples without a target", d.Name, i, columnName(d.TargetNames, j), t.Row(i)[j])
	}
	return nil
}

// purpose says what is to be predicted.
func (d *Dataset) purpose() string {
	switch {
	case d.Targets == nil && d.X != nil && !d.Labelled():
		return "no labels"
	case d.Targets == nil:
		return fmt.Sprintf("%d classes", len(d.Classes))
	case d.Targets.Cols == 1:
		return "1 target"
	}
	return fmt.Sprintf("%d targets", d.Targets.Cols)
}

// targetLines writes a line for every target.
func (d *Dataset) targetLines(b *strings.Builder) {
	if d.Targets == nil || d.Targets.Rows == 0 {
		return
	}
	for j, c := range statistics(d.Targets)[:min(d.Targets.Cols, shownFeatures)] {
		fmt.Fprintf(b, "  %s from %.4g to %.4g, mean %.4g, std %.4g\n", nameOf(j, d.TargetNames), c.low, c.high, c.mean, c.std)
	}
}

// targetValues returns the columns to predict. A missing value is an error under every
// policy but DropMissing.
func (t *csvTable) targetValues() (*tensor.Matrix, error) {
	m := tensor.NewMatrix(len(t.rows), len(t.targets))
	for k, j := range t.targets {
		values, textAt := t.numbers(j)
		if textAt >= 0 {
			return nil, fmt.Errorf("%s: %q is no number: a target must be one (a class is named with Label)", t.at(textAt, j), t.rows[textAt][j])
		}
		for i, v := range values {
			switch {
			case math.IsNaN(float64(v)):
				return nil, fmt.Errorf("%s: the target is missing: set Missing to DropMissing, or fill it in", t.at(i, j))
			case math.IsInf(float64(v), 0):
				return nil, fmt.Errorf("%s: %s is infinite or too large for float32", t.at(i, j), t.rows[i][j])
			}
			m.Row(i)[k] = v
		}
	}
	return m, nil
}

// Friedman returns n examples of the regression task Friedman #1 (Friedman, Ann. Statist.
// 1991), drawn by seed: 10 features, uniform in [0, 1], of which the first five make up
//
//	y = 10 sin(π x₀x₁) + 20 (x₂ − ½)² + 10 x₃ + 5 x₄ + noise·N(0, 1)
//
// Without noise y has a standard deviation of about 4.9, and a linear model explains about
// three quarters of its variance.
func Friedman(n int, noise float64, seed int) *Dataset {
	if n < 1 || !(noise >= 0) {
		panic(fmt.Sprintf("data: Friedman: %d examples with noise %v: give at least one, and noise of at least 0", n, noise))
	}
	rng := rand.New(rand.NewPCG(uint64(seed), 0x66726965))
	d := &Dataset{
		Name: "Friedman", X: tensor.NewMatrix(n, 10), Shape: []int{10},
		Targets: tensor.NewMatrix(n, 1), TargetNames: []string{"y"},
	}
	for i := range n {
		x := d.X.Row(i)
		for j := range x {
			x[j] = rng.Float32()
		}
		curve := float64(x[2]) - 0.5
		y := 10*math.Sin(math.Pi*float64(x[0])*float64(x[1])) + 20*curve*curve + 10*float64(x[3]) + 5*float64(x[4])
		d.Targets.Row(i)[0] = float32(y + noise*rng.NormFloat64())
	}
	return d
}
