package mole_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
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
