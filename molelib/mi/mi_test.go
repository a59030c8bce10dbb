package mi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleMutual() {
	// Two clusters that are the classes: the points tell all about the label.
	x := tensor.FromRows([][]float64{{0, 0}, {0, 0.1}, {5, 5}, {5, 5.1}})
	y := mi.Labels{0, 0, 1, 1}
	fmt.Printf("%.3f bits\n", mi.Mutual(x, y, mi.Options{Width: 1}))
	// Output: 1.000 bits
}

func ExampleEntropy() {
	x := tensor.FromRows([][]float64{{1}, {1}, {1}, {1}})
	far := tensor.FromRows([][]float64{{0}, {100}, {200}, {300}})
	fmt.Printf("%.2f %.2f\n", mi.Entropy(x, mi.Options{Width: 1}), mi.Entropy(far, mi.Options{Width: 1}))
	// Output: 0.00 2.00
}

func ExampleNormalized() {
	fmt.Printf("%.2f\n", mi.Normalized(mi.Labels{0, 0, 1, 1}, mi.Labels{1, 1, 0, 0}, mi.Options{Alpha: 2}))
	// Output: 1.00
}

func points(rng *rand.Rand, n, d int) *mat.Dense {
	m := mat.NewDense(n, d, nil)
	for i := range n {
		for j := range d {
			m.Set(i, j, rng.NormFloat64())
		}
	}
	return m
}

func classes(rng *rand.Rand, n, count int) mi.Labels {
	y := make(mi.Labels, n)
	for i := range y {
		y[i] = rng.IntN(count)
	}
	return y
}

var orders = []float64{0.5, 1, 1.01, 2, 3}

func central(x *mat.Dense, i, j int, f func() float64) float64 {
	const step = 1e-5
	v := x.At(i, j)
	x.Set(i, j, v+step)
	up := f()
	x.Set(i, j, v-step)
	down := f()
	x.Set(i, j, v)
	return (up - down) / (2 * step)
}

func TestBlocksOfLabelsEqualTheWholeProblem(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	x, y := points(rng, 25, 3), classes(rng, 25, 4)
	for _, alpha := range orders {
		o := mi.Options{Alpha: alpha}
		want := mi.Entropy(x, o) + mi.Entropy(y, o) - mi.Joint([]mi.Sample{x, y}, o)
		near(t, fmt.Sprintf("I at α = %v", alpha), mi.Mutual(x, y, o), want, 1e-9)
	}
}

func TestOrderTwoNeedsNoEigenvalues(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	x := points(rng, 20, 3)
	near(t, "S₂", mi.Entropy(x, mi.Options{Alpha: 2}), mi.Entropy(x, mi.Options{Alpha: 2 + 1e-9}), 1e-7)
}

func TestEqualRowsAndSingleClassesCarryNothing(t *testing.T) {
	same := mat.NewDense(6, 2, nil)
	y := mi.Labels{0, 1, 0, 1, 0, 1}
	for _, alpha := range orders {
		o := mi.Options{Alpha: alpha}
		value, grad := mi.MutualGradient(same, y, o)
		near(t, "I of equal rows", value, 0, 1e-7)
		near(t, "its gradient", mat.Norm(grad, 1), 0, 0)
		value, grad = mi.MutualGradient(points(rand.New(rand.NewPCG(1, 1)), 6, 2), mi.Labels{1, 1, 1, 1, 1, 1}, o)
		near(t, "I with one class", value, 0, 1e-9)
		// At α = 1 and below, rounding weighs the smallest eigenvalues.
		near(t, "its gradient", mat.Norm(grad, 1), 0, 1e-7)
	}
}

func TestFloat32BatchesAgreeWithFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	x, y := points(rng, 64, 10), classes(rng, 64, 5)
	e, single := mi.NewEstimator(mi.Options{}), tensor.From(x)
	grad := tensor.NewMatrix(64, 10)
	v := e.Labels(grad, single, y)
	want, dI := mi.MutualGradient(x, y, mi.Options{})
	near(t, "I", v.Information, want, 1e-6)
	for i := range 64 {
		for j := range 10 {
			near(t, "gradient", grad.At(i, j), dI.At(i, j), 1e-6)
		}
	}
}

func TestOptionsThatMakeNoSenseAreErrors(t *testing.T) {
	for _, o := range []mi.Options{{Alpha: -1}, {Alpha: math.NaN()}, {Width: -1}, {Scale: math.Inf(1)}} {
		if o.Check() == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

func BenchmarkLabelsAndGradient(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, alpha := range []float64{1.01, 2} {
		b.Run(fmt.Sprintf("alpha=%v/n=128/d=128", alpha), func(b *testing.B) {
			t, y := tensor.From(points(rng, 128, 128)), classes(rng, 128, 10)
			e, grad := mi.NewEstimator(mi.Options{Alpha: alpha}), tensor.NewMatrix(128, 128)
			b.ReportAllocs()
			for b.Loop() {
				e.Labels(grad, t, y)
			}
		})
	}
}
