package backend_test

import (
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleMatMul() {
	a := tensor.FromRows([][]float64{{1, 2}, {3, 4}})
	b := tensor.FromRows([][]float64{{1, 0}, {0, 10}})
	c := tensor.NewMatrix(2, 2)
	backend.MatMul(c, 1, a, false, b, false, 0) // c = a·b
	fmt.Println(c.Data)
	backend.MatMul(c, 1, a, true, b, false, 1) // c += aᵀ·b
	fmt.Println(c.Data)
	// Output:
	// [1 20 3 40]
	// [2 50 5 80]
}

func ExampleOpen() {
	b, err := backend.Open("gonum") // pure Go, everywhere
	if err != nil {
		fmt.Println(err)
		return
	}
	a := []float64{2, 1, 1, 2}
	w := make([]float64, 2)
	ok := b.EigenSym(2, a, w, true) // row i of a becomes the eigenvector of w[i]
	fmt.Printf("%s %v %.0f\n", b.Info().Name, ok, w)

	_, err = backend.Open("cublas")
	fmt.Println(err)
	// Output:
	// gonum true [1 3]
	// backend: MOLE_BACKEND=cublas is not known: use gonum, openblas or auto
}

func ExampleDefault() {
	name := backend.Default().Info().Name // what molelib computes with
	fmt.Println(name == "openblas" || name == "gonum")
	fmt.Println("says so:", strings.Contains(backend.Describe(), name))
	// Output:
	// true
	// says so: true
}

func ExampleErr() {
	// A program that MOLE_BACKEND asks for what is not there works on with gonum, and this says why.
	fmt.Println(backend.Err())
	// Output: <nil>
}
