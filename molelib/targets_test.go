package mole_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleNetwork_PredictValues() {
	train, test := data.Standardize(data.Diabetes().Split(0.2, 1))
	net := mole.MLP(10, 32, 1) // one target
	report, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Test: test, Epochs: 20, OutputEpochs: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	values := net.PredictValues(test.X)
	fmt.Println(report.Metrics(), values)
	fmt.Println("explains more than 30 % of the variance:", net.Evaluate(test).R2 > 0.3)
	// Output:
	// [I(T;X) I(T;Y) R² loss] 89×1 float32
	// explains more than 30 % of the variance: true
}

func friedman(t *testing.T) (train, test *data.Dataset) {
	t.Helper()
	return data.Standardize(data.Friedman(600, 1, 1).Split(0.3, 1))
}

func TestRegressionLearnsModuleByModuleAndByBackPropagation(t *testing.T) {
	train, test := friedman(t)
	for name, run := range map[string]func(context.Context, *mole.Network, mole.Examples, mole.Options) (*mole.Report, error){
		"MOLE": mole.Train, "back-propagation": mole.Backprop,
	} {
		net := mole.MLP(10, 64, 1)
		report, err := run(t.Context(), net, train, mole.Options{Seed: 1, Test: test, Epochs: 60, OutputEpochs: 100})
		if err != nil {
			t.Fatal(err)
		}
		e := net.Evaluate(test)
		// A linear model explains 0.72 of the variance.
		if e.R2 < 0.75 || report.Accuracy() != e.R2 || report.Last(0, mole.MetricR2) < 0.75 {
			t.Errorf("%s: R² %.3f, in the report %.3f, of the readout %.3f", name, e.R2, report.Accuracy(), report.Last(0, mole.MetricR2))
		}
		if ity := report.Last(0, mole.MetricITY); !(ity > 0 && ity <= report.ClassEntropy()) {
			t.Errorf("%s: I(T;Y) is %v, want it between 0 and S(Y) = %v", name, ity, report.ClassEntropy())
		}
		for _, want := range []string{"R²", "RMSE"} {
			if !strings.Contains(report.String(), want) || !strings.Contains(e.String(), want) {
				t.Errorf("%s: no %s in %s or %s", name, want, report, e)
			}
		}
	}
}

// The values are those of scikit-learn's r2_score, root_mean_squared_error and
// mean_absolute_error with the default average.
func TestScoresOfARegressionAreExact(t *testing.T) {
	outputs := tensor.FromRows([][]float64{{2.5, 0.5}, {0, 2}, {2, 8}, {8, 8}})
	d, err := data.NewRegression(outputs, tensor.FromRows([][]float64{{3, 1}, {-0.5, 1}, {2, 7}, {7, 8}}), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	e := identity(2).Evaluate(d)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"R²", e.R2, 0.9479882790487998},
		{"R² of a", e.PerTarget[0].R2, 0.9486081370449679},
		{"RMSE", e.RMSE, 0.6811862178478972},
		{"MAE", e.MAE, 0.5625},
		{"MAE of b", e.PerTarget[1].MAE, 0.625},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: got %.16g, want %.16g", c.name, c.got, c.want)
		}
	}
	if bundle, err := e.MIMEBundle(); err != nil || !strings.Contains(bundle["text/html"].(string), "<td style=\"text-align:left\">b</td>") {
		t.Errorf("bundle %v, %v", bundle, err)
	}
}

func TestR2OfAConstantTargetIsThatOfScikitLearn(t *testing.T) {
	for predicted, want := range map[float64]float64{5: 1, 6: 0} {
		d, err := data.NewRegression(tensor.FromRows([][]float64{{predicted}, {predicted}}), tensor.FromRows([][]float64{{5}, {5}}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if e := identity(1).Evaluate(d); e.R2 != want {
			t.Errorf("predicted %v of 5: R² %v, want %v", predicted, e.R2, want)
		}
	}
}

// moved returns d with other units of its targets.
func moved(d *data.Dataset, scale, shift float64) *data.Dataset {
	m := *d
	m.Targets = d.Targets.Clone()
	for i, v := range m.Targets.Data {
		m.Targets.Data[i] = float32(scale*float64(v) + shift)
	}
	return &m
}

func TestUnitsOfTargetsDoNotMatter(t *testing.T) {
	train, test := friedman(t)
	o := mole.Options{Seed: 1, Epochs: 5, OutputEpochs: 20}
	net, other := mole.MLP(10, 16, 1), mole.MLP(10, 16, 1)
	for net, d := range map[*mole.Network]*data.Dataset{net: train, other: moved(train, 100, 1000)} {
		if _, err := mole.Train(t.Context(), net, d, o); err != nil {
			t.Fatal(err)
		}
	}
	// Standardizing rounds float32 differently; training amplifies it.
	if a, b := net.Evaluate(test).R2, other.Evaluate(moved(test, 100, 1000)).R2; math.Abs(a-b) > 1e-3 {
		t.Errorf("R² %v, in other units %v", a, b)
	}
}

func TestContinuingKeepsTheUnitsOfTargets(t *testing.T) {
	train, test := friedman(t)
	net := mole.MLP(10, 8, 1)
	if _, err := mole.Train(t.Context(), net, train, mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 5}); err != nil {
		t.Fatal(err)
	}
	want := net.PredictValues(test.X).Data
	other := moved(train, 100, 1000)
	trainer(t, net, other, mole.Options{Continue: true})
	if got := net.PredictValues(test.X).Data; !slices.Equal(got, want) {
		t.Errorf("the first value is %v, want %v as before", got[0], want[0])
	}
	trainer(t, net, other, mole.Options{})
	if mean := net.PredictValues(test.X).At(0, 0); math.Abs(mean-2400) > 2000 {
		t.Errorf("new training starts with the value %v, want one of about 2400", mean)
	}
}

func TestWeightsKeepTheUnitsOfTargets(t *testing.T) {
	train, test := friedman(t)
	net := mole.MLP(10, 8, 1)
	if _, err := mole.Train(t.Context(), net, train, mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 5}); err != nil {
		t.Fatal(err)
	}
	want := net.PredictValues(test.X).Data
	path := filepath.Join(t.TempDir(), "friedman.safetensors")
	if err := net.SaveWeights(path); err != nil {
		t.Fatal(err)
	}
	loaded := mole.MLP(10, 8, 1)
	if err := loaded.LoadWeights(path); err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*mole.Network{"loaded": loaded, "cloned": net.Clone(), "grouped": net.Group(2)} {
		if got := other.PredictValues(test.X).Data; !slices.Equal(got, want) {
			t.Errorf("%s: the first value is %v, want %v", name, got[0], want[0])
		}
	}
}

