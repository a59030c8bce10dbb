package nn_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// coraLike returns a graph of Cora's size, 2,708 nodes and 5,278 edges, and features of its
// form: rows of 1,433 words, about 18 of which are there.
func coraLike(b *testing.B) (*nn.Graph, *tensor.Matrix) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := randomGraph(b, rng, 2708, 5278)
	x := tensor.NewMatrix(g.Nodes, 1433)
	for i := range g.Nodes {
		for range 18 {
			x.Row(i)[rng.IntN(x.Cols)] = 1.0 / 18
		}
	}
	return g, x
}

func randomGraph(b *testing.B, rng *rand.Rand, nodes, edges int) *nn.Graph {
	seen := map[[2]int]bool{}
	var list [][2]int
	for len(list) < edges {
		e := [2]int{rng.IntN(nodes), rng.IntN(nodes)}
		if e[0] < e[1] && !seen[e] {
			seen[e] = true
			list = append(list, e)
		}
	}
	return graph(b, nodes, list...)
}

// BenchmarkNodes times forward and backward pass on a graph of Cora's size, with its sparse
// features and with dense ones.
func BenchmarkNodes(b *testing.B) {
	for _, c := range []struct {
		name   string
		dense  bool
		layers []nn.Layer
	}{
		{"gcn", false, []nn.Layer{nn.GCN(1433, 64), nn.ReLU(), nn.GCN(64, 7)}},
		{"gcn 16", false, []nn.Layer{nn.GCN(1433, 16), nn.ReLU(), nn.GCN(16, 7)}},
		{"gcn 16, dense", true, []nn.Layer{nn.GCN(1433, 16), nn.ReLU(), nn.GCN(16, 7)}},
		{"gcn, dense", true, []nn.Layer{nn.GCN(1433, 64), nn.ReLU(), nn.GCN(64, 7)}},
		{"gcn with dropout", false, []nn.Layer{nn.Dropout(0.5), nn.GCN(1433, 64), nn.ReLU(), nn.Dropout(0.5), nn.GCN(64, 7)}},
		{"graphsage", false, []nn.Layer{nn.GraphSAGE(1433, 64), nn.ReLU(), nn.GraphSAGE(64, 7)}},
		{"gat", false, []nn.Layer{nn.GAT(1433, 8, nn.Attention{Heads: 8}), nn.ELU(), nn.GAT(64, 7, nn.Attention{})}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g, x := coraLike(b)
			if c.dense {
				x = random(rand.New(rand.NewPCG(5, 6)), x.Rows, x.Cols)
			}
			timeSteps(b, g, x, c.layers)
		})
	}
}

// BenchmarkGraphs times forward and backward pass of three GIN layers of 32 and a readout
// on a batch of 128 graphs like MUTAG's: 18 nodes, 20 edges, 7 kinds of nodes.
func BenchmarkGraphs(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var parts []*nn.Graph
	for range 128 {
		parts = append(parts, randomGraph(b, rng, 18, 20))
	}
	g := nn.JoinGraphs(parts...)
	x := tensor.NewMatrix(g.Nodes, 7)
	for i := range g.Nodes {
		x.Row(i)[rng.IntN(7)] = 1
	}
	b.Run("gin", func(b *testing.B) {
		timeSteps(b, g, x, []nn.Layer{
			nn.GIN(nn.Dense(7, 32), nn.ReLU(), nn.Dense(32, 32), nn.ReLU()),
			nn.GIN(nn.Dense(32, 32), nn.ReLU(), nn.Dense(32, 32), nn.ReLU()),
			nn.GIN(nn.Dense(32, 32), nn.ReLU(), nn.Dense(32, 32), nn.ReLU()),
			nn.SumReadout(), nn.Dense(32, 2),
		})
	})
	b.Run("join", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			nn.JoinGraphs(parts...)
		}
	})
}

// timeSteps reports the 10th percentile beside the mean: on a shared machine it is what
// repeats.
func timeSteps(b *testing.B, g *nn.Graph, x *tensor.Matrix, layers []nn.Layer) {
	b.Helper()
	s, err := nn.NewStack(x.Cols, layers...)
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	s.Init(rng)
	s.Fix(x)
	y := s.ForwardOn(g, x)
	dy := random(rng, y.Rows, y.Cols)
	var steps []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		s.ForwardOn(g, x)
		s.BackwardOn(g, nil, dy)
		steps = append(steps, time.Since(start))
	}
	slices.Sort(steps)
	b.ReportMetric(float64(steps[len(steps)/10].Microseconds())/1000, "p10-ms")
}
