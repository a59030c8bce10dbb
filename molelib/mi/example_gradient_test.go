package mi_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// pairs are two classes of two points that lie between each other.
var (
	pairs = tensor.FromRows([][]float64{{0}, {2}, {1}, {3}})
	class = mi.Labels{0, 0, 1, 1}
)

// Points that follow the gradient of I(X;Y) gather by class.
func ExampleMutualGradient() {
	x := mat.DenseCopyOf(pairs.Dense())
	before := mi.Mutual(x, class, mi.Options{})
	for range 200 {
		_, gradient := mi.MutualGradient(x, class, mi.Options{})
		gradient.Scale(0.2, gradient)
		x.Add(x, gradient)
	}
	fmt.Printf("%.1f → %.1f bits\n", before, mi.Mutual(x, class, mi.Options{}))
	// Output:
	// 0.2 → 0.8 bits
}

func ExampleNormalizedGradient() {
	value, gradient := mi.NormalizedGradient(pairs, class, mi.Options{Alpha: 2})
	rows, cols := gradient.Dims()
	fmt.Printf("%.3f, %d×%d\n", value, rows, cols)
	// Output:
	// 0.055, 4×1
}

func ExampleCKAGradient() {
	value, gradient := mi.CKAGradient(pairs, class, mi.Options{})
	fmt.Printf("%.3f, rows 0 and 1 are drawn together: %v\n", value, gradient.At(0, 0) > gradient.At(1, 0))
	// Output:
	// 0.145, rows 0 and 1 are drawn together: true
}

func ExampleHSICGradient() {
	value, gradient := mi.HSICGradient(pairs, class, mi.Options{})
	fmt.Printf("%.4f, rows 0 and 1 are drawn together: %v\n", value, gradient.At(0, 0) > gradient.At(1, 0))
	// Output:
	// 0.0285, rows 0 and 1 are drawn together: true
}

func ExampleCauchySchwarzGradient() {
	value, gradient := mi.CauchySchwarzGradient(pairs, class, mi.Options{})
	fmt.Printf("%.4f, rows 0 and 1 are drawn together: %v\n", value, gradient.At(0, 0) > gradient.At(1, 0))
	// Output:
	// 0.0609, rows 0 and 1 are drawn together: true
}

// An estimator measures many batches in the same memory. A gradient that is not wanted is nil.
func ExampleEstimator() {
	e := mi.NewEstimator(mi.Options{Width: 1})
	gradient := tensor.NewMatrix(4, 1)
	v := e.Labels(gradient, pairs, class)
	fmt.Printf("I(T;Y) = %.3f = %.3f + %.3f − %.3f bits, normalized %.3f\n", v.Information, v.Entropy, v.Target, v.Joint, v.Normalized())
	fmt.Printf("the same normalized, with its own gradient: %.3f\n", e.NormalizedLabels(gradient, pairs, class).Normalized())
	v = e.NormalizedPoints(gradient, pairs, pairs)
	fmt.Printf("I(T;X): %.3f bits, normalized %.3f\n", e.Points(nil, pairs, pairs).Information, v.Normalized())
	fmt.Printf("CKA %.3f, HSIC %.3f, Cauchy–Schwarz %.3f\n",
		e.CKA(nil, pairs, class), e.HSIC(nil, pairs, class), e.CauchySchwarz(nil, pairs, class))
	// Output:
	// I(T;Y) = 0.564 = 1.551 + 1.000 − 1.987 bits, normalized 0.284
	// the same normalized, with its own gradient: 0.284
	// I(T;X): 1.257 bits, normalized 0.681
	// CKA 0.160, HSIC 0.049, Cauchy–Schwarz 0.147
}

// Two channels, of which each tells one half: together they tell both.
func ExampleEstimator_Channels() {
	maps := tensor.FromRows([][]float64{{0, 0}, {0, 9}, {9, 0}, {9, 9}})
	e := mi.NewEstimator(mi.Options{Width: 1})
	fmt.Printf("%.2f bits\n", e.Channels(nil, maps, 2, []int{0, 1, 2, 3}).Information)
	// Output:
	// 2.00 bits
}

func ExampleOptions() {
	fmt.Println(mi.Options{Alpha: 2, Kernel: mi.Laplacian, Scale: 0.7}.Check())
	fmt.Println(mi.Options{Width: -1}.Check())
	// Output:
	// <nil>
	// mi: width σ = -1: it must be positive and finite, or 0 for the adaptive width
}

func ExampleLabels() {
	n, columns := class.Dims()
	fmt.Println(n, columns, class.At(2, 0))
	// Output: 4 1 1
}

// Points that follow the gradient of S(X) spread.
func ExampleEntropyGradient() {
	x := mat.NewDense(3, 1, []float64{0, 1, 3})
	value, gradient := mi.EntropyGradient(x, mi.Options{Width: 1})
	fmt.Printf("%.2f bits; the first point moves to the left: %v\n", value, gradient.At(0, 0) < 0)
	// Output:
	// 1.38 bits; the first point moves to the left: true
}

func ExampleConditionalMutualGradient() {
	known := []int{0, 1, 0, 1}
	value, gradient := mi.ConditionalMutualGradient(pairs, class, known, mi.Options{Width: 1})
	rows, cols := gradient.Dims()
	fmt.Printf("%.2f bits beyond what is known, %d×%d\n", value, rows, cols)
	// Output:
	// 0.71 bits beyond what is known, 4×1
}

func ExampleSample() {
	numbers := []float64{0, 0.1, 5, 5.1}
	labels := []int{0, 0, 1, 1}
	o := mi.Options{Width: 1}
	fmt.Printf("%.2f bits\n", mi.Mutual(numbers, labels, o))
	fmt.Printf("%.2f bits of two variables together\n", mi.Mutual([]mi.Sample{numbers, [][]float64{{0}, {9}, {0}, {9}}}, []int{0, 1, 2, 3}, o))
	// Output:
	// 1.00 bits
	// 2.00 bits of two variables together
}

func ExampleValidate() {
	fmt.Println(mi.Validate([][]float64{{1, 2}, {3, math.NaN()}}))
	// Output: mi: row 1, column 1 of the sample is NaN: replace or drop missing values first
}

func ExampleOverBatches() {
	x, y := tensor.NewMatrix(100, 1), make([]int, 100)
	for i := range y {
		y[i] = i % 2
		x.Set(i, 0, float64(i%2))
	}
	e := mi.OverBatches(mi.CKA, x, y, 20, 5, 1, mi.Options{})
	fmt.Printf("%.2f of %d batches\n", e.Mean, e.Batches)
	// Output: 1.00 of 5 batches
}

// The target of a regression: numbers, with a kernel of their own.
func ExampleEstimator_NormalizedPoints() {
	targets := []float64{0.1, 0.9, 0.2, 1.1}
	e := mi.NewEstimator(mi.Options{Width: 1, Target: &mi.Options{Width: 0.5}})
	gradient := tensor.NewMatrix(4, 1)
	fmt.Printf("I(T;Y) = %.2f bits\n", e.Points(gradient, pairs, targets).Information)
	fmt.Printf("normalized %.2f\n", e.NormalizedPoints(gradient, pairs, targets).Normalized())
	// Output:
	// I(T;Y) = 0.91 bits
	// normalized 0.53
}
