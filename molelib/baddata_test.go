package mole_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// trainings are all ways to train.
var trainings = map[string]func(context.Context, *mole.Network, mole.Examples, mole.Options) (*mole.Report, error){
	"Train": mole.Train,
	"Simultaneous": func(ctx context.Context, net *mole.Network, d mole.Examples, o mole.Options) (*mole.Report, error) {
		o.Mode = mole.Simultaneous
		return mole.Train(ctx, net, d, o)
	},
	"Asynchronous": func(ctx context.Context, net *mole.Network, d mole.Examples, o mole.Options) (*mole.Report, error) {
		o.Mode = mole.Asynchronous
		return mole.Train(ctx, net, d, o)
	},
	"Backprop": mole.Backprop,
}

// flowers are rows of Iris, of all three classes.
func flowers() *data.Dataset {
	return data.Iris().Subset([]int{0, 1, 2, 3, 4, 75, 146, 147, 148, 149})
}

func patients() *data.Dataset { return data.Diabetes().Head(10) }

// spoiled are data that are bad in every way.
func spoiled() []spoiledData {
	nan, inf := math.NaN(), math.Inf(1)
	return []spoiledData{
		{"NaN", flowers(), func(d *data.Dataset) { d.X.Set(3, 1, nan) }, "Iris, row 3, column 1 (sepal width (cm)) is NaN", false},
		{"infinity", flowers(), func(d *data.Dataset) { d.X.Set(9, 3, -inf) }, "Iris, row 9, column 3 (petal width (cm)) is -Inf", false},
		{"negative label", flowers(), func(d *data.Dataset) { d.Y[4] = -1 }, "Iris, row 4: label -1 is outside the classes", false},
		{"large label", flowers(), func(d *data.Dataset) { d.Y[4] = 3 }, "Iris, row 4: label 3 is outside the 3 classes", false},
		{"a class without examples", flowers(), func(d *data.Dataset) { d.Y[5] = 2 }, "Iris has no example of class 1 (versicolor) to learn from", true},
		{"labels from one", flowers(), func(d *data.Dataset) {
			for i := range d.Y {
				d.Y[i] = min(d.Y[i]+1, 2)
			}
		}, "Iris has no example of class 0 (setosa) to learn from: labels count from 0", true},
		{"one class", flowers(), func(d *data.Dataset) { clear(d.Y) }, "all 10 examples of Iris are of class 0 (setosa)", true},
		{"no labels", flowers(), func(d *data.Dataset) { d.Y = nil }, "neither labels nor targets|needs labels or targets, and Iris has none", false},
		{"few labels", flowers(), func(d *data.Dataset) { d.Y = d.Y[:7] }, "Iris has 10 examples but 7 labels", false},
		{"few values", flowers(), func(d *data.Dataset) { d.X.Data = d.X.Data[:9] }, "X is 10×4 but holds 9 values", false},
		{"no examples", flowers(), func(d *data.Dataset) { *d = *d.Subset(nil) }, "Iris has no examples", false},
		{"one example", flowers(), func(d *data.Dataset) { *d = *d.Head(1) }, "Iris has a single example", true},
		{"NaN in a target", patients(), func(d *data.Dataset) { d.Targets.Set(2, 0, nan) }, "Diabetes, row 2, target 0 (progression) is NaN", false},
		{"infinite target", patients(), func(d *data.Dataset) { d.Targets.Set(2, 0, inf) }, "Diabetes, row 2, target 0 (progression) is +Inf", false},
		{"NaN beside targets", patients(), func(d *data.Dataset) { d.X.Set(2, 0, nan) }, "Diabetes, row 2, column 0 (age) is NaN", false},
		{"one target value", patients(), func(d *data.Dataset) { clear(d.Targets.Data) }, "the targets of all 10 examples of Diabetes are the same, [0]", true},
		{"few targets", patients(), func(d *data.Dataset) { d.Targets = tensor.NewMatrix(9, 1) }, "10 examples but 9 rows of targets", false},
		{"labels and targets", patients(), func(d *data.Dataset) { d.Y, d.Classes = make([]int, 10), []string{"a"} }, "both labels and targets", false},
	}
}

type spoiledData struct {
	name      string
	set       *data.Dataset
	spoil     func(*data.Dataset)
	want      string // in the error; a | divides what may be in it
	evaluates bool   // is fine to evaluate: there is something to compare with
}

