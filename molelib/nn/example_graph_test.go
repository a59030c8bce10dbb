package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleNewGraph() {
	g, err := nn.NewGraph(4, [][2]int{{0, 1}, {2, 1}})
	fmt.Println(g, err)
	fmt.Println(g.Near(0), g.Near(1), g.Near(2), g.Near(3))
	_, err = nn.NewGraph(2, [][2]int{{0, 5}})
	fmt.Println(err)
	// Output:
	// 4 nodes, 2 edges <nil>
	// [1] [0 2] [1] []
	// nn: edge 0, 0–5, names a node outside 0 … 1
}

func ExampleJoinGraphs() {
	pair, _ := nn.NewGraph(2, [][2]int{{0, 1}})
	path, _ := nn.NewGraph(3, [][2]int{{0, 1}, {1, 2}})
	batch := nn.JoinGraphs(pair, path)
	fmt.Println(batch)
	fmt.Println(batch.Starts, batch.Near(3))
	// Output:
	// 2 graphs, 5 nodes, 3 edges
	// [0 2 5] [2 4]
}

func ExampleGCN() {
	g, _ := nn.NewGraph(3, [][2]int{{0, 1}})
	l := nn.GCN(1, 1)
	l.Weight.Value.Set(0, 0, 1)
	y := nn.ApplyOn(g, tensor.FromRows([][]float64{{1}, {3}, {5}}), l)
	fmt.Printf("%s %.3f\n", l.Name(), y.Data) // nodes 0 and 1 take the mean of both
	// Output: gcn 1→1 [2.000 2.000 5.000]
}

func ExampleApplyOn() {
	g, _ := nn.NewGraph(3, [][2]int{{0, 1}, {1, 2}})
	layers := []nn.Layer{nn.GCN(2, 4), nn.ReLU(), nn.GCN(4, 3)}
	for _, l := range layers {
		l.Init(rand.New(rand.NewPCG(1, 2)))
	}
	fmt.Println(nn.ApplyOn(g, tensor.NewMatrix(3, 2), layers...))
	// Output: 3×3 float32
}

func ExampleNeedsGraph() {
	fmt.Println(nn.NeedsGraph(nn.Dense(2, 2), nn.ReLU()), nn.NeedsGraph(nn.Residual(nn.GCN(2, 2))))
	// Output: false true
}

func ExamplePools() {
	fmt.Println(nn.Pools(nn.GCN(2, 2)), nn.Pools(nn.Dense(2, 2)))
	// Output: false false
}

// star returns node 0 with three neighbours.
func star() *nn.Graph {
	g, err := nn.NewGraph(4, [][2]int{{0, 1}, {0, 2}, {0, 3}})
	if err != nil {
		panic(err)
	}
	return g
}

func ExampleGraphSAGE() {
	l := nn.GraphSAGE(1, 1)
	l.Weight.Value.Set(0, 0, 1) // of the neighbours' mean
	l.Root.Value.Set(0, 0, 10)  // of the node itself
	y := nn.ApplyOn(star(), tensor.FromRows([][]float64{{1}, {3}, {4}, {5}}), l)
	fmt.Println(l.Name(), y.Data)
	// Output: graphsage 1→1 [14 31 41 51]
}

func ExampleGIN() {
	x := tensor.FromRows([][]float64{{1}, {3}, {4}, {5}})
	sums := nn.GIN() // no layers inside: x + Σ of the neighbours
	fmt.Println(nn.ApplyOn(star(), x, sums).Data, nn.ApplyOn(star(), x, sums.WithEpsilon(1, false)).Data)
	fmt.Println(nn.GIN(nn.Dense(7, 32), nn.ReLU(), nn.Dense(32, 32)).Name())
	// Output:
	// [13 4 5 6] [14 7 9 11]
	// gin (dense 7→32, relu, dense 32→32)
}

func ExampleGAT() {
	l := nn.GAT(1, 1, nn.Attention{Heads: 2})
	l.Weight.Value.Set(0, 0, 1)
	l.Weight.Value.Set(0, 1, 10)
	// With attention vectors of zeros every node attends evenly to itself and its neighbours.
	y := nn.ApplyOn(star(), tensor.FromRows([][]float64{{0}, {1}, {2}, {5}}), l)
	fmt.Println(l.Name(), y.Row(0), y.Row(1))
	last := nn.GAT(64, 7, nn.Attention{Heads: 8, Mean: true, Dropout: 0.6})
	fmt.Println(last.Name())
	// Output:
	// gat 1→2×1 [2 20] [0.5 5]
	// gat 64→mean of 8×7
}

// Two graphs, of two nodes and of one, become two rows.
func ExampleSumReadout() {
	pair, _ := nn.NewGraph(2, [][2]int{{0, 1}})
	single, _ := nn.NewGraph(1, nil)
	batch := nn.JoinGraphs(pair, single)
	x := tensor.FromRows([][]float64{{1, 5}, {3, 4}, {7, 8}})
	for _, l := range []nn.Layer{nn.SumReadout(), nn.MeanReadout(), nn.MaxReadout()} {
		fmt.Println(l.Name(), nn.ApplyOn(batch, x, l).Data)
	}
	// Output:
	// sum readout [4 9 7 8]
	// mean readout [2 4.5 7 8]
	// max readout [3 5 7 8]
}

func ExampleMeanReadout() {
	x := tensor.FromRows([][]float64{{1}, {2}, {2}, {7}})
	fmt.Println(nn.ApplyOn(star(), x, nn.MeanReadout()).Data)
	// Output: [3]
}

func ExampleMaxReadout() {
	x := tensor.FromRows([][]float64{{1}, {2}, {2}, {7}})
	fmt.Println(nn.ApplyOn(star(), x, nn.MaxReadout()).Data)
	// Output: [7]
}

func ExampleConcat() {
	l := nn.Concat(nn.SumReadout(), nn.MaxReadout())
	fmt.Println(l.Name(), nn.ApplyOn(star(), tensor.FromRows([][]float64{{1}, {2}, {2}, {7}}), l).Data)
	// Output: concat (sum readout, max readout) [12 7]
}

func ExampleStack_ForwardOn() {
	s, err := nn.NewStack(1, nn.GCN(1, 8), nn.ReLU(), nn.SumReadout(), nn.Dense(8, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Init(rand.New(rand.NewPCG(1, 2)))
	g, x := star(), tensor.NewMatrix(4, 1)
	logits := s.ForwardOn(g, x) // one row: one graph
	dy := tensor.NewMatrix(logits.Rows, logits.Cols)
	loss := nn.CrossEntropy(dy, logits, []int{1})
	s.BackwardOn(g, nil, dy) // fills Param.Grad
	fmt.Printf("%v, loss %.3f\n", logits, loss)
	// Output: 1×2 float32, loss 0.693
}

// Nodes whose features are those of a data set are the same in every step.
func ExampleStack_Fix() {
	s, err := nn.NewStack(1433, nn.Dropout(0.5), nn.GCN(1433, 16))
	if err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.NewMatrix(4, 1433)
	s.Fix(x)
	for range 200 {
		s.ForwardOn(star(), x)
	}
	fmt.Println(s.ForwardOn(star(), x))
	// Output: 4×16 float32
}
