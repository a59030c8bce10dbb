package nb

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// matrix is the shape of gonum's mat.Matrix and of everything alike.
type matrix interface {
	Dims() (rows, cols int)
	At(i, j int) float64
}

// asMatrix recognizes a matrix that does not format itself.
func asMatrix(v any) (matrix, bool) {
	m, ok := withMethods(v).(matrix)
	if _, formats := v.(fmt.Formatter); formats || !ok || nilPointer(m) {
		return nil, false
	}
	return m, true
}

// What is shown of a larger matrix: the first and last rows and columns.
const (
	matrixRows = 20
	matrixCols = 12
)

// formatMatrix writes a matrix as gonum's mat.Formatted does, with six digits.
func formatMatrix(m matrix) string {
	rows, cols := m.Dims()
	if rows <= 0 || cols <= 0 {
		return fmt.Sprintf("%d×%d matrix", rows, cols)
	}
	is, js := excerpt(rows, matrixRows), excerpt(cols, matrixCols)
	cells := make([][]string, len(is))
	width := make([]int, len(js))
	for a, i := range is {
		cells[a] = make([]string, len(js))
		for b, j := range js {
			cells[a][b] = element(m, i, j)
			width[b] = max(width[b], utf8.RuneCountInString(cells[a][b]))
		}
	}
	var text strings.Builder
	if len(is) < rows || len(js) < cols {
		fmt.Fprintf(&text, "%d×%d matrix\n", rows, cols)
	}
	for a, row := range cells {
		left, right := bracket(a, len(cells))
		text.WriteString(left)
		for b, cell := range row {
			if b > 0 {
				text.WriteString("  ")
			}
			text.WriteString(strings.Repeat(" ", width[b]-utf8.RuneCountInString(cell)) + cell)
		}
		text.WriteString(right)
	}
	return text.String()
}

// excerpt lists the indices to show of n, -1 standing for those left out.
func excerpt(n, limit int) []int {
	var shown []int
	for i := range min(n, limit) {
		switch {
		case n > limit && i == limit/2:
			shown = append(shown, -1, n-limit/2)
		case n > limit && i > limit/2:
			shown = append(shown, n-limit+i)
		default:
			shown = append(shown, i)
		}
	}
	return shown
}

func element(m matrix, i, j int) string {
	switch {
	case i < 0 && j < 0:
		return "⋱"
	case i < 0:
		return "⋮"
	case j < 0:
		return "…"
	}
	return strconv.FormatFloat(m.At(i, j), 'g', 6, 64)
}

func bracket(row, rows int) (left, right string) {
	switch {
	case rows == 1:
		return "[", "]"
	case row == 0:
		return "⎡", "⎤\n"
	case row == rows-1:
		return "⎣", "⎦"
	}
	return "⎢", "⎥\n"
}
