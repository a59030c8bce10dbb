package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleConv2D() {
	image := nn.Grid{Channels: 1, Height: 28, Width: 28}
	conv := nn.Conv2D(image, 32, 3, nn.Window{Padding: 1})
	fmt.Println(conv.Name())
	fmt.Println(nn.MaxPool2D(conv.Out, 2, nn.Window{}).Name())
	// Output:
	// conv 3×3 1×28×28→32×28×28
	// max pool 2×2 32×28×28→32×14×14
}

type images [][][][]float64 // example, channel, row, column

func (g images) grid() nn.Grid {
	return nn.Grid{Channels: len(g[0]), Height: len(g[0][0]), Width: len(g[0][0][0])}
}

func (g images) matrix() *tensor.Matrix {
	var rows [][]float64
	for _, example := range g {
		var row []float64
		for _, plane := range example {
			for _, line := range plane {
				row = append(row, line...)
			}
		}
		rows = append(rows, row)
	}
	return tensor.FromRows(rows)
}

func loadConv(t *testing.T) (reference struct {
	Conv struct {
		X, W  images
		B     []float64
		Cases []struct {
			Stride, Pad int
			Y           images
		}
	} `json:"conv2d"`
	Backward struct {
		Stride, Pad int
		GradOut     images `json:"grad_out"`
		DX, DW      images
		DB          []float64
	} `json:"conv2d_backward"`
}) {
	t.Helper()
	golden.Read(t, "conv2d.json", &reference)
	return reference
}

