package mole

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// BenchmarkStep times one training step of the MLP 784-512-256-10 with a batch of 128:
// back-propagation, and the sum over all modules of MOLE, in the setting that
// peers are measured in (no projection, frozen forward by cached features).
func BenchmarkStep(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	d := &data.Dataset{Name: "random", X: tensor.NewMatrix(128, 784), Y: make([]int, 128), Shape: []int{784}}
	for i := range d.X.Data {
		d.X.Data[i] = float32(rng.NormFloat64())
	}
	for i := range d.Y {
		d.Y[i] = rng.IntN(10)
	}
	for range 10 {
		d.Classes = append(d.Classes, "class")
	}
	for _, c := range []struct {
		name      string
		objective Information
	}{
		{"mole/alpha=1.01", Information{Projection: -1}},
		{"mole/alpha=2", Information{Projection: -1, Alpha: 2}},
		{"mole/projection", Information{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			net := MLP(784, 512, 256, 10).SetObjective(c.objective)
			benchmarkSteps(b, NewTrainer, net, d)
		})
	}
	b.Run("backprop", func(b *testing.B) { benchmarkSteps(b, NewBackprop, MLP(784, 512, 256, 10), d) })
}

func benchmarkSteps(b *testing.B, make func(*Network, Examples, Options) (*Trainer, error), net *Network, d *data.Dataset) {
	t, err := make(net, d, Options{Probe: -1})
	if err != nil {
		b.Fatal(err)
	}
	var all []*work
	var inputs []flow
	in := input{train: flow{x: d.X}}
	for _, s := range t.stages {
		w, err := newWork(net, s, d.Len(), t.options)
		if err != nil {
			b.Fatal(err)
		}
		all, inputs = append(all, w), append(inputs, in.train)
		if in, err = in.through(context.Background(), net, s.modules()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, w := range all {
			w.learners[0].taken = 0
			w.draw(&w.parcel, &inputs[i], t.train)
			if _, ok := w.learners[0].learn(&w.parcel.in, w.parcel.answers); !ok {
				b.Fatal("loss is not finite")
			}
		}
	}
}
