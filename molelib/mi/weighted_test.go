package mi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleEstimator_LabelsAndPoints() {
	e, gradient := mi.NewEstimator(mi.Options{Width: 1}), tensor.NewMatrix(4, 1)
	ofY, ofX := e.LabelsAndPoints(gradient, pairs, class, pairs, 1, 0.1)
	fmt.Printf("I(T;Y) = %.3f, I(T;X) = %.3f bits\n", ofY.Information, ofX.Information)
	// Output: I(T;Y) = 0.564, I(T;X) = 1.257 bits
}

// It must be what the two estimates give one by one.
func TestLabelsAndPointsTogetherAreThoseApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	T, x, y := tensor.NewMatrix(30, 4), tensor.NewMatrix(30, 7), make([]int, 30)
	for _, m := range []*tensor.Matrix{T, x} {
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
	}
	for i := range y {
		y[i] = rng.IntN(3)
	}
	for _, o := range []mi.Options{{}, {Alpha: 2}, {Alpha: 1, Width: 1}, {Kernel: mi.Laplacian}} {
		both, apart := mi.NewEstimator(o), mi.NewEstimator(o)
		dBoth, dY, dX := T.Clone(), T.Clone(), T.Clone()
		ofY, ofX := both.LabelsAndPoints(dBoth, T, y, x, 2, -0.3)
		wantY := apart.Labels(dY, T, y)
		wantX := apart.Points(dX, T, x)
		if math.Abs(ofY.Information-wantY.Information) > 1e-10 || math.Abs(ofX.Information-wantX.Information) > 1e-10 {
			t.Errorf("%+v: I(T;Y) %v, I(T;X) %v, one by one %v, %v", o, ofY.Information, ofX.Information, wantY.Information, wantX.Information)
		}
		for i, got := range dBoth.Data {
			// Gradients are float32, of size 0.1.
			if want := 2*dY.Data[i] - 0.3*dX.Data[i]; math.Abs(float64(got-want)) > 1e-6 {
				t.Errorf("%+v: gradient %d is %v, one by one %v", o, i, got, want)
				break
			}
		}
	}
}

// The entropies of a batch are computed side by side, in any order.
func TestProcessorsDoNotChangeTheBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(5, 6))
	m := tensor.From(points(rng, 60, 6))
	x, y := points(rng, 60, 9), classes(rng, 60, 4)
	for _, c := range []struct {
		name  string
		value func(e *mi.Estimator, gradient *tensor.Matrix) mi.Value
	}{
		{"Labels", func(e *mi.Estimator, g *tensor.Matrix) mi.Value { return e.Labels(g, m, y) }},
		{"Points", func(e *mi.Estimator, g *tensor.Matrix) mi.Value { return e.Points(g, m, x) }},
		{"Channels", func(e *mi.Estimator, g *tensor.Matrix) mi.Value { return e.Channels(g, m, 3, x) }},
		{"LabelsAndPoints", func(e *mi.Estimator, g *tensor.Matrix) mi.Value {
			ofY, ofX := e.LabelsAndPoints(g, m, y, x, 1, 0.5)
			ofY.Information += ofX.Information
			return ofY
		}},
	} {
		e, value, gradient := mi.NewEstimator(mi.Options{}), mi.Value{}, []float32(nil)
		for round := range 20 {
			runtime.GOMAXPROCS(1 + round%3)
			g := tensor.NewMatrix(60, 6)
			v := c.value(e, g)
			if round == 0 {
				value, gradient = v, g.Data
			} else if v != value || !slices.Equal(g.Data, gradient) {
				t.Fatalf("%s, %d processors: %+v, or the gradient, are others than %+v", c.name, 1+round%3, v, value)
			}
		}
	}
}
