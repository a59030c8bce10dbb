package mi_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// corners are the corners of a square, each twice, with the side that each is on.
var (
	corners = tensor.FromRows([][]float64{{0, 0}, {0, 0}, {0, 9}, {0, 9}, {9, 0}, {9, 0}, {9, 9}, {9, 9}})
	left    = mi.Labels{0, 0, 0, 0, 1, 1, 1, 1}
	above   = mi.Labels{0, 0, 1, 1, 0, 0, 1, 1}
	either  = mi.Labels{0, 0, 1, 1, 1, 1, 0, 0} // left xor above
)

func ExampleGram() {
	x := tensor.FromRows([][]float64{{0}, {1}, {5}})
	fmt.Printf("%.3f\n", mat.Formatted(mi.Gram(x, mi.Options{Width: 1})))
	// Output:
	// ⎡0.333  0.202  0.000⎤
	// ⎢0.202  0.333  0.000⎥
	// ⎣0.000  0.000  0.333⎦
}

func ExampleGramEntropy() {
	// A Gram matrix of one's own, with trace 1: two groups that have nothing in common.
	a := mat.NewSymDense(4, []float64{
		.25, .25, 0, 0,
		.25, .25, 0, 0,
		0, 0, .25, .25,
		0, 0, .25, .25,
	})
	for _, alpha := range []float64{0.5, 1, 1.01, 2, math.Inf(1)} {
		fmt.Printf("%.2f ", mi.GramEntropy(a, alpha))
	}
	// Output: 1.00 1.00 1.00 1.00 1.00
}

func ExampleWidth() {
	x := tensor.FromRows([][]float64{{0}, {3}, {6}})
	for _, o := range []mi.Options{
		{},           // the root mean square distance
		{Scale: 0.5}, // half of it
		{Rule: mi.MedianDistance},
		{Rule: mi.NearestDistance, Neighbors: 1},
		{Width: 0.7},
	} {
		fmt.Printf("%.2f ", mi.Width(x, o))
	}
	// Output: 4.24 2.12 3.00 3.00 0.70
}

func ExampleAlignedWidth() {
	x := tensor.FromRows([][]float64{{0}, {1}, {2}, {20}, {21}, {22}})
	y := mi.Labels{0, 0, 0, 1, 1, 1}
	width := mi.AlignedWidth(x, y, mi.Options{})
	fmt.Println("between the size of a class and the distance of the two:", 1 < width && width < 20)
	// Output: between the size of a class and the distance of the two: true
}

func ExampleJoint() {
	o := mi.Options{Width: 0.1}
	fmt.Printf("%.2f of %.2f and %.2f bits\n", mi.Joint([]mi.Sample{left, above}, o), mi.Entropy(left, o), mi.Entropy(above, o))
	// Output: 2.00 of 1.00 and 1.00 bits
}

func ExampleJointGram() {
	a, b := mi.Gram(left, mi.Options{}), mi.Gram(above, mi.Options{})
	fmt.Printf("%.2f bits\n", mi.GramEntropy(mi.JointGram(a, b), 1))
	// Output: 2.00 bits
}

func ExampleConditional() {
	fmt.Printf("%.2f bits of the corner are left when the side is known\n", mi.Conditional(corners, left, mi.Options{Width: 0.1}))
	// Output: 1.00 bits of the corner are left when the side is known
}

func ExampleConditionalMutual() {
	o := mi.Options{}
	fmt.Printf("%.2f bits alone, %.2f when the other is known\n",
		max(0, mi.Mutual(left, either, o)), mi.ConditionalMutual(left, either, above, o))
	// Output: 0.00 bits alone, 1.00 when the other is known
}

func ExampleMutualJoint() {
	both := []mi.Sample{left, above}
	fmt.Printf("%.2f bits\n", mi.MutualJoint(both, either, mi.Options{}))
	// Output: 1.00 bits
}

// Of three sides, any two of which say nothing of each other, the third follows from two.
func ExampleTotalCorrelation() {
	fmt.Printf("%.2f bits\n", mi.TotalCorrelation([]mi.Sample{left, above, either}, mi.Options{}))
	// Output: 1.00 bits
}

func ExampleDualTotalCorrelation() {
	fmt.Printf("%.2f bits\n", mi.DualTotalCorrelation([]mi.Sample{left, above, either}, mi.Options{}))
	// Output: 2.00 bits
}

func ExampleKSG() {
	x := tensor.NewMatrix(200, 1)
	y := make(mi.Labels, 200)
	for i := range y {
		y[i] = i % 2
		x.Set(i, 0, float64(100*y[i])+math.Sqrt(float64(i))) // the classes are apart
	}
	fmt.Printf("%.1f bits\n", mi.KSG(x, y, 3))
	// Output: 1.0 bits
}
