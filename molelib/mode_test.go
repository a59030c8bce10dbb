package mole_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleMode() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	report, err := mole.Train(context.Background(), mole.MLP(4, 16, 3), train,
		mole.Options{Mode: mole.Simultaneous, Seed: 1, Test: test, OutputEpochs: 400})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Method(), report.Accuracy() > 0.9)
	// Output: MOLE, simultaneous true
}

// start makes a trainer.
type start func(*mole.Network, mole.Examples, mole.Options) (*mole.Trainer, error)

// in returns the trainers of a mode.
func in(mode mole.Mode) start {
	return func(net *mole.Network, train mole.Examples, o mole.Options) (*mole.Trainer, error) {
		o.Mode = mode
		return mole.NewTrainer(net, train, o)
	}
}

// methods are all ways to train a network.
var methods = map[string]start{
	"sequential": in(mole.Sequential), "simultaneous": in(mole.Simultaneous), "asynchronous": in(mole.Asynchronous),
	"back-propagation": mole.NewBackprop,
}

// Of modules that are trained together a later one may want whatever it likes: the ones
// before it do not notice.
func TestNoGradientCrossesWhenModulesAreTrainedTogether(t *testing.T) {
	train, _ := digits(1)
	for _, mode := range []mole.Mode{mole.Simultaneous, mole.Asynchronous} {
		testIsolation(t, train.Head(256), mole.Options{Mode: mode, Seed: 1, Probe: -1, OutputEpochs: 2})
	}
}

func testIsolation(t *testing.T, train *data.Dataset, o mole.Options) {
	t.Helper()
	run := func(change func(later []mole.Module)) [][]float32 {
		net := mole.MLP(64, 32, 24, 16, 10)
		change(net.Modules[1:])
		if _, err := mole.Train(t.Context(), net, train, o); err != nil {
			t.Fatal(err)
		}
		return weights(net)
	}
	want := run(func([]mole.Module) {})
	for k := 1; k < 4; k++ {
		got := run(func(later []mole.Module) {
			for j := k - 1; j < len(later); j++ {
				later[j].Objective, later[j].Rate = mole.SquaredError(), 0.01*float64(j+1)
				if j < len(later)-1 {
					later[j].Objective = mole.Information{Alpha: 2, Encoder: 1}
				}
			}
		})
		for j := range got {
			if same := slices.Equal(got[j], want[j]); same != (j < k) {
				t.Errorf("%v, other objectives from module %d on: module %d has the same weights: %v", o.Mode, k, j, same)
			}
		}
	}
}

func TestEveryModuleLearnsWhenTheyAreTrainedTogether(t *testing.T) {
	train, test := digits(1)
	net := mole.MLP(64, 32, 16, 10)
	tr, err := in(mole.Simultaneous)(net, train, mole.Options{Seed: 1, Test: test, OutputEpochs: 30})
	if err != nil {
		t.Fatal(err)
	}
	before := weights(net)
	step, err := tr.Step(t.Context())
	if err != nil || step.Module != 2 || step.Epoch != 1 || step.Step != 1 {
		t.Fatalf("got %+v, %v", step, err)
	}
	for k, after := range weights(net) {
		if slices.Equal(before[k], after) {
			t.Errorf("after the first step module %d is as it was", k)
		}
	}
	report, err := tr.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Chance is 0.1; a training as long as the recipe wants reaches 0.97.
	if report.Accuracy() < 0.6 || report.Last(0, mole.MetricAccuracy) < 0.9 || report.Last(1, mole.MetricAccuracy) < 0.9 {
		t.Errorf("accuracy %v\n%v", report.Accuracy(), report)
	}
	for k := range net.Modules {
		epochs, losses := report.Values(k, mole.MetricLoss)
		if len(epochs) != 30 || losses[29] >= losses[0] {
			t.Errorf("module %d: losses %v", k, losses)
		}
	}
}

func TestDivergenceNamesModuleStepAndLayerInEveryMode(t *testing.T) {
	train, _ := digits(1)
	before := runtime.NumGoroutine()
	for _, mode := range []mole.Mode{mole.Sequential, mole.Simultaneous, mole.Asynchronous} {
		net := mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{nn.Dense(64, 16), nn.ReLU()}},
			mole.Module{
				Name: "wild", Layers: []nn.Layer{nn.Dense(16, 16), nn.Dense(16, 16)}, Objective: mole.SquaredError(),
				Optimizer: optim.SGD{}, Rate: 1e30,
			},
			mole.Module{Layers: []nn.Layer{nn.Dense(16, 10)}},
		)
		_, err := mole.Train(t.Context(), net, train, mole.Options{Mode: mode, Epochs: 1})
		if err == nil {
			t.Fatalf("%v: no error", mode)
		}
		for _, want := range []string{`module "wild"`, "epoch 1, step ", "dense 16→16", "learning rate"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %q lacks %q", mode, err, want)
			}
		}
	}
	noneLeft(t, before)
}

// counted is an objective of a user's, which shares a variable with those of other modules.
type counted struct {
	mole.Objective
	calls *int
}

func (c counted) Bind(width, classes int, rng *rand.Rand) mole.Criterion {
	return countedLoss{c.Objective.Bind(width, classes, rng), c.calls}
}

type countedLoss struct {
	mole.Criterion
	calls *int
}

func (c countedLoss) Loss(dT *tensor.Matrix, batch mole.Batch) float64 {
	*c.calls++
	return c.Criterion.Loss(dT, batch)
}

// The race detector sees it when two of them work at the same time.
func TestObjectivesOfTheUserTakeTurnsInSimultaneousTraining(t *testing.T) {
	train, _ := digits(1)
	calls := 0
	net := mole.MLP(64, 32, 16, 10).SetObjective(counted{mole.Information{}, &calls})
	if _, err := mole.Train(t.Context(), net, train.Head(256), mole.Options{Mode: mole.Simultaneous, Probe: -1, OutputEpochs: 5}); err != nil {
		t.Fatal(err)
	}
	if want := 2 * 5 * 2; calls != want {
		t.Errorf("%d calls, want %d", calls, want)
	}
}

func TestUnknownModeIsAnError(t *testing.T) {
	_, err := mole.NewTrainer(mole.MLP(4, 3), data.Iris(), mole.Options{Mode: 17})
	if err == nil || !strings.Contains(err.Error(), "no mode 17") {
		t.Errorf("got %v", err)
	}
}
