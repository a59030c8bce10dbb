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

func TestGradientsMatchFiniteDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := points(rng, 12, 3)
	for name, y := range map[string]mi.Points{"labels": classes(rng, 12, 3), "points": points(rng, 12, 2)} {
		for _, alpha := range orders {
			for _, width := range []float64{0, 1.2} {
				o := mi.Options{Alpha: alpha, Width: width, Scale: 0.7}
				_, dI := mi.MutualGradient(x, y, o)
				_, dN := mi.NormalizedGradient(x, y, o)
				for _, at := range [][2]int{{0, 0}, {5, 2}, {11, 1}} {
					what := fmt.Sprintf("%s, α = %v, σ = %v, at %v", name, alpha, width, at)
					slope := func(f func() float64) float64 { return central(x, at[0], at[1], f) }
					// Central differences with step 1e-5 are good to 1e-10/1e-5 at best,
					// times 100 for 1/(1−α) at α = 1.01.
					near(t, "dI "+what, dI.At(at[0], at[1]), slope(func() float64 { return mi.Mutual(x, y, o) }), 1e-6)
					near(t, "dNMI "+what, dN.At(at[0], at[1]), slope(func() float64 { return mi.Normalized(x, y, o) }), 1e-6)
				}
			}
		}
	}
}

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

func TestBoundsAndSymmetry(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		n := 2 + rng.IntN(30)
		x, z, y := points(rng, n, 4), points(rng, n, 2), classes(rng, n, 3)
		for _, alpha := range orders {
			o := mi.Options{Alpha: alpha}
			if s := mi.Entropy(x, o); s < -1e-9 || s > math.Log2(float64(n))+1e-9 {
				t.Errorf("n = %d, α = %v: S = %v outside [0, log₂ n]", n, alpha, s)
			}
			near(t, "I(X;Z) − I(Z;X)", mi.Mutual(x, z, o), mi.Mutual(z, x, o), 1e-9)
			if i, s := mi.Mutual(x, y, o), mi.Entropy(y, o); i > s+1e-9 {
				t.Errorf("n = %d, α = %v: I(X;Y) = %v is more than S(Y) = %v", n, alpha, i, s)
			}
		}
	}
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

func TestRotationAndShiftChangeNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	x, y := points(rng, 30, 2), classes(rng, 30, 3)
	moved := mat.NewDense(30, 2, nil)
	moved.Mul(x, mat.NewDense(2, 2, []float64{0.6, -0.8, 0.8, 0.6}))
	moved.Apply(func(_, _ int, v float64) float64 { return v + 1000 }, moved)
	// A shift by 1000 costs three digits of the coordinates.
	near(t, "I", mi.Mutual(moved, y, mi.Options{}), mi.Mutual(x, y, mi.Options{}), 1e-9)
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

func TestNaNInTheSampleGivesNaN(t *testing.T) {
	x := mat.NewDense(3, 1, []float64{1, math.NaN(), 2})
	for _, alpha := range orders {
		if v := mi.Mutual(x, mi.Labels{0, 1, 0}, mi.Options{Alpha: alpha}); !math.IsNaN(v) {
			t.Errorf("α = %v: got %v", alpha, v)
		}
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
