package nn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// graph returns the graph of the edges, or fails.
func graph(t testing.TB, nodes int, edges ...[2]int) *nn.Graph {
	t.Helper()
	g, err := nn.NewGraph(nodes, edges)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// near fails unless got is want, but for the rounding of float32.
func near(t *testing.T, what string, got *tensor.Matrix, want [][]float64) {
	t.Helper()
	if got.Rows != len(want) || got.Cols != len(want[0]) {
		t.Fatalf("%s: got %v, want %d×%d", what, got, len(want), len(want[0]))
	}
	for i, row := range want {
		for j, v := range row {
			if math.Abs(got.At(i, j)-v) > 2e-6*(1+math.Abs(v)) {
				t.Errorf("%s[%d,%d]: got %v, want %v", what, i, j, got.At(i, j), v)
			}
		}
	}
}

func TestGraphKeepsEachEdgeFromBothEndsOnce(t *testing.T) {
	g := graph(t, 5, [2]int{3, 1}, [2]int{0, 1}, [2]int{1, 3}, [2]int{4, 3}, [2]int{3, 4})
	want := [][]int32{{1}, {0, 3}, {}, {1, 4}, {3}}
	for i, near := range want {
		if !slices.Equal(g.Near(i), near) {
			t.Errorf("neighbours of %d: got %v, want %v", i, g.Near(i), near)
		}
	}
	if g.String() != "5 nodes, 3 edges" || g.Graphs() != 1 {
		t.Errorf("got %v of %d graphs", g, g.Graphs())
	}
}

func TestJoinedGraphsKeepTheirNeighboursAndStarts(t *testing.T) {
	a, b := graph(t, 3, [2]int{0, 2}), graph(t, 0)
	g := nn.JoinGraphs(a, b, nn.JoinGraphs(a, graph(t, 2, [2]int{0, 1})))
	if !slices.Equal(g.Starts, []int32{0, 3, 3, 6, 8}) || g.String() != "4 graphs, 8 nodes, 3 edges" {
		t.Errorf("got %v, starts %v", g, g.Starts)
	}
	for i, near := range [][]int32{{2}, {}, {0}, {5}, {}, {3}, {7}, {6}} {
		if !slices.Equal(g.Near(i), near) {
			t.Errorf("neighbours of %d: got %v, want %v", i, g.Near(i), near)
		}
	}
}

func TestBadEdgesAreNamed(t *testing.T) {
	for want, edges := range map[string][][2]int{
		"edge 1, 1–3, names a node outside 0 … 2":  {{0, 1}, {1, 3}},
		"edge 0, -1–2, names a node outside 0 … 2": {{-1, 2}},
		"edge 2 joins node 1 to itself":            {{0, 1}, {1, 2}, {1, 1}},
	} {
		if _, err := nn.NewGraph(3, edges); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", edges, err, want)
		}
	}
	if _, err := nn.NewGraph(-1, nil); err == nil {
		t.Error("a graph of −1 nodes was made")
	}
}

func TestGCNMatchesTheReference(t *testing.T) {
	var want struct {
		N       int
		Edges   [][2]int
		H, W    [][]float64
		B       []float64
		Out     [][]float64 `json:"out_linear"`
		OutReLU [][]float64 `json:"out_relu"`
	}
	golden.Read(t, "gcn.json", &want)
	l := nn.GCN(4, 3)
	l.Weight.Value, l.Bias.Value = tensor.FromRows(want.W), tensor.FromRows([][]float64{want.B})
	g, x := graph(t, want.N, want.Edges...), tensor.FromRows(want.H)
	near(t, "output", nn.ApplyOn(g, x, l), want.Out)
	near(t, "output behind ReLU", nn.ApplyOn(g, x, l, nn.ReLU()), want.OutReLU)
}

// graphStacks are layers that work on graphs, with plain ones among them, for inputs of
// width 4.
func graphStacks() [][]nn.Layer {
	return [][]nn.Layer{
		{nn.GCN(4, 3)},
		{nn.GCN(4, 5), nn.BatchNorm(5), nn.Tanh(), nn.GCN(5, 2)},
		{nn.Residual(nn.GCN(4, 3), nn.Tanh(), nn.Dense(3, 4)), nn.GCN(4, 2)},
		{nn.GraphSAGE(4, 3)}, {nn.GraphSAGE(4, 5), nn.LayerNorm(5), nn.Tanh(), nn.GraphSAGE(5, 2), nn.MeanReadout()},
		{nn.GIN()}, {nn.GIN(nn.Dense(4, 3)).WithEpsilon(0.3, false)},
		{nn.Dense(4, 3), nn.GIN(nn.Dense(3, 5), nn.Tanh(), nn.Dense(5, 2)).WithEpsilon(0.3, true), nn.Tanh(), nn.GIN(nn.Dense(2, 2)), nn.SumReadout(), nn.Dense(2, 3)},
		{nn.GAT(4, 3, nn.Attention{})}, {nn.GAT(4, 3, nn.Attention{Heads: 2})},
		{nn.GAT(4, 3, nn.Attention{Heads: 3, Mean: true, Slope: 0.1}), nn.ELU(), nn.GAT(3, 2, nn.Attention{Heads: 2}), nn.MeanReadout()},
		{nn.SumReadout()}, {nn.MeanReadout()}, {nn.MaxReadout()}, {nn.GCN(4, 4), nn.MaxReadout(), nn.Dense(4, 2)},
		{nn.GCN(4, 3), nn.Concat(nn.SumReadout(), nn.MeanReadout(), nn.MaxReadout())},
		{nn.Concat(nn.GCN(4, 2), nn.Dense(4, 3), nn.Tanh()), nn.Dense(9, 2)},
	}
}

