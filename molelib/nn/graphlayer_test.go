package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestGINAndReadoutsMatchTheReference(t *testing.T) {
	var structure struct {
		N     int
		Edges [][2]int
		H     [][]float64
	}
	golden.Read(t, "gcn.json", &structure)
	var want struct {
		Eps  float64
		Out  [][]float64
		Sum  []float64 `json:"sum_readout"`
		Mean []float64 `json:"mean_readout"`
		Max  []float64 `json:"max_readout"`
	}
	golden.Read(t, "gin_aggregate.json", &want)
	g, x := graph(t, structure.N, structure.Edges...), tensor.FromRows(structure.H)
	near(t, "aggregate", nn.ApplyOn(g, x, nn.GIN().WithEpsilon(want.Eps, false)), want.Out)
	near(t, "sum", nn.ApplyOn(g, x, nn.SumReadout()), [][]float64{want.Sum})
	near(t, "mean", nn.ApplyOn(g, x, nn.MeanReadout()), [][]float64{want.Mean})
	near(t, "max", nn.ApplyOn(g, x, nn.MaxReadout()), [][]float64{want.Max})
}

// TestAttentionIsTheFormula computes one head on a path of three nodes by hand.
func TestAttentionIsTheFormula(t *testing.T) {
	l := nn.GAT(1, 1, nn.Attention{})
	l.Weight.Value.Data[0], l.Source.Value.Data[0], l.Destination.Value.Data[0], l.Bias.Value.Data[0] = 2, 1, -3, 0.5
	z := []float64{2, -4, 6} // 2·x
	var want [][]float64
	for i, near := range [][]int{{0, 1}, {1, 0, 2}, {2, 1}} {
		total, sum := 0.0, 0.0
		for _, j := range near {
			score := z[j] - 3*z[i]
			if score < 0 {
				score *= 0.2
			}
			total += math.Exp(score)
			sum += math.Exp(score) * z[j]
		}
		want = append(want, []float64{sum/total + 0.5})
	}
	g := graph(t, 3, [2]int{0, 1}, [2]int{1, 2})
	near(t, "attention", nn.ApplyOn(g, tensor.FromRows([][]float64{{1}, {-2}, {3}}), l), want)
}

// TestRenumberedNodesGiveRenumberedRows is permutation equivariance, and invariance
// behind a readout.
func TestRenumberedNodesGiveRenumberedRows(t *testing.T) {
	edges := [][2]int{{0, 1}, {0, 2}, {1, 2}, {2, 3}, {4, 6}}
	to := []int{3, 6, 0, 5, 1, 4, 2}
	var renumbered [][2]int
	for _, e := range edges {
		renumbered = append(renumbered, [2]int{to[e[0]], to[e[1]]})
	}
	g, other := graph(t, 7, edges...), graph(t, 7, renumbered...)
	for _, layers := range graphStacks() {
		rng := rand.New(rand.NewPCG(3, 4))
		perturbed(t, rng, layers)
		x := random(rng, 7, 4)
		moved := tensor.NewMatrix(7, 4)
		for i, j := range to {
			copy(moved.Row(j), x.Row(i))
		}
		y, got := nn.ApplyOn(g, x, layers...), nn.ApplyOn(other, moved, layers...)
		for i := range y.Rows {
			row := i
			if y.Rows == 7 {
				row = to[i]
			}
			// Sums in another order differ by rounding.
			alike(t, layers[0].Name(), got.Row(row), y.Row(i))
		}
	}
}

func alike(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d values, want %d", what, len(got), len(want))
	}
	for c, v := range want {
		if math.Abs(float64(got[c]-v)) > 1e-5*(1+math.Abs(float64(v))) {
			t.Errorf("%s, column %d: got %v, want %v", what, c, got[c], v)
		}
	}
}

func TestABatchIsItsGraphsOneByOne(t *testing.T) {
	graphs := []*nn.Graph{
		graph(t, 4, [2]int{0, 1}, [2]int{1, 2}), graph(t, 1), graph(t, 3, [2]int{0, 2}, [2]int{1, 2}, [2]int{0, 1}),
	}
	joined := nn.JoinGraphs(graphs...)
	for _, layers := range graphStacks() {
		rng := rand.New(rand.NewPCG(5, 6))
		perturbed(t, rng, layers)
		x := random(rng, joined.Nodes, 4)
		var want []float32
		for k, g := range graphs {
			part := x.View(int(joined.Starts[k]), int(joined.Starts[k+1]))
			want = append(want, nn.ApplyOn(g, &part, layers...).Data...)
		}
		got := nn.ApplyOn(joined, x, layers...).Data
		if len(got) != len(want) {
			t.Fatalf("%s: got %d values, want %d", layers[0].Name(), len(got), len(want))
		}
		// A matrix product of another size may add in another order.
		alike(t, layers[0].Name(), got, want)
	}
}