func nearMatrix(t *testing.T, what string, got, want *tensor.Matrix) {
	t.Helper()
	if got.Rows != want.Rows || got.Cols != want.Cols {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
	for i, v := range want.Data {
		// Inputs are rounded to float32, sums are of some 30 products.
		if math.Abs(float64(got.Data[i]-v)) > 2e-5 {
			t.Errorf("%s[%d]: got %v, want %v", what, i, got.Data[i], v)
			return
		}
	}
}

func TestConvolutionMatchesTheReference(t *testing.T) {
	reference := loadConv(t)
	x, w := reference.Conv.X, reference.Conv.W
	layer := func(stride, pad int) *nn.ConvLayer {
		l := nn.Conv2D(x.grid(), len(w), w.grid().Height, nn.Window{Stride: stride, Padding: pad})
		copy(l.Weight.Value.Data, w.matrix().Data)
		for i, b := range reference.Conv.B {
			l.Bias.Value.Data[i] = float32(b)
		}
		return l
	}
	for _, c := range reference.Conv.Cases {
		l := layer(c.Stride, c.Pad)
		y := tensor.NewMatrix(len(x), l.Out.Size())
		l.Apply(y, x.matrix())
		nearMatrix(t, fmt.Sprintf("stride %d, padding %d", c.Stride, c.Pad), y, c.Y.matrix())
	}
	b := reference.Backward
	l := layer(b.Stride, b.Pad)
	y, dx := tensor.NewMatrix(len(x), l.Out.Size()), tensor.NewMatrix(len(x), l.In.Size())
	l.Forward(y, x.matrix())
	l.Backward(dx, b.GradOut.matrix(), x.matrix(), y)
	nearMatrix(t, "dx", dx, b.DX.matrix())
	nearMatrix(t, "dW", l.Weight.Grad, b.DW.matrix())
	nearMatrix(t, "db", l.Bias.Grad, tensor.FromRows([][]float64{b.DB}))
}

func TestConvolutionDoesNotDependOnTheNumberOfProcessors(t *testing.T) {
	grid := nn.Grid{Channels: 3, Height: 8, Width: 8}
	l := nn.Conv2D(grid, 5, 3, nn.Window{Padding: 1})
	rng := rand.New(rand.NewPCG(1, 2))
	l.Init(rng)
	x, dy := random(rng, 13, grid.Size()), random(rng, 13, l.Out.Size())
	y := tensor.NewMatrix(13, l.Out.Size())
	var before []float32
	for _, processors := range []int{1, 4} {
		old := runtime.GOMAXPROCS(processors)
		l.Forward(y, x)
		l.Backward(nil, dy, x, y)
		runtime.GOMAXPROCS(old)
		if before != nil && !slices.Equal(before, l.Weight.Grad.Data) {
			t.Errorf("%d processors give other gradients than one", processors)
		}
		before = slices.Clone(l.Weight.Grad.Data)
	}
}

func TestPoolingTakesTheLargestAndTheMean(t *testing.T) {
	grid := nn.Grid{Channels: 1, Height: 3, Width: 3}
	x := tensor.FromRows([][]float64{{1, 2, 3, 4, 5, 6, 7, 8, 9}})
	for name, test := range map[string]struct {
		layer nn.Layer
		want  []float32
	}{
		"max":           {nn.MaxPool2D(grid, 2, nn.Window{Stride: 1}), []float32{5, 6, 8, 9}},
		"mean":          {nn.AvgPool2D(grid, 2, nn.Window{Stride: 1}), []float32{3, 4, 6, 7}},
		"mean, padding": {nn.AvgPool2D(grid, 2, nn.Window{Stride: 2, Padding: 1}), []float32{1, 2.5, 5.5, 7}},
		"global":        {nn.GlobalAvgPool(grid), []float32{5}},
	} {
		y := tensor.NewMatrix(1, len(test.want))
		test.layer.Apply(y, x)
		if !slices.Equal(y.Data, test.want) {
			t.Errorf("%s: got %v, want %v", name, y.Data, test.want)
		}
	}
}

func TestLayersThatCannotBeAreNamed(t *testing.T) {
	grid := nn.Grid{Channels: 1, Height: 3, Width: 3}
	for name, make := range map[string]func(){
		"window":  func() { nn.Conv2D(grid, 1, 5, nn.Window{}) },
		"stride":  func() { nn.Conv2D(grid, 1, 3, nn.Window{Stride: -1}) },
		"grid":    func() { nn.MaxPool2D(nn.Grid{}, 1, nn.Window{}) },
		"padding": func() { nn.MaxPool2D(grid, 2, nn.Window{Padding: 2}) },
		"outputs": func() { nn.Conv2D(grid, 0, 3, nn.Window{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			make()
		}()
	}
	if _, err := nn.NewStack(10, nn.Conv2D(grid, 1, 3, nn.Window{})); err == nil {
		t.Error("a grid of 9 values takes 10")
	}
	if _, err := nn.NewStack(3, nn.Residual(nn.Dense(3, 2))); err == nil {
		t.Error("a residual block takes 3 values and gives 2")
	}
}

// Small grids are convolved several at a time, which must not show.
func TestConvolutionOfABatchIsThatOfEachImage(t *testing.T) {
	grid := nn.Grid{Channels: 2, Height: 5, Width: 5}
	for _, window := range []nn.Window{{Padding: 1}, {}, {Stride: 2, Padding: 1}} {
		l := nn.Conv2D(grid, 3, 3, window)
		rng := rand.New(rand.NewPCG(3, 4))
		l.Init(rng)
		const n = 100 // twelve or thirteen a share
		x, dy := random(rng, n, grid.Size()), random(rng, n, l.Out.Size())
		y, dx, dW := tensor.NewMatrix(n, l.Out.Size()), tensor.NewMatrix(n, grid.Size()), l.Weight.Grad.Clone()
		one, back, sum := y.Clone(), dx.Clone(), dW.Clone()
		for i := range n {
			a, b, c, d := one.View(i, i+1), x.View(i, i+1), back.View(i, i+1), dy.View(i, i+1)
			l.Forward(&a, &b)
			l.Backward(&c, &d, &b, &a)
			for k, v := range l.Weight.Grad.Data {
				sum.Data[k] += v
			}
		}
		l.Forward(y, x)
		l.Backward(dx, dy, x, y)
		nearMatrix(t, "y", y, one)
		nearMatrix(t, "dx", dx, back)
		for k, v := range l.Weight.Grad.Data {
			// Sums of up to 2,500 products of size 1 in another order.
			if math.Abs(float64(v-sum.Data[k])) > 1e-3 {
				t.Errorf("%v: dW[%d] is %v, the sum over images %v", window, k, v, sum.Data[k])
			}
		}
	}
}

func TestHalvingPoolsOddGrids(t *testing.T) {
	grid := nn.Grid{Channels: 1, Height: 3, Width: 5}
	l := nn.MaxPool2D(grid, 2, nn.Window{})
	x := tensor.FromRows([][]float64{{1, 4, 2, 2, 9, 3, 2, 2, 2, 9, 9, 9, 9, 9, 9}})
	y, dx := tensor.NewMatrix(1, 2), tensor.NewMatrix(1, 15)
	l.Forward(y, x)
	l.Backward(dx, tensor.FromRows([][]float64{{5, 7}}), x, y)
	if want := []float32{4, 2}; !slices.Equal(y.Data, want) {
		t.Errorf("got %v, want %v", y.Data, want)
	}
	if want := []float32{0, 5, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}; !slices.Equal(dx.Data, want) {
		t.Errorf("gradient %v, want %v: the first of equal values takes it", dx.Data, want)
	}
}
