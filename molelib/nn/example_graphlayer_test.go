package nn_test

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// One training pass over two graphs in a batch: a layer that keeps nodes, and one that makes a
// row of each graph.
func ExampleGraphLayer() {
	pair, _ := nn.NewGraph(2, [][2]int{{0, 1}})
	alone, _ := nn.NewGraph(1, nil)
	g := nn.JoinGraphs(pair, alone)
	fmt.Println(g.Graphs(), "graphs")

	var conv, readout nn.GraphLayer = nn.GCN(1, 1), nn.SumReadout()
	conv.Params()[0].Value.Set(0, 0, 1)
	x := tensor.FromRows([][]float64{{1}, {3}, {5}})
	t, y := tensor.NewMatrix(conv.Rows(g), 1), tensor.NewMatrix(readout.Rows(g), 1)
	conv.ForwardOn(g, t, x)
	readout.ForwardOn(g, y, t)
	fmt.Printf("nodes %.0f, graphs %.0f\n", t.Data, y.Data)

	dy := tensor.FromRows([][]float64{{1}, {10}}) // gradient of a loss with respect to the graphs
	dt, dx := tensor.NewMatrix(3, 1), tensor.NewMatrix(3, 1)
	readout.BackwardOn(g, dt, dy, t, y)
	conv.BackwardOn(g, dx, dt, x, t)
	fmt.Printf("of the nodes %.0f, of the weight %.0f\n", dx.Data, conv.Params()[0].Grad.Data)

	conv.ApplyOn(g, t, x) // in use: keeps nothing
	fmt.Printf("%.0f\n", t.Data)
	// Output:
	// 2 graphs
	// nodes [2 2 5], graphs [4 5]
	// of the nodes [1 1 10], of the weight [54]
	// [2 2 5]
}

func ExampleSized() {
	for _, l := range []nn.Layer{nn.Dense(4, 2), nn.GCN(3, 2), nn.ReLU()} {
		sized, ok := l.(nn.Sized)
		if ok {
			fmt.Println(l.Name(), "takes", sized.Inputs())
		} else {
			fmt.Println(l.Name(), "takes any width")
		}
	}
	// Output:
	// dense 4→2 takes 4
	// gcn 3→2 takes 3
	// relu takes any width
}
