package mole

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// probe measures representations on examples that are the same all the time.
type probe struct {
	train, test  *data.Dataset // test is nil without test data
	classes      int
	rows         []int // of train, for information
	fit          []int // of train, to fit the linear readout
	score        []int // of test (or train), to score the readout
	final        []int // of train, to score the last module without test data
	raw          *tensor.Matrix
	labels       []int
	estimator    *mi.Estimator
	classEntropy float64
}

// probeScale is the scale c of the adaptive kernel width with which reports measure. It is
// narrower than that of training: there a wide kernel gives gradients between distant
// examples; here a narrow one tells representations apart, from those that carry the
// labels almost whole, I(T;Y) → S(Y), to those that have lost most of them.
const probeScale = 0.5

const (
	readoutRows = 2000  // examples to fit a readout, and to score it
	finalRows   = 10000 // examples to score the network without test data
)

func newProbe(train *data.Dataset, o Options) *probe {
	p := &probe{train: train, test: o.Test, classes: len(train.Classes), estimator: mi.NewEstimator(mi.Options{Scale: probeScale})}
	order := stream(o.Seed, streamProbe, 0).Perm(train.Len())
	p.rows = order[:max(0, o.Probe)]
	p.raw, p.labels = rowsOf(train.X, p.rows), labelsOf(train.Y, p.rows)
	if p.test != nil {
		p.fit = order[:min(readoutRows, len(order))]
		other := stream(o.Seed, streamProbe, 1).Perm(p.test.Len())
		p.score = other[:min(readoutRows, len(other))]
		return p
	}
	half := len(order) / 2
	p.fit = order[:min(readoutRows, half)]
	p.score = order[half:min(half+readoutRows, len(order))]
	p.final = order[:min(finalRows, len(order))]
	return p
}

func (p *probe) fitRows(x *tensor.Matrix) *tensor.Matrix { return rowsOf(x, p.fit) }

// measurement carries the examples of a probe through the modules of a stage.
type measurement struct {
	*probe
	information *tensor.Matrix // examples for information
	fitted      *tensor.Matrix // examples to fit the readout
	scoring     *tensor.Matrix // examples to score the readout
	all         *tensor.Matrix // examples to score the last module; nil when it is not in the stage
	scored      *Evaluation
}

// begin takes the examples out of the input of a stage.
func (p *probe) begin(in input, withLast bool) *measurement {
	m := &measurement{probe: p}
	m.information, m.fitted = rowsOf(in.train, p.rows), rowsOf(in.train, p.fit)
	if p.test != nil {
		m.scoring, m.all = rowsOf(in.test, p.score), in.test
	} else {
		m.scoring, m.all = rowsOf(in.train, p.score), rowsOf(in.train, p.final)
	}
	if !withLast {
		m.all = nil
	}
	return m
}

// advance runs the examples through the layers of one module and fills in e.
func (m *measurement) advance(ctx context.Context, layers []nn.Layer, e *Epoch, last bool) error {
	for _, x := range []**tensor.Matrix{&m.information, &m.fitted, &m.scoring, &m.all} {
		if *x == nil {
			continue
		}
		t, err := applyLayers(ctx, layers, *x)
		if err != nil {
			return err
		}
		*x = t
	}
	e.ITX, e.ITY = m.measure()
	if last {
		m.scored = score(m.examples(), m.all)
		e.Accuracy = m.scored.Accuracy
		return nil
	}
	var err error
	e.Accuracy, err = m.readout(ctx)
	return err
}

// measure returns I(T;X) and I(T;Y) of the probe batch.
func (m *measurement) measure() (itx, ity float64) {
	if len(m.rows) < 2 {
		return math.NaN(), math.NaN()
	}
	v := m.estimator.Labels(nil, m.information, m.labels)
	m.classEntropy = v.Target
	return m.estimator.Points(nil, m.information, m.raw).Information, v.Information
}

// examples returns the dataset that scores the last module.
func (m *measurement) examples() *data.Dataset {
	if m.test != nil {
		return m.test
	}
	d := *m.train
	d.X, d.Y = m.all, labelsOf(m.train.Y, m.final)
	return &d
}

// readout fits ridge regression from the representation to the classes (one column a
// class, 1 or 0), W = (TᵀT + λI)⁻¹ TᵀY on centred T and Y with λ = 1 % of the mean
// eigenvalue of TᵀT, and returns the share of scored examples whose largest output is
// their class.
func (m *measurement) readout(ctx context.Context) (float64, error) {
	width := m.fitted.Cols
	mean := columnMeans(m.fitted)
	gram, moment, err := m.moments(ctx, mean)
	if err != nil {
		return math.NaN(), err
	}
	ridge := 0.0
	for j := range width {
		ridge += gram.At(j, j)
	}
	ridge = 0.01*ridge/float64(width) + 1e-12
	for j := range width {
		gram.SetSym(j, j, gram.At(j, j)+ridge)
	}
	var factor mat.Cholesky
	var weights mat.Dense
	if !factor.Factorize(gram) || factor.SolveTo(&weights, moment) != nil {
		return math.NaN(), nil // NaN or a singular representation: nothing to read
	}
	return m.scoreReadout(mean, &weights), nil
}

// moments returns TᵀT and TᵀY of the centred examples.
func (m *measurement) moments(ctx context.Context, mean []float64) (*mat.SymDense, *mat.Dense, error) {
	width := m.fitted.Cols
	gram, moment := mat.NewSymDense(width, nil), mat.NewDense(width, m.classes, nil)
	raw := gram.RawSymmetric()
	block := make([]float64, chunk*width)
	for from := 0; from < m.fitted.Rows; from += chunk {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		to := min(from+chunk, m.fitted.Rows)
		for i := from; i < to; i++ {
			row := block[(i-from)*width : (i-from+1)*width]
			for j, v := range m.fitted.Row(i) {
				row[j] = float64(v) - mean[j]
			}
			label := m.train.Y[m.fit[i]]
			for j, v := range row {
				moment.Set(j, label, moment.At(j, label)+v)
			}
		}
		backend.Default().Dsyrk(blas.Upper, blas.Trans, width, to-from, 1, block, width, 1, raw.Data, raw.Stride)
	}
	return gram, moment, nil
}

func (m *measurement) scoreReadout(mean []float64, weights *mat.Dense) float64 {
	share := make([]float64, m.classes)
	for _, i := range m.fit {
		share[m.train.Y[i]] += 1 / float64(len(m.fit))
	}
	labels, correct := m.train.Y, 0
	if m.test != nil {
		labels = m.test.Y
	}
	outputs := make([]float64, m.classes)
	for r, i := range m.score {
		copy(outputs, share)
		for j, v := range m.scoring.Row(r) {
			centred := float64(v) - mean[j]
			for c, w := range weights.RawRowView(j) {
				outputs[c] += centred * w
			}
		}
		best := 0
		for c, v := range outputs {
			if v > outputs[best] {
				best = c
			}
		}
		if best == labels[i] {
			correct++
		}
	}
	return quotient(correct, len(m.score))
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

func rowsOf(x *tensor.Matrix, rows []int) *tensor.Matrix {
	out := tensor.NewMatrix(len(rows), x.Cols)
	for r, i := range rows {
		copy(out.Row(r), x.Row(i))
	}
	return out
}

func labelsOf(y, rows []int) []int {
	out := make([]int, len(rows))
	for r, i := range rows {
		out[r] = y[i]
	}
	return out
}
