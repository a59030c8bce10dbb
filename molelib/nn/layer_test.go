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

func random(rng *rand.Rand, rows, cols int) *tensor.Matrix {
	m := tensor.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(rng.NormFloat64())
	}
	return m
}

// TestBackwardMatchesFiniteDifferences takes the loss Σ c∘f(x) with random weights c
// through each layer, with respect to inputs and parameters.
func TestBackwardMatchesFiniteDifferences(t *testing.T) {
	grid := nn.Grid{Channels: 2, Height: 5, Width: 4}
	for _, layers := range [][]nn.Layer{
		{nn.Dense(4, 3)}, {nn.ReLU()}, {nn.Tanh()}, {nn.Sigmoid()}, {nn.LeakyReLU(0.1)}, {nn.ELU()}, {nn.Flatten()},
		{nn.BatchNorm(4)}, {nn.LayerNorm(4)},
		{nn.Dense(4, 5), nn.BatchNorm(5), nn.Tanh(), nn.Dense(5, 2)},
		{nn.Residual(nn.Dense(4, 3), nn.Tanh(), nn.Dense(3, 4)), nn.Dense(4, 2)},
		{nn.Conv2D(grid, 3, 3, nn.Window{})}, {nn.Conv2D(grid, 2, 3, nn.Window{Padding: 1})},
		{nn.Conv2D(grid, 2, 2, nn.Window{Stride: 2, Padding: 1})}, {nn.Conv2D(grid, 3, 1, nn.Window{})},
		{nn.Conv2D(grid, 2, 3, nn.Window{Stride: 3, Padding: 2})},
		{nn.Conv1D(2, 6, 3, 3, nn.Window{Padding: 1}), nn.MaxPool1D(3, 6, 2, nn.Window{})},
		{nn.MaxPool2D(grid, 2, nn.Window{})}, {nn.MaxPool2D(grid, 3, nn.Window{Stride: 1, Padding: 1})},
		{nn.AvgPool2D(grid, 2, nn.Window{Stride: 1, Padding: 1})}, {nn.GlobalAvgPool(grid)}, {nn.BatchNorm2D(grid)},
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		width := 4
		if l, ok := layers[0].(nn.Sized); ok {
			width = l.Inputs()
		}
		s, err := nn.NewStack(width, layers...)
		if err != nil {
			t.Fatal(err)
		}
		s.Init(rng)
		for _, p := range s.Params() {
			for i := range p.Value.Data {
				p.Value.Data[i] += float32(0.3 * rng.NormFloat64())
			}
		}
		x := random(rng, 6, width)
		weights, dx := random(rng, 6, s.Outputs()), tensor.NewMatrix(6, width)
		loss := func() float64 { return weighted(s.Forward(x), weights) }
		loss()
		s.Backward(dx, weights)
		check(t, layers, "input", x, slices.Clone(dx.Data), loss)
		for _, p := range s.Params() {
			check(t, layers, p.Name, p.Value, slices.Clone(p.Grad.Data), loss)
		}
	}
}

func check(t *testing.T, layers []nn.Layer, what string, at *tensor.Matrix, got []float32, loss func() float64) {
	t.Helper()
	for i := range at.Data {
		// float32 sums are good to 1e-6, so a step of 2⁻⁷ gives slopes to 1e-3, and its
		// own error is of order 1e-4.
		const step = 1.0 / 128
		v := at.Data[i]
		at.Data[i] = v + step
		up := loss()
		at.Data[i] = v - step
		down := loss()
		at.Data[i] = v
		if want := (up - down) / (2 * step); math.Abs(want-float64(got[i])) > 3e-3*(1+math.Abs(want)) {
			t.Errorf("%s: gradient of %s[%d]: got %v, want %v", layers[0].Name(), what, i, got[i], want)
		}
	}
}

func TestDropoutKeepsMeansAndPassesGradientsOfWhatItKept(t *testing.T) {
	l := nn.Dropout(0.25)
	l.Init(rand.New(rand.NewPCG(1, 2)))
	x, y, dx := tensor.NewMatrix(100, 100), tensor.NewMatrix(100, 100), tensor.NewMatrix(100, 100)
	for i := range x.Data {
		x.Data[i] = 1
	}
	l.Forward(y, x)
	l.Backward(dx, x, x, y)
	sum, dropped := 0.0, 0
	for i, v := range y.Data {
		sum += float64(v)
		if v == 0 {
			dropped++
		}
		if dx.Data[i] != v {
			t.Fatalf("gradient %v where the output is %v", dx.Data[i], v)
		}
	}
	// Six standard deviations of 10,000 draws are 260.
	if math.Abs(sum-10000) > 350 || math.Abs(float64(dropped)-2500) > 260 {
		t.Errorf("sum %v, want about 10000; dropped %d, want about 2500", sum, dropped)
	}
	l.Apply(y, x)
	if !slices.Equal(y.Data, x.Data) {
		t.Error("in use, dropout changed its input")
	}
}

