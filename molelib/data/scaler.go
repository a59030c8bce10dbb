package data

import (
	"fmt"
	"math"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Scaler standardizes features: x ← (x − Mean)/Std, with the mean and standard
// deviation of the training examples it was fitted on.
type Scaler struct {
	Mean []float64 // by feature
	Std  []float64 // by feature, over n (not n−1); 1 where a feature never varies
}

// FitScaler learns mean and standard deviation of every feature from train, and
// from nothing else: what is known of test data must not reach a model.
func FitScaler(train *Dataset) *Scaler {
	train.mustHold("FitScaler")
	return scalerOf(train.X)
}

func scalerOf(m *tensor.Matrix) *Scaler {
	cols, n := m.Cols, float64(max(1, m.Rows))
	s := &Scaler{Mean: make([]float64, cols), Std: make([]float64, cols)}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			s.Mean[j] += float64(v) / n
		}
	}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			s.Std[j] += (float64(v) - s.Mean[j]) * (float64(v) - s.Mean[j]) / n
		}
	}
	for j, variance := range s.Std {
		s.Std[j] = math.Sqrt(variance)
		// Rounding leaves a constant column with a tiny spread that would blow it up.
		if s.Std[j] <= 1e-7*math.Abs(s.Mean[j]) {
			s.Std[j] = 1
		}
	}
	return s
}

// Apply returns a standardized copy of d, which must have the features that s was
// fitted on.
func (s *Scaler) Apply(d *Dataset) *Dataset {
	return d.mapped("Scaler.Apply", len(s.Mean), func(j int, v float32) float32 {
		return float32((float64(v) - s.Mean[j]) / s.Std[j])
	})
}

// mapped returns a copy of d with f of every value, in the name of a method that was fitted
// on the given number of features.
func (d *Dataset) mapped(method string, features int, f func(j int, v float32) float32) *Dataset {
	d.mustHold(method)
	if d.X.Cols != features {
		panic(fmt.Sprintf("data: %s: fitted on %d features, given %d", method, features, d.X.Cols))
	}
	out := *d
	out.X = tensor.NewMatrix(d.X.Rows, d.X.Cols)
	for i := range d.X.Rows {
		row := out.X.Row(i)
		for j, v := range d.X.Row(i) {
			row[j] = f(j, v)
		}
	}
	return &out
}

// Standardize returns copies of train and test, both standardized by a Scaler that
// is fitted on train alone.
func Standardize(train, test *Dataset) (*Dataset, *Dataset) {
	s := FitScaler(train)
	return s.Apply(train), s.Apply(test)
}
