package mole

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// fitReadout fits ridge regression from the representations in the rows of t, whose mean is
// given, to the classes (one column a class, 1 or 0): W = (TᵀT + λI)⁻¹ TᵀY on centred T and
// Y, with λ = 1 % of the mean eigenvalue of TᵀT. A representation that is wider than there
// are examples, as that of a convolution, is read by W = Tᵀ(TTᵀ + λI)⁻¹Y, which is the
// same. W is nil when the representation is singular or not a number.
func fitReadout(ctx context.Context, t *tensor.Matrix, mean []float64, labels []int, classes int) (*mat.Dense, error) {
	if t.Cols > t.Rows {
		return fitWide(ctx, t, mean, labels, classes)
	}
	return fitNarrow(ctx, t, mean, labels, classes)
}

func fitNarrow(ctx context.Context, t *tensor.Matrix, mean []float64, labels []int, classes int) (*mat.Dense, error) {
	width := t.Cols
	gram, moment := mat.NewSymDense(width, nil), mat.NewDense(width, classes, nil)
	raw := gram.RawSymmetric()
	block := make([]float64, chunk*width)
	for from := 0; from < t.Rows; from += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		to := min(from+chunk, t.Rows)
		for i := from; i < to; i++ {
			row := block[(i-from)*width : (i-from+1)*width]
			for j, v := range t.Row(i) {
				row[j] = float64(v) - mean[j]
				moment.Set(j, labels[i], moment.At(j, labels[i])+row[j])
			}
		}
		backend.Default().Dsyrk(blas.Upper, blas.Trans, width, to-from, 1, block, width, 1, raw.Data, raw.Stride)
	}
	return ridge(gram, moment, width), nil
}

func fitWide(ctx context.Context, t *tensor.Matrix, mean []float64, labels []int, classes int) (*mat.Dense, error) {
	n, width := t.Rows, t.Cols
	t = t.Clone()
	for i := range n {
		for j, v := range mean {
			t.Row(i)[j] -= float32(v)
		}
	}
	products, gram := tensor.NewMatrix(chunk, n), mat.NewSymDense(n, nil)
	for from := 0; from < n; from += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := t.View(from, min(from+chunk, n))
		block := products.View(0, rows.Rows)
		backend.MatMul(&block, 1, &rows, false, t, true, 0)
		for i := range block.Rows {
			for j := from + i; j < n; j++ {
				gram.SetSym(from+i, j, float64(block.Row(i)[j]))
			}
		}
	}
	dual := ridge(gram, centredTargets(labels, classes), width)
	if dual == nil {
		return nil, nil
	}
	weights := tensor.NewMatrix(width, classes)
	backend.MatMul(weights, 1, t, true, tensor.From(dual), false, 0)
	return weights.Dense(), nil
}

// centredTargets returns the classes of examples, one column a class.
func centredTargets(labels []int, classes int) *mat.Dense {
	y, share := mat.NewDense(len(labels), classes, nil), classShares(labels, classes)
	for i, label := range labels {
		for c, v := range share {
			y.Set(i, c, -v)
		}
		y.Set(i, label, 1-share[label])
	}
	return y
}

func classShares(labels []int, classes int) []float64 {
	share := make([]float64, classes)
	for _, label := range labels {
		share[label] += 1 / float64(len(labels))
	}
	return share
}

// ridge solves (G + λI)·W = M for W, where λ is 1 % of the trace of G divided by width. It
// returns nil when there is no solution.
func ridge(gram *mat.SymDense, moment *mat.Dense, width int) *mat.Dense {
	n := gram.SymmetricDim()
	lambda := 0.01*mat.Trace(gram)/float64(width) + 1e-12
	for j := range n {
		gram.SetSym(j, j, gram.At(j, j)+lambda)
	}
	var factor mat.Cholesky
	weights := new(mat.Dense)
	if !factor.Factorize(gram) || factor.SolveTo(weights, moment) != nil {
		return nil // NaN or a singular representation: nothing to read
	}
	return weights
}