func TestLayersOnGraphsAreAppliedFromSeveralGoroutines(t *testing.T) {
	for _, layers := range graphStacks() {
		g, rng := batch(t), rand.New(rand.NewPCG(7, 8))
		perturbed(t, rng, layers)
		x := random(rng, g.Nodes, 4)
		results := make([]*tensor.Matrix, 4)
		var all sync.WaitGroup
		for k := range results {
			all.Go(func() { results[k] = nn.ApplyOn(g, x, layers...) })
		}
		all.Wait()
		for _, y := range results[1:] {
			if !slices.Equal(y.Data, results[0].Data) {
				t.Errorf("%s: two goroutines got different values", layers[0].Name())
			}
		}
	}
}

// TestTrainingAndUseAgree holds for all stacks without dropout and batch norm.
func TestTrainingAndUseAgreeOnGraphs(t *testing.T) {
	for _, layers := range graphStacks() {
		if strings.Contains(fmt.Sprint(names(layers)), "batch norm") {
			continue
		}
		g, rng := batch(t), rand.New(rand.NewPCG(7, 8))
		s := perturbed(t, rng, layers)
		x := random(rng, g.Nodes, 4)
		if got := s.ForwardOn(g, x); !slices.Equal(got.Data, nn.ApplyOn(g, x, layers...).Data) {
			t.Errorf("%v: ForwardOn and ApplyOn differ", names(layers))
		}
	}
}

func names(layers []nn.Layer) []string {
	var all []string
	for _, l := range layers {
		all = append(all, l.Name())
	}
	return all
}

func TestClonesOfGraphLayersShareNothing(t *testing.T) {
	for _, layers := range graphStacks() {
		g, rng := batch(t), rand.New(rand.NewPCG(9, 10))
		s := perturbed(t, rng, layers)
		x := random(rng, g.Nodes, 4)
		var clones []nn.Layer
		for _, l := range layers {
			clones = append(clones, l.Clone())
		}
		before := nn.ApplyOn(g, x, clones...)
		for _, p := range s.Params() {
			clear(p.Value.Data)
		}
		y := s.ForwardOn(g, x)
		s.BackwardOn(g, nil, y)
		if after := nn.ApplyOn(g, x, clones...); !slices.Equal(before.Data, after.Data) {
			t.Errorf("%v: the clones changed with the originals", names(layers))
		}
		if fmt.Sprint(names(clones)) != fmt.Sprint(names(layers)) {
			t.Errorf("clones are called %v, want %v", names(clones), names(layers))
		}
	}
}

func TestRescaledGraphLayersGiveScaledOutputs(t *testing.T) {
	for _, layers := range [][]nn.Layer{
		{nn.GCN(4, 3)}, {nn.GraphSAGE(4, 3)}, {nn.GAT(4, 3, nn.Attention{Heads: 2})}, {nn.GAT(4, 3, nn.Attention{Heads: 2, Mean: true})},
		{nn.GIN(nn.Dense(4, 5), nn.ReLU(), nn.Dense(5, 3), nn.ReLU())},
	} {
		g, rng := batch(t), rand.New(rand.NewPCG(11, 12))
		perturbed(t, rng, layers)
		x := random(rng, g.Nodes, 4)
		want := nn.ApplyOn(g, x, layers...)
		layers[0].(nn.Rescaler).Rescale(2.5)
		got := nn.ApplyOn(g, x, layers...)
		for i := range want.Data {
			want.Data[i] *= 2.5
		}
		alike(t, layers[0].Name(), got.Data, want.Data)
	}
}

func TestRescaleLeavesAGINAloneWhereItWouldNotBeExact(t *testing.T) {
	l := nn.GIN(nn.Dense(4, 3), nn.Tanh())
	l.Init(rand.New(rand.NewPCG(1, 2)))
	before := slices.Clone(l.Params()[0].Value.Data)
	l.Rescale(2)
	if !slices.Equal(before, l.Params()[0].Value.Data) {
		t.Error("the weights in front of a tanh were changed")
	}
}

