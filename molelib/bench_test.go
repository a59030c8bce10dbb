package mole

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// BenchmarkStep times one training step of the MLP 784-512-256-10 with a batch of 128:
// back-propagation, and the sum over all modules of MOLE, in the setting that
// peers are measured in (no projection, frozen forward by cached features).
func BenchmarkStep(b *testing.B) {
	d := random(128)
	for _, c := range []struct {
		name      string
		objective Information
	}{
		{"mole/alpha=1.01", Information{Projection: -1}},
		{"mole/alpha=2", Information{Projection: -1, Alpha: 2}},
		{"mole/projection", Information{}},
		{"mole/encoder", Information{Decoder: 1, Encoder: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			net := MLP(784, 512, 256, 10).SetObjective(c.objective)
			benchmarkSteps(b, NewTrainer, net, d)
		})
	}
	b.Run("backprop", func(b *testing.B) { benchmarkSteps(b, NewBackprop, MLP(784, 512, 256, 10), d) })
}

// random returns n random examples of 784 features in ten classes.
func random(n int) *data.Dataset {
	rng := rand.New(rand.NewPCG(1, 1))
	d := &data.Dataset{Name: "random", X: tensor.NewMatrix(n, 784), Y: make([]int, n), Shape: []int{784}}
	for i := range d.X.Data {
		d.X.Data[i] = float32(rng.NormFloat64())
	}
	for i := range d.Y {
		d.Y[i] = rng.IntN(10)
	}
	for range 10 {
		d.Classes = append(d.Classes, "class")
	}
	return d
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
	var steps []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		for i, w := range all {
			l := w.learners[0]
			l.taken = 0
			w.draw(&w.parcel, &inputs[i], t.train)
			l.forward(&w.parcel.in, w.parcel.answers)
			if !l.learn() {
				b.Fatal("loss is not finite")
			}
		}
		steps = append(steps, time.Since(start))
	}
	reportSteps(b, steps)
}

// reportSteps adds the 10th percentile.
func reportSteps(b *testing.B, steps []time.Duration) {
	slices.Sort(steps)
	b.ReportMetric(float64(steps[len(steps)/10].Microseconds())/1000, "p10-ms")
}

// benchmarkTogether times steps of all modules on the same batch.
func benchmarkTogether(b *testing.B, net *Network, d *data.Dataset) {
	t, err := NewTrainer(net, d, Options{Probe: -1, Mode: Simultaneous})
	if err != nil {
		b.Fatal(err)
	}
	if err := t.begin(); err != nil {
		b.Fatal(err)
	}
	var steps []time.Duration
	for b.Loop() {
		for _, l := range t.work.learners {
			l.taken = 0
		}
		start := time.Now()
		if _, err := t.step(); err != nil {
			b.Fatal(err)
		}
		steps = append(steps, time.Since(start))
	}
	reportSteps(b, steps)
}

// BenchmarkPeers times what docs/benchmarks.md compares with PyTorch: stochastic gradient
// descent, no projection, the 10th percentile of the steps; of MOLE a step of all modules on
// the same batch.
func BenchmarkPeers(b *testing.B) {
	d := random(128)
	sgd := func(net *Network) *Network {
		for k := range net.Modules {
			net.Modules[k].Optimizer = optim.SGD{}
		}
		return net
	}
	perceptron := func() *Network { return sgd(MLP(784, 512, 256, 10)) }
	b.Run("MLP/backprop", func(b *testing.B) { benchmarkSteps(b, NewBackprop, perceptron(), d) })
	b.Run("MLP/backprop, Adam", func(b *testing.B) { benchmarkSteps(b, NewBackprop, MLP(784, 512, 256, 10), d) })
	b.Run("CNN/backprop", func(b *testing.B) { benchmarkSteps(b, NewBackprop, sgd(convolutions()), d) })
	for _, alpha := range []float64{1.01, 2} {
		objective := Information{Projection: -1, Alpha: alpha}
		b.Run(fmt.Sprintf("MLP/MOLE %v", alpha), func(b *testing.B) {
			benchmarkTogether(b, perceptron().SetObjective(objective), d)
		})
		b.Run(fmt.Sprintf("CNN/MOLE %v", alpha), func(b *testing.B) {
			benchmarkTogether(b, sgd(convolutions()).SetObjective(objective), d)
		})
	}
}

// convolutions are two of 32 and 64 channels, and two dense layers.
func convolutions() *Network {
	net := CNN(nn.Grid{Channels: 1, Height: 28, Width: 28}, 10, 32, 64)
	return NewNetwork(net.Modules[0], net.Modules[1],
		Module{Layers: []nn.Layer{nn.Dense(net.Width(1), 128), nn.ReLU()}}, Module{Layers: []nn.Layer{nn.Dense(128, 10)}})
}

// BenchmarkModes times a step of all modules of the same network on two processors or more,
// in each mode: 3,072 random examples, 24 steps an epoch, without measurements. ms/step is
// that of the fastest epoch.
func BenchmarkModes(b *testing.B) {
	d := random(3072)
	for _, c := range []struct {
		name string
		make func(*Network, Examples, Options) (*Trainer, error)
		mode Mode
	}{
		{"simultaneous", NewTrainer, Simultaneous}, {"asynchronous", NewTrainer, Asynchronous}, {"backprop", NewBackprop, 0},
	} {
		for _, net := range []*Network{MLP(784, 512, 256, 10), MLP(784, 256, 256, 256, 256, 256, 256, 256, 256, 10)} {
			b.Run(fmt.Sprintf("%s/%d modules", c.name, len(net.Modules)), func(b *testing.B) {
				t, err := c.make(net, d, Options{Mode: c.mode, Probe: -1, OutputEpochs: 1 << 20, Schedule: optim.Constant{}, Rate: 1e-4})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := t.Epoch(context.Background()); err != nil {
					b.Fatal(err)
				}
				fastest := math.Inf(1) // of the epochs: the machine may do other work
				for b.Loop() {
					start := t.report.Duration()
					if _, err := t.Epoch(context.Background()); err != nil {
						b.Fatal(err)
					}
					fastest = min(fastest, (t.report.Duration() - start).Seconds())
				}
				b.ReportMetric(fastest*1e3/24, "ms/step")
			})
		}
	}
}
