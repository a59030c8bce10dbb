package mole

import (
	"context"
	"math"

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
func (r *readout) apply(ctx context.Context, t *tensor.Matrix) (*tensor.Matrix, error) {
	answers, w := len(r.offset), r.weights.RawMatrix()
	out := tensor.NewMatrix(t.Rows, answers)
	block, sums := make([]float64, chunk*t.Cols), make([]float64, chunk*answers)
	for from := 0; from < t.Rows; from += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(chunk, t.Rows-from)
		for i := range rows {
			copy(sums[i*answers:], r.offset)
			centre(block[i*t.Cols:(i+1)*t.Cols], t.Row(from+i), r.mean)
		}
		backend.Default().Dgemm(blas.NoTrans, blas.NoTrans, rows, answers, t.Cols, 1, block, t.Cols, w.Data, w.Stride, 1, sums, answers)
		for i, v := range sums[:rows*answers] {
			out.Data[from*answers+i] = float32(v)
		}
	}
	return out, nil
}

// centre writes row − mean to out.
func centre(out []float64, row []float32, mean []float64) {
	for j, v := range row {
		out[j] = float64(v) - mean[j]
	}
}

// quality is the share of examples whose largest answer is their class, or R². The flow of
// the examples is their representation.
func (r *readout) quality(ctx context.Context, d *labelled) (float64, error) {
	outputs, err := r.apply(ctx, d.flow.examples())
	if err != nil {
		return math.NaN(), err
	}
	if d.regression() {
		return scoreValues(d, outputs).R2, nil
	}
	correct := 0
	for i, class := range largest(outputs) {
		if class == d.labels[i] {
			correct++
		}
	}
	return quotient(correct, len(d.labels)), nil
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
			centre(block[(i-from)*width:(i-from+1)*width], t.Row(i), mean)
		}
		backend.Default().Dgemm(blas.Trans, blas.NoTrans, width, answers.Cols, to-from, 1, block, width,
			answers.Data[from*answers.Stride:], answers.Stride, 1, moment.RawMatrix().Data, answers.Cols)
		backend.Default().Dsyrk(blas.Upper, blas.Trans, width, to-from, 1, block, width, 1, raw.Data, raw.Stride)
	}
	return ridge(ctx, gram, moment, width)
}

func fitWide(ctx context.Context, t *tensor.Matrix, mean []float64, y *mat.Dense) (*mat.Dense, error) {
	n, width := t.Rows, t.Cols
	t = t.Clone()
	for i := range n {
		for j, v := range mean {
			t.Row(i)[j] -= float32(v)
		}
	}
	const rowsAtOnce = chunk / 4 // each against all examples
	products, gram := tensor.NewMatrix(rowsAtOnce, n), mat.NewSymDense(n, nil)
	for from := 0; from < n; from += rowsAtOnce {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := t.View(from, min(from+rowsAtOnce, n))
		block := products.View(0, rows.Rows)
		backend.MatMul(&block, 1, &rows, false, t, true, 0)
		for i := range block.Rows {
			for j := from + i; j < n; j++ {
				gram.SetSym(from+i, j, float64(block.Row(i)[j]))
			}
		}
	}
	dual, err := ridge(ctx, gram, y, width)
	if err != nil || dual == nil {
		return nil, err
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

func columnMeans(t *tensor.Matrix) []float64 {
	mean := make([]float64, t.Cols)
	for i := range t.Rows {
		for j, v := range t.Row(i) {
			mean[j] += float64(v) / float64(t.Rows)
		}
	}
	return mean
}