// batch is two graphs beside each other, with isolated nodes.
func batch(t testing.TB) *nn.Graph {
	return nn.JoinGraphs(
		graph(t, 5, [2]int{0, 1}, [2]int{0, 2}, [2]int{1, 2}, [2]int{2, 3}),
		graph(t, 4, [2]int{1, 3}, [2]int{0, 1}),
		graph(t, 1))
}

// perturbed returns the layers as a stack, with parameters that are nowhere zero.
func perturbed(t testing.TB, rng *rand.Rand, layers []nn.Layer) *nn.Stack {
	t.Helper()
	s, err := nn.NewStack(4, layers...)
	if err != nil {
		t.Fatal(err)
	}
	s.Init(rng)
	for _, p := range s.Params() {
		for i := range p.Value.Data {
			p.Value.Data[i] += float32(0.3 * rng.NormFloat64())
		}
	}
	return s
}

// weighted is the loss Σ c∘y.
func weighted(y, c *tensor.Matrix) float64 {
	sum := 0.0
	for i, v := range y.Data {
		sum += float64(v) * float64(c.Data[i])
	}
	return sum
}

// TestBackwardOnGraphsMatchesFiniteDifferences takes the loss Σ c∘f(x) with random
// weights c through each stack, with respect to inputs and parameters.
func TestBackwardOnGraphsMatchesFiniteDifferences(t *testing.T) {
	g := batch(t)
	for _, layers := range graphStacks() {
		rng := rand.New(rand.NewPCG(1, 2))
		s, x := perturbed(t, rng, layers), random(rng, g.Nodes, 4)
		y := s.ForwardOn(g, x)
		weights, dx := random(rng, y.Rows, y.Cols), tensor.NewMatrix(g.Nodes, 4)
		loss := func() float64 { return weighted(s.ForwardOn(g, x), weights) }
		loss()
		s.BackwardOn(g, dx, weights)
		check(t, layers, "input", x, slices.Clone(dx.Data), loss)
		for _, p := range s.Params() {
			check(t, layers, p.Name, p.Value, slices.Clone(p.Grad.Data), loss)
		}
	}
}

// FuzzNewGraph takes pairs of bytes as edges: a graph has each from both ends, ascending
// and once, or there is an error.
func FuzzNewGraph(f *testing.F) {
	f.Add(5, []byte{0, 1, 1, 0, 2, 3})
	f.Add(3, []byte{0, 0})
	f.Add(2, []byte{0, 9, 1})
	f.Fuzz(func(t *testing.T, nodes int, pairs []byte) {
		nodes %= 1000
		var edges [][2]int
		bad := nodes < 0
		for k := 0; k+1 < len(pairs); k += 2 {
			e := [2]int{int(pairs[k]) - 2, int(pairs[k+1]) - 2}
			bad = bad || min(e[0], e[1]) < 0 || max(e[0], e[1]) >= nodes || e[0] == e[1]
			edges = append(edges, e)
		}
		g, err := nn.NewGraph(nodes, edges)
		if (err != nil) != bad {
			t.Fatalf("%d nodes, edges %v: got error %v", nodes, edges, err)
		}
		if err != nil {
			return
		}
		for _, e := range edges {
			if !slices.Contains(g.Near(e[0]), int32(e[1])) || !slices.Contains(g.Near(e[1]), int32(e[0])) {
				t.Errorf("edge %v is missing", e)
			}
		}
		for i := range nodes {
			for k, j := range g.Near(i) {
				if k > 0 && g.Near(i)[k-1] >= j {
					t.Errorf("neighbours of %d: %v", i, g.Near(i))
				}
				if !slices.Contains(edges, [2]int{i, int(j)}) && !slices.Contains(edges, [2]int{int(j), i}) {
					t.Errorf("%d–%d is no edge of %v", i, j, edges)
				}
			}
		}
	})
}