func TestStateHasTheNamesAndShapesOfPyTorchGeometric(t *testing.T) {
	for want, l := range map[string]nn.Layer{
		"lin.weight[3 4] bias[3]":                                                             nn.GCN(4, 3),
		"lin_l.weight[3 4] lin_l.bias[3] lin_r.weight[3 4]":                                   nn.GraphSAGE(4, 3),
		"eps[1] nn.0.weight[5 4] nn.0.bias[5] nn.2.weight[3 5] nn.2.bias[3]":                  nn.GIN(nn.Dense(4, 5), nn.ReLU(), nn.Dense(5, 3)),
		"lin.weight[6 4] att_src[1 2 3] att_dst[1 2 3] bias[6]":                               nn.GAT(4, 3, nn.Attention{Heads: 2}),
		"lin.weight[6 4] att_src[1 2 3] att_dst[1 2 3] bias[3]":                               nn.GAT(4, 3, nn.Attention{Heads: 2, Mean: true}),
		"0.lin.weight[4 4] 0.bias[4]":                                                         nn.Residual(nn.GCN(4, 4), nn.ReLU()),
		"0.lin.weight[3 4] 0.bias[3] 1.lin_l.weight[2 4] 1.lin_l.bias[2] 1.lin_r.weight[2 4]": nn.Concat(nn.GCN(4, 3), nn.GraphSAGE(4, 2)),
		"": nn.Concat(nn.SumReadout(), nn.MaxReadout()),
	} {
		l.Init(rand.New(rand.NewPCG(1, 2)))
		var got []string
		parts := map[string]nn.Tensor{}
		for _, part := range nn.State(l) {
			got = append(got, part.Name+fmt.Sprint(part.Shape))
			parts[part.Name] = part
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %v", l.Name(), got, want)
		}
		other := l.Clone()
		other.Init(rand.New(rand.NewPCG(3, 4)))
		if err := nn.SetState(other, func(name string) (nn.Tensor, bool) { p, ok := parts[name]; return p, ok }); err != nil {
			t.Fatal(err)
		}
		for i, p := range l.Params() {
			if !slices.Equal(p.Value.Data, other.Params()[i].Value.Data) {
				t.Errorf("%s: %s was not restored", l.Name(), p.Name)
			}
		}
	}
}

func TestStacksThatCannotWorkOnAGraphAreRefused(t *testing.T) {
	for want, layers := range map[string][]nn.Layer{
		"layer 2: gcn 3→2 works on nodes, but layer 1, sum readout, has made one row of each graph": {nn.GCN(4, 3), nn.SumReadout(), nn.GCN(3, 2)},
		"layer 1: max readout works on nodes":                           {nn.SumReadout(), nn.MaxReadout()},
		"layer 0: gcn 3→2 takes 3 values, but gets 4":                   {nn.GCN(3, 2)},
		"layer 0: gat 3→1×2 takes 3 values, but gets 4":                 {nn.GAT(3, 2, nn.Attention{})},
		"layer 0: graphsage 3→2 takes 3 values, but gets 4":             {nn.GraphSAGE(3, 2)},
		"layer 0: gin: layer 0: dense 3→2 takes 3 values, but gets 4":   {nn.GIN(nn.Dense(3, 2))},
		"gin (gcn 4→2): the layers inside must be plain ones":           {nn.GIN(nn.GCN(4, 2))},
		"residual (sum readout): a readout does not give the rows back": {nn.Residual(nn.SumReadout())},
		"1 of 2 layers are readouts: all must be or none":               {nn.Concat(nn.SumReadout(), nn.Flatten())},
		"concat (gcn 3→2): layer 0: gcn 3→2 takes 3 values, but gets 4": {nn.Concat(nn.GCN(3, 2))},
		"concat (): there is no layer":                                  {nn.Concat()},
		"layer 1: dense 4→2 takes 4 values, but gets 8":                 {nn.Concat(nn.SumReadout(), nn.MaxReadout()), nn.Dense(4, 2)},
	} {
		if _, err := nn.NewStack(4, layers...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestPassesWithoutAGraphPanicClearly(t *testing.T) {
	x := tensor.NewMatrix(3, 4)
	s, err := nn.NewStack(4, nn.GCN(4, 2))
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(){
		"works on a graph, but there is none":              func() { s.Forward(x) },
		"use ApplyOn, ForwardOn":                           func() { nn.GIN().Apply(x, x) },
		"the graph has 10 nodes, but the input has 3 rows": func() { s.ForwardOn(batch(t), x) },
		"GCN(0, 2): widths must be at least 1":             func() { nn.GCN(0, 2) },
		"GraphSAGE(4, 0): widths must be at least 1":       func() { nn.GraphSAGE(4, 0) },
		"slope and dropout between 0 and 1":                func() { nn.GAT(4, 2, nn.Attention{Dropout: 1}) },
		"GAT(4, 2, {Heads:-1":                              func() { nn.GAT(4, 2, nn.Attention{Heads: -1}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "nn: ") || !strings.Contains(got, name) {
					t.Errorf("got %q, want %q", got, name)
				}
			}()
			call()
		}()
	}
}