func TestBatchNormalizationInUseStandsOnRunningAverages(t *testing.T) {
	l, rng := nn.BatchNorm(2), rand.New(rand.NewPCG(1, 2))
	x, y := tensor.NewMatrix(64, 2), tensor.NewMatrix(64, 2)
	for range 200 {
		for i := range 64 {
			x.Set(i, 0, 5+2*rng.NormFloat64())
			x.Set(i, 1, -1+0.5*rng.NormFloat64())
		}
		l.Forward(y, x)
	}
	// Averages over ten batches of 64: standard errors below 0.1 and 15 %.
	if math.Abs(float64(l.Mean[0])-5) > 0.5 || math.Abs(float64(l.Variance[0])-4) > 1 {
		t.Errorf("mean %v, variance %v, want about 5 and 4", l.Mean[0], l.Variance[0])
	}
	one := tensor.NewMatrix(1, 2)
	l.Apply(one, &tensor.Matrix{Rows: 1, Cols: 2, Data: l.Mean})
	if math.Abs(one.At(0, 0)) > 1e-6 {
		t.Errorf("the mean became %v, want 0", one.At(0, 0))
	}
}

func TestCrossEntropyMatchesTheReference(t *testing.T) {
	var want struct {
		Logits, Grad [][]float64
		Y            []int
		Loss         float64
	}
	golden.Read(t, "softmax_ce.json", &want)
	logits := tensor.FromRows(want.Logits)
	grad := tensor.NewMatrix(logits.Rows, logits.Cols)
	// Inputs are rounded to float32.
	if got := nn.CrossEntropy(grad, logits, want.Y); math.Abs(got-want.Loss) > 1e-6 {
		t.Errorf("loss: got %v, want %v", got, want.Loss)
	}
	for i, row := range want.Grad {
		for j, v := range row {
			if math.Abs(grad.At(i, j)-v) > 1e-7 {
				t.Errorf("gradient[%d,%d]: got %v, want %v", i, j, grad.At(i, j), v)
			}
		}
	}
}

func TestLayersThatDoNotFitAreNamed(t *testing.T) {
	_, err := nn.NewStack(4, nn.Dense(4, 3), nn.ReLU(), nn.Dense(2, 1))
	if err == nil || !strings.Contains(err.Error(), "layer 2: dense 2→1 takes 2 values, but gets 3") {
		t.Errorf("got %v", err)
	}
}

func TestPassesDoNotAllocate(t *testing.T) {
	s, err := nn.NewStack(8, nn.Dense(8, 16), nn.BatchNorm(16), nn.ReLU(), nn.Dropout(0.5), nn.Dense(16, 4), nn.Tanh())
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	s.Init(rng)
	x, dy := random(rng, 32, 8), random(rng, 32, 4)
	s.Forward(x)
	s.Backward(nil, dy)
	// A matrix product makes the few words that calling into a library takes (some more
	// under the race detector, which empties pools): nothing that grows with the batch.
	if n := testing.AllocsPerRun(20, func() { s.Forward(x); s.Backward(nil, dy) }); n > 24 {
		t.Errorf("%v allocations a step", n)
	}
}

func TestClonesShareNothing(t *testing.T) {
	line := nn.Grid{Channels: 1, Height: 1, Width: 3}
	for _, l := range []nn.Layer{
		nn.Dense(3, 3), nn.BatchNorm(3), nn.Dropout(0.5), nn.LayerNorm(3), nn.BatchNorm2D(line),
		nn.Conv2D(line, 1, 1, nn.Window{}), nn.MaxPool2D(line, 1, nn.Window{}), nn.Residual(nn.Dense(3, 3)),
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		l.Init(rng)
		x := random(rng, 4, 3)
		before, after := tensor.NewMatrix(4, 3), tensor.NewMatrix(4, 3)
		c := l.Clone()
		c.Apply(before, x)
		for _, p := range l.Params() {
			clear(p.Value.Data)
		}
		l.Forward(tensor.NewMatrix(4, 3), x)
		c.Apply(after, x)
		if !slices.Equal(before.Data, after.Data) {
			t.Errorf("%s: the clone changed with the original", l.Name())
		}
	}
}