func TestRegressionGoesOnFromACheckpointToTheSameBits(t *testing.T) {
	train, test := friedman(t)
	o := mole.Options{Seed: 1, Test: test, Epochs: 2, OutputEpochs: 3}
	whole := mole.MLP(10, 8, 1)
	if _, err := mole.Train(t.Context(), whole, train, o); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "run.checkpoint")
	first := trainer(t, mole.MLP(10, 8, 1), train, o)
	if _, err := first.Epoch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Save(path); err != nil {
		t.Fatal(err)
	}
	net := mole.MLP(10, 8, 1)
	second := trainer(t, net, train, o)
	if err := second.Restore(path); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(net.PredictValues(test.X).Data, whole.PredictValues(test.X).Data) {
		t.Error("the restored training ends with other predictions")
	}
}

func TestEveryObjectiveLearnsTargets(t *testing.T) {
	train, test := friedman(t)
	for _, o := range []mole.Objective{
		mole.Information{}, mole.Information{Normalized: true, Alpha: 2}, mole.Information{Channels: 4, Alpha: 2}, mole.Bottleneck(0.05),
		mole.Information{TargetWidth: 0.5}, mole.Information{Kernel: mi.Laplacian}, mole.MutualInformationX(),
		mole.Dependence{}, mole.Dependence{Measure: mole.HSIC}, mole.Dependence{Measure: mole.CauchySchwarz},
	} {
		net := mole.MLP(10, 32, 1).SetObjective(o)
		report, err := mole.Train(t.Context(), net, train, mole.Options{Seed: 1, Test: test, Epochs: 20, OutputEpochs: 60, Probe: -1})
		if err != nil {
			t.Errorf("%s: %v", o.Name(), err)
			continue
		}
		if report.Accuracy() < 0.6 {
			t.Errorf("%s: R² %.3f, want at least 0.6", o.Name(), report.Accuracy())
		}
	}
}

func TestNetworksWithoutClassesPredictNone(t *testing.T) {
	train, _ := friedman(t)
	net := mole.MLP(10, 1)
	if _, err := mole.Train(t.Context(), net, train, mole.Options{OutputEpochs: 1}); err != nil {
		t.Fatal(err)
	}
	for want, call := range map[string]func(){
		"Predict: the network was trained for targets: take PredictValues":       func() { net.Predict(train) },
		"Probabilities: the network was trained for targets: take PredictValues": func() { net.Probabilities(train) },
		`Predict: module "hidden 1" is trained for I(T;X)`:                       func() { mole.Encoder(10, 4).Predict(train) },
	} {
		if got := complaint(func() error { call(); return nil }); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestTargetsThatDoNotFitAreErrors(t *testing.T) {
	train, _ := friedman(t)
	labels := data.Iris()
	unlabelled := train.Unlabelled()
	head := mole.MLP(10, 8, 1)
	head.Modules[1].Objective = mole.CrossEntropy()
	representation := mole.NewNetwork(mole.Module{Name: "code", Layers: []nn.Layer{nn.Dense(10, 4)}, Objective: mole.MutualInformationX()})
	for _, c := range []struct {
		name  string
		net   *mole.Network
		train *data.Dataset
		test  *data.Dataset
		want  string
	}{
		{"outputs", mole.MLP(10, 8, 2), train, nil, "Friedman has 1 targets, but the last module has 2 outputs: give it a width of 1"},
		{"cross-entropy", head, train, nil, `module "output": cross-entropy needs labels, and Friedman has targets`},
		{"nothing known", mole.MLP(10, 8, 1), unlabelled, nil, `module "hidden 1": I(T;Y), α = 1.01, projection 128 needs labels or targets, and Friedman has none`},
		{"test without", mole.MLP(10, 8, 1), train, unlabelled, "must both have labels, targets or neither"},
		{"evaluate without", mole.MLP(10, 8, 1), nil, unlabelled, "neither labels nor targets"},
		{"evaluate a representation", representation, nil, train, `module "code" is trained for I(T;X), α = 1.01, projection 128 and predicts nothing`},
		{"labels", mole.MLP(4, 8, 1), labels, nil, "give it a width of 3"},
	} {
		var err error
		if c.train == nil {
			_, err = c.net.EvaluateContext(t.Context(), c.test)
		} else {
			_, err = mole.Train(t.Context(), c.net, c.train, mole.Options{Test: c.test})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want … %s …", c.name, err, c.want)
		}
	}
}
