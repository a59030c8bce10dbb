package mi

import (
	"fmt"
	"math"
	"reflect"

	"gonum.org/v1/gonum/mat"
)

// Sample is n examples of a variable:
//
//   - a matrix of one example a row: any of gonum's, a *tensor.Matrix, what has Dims and At;
//   - []int or Labels: the class of each example;
//   - []float64: a number of each example; [][]float64: the numbers of each;
//   - []Sample: several variables, observed together (their kernels are multiplied).
//
// Anything else is a panic that says so.
type Sample any

// Points is a matrix of one example a row.
type Points interface {
	Dims() (r, c int)
	At(i, j int) float64
}

// Labels is a sample of classes; its kernel is 1 for equal labels and 0 otherwise.
type Labels []int

// Dims returns n, 1.
func (y Labels) Dims() (r, c int) { return len(y), 1 }

// At returns the label of example i.
func (y Labels) At(i, _ int) float64 { return float64(y[i]) }

// Validate returns an error that names the row and the column, both counted from 0, of the
// first value of x that is NaN or infinite. The measures of this package are NaN for such
// a sample.
func Validate(x Sample) error {
	p := pointsOf(x)
	n, d := p.Dims()
	for i := range n {
		for j := range d {
			if v := p.At(i, j); math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("mi: row %d, column %d of the sample is %v: replace or drop missing values first", i, j, v)
			}
		}
	}
	return nil
}

// pointsOf returns the form in which the estimators take a sample.
func pointsOf(x Sample) Points {
	switch x := x.(type) {
	case Points:
		if v := reflect.ValueOf(x); v.Kind() != reflect.Pointer || !v.IsNil() {
			return x
		}
		panic("mi: a sample is nil: give a matrix of one example a row, or labels")
	case nil:
		panic("mi: a sample is nil: give a matrix of one example a row, or labels")
	case []int:
		return Labels(x)
	case []float64:
		if len(x) == 0 {
			return Labels(nil)
		}
		return mat.NewVecDense(len(x), x)
	case [][]float64:
		return newRows(x)
	case []Sample:
		return newVariables(x)
	case []Points:
		return newVariables(x)
	}
	panic(fmt.Sprintf("mi: a sample is a %T: give a matrix of one example a row, []int for classes, []float64 or [][]float64 for numbers", x))
}

// rows are examples in slices of the same length.
type rows [][]float64

func newRows(x [][]float64) rows {
	for i, row := range x {
		if len(row) != len(x[0]) {
			panic(fmt.Sprintf("mi: row %d of a sample has %d values, row 0 has %d: all must be alike", i, len(row), len(x[0])))
		}
	}
	return x
}

func (x rows) Dims() (r, c int) {
	if len(x) == 0 {
		return 0, 0
	}
	return len(x), len(x[0])
}

func (x rows) At(i, j int) float64 { return x[i][j] }

// variables are several variables of the same examples; their columns stand beside each
// other.
type variables []Points

func newVariables[S any](x []S) variables {
	if len(x) == 0 {
		panic("mi: no variables were given")
	}
	v := make(variables, len(x))
	for i, s := range x {
		v[i] = pointsOf(s)
		if n, first := rowsOf(v[i]), rowsOf(v[0]); n != first {
			panic(fmt.Sprintf("mi: variable %d has %d examples, variable 0 has %d", i, n, first))
		}
	}
	return v
}

func rowsOf(p Points) int {
	n, _ := p.Dims()
	return n
}

func (v variables) Dims() (r, c int) {
	for _, p := range v {
		var d int
		r, d = p.Dims()
		c += d
	}
	return r, c
}

func (v variables) At(i, j int) float64 {
	for _, p := range v {
		_, d := p.Dims()
		if j < d {
			return p.At(i, j)
		}
		j -= d
	}
	panic("mi: there is no such column")
}
