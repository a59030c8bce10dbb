package mi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleBinned() {
	x := tensor.FromRows([][]float64{{0}, {0.1}, {0.9}, {1}})
	fmt.Printf("%.0f bit\n", mi.Binned(x, mi.Labels{0, 0, 1, 1}, 2))
	// Output: 1 bit
}

func ExampleMutualOverBatches() {
	x, y := tensor.NewMatrix(100, 1), make(mi.Labels, 100)
	for i := range y {
		y[i] = i % 2
		x.Set(i, 0, float64(i%2))
	}
	fmt.Println(mi.MutualOverBatches(x, y, 20, 5, 1, mi.Options{Alpha: 1, Width: 0.1}).Batches, "batches")
	// Output: 5 batches
}

// Two Gaussian variables with correlation ρ have I = −½ log₂(1−ρ²).
func TestKSGFindsTheInformationOfGaussianVariables(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for _, rho := range []float64{0, 0.5, 0.9} {
		x, y := points(rng, 1000, 1), points(rng, 1000, 1)
		for i := range 1000 {
			y.Set(i, 0, rho*x.At(i, 0)+math.Sqrt(1-rho*rho)*y.At(i, 0))
		}
		// Kraskov et al. give a standard deviation of some 0.03 nats for 1,000 points.
		near(t, fmt.Sprint("I at ρ = ", rho), mi.KSG(x, y, 3), -0.5*math.Log2(1-rho*rho), 0.12)
	}
}

func TestKSGOfSeparateClassesIsTheirEntropy(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	x, y := points(rng, 400, 2), classes(rng, 400, 4)
	for i, c := range y {
		x.Set(i, 0, x.At(i, 0)+100*float64(c))
	}
	near(t, "I, separate", mi.KSG(x, y, 3), 2, 0.05)
	near(t, "I, independent", mi.KSG(points(rng, 400, 2), y, 3), 0, 0.1)
}

func TestKSGTakesLabelsOnEitherSide(t *testing.T) {
	x, y := []float64{0, 3, 1, 4, 2, 9}, mi.Labels{0, 1, 0, 1, 0, 1}
	if a, b := mi.KSG(x, y, 2), mi.KSG(y, x, 2); a != b {
		t.Errorf("I(X;Y) = %v, I(Y;X) = %v", a, b)
	}
}

func TestBinnedInformationIsThatOfTheCells(t *testing.T) {
	x := tensor.FromRows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}})
	near(t, "xor", mi.Binned(x, mi.Labels{0, 1, 1, 0}, 2), 1, 1e-12)
	near(t, "one bin", mi.Binned(x, mi.Labels{0, 1, 1, 0}, 1), 0, 1e-12)
	first := tensor.FromRows([][]float64{{0}, {0}, {1}, {1}})
	near(t, "half of xor", mi.Binned(first, mi.Labels{0, 1, 1, 0}, 2), 0, 1e-12)
}

func TestSpreadComesFromTheBatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	x, y := points(rng, 90, 2), classes(rng, 90, 3)
	e := mi.MutualOverBatches(x, y, 20, 100, 1, mi.Options{})
	if e.Batches != 4 || !(e.Std > 0) || !(e.Mean > 0 && e.Mean < math.Log2(3)) {
		t.Errorf("got %+v, want 4 batches that differ", e)
	}
	if again := mi.MutualOverBatches(x, y, 20, 100, 1, mi.Options{}); again != e {
		t.Errorf("the same seed gives %v, then %v", e, again)
	}
	all := mi.MutualOverBatches(x, y, 90, 1, 1, mi.Options{})
	near(t, "one batch of all", all.Mean, mi.Mutual(x, y, mi.Options{}), 1e-9)
	if all.Std != 0 {
		t.Errorf("the spread of one batch is %v, want 0", all.Std)
	}
}
