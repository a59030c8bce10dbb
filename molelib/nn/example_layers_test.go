package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// apply returns what a layer in use makes of some rows.
func apply(l nn.Layer, rows ...[]float64) []float32 {
	x := tensor.FromRows(rows)
	width, err := l.Outputs(x.Cols)
	if err != nil {
		panic(err)
	}
	y := tensor.NewMatrix(x.Rows, width)
	l.Apply(y, x)
	return y.Data
}

func ExampleDense() {
	l := nn.Dense(2, 1)
	copy(l.Weight.Value.Data, []float32{1, 10})
	y := tensor.NewMatrix(1, 1)
	l.Apply(y, tensor.FromRows([][]float64{{3, 4}}))
	fmt.Println(l.Name(), y.At(0, 0))
	// Output: dense 2→1 43
}

// One training pass of a layer, forward and back.
func ExampleLayer() {
	var l nn.Layer = nn.Dense(2, 1)
	l.Init(rand.New(rand.NewPCG(1, 2)))
	copy(l.Params()[0].Value.Data, []float32{1, 10}) // the weights, inputs×outputs

	x := tensor.FromRows([][]float64{{3, 4}, {5, 6}})
	y, dx := tensor.NewMatrix(2, 1), tensor.NewMatrix(2, 2)
	l.Forward(y, x)
	dy := tensor.FromRows([][]float64{{1}, {1}}) // the gradient of the sum of y
	l.Backward(dx, dy, x, y)
	for _, p := range l.Params() {
		fmt.Println(p.Name, p.Grad.Data)
	}
	fmt.Println("input", dx.Data)

	copied := l.Clone()
	fmt.Println(copied.Name(), copied.Params()[0] != l.Params()[0], nn.Dense(2, 1).Inputs())
	_, err := l.Outputs(3)
	fmt.Println(err)
	// Output:
	// weight [8 10]
	// bias [2]
	// input [1 10 1 10]
	// dense 2→1 true 2
	// dense 2→1 takes 2 values, but gets 3
}

func ExampleActivation() {
	for _, f := range []*nn.Activation{nn.ReLU(), nn.LeakyReLU(0.1), nn.ELU(), nn.Tanh(), nn.Sigmoid(), nn.Flatten()} {
		fmt.Printf("%-14s %6.3f\n", f.Name(), apply(f, []float64{-2, 0, 2}))
	}
	fmt.Println(nn.LeakyReLU(0.1).Slope(), nn.ReLU().Slope())
	// Output:
	// relu           [ 0.000  0.000  2.000]
	// leaky relu 0.1 [-0.200  0.000  2.000]
	// elu            [-0.865  0.000  2.000]
	// tanh           [-0.964  0.000  0.964]
	// sigmoid        [ 0.119  0.500  0.881]
	// flatten        [-2.000  0.000  2.000]
	// 0.1 0
}

func ExampleBatchNorm() {
	l := nn.BatchNorm(1)
	x, y := tensor.FromRows([][]float64{{1}, {3}}), tensor.NewMatrix(2, 1)
	l.Forward(y, x) // by the batch
	fmt.Printf("%.3f\n", y.Data)
	fmt.Println(l.Mean, l.Variance) // the running averages have moved by a tenth
	l.Apply(y, x)                   // by the running averages
	fmt.Printf("%.3f\n", y.Data)
	// Output:
	// [-1.000 1.000]
	// [0.2] [1.1]
	// [0.763 2.670]
}

func ExampleBatchNorm2D() {
	l := nn.BatchNorm2D(nn.Grid{Channels: 32, Height: 14, Width: 14})
	fmt.Println(l.Name(), l.Inputs(), len(l.Mean))
	// Output: batch norm 32 channels 6272 32
}

func ExampleLayerNorm() {
	l := nn.LayerNorm(3)
	fmt.Printf("%s %.3f\n", l.Name(), apply(l, []float64{1, 2, 3}, []float64{10, 20, 30}))
	fmt.Println(l.Inputs())
	// Output:
	// layer norm 3 [-1.225 0.000 1.225 -1.225 0.000 1.225]
	// 3
}

func ExampleDropout() {
	l := nn.Dropout(0.5)
	l.Init(rand.New(rand.NewPCG(1, 2)))
	x, y := tensor.FromRows([][]float64{{1, 1, 1, 1, 1, 1}}), tensor.NewMatrix(1, 6)
	l.Forward(y, x) // in training
	fmt.Println(y.Data)
	l.Apply(y, x) // in use
	fmt.Println(y.Data)
	// Output:
	// [2 0 0 2 2 0]
	// [1 1 1 1 1 1]
}

func ExampleConv1D() {
	l := nn.Conv1D(1, 5, 1, 3, nn.Window{})
	copy(l.Weight.Value.Data, []float32{-1, 0, 1}) // the slope of a sequence
	fmt.Println(l.Name(), apply(l, []float64{0, 1, 4, 9, 16}))
	fmt.Println(l.Inputs(), l.Out.Size())
	// Output:
	// conv 1×3 1×1×5→1×1×3 [4 8 12]
	// 5 3
}

func ExampleMaxPool2D() {
	l := nn.MaxPool2D(nn.Grid{Channels: 1, Height: 2, Width: 4}, 2, nn.Window{})
	fmt.Println(l.Name(), apply(l, []float64{
		1, 2, 5, 6,
		3, 4, 7, 8,
	}))
	// Output: max pool 2×2 1×2×4→1×1×2 [4 8]
}

func ExampleMaxPool1D() {
	fmt.Println(apply(nn.MaxPool1D(1, 6, 2, nn.Window{}), []float64{1, 5, 2, 2, 9, 0}))
	// Output: [5 2 9]
}

func ExampleAvgPool1D() {
	fmt.Println(apply(nn.AvgPool1D(1, 6, 2, nn.Window{}), []float64{1, 5, 2, 2, 9, 0}))
	// Output: [3 2 4.5]
}

func ExampleAvgPool2D() {
	grid := nn.Grid{Channels: 1, Height: 2, Width: 4}
	l := nn.AvgPool2D(grid, 2, nn.Window{})
	fmt.Println(l.Mean(), apply(l, []float64{1, 2, 5, 6, 3, 4, 7, 8}))
	// Output: true [2.5 6.5]
}

func ExampleGlobalAvgPool() {
	l := nn.GlobalAvgPool(nn.Grid{Channels: 2, Height: 1, Width: 3})
	fmt.Println(l.Inputs(), apply(l, []float64{1, 2, 3, 10, 20, 30}))
	// Output: 6 [2 20]
}

func ExampleResidual() {
	inner := nn.Dense(2, 2)
	copy(inner.Bias.Value.Data, []float32{0.5, -7})
	l := nn.Residual(inner, nn.ReLU())
	fmt.Println(l.Name(), l.Inputs(), apply(l, []float64{1, 2}))
	// Output: residual (dense 2→2, relu) 2 [1.5 2]
}

func ExampleGrid() {
	g := nn.Grid{Channels: 32, Height: 14, Width: 14}
	fmt.Println(g, g.Plane(), g.Size())
	// Output: 32×14×14 196 6272
}

// After training, a module's output is brought to unit size: what ReLU lets through,
// the weights before it can do.
func ExampleRescaler() {
	dense, relu := nn.Dense(1, 1), nn.ReLU()
	dense.Weight.Value.Data[0] = 6
	if relu.Homogeneous() {
		nn.Rescaler(dense).Rescale(0.5)
	}
	fmt.Println(dense.Weight.Value.Data)
	// Output: [3]
}
