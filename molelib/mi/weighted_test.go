package mi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
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
