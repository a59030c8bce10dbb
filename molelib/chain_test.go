package mole

import (
	"math"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Every parameter of a chain of modules, two of which take the representations behind all
// modules before them, gets the gradient that finite differences give.
func TestGradientsOfAChainWithJumpsAreThoseOfFiniteDifferences(t *testing.T) {
	club, err := flowOf(data.Karate())
	if err != nil {
		t.Fatal(err)
	}
	club.nodes = []int{0, 5, 33}
	set := flow{parts: make([]*nn.Graph, 3), readout: nn.SumReadout()}
	for k := range set.parts {
		if set.parts[k], err = nn.NewGraph(3+k, [][2]int{{0, 1}, {1, 2}}); err != nil {
			t.Fatal(err)
		}
	}
	set.graph = nn.JoinGraphs(set.parts...)
	set.x = tensor.NewMatrix(set.graph.Nodes, 34)
	rng := stream(1, streamProbe, 0)
	for i := range set.x.Data {
		set.x.Data[i] = float32(rng.NormFloat64())
	}
	rows := flow{x: tensor.NewMatrix(3, 34)}
	copy(rows.x.Data, set.x.Data)
	for name, c := range map[string]struct {
		in    flow
		layer func(in, out int) nn.Layer
	}{
		"rows":   {rows, func(in, out int) nn.Layer { return nn.Dense(in, out) }},
		"nodes":  {club, func(in, out int) nn.Layer { return nn.GCN(in, out) }},
		"graphs": {set, func(in, out int) nn.Layer { return nn.GCN(in, out) }},
	} {
		net := NewNetwork(
			Module{Layers: []nn.Layer{c.layer(34, 4), nn.Tanh()}, Readout: nn.MeanReadout()},
			Module{Layers: []nn.Layer{c.layer(4, 3), nn.Tanh()}},
			Module{Layers: []nn.Layer{nn.Dense(7, 5), nn.Tanh()}, Jumping: true},
			Module{Layers: []nn.Layer{nn.Dense(12, 2)}, Jumping: true},
		)
		chain, err := newChain(net, []int{0, 1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		labels, gradient := []int{0, 1, 0}, tensor.NewMatrix(3, 2)
		loss := func() float64 {
			out := chain.forward(&c.in)
			return nn.CrossEntropy(gradient, out.x, labels)
		}
		loss()
		chain.backward(gradient)
		for k, p := range chain.Params() {
			analytic := append([]float32(nil), p.Grad.Data...)
			for i := 0; i < len(p.Value.Data); i += 1 + len(p.Value.Data)/7 {
				// float32 holds the loss to about 1e-7, so that the quotient is good to 1e-4.
				const h = 1e-2
				at := p.Value.Data[i]
				p.Value.Data[i] = at + h
				above := loss()
				p.Value.Data[i] = at - h
				below := loss()
				p.Value.Data[i] = at
				if want := (above - below) / (2 * h); math.Abs(float64(analytic[i])-want) > 2e-4+0.01*math.Abs(want) {
					t.Errorf("%s, parameter %d (%s), value %d: gradient %v, finite difference %v", name, k, p.Name, i, analytic[i], want)
				}
			}
		}
	}
}
