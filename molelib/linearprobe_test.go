package mole_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// Modules are trained to tell of their input alone, without a label; then a linear model
// reads the digits from what they have made of it.
func ExampleLinearProbes() {
	ctx := context.Background()
	train, test := data.Digits().Split(0.2, 1)
	net := mole.Encoder(64, 64, 32)
	if _, err := mole.Train(ctx, net, train.Unlabelled(), mole.Options{Seed: 1, Epochs: 5}); err != nil {
		fmt.Println(err)
		return
	}
	probes, err := mole.LinearProbes(ctx, net, train, test)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range probes {
		fmt.Println(p.Name, p.Width, p.Test.Accuracy > 0.9)
	}
	// Output:
	// data 64 true
	// hidden 1 64 true
	// hidden 2 32 true
}

func ExampleLinearProbe() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	p, err := mole.LinearProbe(context.Background(), mole.MLP(4, 16, 3), -1, train, test)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %.1f %%\n", p.Name, 100*p.Test.Accuracy)
	// Output: data: 100.0 %
}

func ExampleEncoder() {
	fmt.Print(mole.Encoder(64, 128, 64))
	// Output:
	// network of 2 modules, 16576 parameters
	//   0  hidden 1     dense 64→128, relu               I(T;X), α = 1.01, projection 128
	//   1  hidden 2     dense 128→64, relu               I(T;X), α = 1.01, projection 128
}

// The allocation of modules: the first weighs what comes in, the second both, with the data
// in place of its input, the third the labels.
func ExampleInformation_allocation() {
	net := mole.MLP(64, 128, 64, 32, 10)
	net.Modules[0].Objective = mole.Information{Encoder: 1}
	net.Modules[1].Objective = mole.Information{Decoder: 1, Encoder: 0.1, OfData: true}
	net.Modules[2].Objective = mole.Information{Decoder: 1}
	fmt.Print(net)
	// Output:
	// network of 4 modules, 18986 parameters
	//   0  hidden 1     dense 64→128, relu               I(T;X), α = 1.01, projection 128
	//   1  hidden 2     dense 128→64, relu               I(T;Y) + 0.1·I(T;X₀), α = 1.01, projection 128
	//   2  hidden 3     dense 64→32, relu                I(T;Y), α = 1.01, projection 128
	//   3  output       dense 32→10                      cross-entropy
}

// The log losses are those of scikit-learn's LogisticRegression (C = 1, lbfgs, tol = 1e-6)
// on standardized features of the same split.
func TestLinearProbeOfTheDataIsLogisticRegression(t *testing.T) {
	for _, c := range []struct {
		set  *data.Dataset
		want float64
	}{{data.Iris(), 0.10174612}, {data.Digits(), 0.07177050}, {data.BreastCancer(), 0.08453496}} {
		train, test := c.set.Split(0.2, 1)
		p, err := mole.LinearProbe(t.Context(), mole.MLP(train.Width(), 8, len(train.Classes)), -1, train, test)
		if err != nil {
			t.Fatal(err)
		}
		// Both stop when the gradient is small, and the loss is flat there.
		if math.Abs(p.Test.LogLoss-c.want) > 1e-4 {
			t.Errorf("%s: log loss %.8f, want %.8f", c.set.Name, p.Test.LogLoss, c.want)
		}
	}
}

func TestLinearProbeOfTargetsIsALinearModel(t *testing.T) {
	train, test := friedman(t)
	probes, err := mole.LinearProbes(t.Context(), mole.MLP(10, 8, 1), train, test)
	if err != nil {
		t.Fatal(err)
	}
	// Friedman's function has a linear part of some three quarters.
	if r2 := probes[0].Test.R2; r2 < 0.6 || r2 > 0.8 {
		t.Errorf("R² %.3f of the data, want about 0.7", r2)
	}
	if !strings.Contains(probes.String(), "R²") || len(probes) != 3 {
		t.Errorf("the table is\n%s", probes)
	}
	if bundle, err := probes.MIMEBundle(); err != nil || strings.Count(bundle["text/html"].(string), "<tr>") != 4 {
		t.Errorf("bundle %v, %v", bundle, err)
	}
}

func TestTrainingWithoutLabels(t *testing.T) {
	train, test := digits(1)
	net := mole.Encoder(64, 32, 16)
	net.Modules[1].Objective = mole.Information{Encoder: 1, OfData: true}
	o := mole.Options{Seed: 1, Test: test.Unlabelled(), Epochs: 2}
	report, err := mole.Train(t.Context(), net, train.Unlabelled(), o)
	if err != nil {
		t.Fatal(err)
	}
	last := report.Epochs(1)[len(report.Epochs(1))-1]
	if !(last.ITX > 0) || !math.IsNaN(last.ITY) || !math.IsNaN(last.Accuracy) || report.Evaluation() != nil {
		t.Errorf("the last epoch is %v, the evaluation %v", last, report.Evaluation())
	}
	// The same training on the same data with labels measures what they tell.
	o.Test = test
	labelled, err := mole.Train(t.Context(), net.Clone(), train, o)
	if err != nil {
		t.Fatal(err)
	}
	with := labelled.Epochs(1)[len(report.Epochs(1))-1]
	if with.Loss != last.Loss || with.ITX != last.ITX || !(with.Accuracy > 0.5) || !(with.ITY > 0) {
		t.Errorf("with labels the last epoch is %v, without %v", with, last)
	}
}

