package mole

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
)

// ridgeBlock is the number of rows that are eliminated between two looks at the context:
// with 2,000 examples a few milliseconds of work.
const ridgeBlock = 64

// ridge solves (G + λI)·W = M for W, where λ is 1 % of the trace of G divided by width, by
// Cholesky's decomposition G + λI = UᵀU in blocks, with U in the place of G. (That of gonum
// takes a second for 2,000 examples, and cannot be interrupted.) It returns nil when there
// is no solution.
func ridge(ctx context.Context, gram *mat.SymDense, moment *mat.Dense, width int) (*mat.Dense, error) {
	lambda := 0.01*mat.Trace(gram)/float64(width) + 1e-12
	u := gram.RawSymmetric()
	for j := range u.N {
		u.Data[j*u.Stride+j] += lambda
	}
	b := backend.Default()
	for k := 0; k < u.N; k += ridgeBlock {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := min(k+ridgeBlock, u.N)
		if !cholesky(u.Data[k*u.Stride+k:], end-k, u.Stride) {
			return nil, nil // NaN or a singular representation: nothing to read
		}
		if rest := u.N - end; rest > 0 {
			row := u.Data[k*u.Stride+end:]
			b.Dtrsm(blas.Left, blas.Upper, blas.Trans, blas.NonUnit, end-k, rest, 1, u.Data[k*u.Stride+k:], u.Stride, row, u.Stride)
			b.Dsyrk(blas.Upper, blas.Trans, rest, end-k, -1, row, u.Stride, 1, u.Data[end*u.Stride+end:], u.Stride)
		}
	}
	weights := mat.DenseCopyOf(moment)
	w := weights.RawMatrix()
	for _, t := range []blas.Transpose{blas.Trans, blas.NoTrans} {
		b.Dtrsm(blas.Left, blas.Upper, t, blas.NonUnit, w.Rows, w.Cols, 1, u.Data, u.Stride, w.Data, w.Stride)
	}
	return weights, nil
}

// cholesky puts U of A = UᵀU into the upper triangle of the n×n matrix a. It reports false
// when A is not positive definite.
func cholesky(a []float64, n, stride int) bool {
	for j := range n {
		row := a[j*stride : j*stride+n]
		if !(row[j] > 0) || math.IsInf(row[j], 0) {
			return false
		}
		root := math.Sqrt(row[j])
		for i := j; i < n; i++ {
			row[i] /= root
		}
		for i := j + 1; i < n; i++ {
			below := a[i*stride : i*stride+n]
			for c := i; c < n; c++ {
				below[c] -= row[i] * row[c]
			}
		}
	}
	return true
}
