package mole_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestMisuseIsExplained(t *testing.T) {
	iris, net := data.Iris(), mole.MLP(4, 8, 3)
	var missing struct {
		net     *mole.Network
		trainer *mole.Trainer
		x       *tensor.Matrix
		ctx     context.Context
	}
	for name, c := range map[string]struct {
		call func() error
		want string
	}{
		"no context": {func() error {
			_, err := mole.Train(missing.ctx, net, iris, mole.Options{Epochs: 1})
			return err
		}, "no context was given: use nb.Context()"},
		"no trainer":    {func() error { _, err := missing.trainer.Run(context.Background()); return err }, "the trainer is empty"},
		"empty trainer": {func() error { _, err := new(mole.Trainer).Step(context.Background()); return err }, "the trainer is empty"},
		"nil layer":     {func() error { mole.NewNetwork(mole.Module{Layers: []nn.Layer{nil}}); return nil }, "layer 0 of module 1 is nil"},
		"no examples":   {func() error { net.Activations(0, nil); return nil }, "x is nil"},
		"nil examples":  {func() error { net.Predict(missing.x); return nil }, "x is nil"},
		"no network":    {func() error { missing.net.Activations(0, iris.X); return nil }, "the network is nil"},
		"evaluate with no network": {func() error {
			_, err := missing.net.EvaluateContext(context.Background(), iris)
			return err
		}, "the network is nil"},
	} {
		if got := complaint(c.call); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, c.want)
		}
	}
}

// complaint returns the error of f, or what it panics with.
func complaint(f func() error) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	return fmt.Sprint(f())
}

func TestBadInputIsAnErrorThatSaysWhatToDo(t *testing.T) {
	train, _ := digits(1)
	labels := train.Subset([]int{0, 1, 2})
	labels.Y[1] = 10
	missing := train.Subset([]int{0, 1, 2})
	missing.X.Set(2, 5, math.NaN())
	iris := data.Iris()
	with := func(set func(*mole.Module)) *mole.Network {
		net := mole.MLP(64, 10)
		set(&net.Modules[0])
		return net
	}
	for _, c := range []struct {
		name  string
		net   *mole.Network
		train *data.Dataset
		o     mole.Options
		want  string
	}{
		{"label", mole.MLP(64, 10), labels, mole.Options{}, "label 10 is outside"},
		{"NaN", mole.MLP(64, 10), missing, mole.Options{}, "row 2, column 5 is NaN"},
		{"width", mole.MLP(63, 10), train, mole.Options{}, "mole.MLP(64, …)"},
		{"classes", mole.MLP(64, 9), train, mole.Options{}, "give it a width of 10"},
		{"no last module", mole.MLP(64, 32), train, mole.Options{}, "give the network one more of width 10"},
		{"a part that is sorted", mole.MLP(4, 3), iris.Head(100), mole.Options{}, "no example of class 2 (virginica)"},
		{"empty", mole.MLP(64, 10), train.Subset(nil), mole.Options{}, "no examples"},
		{"one", mole.MLP(64, 10), train.Head(1), mole.Options{}, "at least 2"},
		{"none", mole.MLP(64, 10), nil, mole.Options{}, "no dataset"},
		{"network", nil, train, mole.Options{}, "no network"},
		{"test", mole.MLP(64, 10), train, mole.Options{Test: iris}, "test data"},
		{"batch", mole.MLP(64, 10), train, mole.Options{Batch: 1}, "at least 2 examples"},
		{"rate", mole.MLP(64, 10), train, mole.Options{Rate: math.NaN()}, "learning rate"},
		{"schedule", mole.MLP(64, 10), train, mole.Options{Schedule: optim.Steps{Every: 0.5, Gamma: -1}}, "optim: Steps: a factor of -1"},
		{"optimizer", with(func(m *mole.Module) { m.Optimizer = optim.Adam{Beta1: 1} }), train, mole.Options{}, `module "output": optim: β₁ = 1`},
		{"rate of a module", with(func(m *mole.Module) { m.Rate = -1 }), train, mole.Options{}, `module "output": learning rate -1`},
		{"epochs of a module", with(func(m *mole.Module) { m.Epochs = -1 }), train, mole.Options{}, `module "output": -1 epochs`},
		{"channels", mole.MLP(64, 8, 10).SetObjective(mole.Information{Channels: 5}), train, mole.Options{}, "does not divide into 5 channels"},
		{"alpha", mole.MLP(64, 8, 10).SetObjective(mole.Information{Alpha: -2}), train, mole.Options{}, `module "hidden 1"`},
	} {
		if _, err := mole.Train(t.Context(), c.net, c.train, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want … %s …", c.name, err, c.want)
		}
	}
}
