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