func TestBadDataAreNamedAndChangeNothing(t *testing.T) {
	for _, c := range spoiled() {
		good, outputs := c.set.Subset([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), 3
		if good.Regression() {
			outputs = 1
		}
		c.spoil(c.set)
		fits := func(err error) bool {
			return err != nil && slices.ContainsFunc(strings.Split(c.want, "|"), func(want string) bool { return strings.Contains(err.Error(), want) })
		}
		for name, run := range trainings {
			net := mole.MLP(good.Width(), 5, outputs)
			net.Init(3)
			before := weights(net)
			o := mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 1}
			if _, err := run(t.Context(), net, c.set, o); !fits(err) {
				t.Errorf("%s, %s: got %v, want … %s …", name, c.name, err, c.want)
			}
			if !c.evaluates {
				o.Test = c.set
				if _, err := run(t.Context(), net, good, o); err == nil || !strings.Contains(err.Error(), "test data: ") && !strings.Contains(err.Error(), "must both have") {
					t.Errorf("%s, %s in the test data: got %v", name, c.name, err)
				}
			}
			for k, w := range weights(net) {
				if !slices.Equal(w, before[k]) {
					t.Errorf("%s, %s: module %d was changed", name, c.name, k)
				}
			}
			// The units of targets are part of the network, too.
			if net.PredictValues(good.X).Data[0] != net.Activations(1, good.X).Data[0] {
				t.Errorf("%s, %s: the units of the network were changed", name, c.name)
			}
		}
		if _, err := mole.MLP(good.Width(), 5, outputs).EvaluateContext(t.Context(), c.set); c.evaluates != (err == nil) || !c.evaluates && !fits(err) {
			t.Errorf("Evaluate, %s: got %v", c.name, err)
		}
	}
}

func TestStrangeDataThatAreSoundTrain(t *testing.T) {
	for name, make := range map[string]func() *data.Dataset{
		"a class without examples, which is allowed": func() *data.Dataset { d := flowers(); d.Y[5] = 2; return d },
		"two examples": func() *data.Dataset { return flowers().Subset([]int{0, 9}) },
		"a constant feature": func() *data.Dataset {
			d := flowers()
			for i := range d.Len() {
				d.X.Set(i, 2, 7)
			}
			return d
		},
		"equal examples": func() *data.Dataset {
			d := flowers()
			clear(d.X.Data)
			return d
		},
		"an example a class beside many of one, batches of two": func() *data.Dataset {
			d := data.Iris().Head(20)
			d.Y[7] = 1
			return d
		},
		"two patients":               func() *data.Dataset { return patients().Head(2) },
		"equal targets but for one":  func() *data.Dataset { d := patients(); clear(d.Targets.Data[1:]); return d },
		"a target that never varies": func() *data.Dataset { return twoTargets(t) },
	} {
		for way, run := range trainings {
			d := make()
			outputs := len(d.Classes)
			if d.Regression() {
				outputs = d.Targets.Cols
			}
			for _, o := range []mole.Objective{mole.Information{}, mole.Information{Alpha: 0.5}, mole.Information{Normalized: true}, mole.MutualInformationX(), mole.Dependence{}} {
				net := mole.MLP(d.Width(), 5, outputs).SetObjective(o)
				report, err := run(t.Context(), net, d, mole.Options{Seed: 1, Epochs: 2, OutputEpochs: 2, Batch: 2, EmptyClasses: true})
				if err != nil {
					t.Errorf("%s, %s, %s: %v", way, name, o.Name(), err)
					continue
				}
				for k, w := range weights(net) {
					if slices.ContainsFunc(w, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
						t.Errorf("%s, %s, %s: module %d has NaN in its weights", way, name, o.Name(), k)
					}
				}
				if math.IsNaN(report.Accuracy()) {
					t.Errorf("%s, %s, %s: the accuracy is NaN", way, name, o.Name())
				}
			}
		}
	}
}

// twoTargets are patients with a second target that is the same for all.
func twoTargets(t *testing.T) *data.Dataset {
	t.Helper()
	d := patients()
	both := tensor.NewMatrix(d.Len(), 2)
	for i := range d.Len() {
		both.Set(i, 0, d.Targets.At(i, 0))
		both.Set(i, 1, 4)
	}
	two, err := data.NewRegression(d.X, both, []string{"progression", "constant"})
	if err != nil {
		t.Fatal(err)
	}
	return two
}

func TestInformationOfBadDataIsNaN(t *testing.T) {
	d := flowers()
	d.X.Set(3, 1, math.NaN())
	if v := mi.Mutual(d.X, d.Y, mi.Options{}); !math.IsNaN(v) {
		t.Errorf("I(X;Y) is %v, want NaN", v)
	}
	if err := mi.Validate(d.X); err == nil || !strings.Contains(err.Error(), "row 3, column 1") {
		t.Errorf("got %v, want the row and the column", err)
	}
}
