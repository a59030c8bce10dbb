package mole

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// logistic is multinomial logistic regression: softmax(zW + b) with z = (t − mean)/std.
type logistic struct {
	t         *tensor.Matrix
	labels    []int
	classes   int
	mean, std []float64
	theta     []float64 // W by rows, then b

	at, gradient []float64 // where value and gradient were computed last
	value        float64
	z, p         []float64 // of a chunk
}

func newLogistic(t *tensor.Matrix, labels []int, classes int) *logistic {
	return &logistic{
		t: t, labels: labels, classes: classes, mean: make([]float64, t.Cols), std: make([]float64, t.Cols),
		theta: make([]float64, (t.Cols+1)*classes), z: make([]float64, chunk*t.Cols), p: make([]float64, chunk*classes),
	}
}

// standardize finds the mean and the deviation of every feature.
func (l *logistic) standardize(ctx context.Context) error {
	for i := range 2 * l.t.Rows { // the means first
		if i%chunk == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for j, v := range l.t.Row(i % l.t.Rows) {
			if i < l.t.Rows {
				l.mean[j] += float64(v) / float64(l.t.Rows)
			} else {
				d := float64(v) - l.mean[j]
				l.std[j] += d * d / float64(l.t.Rows)
			}
		}
	}
	for j, variance := range l.std {
		// Rounding leaves a constant column with a tiny spread that would blow it up.
		if l.std[j] = math.Sqrt(variance); l.std[j] <= 1e-7*math.Abs(l.mean[j]) {
			l.std[j] = 1
		}
	}
	return nil
}

// mostSteps bounds the iterations of L-BFGS; scikit-learn stops after 100.
const mostSteps = 200

func (l *logistic) fit(ctx context.Context) error {
	stopped := l.standardize(ctx)
	evaluate := func(theta []float64) {
		if slices.Equal(l.at, theta) {
			return
		}
		l.at, l.value = append(l.at[:0], theta...), math.NaN() // NaN ends the search
		if stopped == nil {
			stopped = l.differentiate(ctx)
		}
	}
	problem := optimize.Problem{
		Func: func(theta []float64) float64 { evaluate(theta); return l.value },
		Grad: func(gradient, theta []float64) { evaluate(theta); copy(gradient, l.gradient) },
	}
	settings := &optimize.Settings{MajorIterations: mostSteps, GradientThreshold: 1e-5}
	result, err := optimize.Minimize(problem, l.theta, settings, &optimize.LBFGS{})
	if stopped != nil {
		return stopped
	}
	if result == nil {
		return err
	}
	// Where rounding ends the line search, the minimum is reached as well as can be.
	copy(l.theta, result.X)
	return nil
}

// differentiate computes the mean cross-entropy with its penalty, and its gradient.
func (l *logistic) differentiate(ctx context.Context) error {
	n, d, c := l.t.Rows, l.t.Cols, l.classes
	if l.gradient == nil {
		l.gradient = make([]float64, len(l.at))
	}
	clear(l.gradient)
	loss, share := 0.0, 1/float64(n)
	for from := 0; from < n; from += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := min(chunk, n-from)
		l.logits(l.at, l.t, from, rows)
		for r := range rows {
			p := l.p[r*c : (r+1)*c]
			label := l.labels[from+r]
			total := floats.LogSumExp(p)
			loss += share * (total - p[label])
			for k := range p {
				p[k] = share * math.Exp(p[k]-total)
			}
			p[label] -= share
			floats.Add(l.gradient[d*c:], p)
		}
		backend.Default().Dgemm(blas.Trans, blas.NoTrans, d, c, rows, 1, l.z, d, l.p, c, 1, l.gradient, c)
	}
	weights, penalty := l.at[:d*c], share
	if c == 2 {
		// scikit-learn has one vector of weights for two classes; at the minimum these two are its
		// half and minus its half.
		penalty = 2 * share
	}
	floats.AddScaled(l.gradient[:d*c], penalty, weights)
	l.value = loss + penalty*floats.Dot(weights, weights)/2
	return nil
}

// logits writes the standardized rows from … of t to z, and their logits to p.
func (l *logistic) logits(theta []float64, t *tensor.Matrix, from, rows int) {
	d, c := t.Cols, l.classes
	for r := range rows {
		z := l.z[r*d : (r+1)*d]
		for j, v := range t.Row(from + r) {
			z[j] = (float64(v) - l.mean[j]) / l.std[j]
		}
		copy(l.p[r*c:(r+1)*c], theta[d*c:])
	}
	backend.Default().Dgemm(blas.NoTrans, blas.NoTrans, rows, c, d, 1, l.z, d, theta, c, 1, l.p, c)
}

// apply returns the logits for the rows of t.
func (l *logistic) apply(ctx context.Context, t *tensor.Matrix) (*tensor.Matrix, error) {
	out := tensor.NewMatrix(t.Rows, l.classes)
	for from := 0; from < t.Rows; from += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(chunk, t.Rows-from)
		l.logits(l.theta, t, from, rows)
		for i, v := range l.p[:rows*l.classes] {
			out.Data[from*l.classes+i] = float32(v)
		}
	}
	return out, nil
}
