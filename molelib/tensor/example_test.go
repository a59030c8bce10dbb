package tensor_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleFromRows() {
	m := tensor.FromRows([][]float64{{1, 2, 3}, {4, 5, 6}})
	fmt.Println(m, m.At(1, 2), m.Row(0))
	// Output: 2×3 float32 6 [1 2 3]
}

func ExampleNewMatrix() {
	m := tensor.NewMatrix(2, 2)
	m.Set(0, 1, 0.1) // rounded to float32
	fmt.Println(m.Data, m.At(0, 1))
	// Output: [0 0.1 0 0] 0.10000000149011612
}

func ExampleFrom() {
	dense := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	m := tensor.From(dense)
	m.Set(0, 0, 9)
	fmt.Println(m.Data, dense.At(0, 0))
	// Output: [9 2 3 4] 1
}

func ExampleAs() {
	m := tensor.FromRows([][]float64{{1, 2}})
	fmt.Println(tensor.As(m) == m, tensor.As(mat.NewDense(1, 2, []float64{3, 4})).Data)
	// Output: true [3 4]
}

func ExampleMatrix_Dense() {
	m := tensor.FromRows([][]float64{{1, 2}, {3, 4}})
	var inverse mat.Dense
	if err := inverse.Inverse(m.Dense()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", mat.Formatted(&inverse))
	// Output:
	// ⎡-2.0   1.0⎤
	// ⎣ 1.5  -0.5⎦
}

func ExampleMatrix_View() {
	m := tensor.FromRows([][]float64{{1, 2}, {3, 4}, {5, 6}})
	copied := m.Clone()
	last := m.View(1, 3)
	last.Set(0, 0, 30) // the same memory
	rows, cols := last.Dims()
	fmt.Println(rows, cols, m.At(1, 0), copied.At(1, 0))
	// Output: 2 2 30 3
}

func ExampleMatrix_Finite() {
	m := tensor.FromRows([][]float64{{1, 2}, {3, math.NaN()}})
	row, col, ok := m.Finite()
	fmt.Println(row, col, ok)
	// Output: 1 1 false
}

func ExampleFloat16() {
	fmt.Println(tensor.Float16(0x3c00), tensor.Float16(0xc100), tensor.Float16(0x7c00))
	// Output: 1 -2.5 +Inf
}