func TestNodesWithoutLabelsTrain(t *testing.T) {
	club := data.Karate()
	without := *club
	without.Y, without.Classes, without.Train, without.Test = nil, nil, nil, nil
	net := mole.NewNetwork(
		mole.Module{Layers: []nn.Layer{nn.GCN(34, 16), nn.ReLU()}, Objective: mole.MutualInformationX()},
		mole.Module{Layers: []nn.Layer{nn.GCN(16, 8), nn.ReLU()}, Objective: mole.Information{Encoder: 1, OfData: true}},
	)
	report, err := mole.Train(t.Context(), net, &without, mole.Options{Seed: 1, Epochs: 20})
	if err != nil {
		t.Fatal(err)
	}
	for k := range net.Modules {
		epochs := report.Epochs(k)
		if first, last := epochs[1], epochs[len(epochs)-1]; !(last.Loss < first.Loss) || !(last.ITX > 0) {
			t.Errorf("module %d: from %v to %v; want more information", k, first, last)
		}
	}
	if _, err := mole.LinearProbe(t.Context(), net, 1, club, nil); err != nil {
		t.Error(err)
	}
}

func TestInformationOfTheDataDiffersFromThatOfTheInput(t *testing.T) {
	train, _ := digits(1)
	losses := map[bool]float64{}
	for _, ofData := range []bool{false, true} {
		net := mole.Encoder(64, 32, 16)
		net.Modules[0].Objective = mole.Information{Encoder: 1, OfData: ofData}
		net.Modules[1].Objective = mole.Information{Encoder: 1, OfData: ofData}
		report, err := mole.Train(t.Context(), net, train.Unlabelled(), mole.Options{Seed: 1, Epochs: 1})
		if err != nil {
			t.Fatal(err)
		}
		if first := report.Last(0, mole.MetricLoss); losses[true]+losses[false] != 0 && first != losses[false] {
			t.Errorf("the first module: loss %v of the input, %v of the data; want the same", losses[false], first)
		} else {
			losses[ofData] = first
		}
		if second := report.Last(1, mole.MetricLoss); ofData && second == losses[false] {
			t.Error("the second module: the same loss of the input and of the data")
		}
	}
}

func TestLinearProbesThatCannotBeAreErrors(t *testing.T) {
	train, test := data.Iris().Split(0.3, 1)
	net := mole.MLP(4, 8, 3)
	regression, err := data.NewRegression(test.X, test.X, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		k           int
		train, test mole.Examples
		want        string
	}{
		{"module", 2, train, test, "there is no module 2"},
		{"no test", 0, train, nil, "no test data were given"},
		{"no labels", 0, train.Unlabelled(), test, "neither labels nor targets"},
		{"other kind", 0, train, regression, "differ in their classes or targets"},
		{"width", 0, data.Digits(), test, "has 64 features"},
		{"nothing", 0, nil, test, "no dataset was given"},
	} {
		if _, err := mole.LinearProbe(t.Context(), net, c.k, c.train, c.test); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want … %s …", c.name, err, c.want)
		}
	}
	net.Modules[0].Layers[0].(*nn.DenseLayer).Weight.Value.Set(0, 0, math.NaN())
	if _, err := mole.LinearProbe(t.Context(), net, 0, train, test); err == nil || !strings.Contains(err.Error(), "is not finite") {
		t.Errorf("NaN in the weights: %v", err)
	}
}

func TestLinearProbeStopsWithItsContext(t *testing.T) {
	train, test := digits(1)
	net := mole.MLP(64, 512, 10)
	for patience := 0; ; patience = 3*patience + 1 {
		left := patience
		_, err := mole.LinearProbe(patient{t.Context(), &left}, net, 0, train, test)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d looks: %v", patience, err)
		}
	}
}

func ExampleProbes() {
	of := func(accuracy float64) *mole.Evaluation { return &mole.Evaluation{Accuracy: accuracy} }
	fmt.Print(mole.Probes{
		{Module: -1, Name: "data", Width: 64, Training: of(1), Test: of(0.972)},
		{Module: 0, Name: "hidden 1", Width: 128, Training: of(1), Test: of(0.981)},
	})
	// Output:
	// layer           width  training accuracy  test accuracy
	// data               64            100.0 %         97.2 %
	// hidden 1          128            100.0 %         98.1 %
}
