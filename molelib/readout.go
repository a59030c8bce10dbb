package mole

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// readout tells the answers, linearly, from a representation.
type readout struct {
	mean    []float64  // of the representation
	offset  []float64  // mean of the answers
	weights *mat.Dense // width×answers
}

// fitReadout fits ridge regression from the representations of d in the rows of t to the
// classes (one column a class, 1 or 0) or the targets: W = (TᵀT + λI)⁻¹ TᵀY on centred T and
// Y, with λ = 1 % of the mean eigenvalue of TᵀT. A representation that is wider than there
// are examples, as that of a convolution, is read by W = Tᵀ(TTᵀ + λI)⁻¹Y, which is the
// same. It returns nil when the representation is singular or not a number.
func fitReadout(ctx context.Context, t *tensor.Matrix, d *labelled) (*readout, error) {
	fit := fitNarrow
	if t.Cols > t.Rows {
		fit = fitWide
	}
	r := &readout{mean: columnMeans(t)}
	var y *mat.Dense
	y, r.offset = d.centredAnswers()
	var err error
	if r.weights, err = fit(ctx, t, r.mean, y); err != nil || r.weights == nil {
		return nil, err
	}
	return r, nil
}

// apply returns the answers for the rows of t.
func (r *readout) apply(t *tensor.Matrix) *tensor.Matrix {
	out, sum := tensor.NewMatrix(t.Rows, len(r.offset)), make([]float64, len(r.offset))
	for i := range t.Rows {
		copy(sum, r.offset)
		for j, v := range t.Row(i) {
			centred := float64(v) - r.mean[j]
			for c, w := range r.weights.RawRowView(j) {
				sum[c] += centred * w
			}
		}
		for c, v := range sum {
			out.Row(i)[c] = float32(v)
		}
	}
	return out
}

// quality is the share of examples whose largest answer is their class, or R². The flow of
// the examples is their representation.
func (r *readout) quality(d *labelled) float64 {
	outputs := r.apply(d.flow.examples())
	if d.regression() {
		return scoreValues(d, outputs).R2
	}
	correct := 0
	for i, class := range largest(outputs) {
		if class == d.labels[i] {
			correct++
		}
	}
	return quotient(correct, len(d.labels))
}

func fitNarrow(ctx context.Context, t *tensor.Matrix, mean []float64, y *mat.Dense) (*mat.Dense, error) {
	width, answers := t.Cols, y.RawMatrix()
	gram, moment := mat.NewSymDense(width, nil), mat.NewDense(width, answers.Cols, nil)
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
			}
		}
		backend.Default().Dgemm(blas.Trans, blas.NoTrans, width, answers.Cols, to-from, 1, block, width,
			answers.Data[from*answers.Stride:], answers.Stride, 1, moment.RawMatrix().Data, answers.Cols)
		backend.Default().Dsyrk(blas.Upper, blas.Trans, width, to-from, 1, block, width, 1, raw.Data, raw.Stride)
	}
	return ridge(gram, moment, width), nil
}

func fitWide(ctx context.Context, t *tensor.Matrix, mean []float64, y *mat.Dense) (*mat.Dense, error) {
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
	dual := ridge(gram, y, width)
	if dual == nil {
		return nil, nil
	}
	weights := tensor.NewMatrix(width, dual.RawMatrix().Cols)
	backend.MatMul(weights, 1, t, true, tensor.From(dual), false, 0)
	return weights.Dense(), nil
}

// centredAnswers returns the answers of the examples without their mean, and the mean: one
// column a class or a target.
func (d *labelled) centredAnswers() (*mat.Dense, []float64) {
	var y *mat.Dense
	if d.regression() {
		y = d.targets.Dense()
	} else {
		y = mat.NewDense(len(d.labels), len(d.classes), nil)
		for i, label := range d.labels {
			y.Set(i, label, 1)
		}
	}
	n, cols := y.Dims()
	mean := make([]float64, cols)
	for i := range n {
		floats.AddScaled(mean, 1/float64(n), y.RawRowView(i))
	}
	for i := range n {
		floats.Sub(y.RawRowView(i), mean)
	}
	return y, mean
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

func columnMeans(t *tensor.Matrix) []float64 {
	mean := make([]float64, t.Cols)
	for i := range t.Rows {
		for j, v := range t.Row(i) {
			mean[j] += float64(v) / float64(t.Rows)
		}
	}
	return mean
}
