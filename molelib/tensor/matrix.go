// Package tensor holds the float32 matrix in which activations, parameters and
// examples are kept.
package tensor

// Matrix is a dense row-major float32 matrix: row i is Data[i*Cols : (i+1)*Cols].
// One example a row. The zero value is an empty matrix.
type Matrix struct {
	Rows, Cols int
	Data       []float32 // len Rows*Cols
}

// NewMatrix returns a zeroed rows×cols matrix.
func NewMatrix(rows, cols int) *Matrix {
	if rows < 0 || cols < 0 {
		panic("tensor: negative dimension")
	}
	return &Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}

// Row returns row i; it shares memory with m.
func (m *Matrix) Row(i int) []float32 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// At returns the element in row i, column j.
func (m *Matrix) At(i, j int) float32 { return m.Row(i)[j] }

// Set assigns the element in row i, column j.
func (m *Matrix) Set(i, j int, v float32) { m.Row(i)[j] = v }
