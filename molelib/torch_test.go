package mole_test

import (
	"math"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// torch is testdata/torch.json, of testdata/golden.py.
type torch struct {
	X       [][]float64
	Y       []int
	Start   map[string][]float32 // weights by PyTorch's names
	Trained map[string]map[string][]float32
}

// TestTrainingMatchesPyTorch compares the weights of whole trainings, of 20 steps of the first
// module and 30 of the second, with those of automatic differentiation in float64: the
// gradients of the objectives, the layers, the optimizer, its schedule and what lies between
// modules.
func TestTrainingMatchesPyTorch(t *testing.T) {
	var f torch
	golden.Read(t, "torch.json", &f)
	plain := mole.Information{Projection: -1}
	objectives := map[string]mole.Objective{
		"I(T;Y)":                 plain,
		"I(T;Y)/S(T,Y), order 2": mole.Information{Projection: -1, Alpha: 2, Normalized: true},
		"bottleneck, order 1.5":  mole.Information{Projection: -1, Alpha: 1.5, Decoder: 1, Encoder: -0.3},
		"Laplacian, order 2":     mole.Information{Projection: -1, Alpha: 2, Kernel: mi.Laplacian, Scale: 0.8},
		"I(T;X), order 2":        mole.Information{Projection: -1, Alpha: 2, Encoder: 1},
		"channels":               mole.Information{Channels: 4},
		"CKA":                    mole.Dependence{},
		"HSIC bottleneck":        mole.Dependence{Measure: mole.HSIC, Encoder: -0.2},
		"Cauchy-Schwarz":         mole.Dependence{Measure: mole.CauchySchwarz},
		"clipped":                plain,
		"simultaneous":           plain,
		"targets":                plain,
		"back-propagation":       plain,
	}
	for name, want := range f.Trained {
		t.Run(name, func(t *testing.T) { f.compare(t, name, objectives[name], want) })
	}
}

func (f torch) compare(t *testing.T, name string, objective mole.Objective, want map[string][]float32) {
	net := mole.MLP(4, 8, 3).SetObjective(objective)
	f.begin(t, net)
	train := &data.Dataset{Name: "drawn", X: tensor.FromRows(f.X), Y: f.Y, Classes: []string{"a", "b", "c"}}
	o := mole.Options{Batch: len(f.Y), Epochs: 20, OutputEpochs: 30, Rate: 0.01, Continue: true}
	run := mole.Train
	switch name {
	case "clipped":
		o.Clip = 0.05
	case "simultaneous":
		o.Mode = mole.Simultaneous
	case "targets":
		train.Targets = tensor.NewMatrix(len(f.X), 3)
		for i := range f.X {
			copy(train.Targets.Row(i), train.X.Row(len(f.X) - 1 - i)[:3])
		}
		train.Y, train.Classes = nil, nil
	case "back-propagation":
		run = mole.Backprop
	}
	if _, err := run(t.Context(), net, train, o); err != nil {
		t.Fatal(err)
	}
	for k, prefix := range []string{"0.", "2."} {
		ends(t, net.Modules[k].Layers[0], want, func(name string) string { return prefix + name })
	}
}

// begin gives the network the weights that PyTorch began with.
func (f torch) begin(t *testing.T, net *mole.Network) {
	t.Helper()
	for k, prefix := range []string{"0.", "2."} {
		begins(t, net.Modules[k].Layers[0], f.Start, func(name string) string { return prefix + name })
	}
}

// begins gives a layer weights of the given names.
func begins(t *testing.T, l nn.Layer, weights map[string][]float32, called func(string) string) {
	t.Helper()
	shapes := make(map[string][]int)
	for _, part := range nn.State(l) {
		shapes[part.Name] = part.Shape
	}
	if err := nn.SetState(l, func(name string) (nn.Tensor, bool) {
		return nn.Tensor{Name: name, Shape: shapes[name], Data: weights[called(name)]}, true
	}); err != nil {
		t.Fatal(err)
	}
}

// ends compares the weights of a layer.
func ends(t *testing.T, l nn.Layer, want map[string][]float32, called func(string) string) {
	t.Helper()
	for _, part := range nn.State(l) {
		for i, v := range want[called(part.Name)] {
			// float32, over 50 steps
			if got := part.Data[i]; !(math.Abs(float64(got-v)) <= 2e-5) {
				t.Fatalf("%s: %s[%d]: got %v, want %v", l.Name(), part.Name, i, got, v)
			}
		}
	}
}
