// Package tensor holds the float32 matrix in which activations, parameters and
// examples are kept.
package tensor

import (
	"fmt"
	"math"
	"runtime/debug"

	"gonum.org/v1/gonum/mat"
)

// Points is the shape of a matrix: gonum's mat.Matrix and *Matrix both have it.
// Row i is example i.
type Points interface {
	Dims() (r, c int)
	At(i, j int) float64
}

// Matrix is a dense row-major float32 matrix: row i is Data[i*Cols : (i+1)*Cols].
// One example a row. The zero value is an empty matrix.
type Matrix struct {
	Rows, Cols int
	Data       []float32 // len Rows*Cols
}

var _ Points = (*Matrix)(nil)

// NewMatrix returns a zeroed rows×cols matrix.
func NewMatrix(rows, cols int) *Matrix {
	if rows < 0 || cols < 0 {
		panic("tensor: negative dimension")
	}
	if rows > 0 && cols > large/rows {
		fits(rows, cols)
	}
	return &Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}

// large is a number of elements for which a look at the memory limit costs nothing.
const large = 1 << 28

// fits panics when a matrix is larger than the memory that the process may use (GOMEMLIMIT,
// or the limit of a notebook's worker): to try would end the process.
func fits(rows, cols int) {
	if size := 4 * float64(rows) * float64(cols); size > float64(debug.SetMemoryLimit(-1)) || size > math.MaxInt64/2 {
		panic(fmt.Sprintf("tensor: a %d×%d matrix takes %.0f GB, more than this process may use", rows, cols, size/1e9))
	}
}

// FromRows returns a matrix with the given rows, rounded to float32. It panics
// when they differ in length.
func FromRows(rows [][]float64) *Matrix {
	if len(rows) == 0 {
		return &Matrix{}
	}
	m := NewMatrix(len(rows), len(rows[0]))
	for i, row := range rows {
		if len(row) != m.Cols {
			panic(fmt.Sprintf("tensor: row %d has %d values, row 0 has %d", i, len(row), m.Cols))
		}
		for j, v := range row {
			m.Row(i)[j] = float32(v)
		}
	}
	return m
}

// From copies p, rounded to float32.
func From(p Points) *Matrix {
	if m, ok := p.(*Matrix); ok {
		return m.Clone()
	}
	r, c := p.Dims()
	m := NewMatrix(r, c)
	for i := range r {
		row := m.Row(i)
		for j := range row {
			row[j] = float32(p.At(i, j))
		}
	}
	return m
}

// As returns p itself when it is a *Matrix, and a copy as From makes it otherwise.
// The result is for reading only.
func As(p Points) *Matrix {
	if m, ok := p.(*Matrix); ok {
		return m
	}
	return From(p)
}

// Dims returns the numbers of rows and columns.
func (m *Matrix) Dims() (r, c int) { return m.Rows, m.Cols }

// Row returns row i; it shares memory with m.
func (m *Matrix) Row(i int) []float32 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// At returns the element in row i, column j.
func (m *Matrix) At(i, j int) float64 { return float64(m.Row(i)[j]) }

// Set assigns the element in row i, column j, rounded to float32.
func (m *Matrix) Set(i, j int, v float64) { m.Row(i)[j] = float32(v) }

// View returns the rows i ≤ row < j; they share memory with m.
func (m *Matrix) View(i, j int) Matrix {
	return Matrix{Rows: j - i, Cols: m.Cols, Data: m.Data[i*m.Cols : j*m.Cols : j*m.Cols]}
}

// Clone returns a copy.
func (m *Matrix) Clone() *Matrix {
	return &Matrix{Rows: m.Rows, Cols: m.Cols, Data: append([]float32(nil), m.Data...)}
}

// Dense returns a copy as a gonum matrix. m must not be empty.
func (m *Matrix) Dense() *mat.Dense {
	values := make([]float64, len(m.Data))
	for i, v := range m.Data {
		values[i] = float64(v)
	}
	return mat.NewDense(m.Rows, m.Cols, values)
}

// Finite reports whether no element is NaN or infinite, and otherwise where the
// first such element is.
func (m *Matrix) Finite() (row, col int, ok bool) {
	for i, v := range m.Data {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return i / m.Cols, i % m.Cols, false
		}
	}
	return 0, 0, true
}

// String describes the shape: "128×64 float32".
func (m *Matrix) String() string { return fmt.Sprintf("%d×%d float32", m.Rows, m.Cols) }
