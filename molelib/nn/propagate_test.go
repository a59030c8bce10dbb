package nn_test

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// A node with neighbours on both sides of it has a third of its own value left.
func ExampleGraph_Propagate() {
	path, _ := nn.NewGraph(3, [][2]int{{0, 1}, {1, 2}})
	x := tensor.FromRows([][]float64{{0}, {6}, {0}})
	y := tensor.NewMatrix(3, 1)
	path.Propagate(y, x)
	fmt.Printf("%.3f\n", y.Data)
	// Output: [2.449 2.000 2.449]
}
