package nn_test

import (
	"math"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// torchCase is a pass of one layer in PyTorch: y = f(x), and the gradients of Σ dy∘y.
type torchCase struct {
	Name, Layer string
	Grid, Args  []int // channels, height, width; outputs, size, stride, padding
	Window      []int // height and width in place of size; nil where it is square
	Edges       [][2]int
	Rows        int
	X, DY       []float32
	Y, DX       []float32
	State       map[string]torchTensor
	Grads       map[string][]float32
	Train       bool
	After       map[string][]float32 // running averages behind the pass
}

type torchTensor struct {
	Shape []int
	Data  []float32
}

// layer returns the layer of a case.
func (c torchCase) layer(t *testing.T) nn.Layer {
	t.Helper()
	var grid nn.Grid
	if c.Grid != nil {
		grid = nn.Grid{Channels: c.Grid[0], Height: c.Grid[1], Width: c.Grid[2]}
	}
	outputs, size, w := 0, 0, nn.Window{}
	if len(c.Args) == 4 {
		outputs, size, w = c.Args[0], c.Args[1], nn.Window{Stride: c.Args[2], Padding: c.Args[3]}
	}
	if c.Window != nil {
		w.Height, w.Width = c.Window[0], c.Window[1]
	}
	switch c.Layer {
	case "conv2d":
		return nn.Conv2D(grid, outputs, size, w)
	case "conv1d":
		return nn.Conv1D(grid.Channels, grid.Width, outputs, size, w)
	case "maxpool2d":
		return nn.MaxPool2D(grid, size, w)
	case "avgpool2d":
		return nn.AvgPool2D(grid, size, w)
	case "maxpool1d":
		return nn.MaxPool1D(grid.Channels, grid.Width, size, w)
	case "avgpool1d":
		return nn.AvgPool1D(grid.Channels, grid.Width, size, w)
	case "globalavgpool":
		return nn.GlobalAvgPool(grid)
	case "batchnorm2d":
		return nn.BatchNorm2D(grid)
	}
	return c.rowLayer(t)
}

// rowLayer returns the layer of a case on rows, or on the nodes of a graph.
func (c torchCase) rowLayer(t *testing.T) nn.Layer {
	t.Helper()
	switch c.Layer {
	case "dense":
		return nn.Dense(5, 3)
	case "batchnorm":
		return nn.BatchNorm(5)
	case "layernorm":
		return nn.LayerNorm(5)
	case "relu":
		return nn.ReLU()
	case "leakyrelu":
		return nn.LeakyReLU(0.1)
	case "elu":
		return nn.ELU()
	case "tanh":
		return nn.Tanh()
	case "sigmoid":
		return nn.Sigmoid()
	case "flatten":
		return nn.Flatten()
	case "residual":
		return nn.Residual(nn.Dense(5, 4), nn.ReLU(), nn.Dense(4, 5))
	case "gcn":
		return nn.GCN(4, 3)
	case "sage":
		return nn.GraphSAGE(4, 3)
	case "gin":
		return nn.GIN(nn.Dense(4, 5), nn.ReLU(), nn.Dense(5, 3)).WithEpsilon(0, true)
	case "gat":
		return nn.GAT(4, 3, nn.Attention{Heads: 2})
	case "gatmean":
		return nn.GAT(4, 3, nn.Attention{Heads: 2, Mean: true})
	}
	t.Fatalf("%s: what is a %s?", c.Name, c.Layer)
	return nil
}

// TestLayersMatchPyTorch compares forward and backward passes with those of PyTorch in float64
// (testdata/golden.py), in its names and shapes of weights. The layers on graphs are written
// there as PyTorch Geometric defines them.
func TestLayersMatchPyTorch(t *testing.T) {
	var cases struct{ Layers []torchCase }
	golden.Read(t, "torch.json", &cases)
	for _, c := range cases.Layers {
		t.Run(c.Name, c.compare)
	}
}

func (c torchCase) compare(t *testing.T) {
	l := c.layer(t)
	if err := nn.SetState(l, func(name string) (nn.Tensor, bool) {
		part, ok := c.State[name]
		return nn.Tensor{Name: name, Shape: part.Shape, Data: part.Data}, ok
	}); err != nil {
		t.Fatal(err)
	}
	var g *nn.Graph
	if c.Edges != nil {
		g, _ = nn.NewGraph(c.Rows, c.Edges)
	}
	x := &tensor.Matrix{Rows: c.Rows, Cols: len(c.X) / c.Rows, Data: c.X}
	dy := &tensor.Matrix{Rows: c.Rows, Cols: len(c.DY) / c.Rows, Data: c.DY}
	if _, batch := l.(*nn.BatchNormLayer); !batch || !c.Train {
		asInTorch(t, "y in use", nn.ApplyOn(g, x, l).Data, c.Y)
	}
	if !c.Train {
		return
	}
	s, err := nn.NewStack(x.Cols, l)
	if err != nil {
		t.Fatal(err)
	}
	dx := tensor.NewMatrix(x.Rows, x.Cols)
	asInTorch(t, "y", s.ForwardOn(g, x).Data, c.Y)
	s.BackwardOn(g, dx, dy)
	asInTorch(t, "dx", dx.Data, c.DX)
	for _, part := range nn.State(l) {
		if after, ok := c.After[part.Name]; ok {
			asInTorch(t, part.Name, part.Data, after)
		}
	}
	for _, p := range l.Params() {
		copy(p.Value.Data, p.Grad.Data) // State then gives the gradients as PyTorch has them.
	}
	for _, part := range nn.State(l) {
		if grad, ok := c.Grads[part.Name]; ok {
			asInTorch(t, "gradient of "+part.Name, part.Data, grad)
			delete(c.Grads, part.Name)
		}
	}
	if len(c.Grads) > 0 {
		t.Errorf("gradients of no parameter: %v", c.Grads)
	}
}

// asInTorch compares to 1e-5 of the largest value: float32, against sums of some 100 products.
func asInTorch(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	largest := 1.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want {
		if !(math.Abs(float64(got[i]-v)) <= 1e-5*largest) {
			t.Fatalf("%s[%d]: got %v, want %v", what, i, got[i], v)
		}
	}
}
