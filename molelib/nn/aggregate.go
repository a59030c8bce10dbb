package nn

import (
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// aggregate computes, for the nodes i of g and their neighbours j,
//
//	y_i = after_i · (self·before_i·x_i + Σ_j before_j·x_j)
//
// where nil factors are 1. Because edges have no direction, the same with before and
// after exchanged takes gradients back. Neighbours are added in ascending order, so that
// the number of processors does not show in the result.
func (g *Graph) aggregate(y, x *tensor.Matrix, self float32, before, after []float32, shared *sharing) {
	shared.run(g.Nodes, func(_, from, to int) {
		for i := from; i < to; i++ {
			out := y.Row(i)
			clear(out)
			weight := factor(after, i)
			if self != 0 {
				axpy(out, weight*self*factor(before, i), x.Row(i))
			}
			for _, j := range g.Near(i) {
				axpy(out, weight*factor(before, int(j)), x.Row(int(j)))
			}
		}
	})
}

func factor(factors []float32, i int) float32 {
	if factors == nil {
		return 1
	}
	return factors[i]
}

// axpy computes dst += factor·src. Long rows are worth the call of vector instructions.
func axpy(dst []float32, factor float32, src []float32) {
	if len(src) >= 32 {
		vectors.Saxpy(len(src), factor, src, 1, dst, 1)
		return
	}
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] += factor * v
	}
}

var vectors gonum.Implementation

func scale(values []float32, factor float32) {
	for i := range values {
		values[i] *= factor
	}
}

// addRow adds row to each row of y.
func addRow(y *tensor.Matrix, row []float32) {
	for i := range y.Rows {
		add(y.Row(i), row)
	}
}

// sumRows writes the sum of the rows of x to sum.
func sumRows(sum []float32, x *tensor.Matrix) {
	clear(sum)
	for i := range x.Rows {
		add(sum, x.Row(i))
	}
}
