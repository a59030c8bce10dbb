package data

import "math"

// Imputer replaces missing values (NaN) by the mean of their feature.
type Imputer struct {
	Mean []float64 // by feature, over the values that are there; 0 for a feature without any
}

// FitImputer learns the mean of every feature from the values that train has, and from
// nothing else: what is known of test data must not reach a model.
func FitImputer(train *Dataset) *Imputer {
	train.mustHold("FitImputer")
	m := &Imputer{Mean: make([]float64, train.X.Cols)}
	count := make([]float64, train.X.Cols)
	for i := range train.X.Rows {
		for j, v := range train.X.Row(i) {
			if !math.IsNaN(float64(v)) {
				m.Mean[j] += float64(v)
				count[j]++
			}
		}
	}
	for j := range m.Mean {
		m.Mean[j] /= max(1, count[j])
	}
	return m
}

// Apply returns a copy of d without missing values. d must have the features that m was
// fitted on.
func (m *Imputer) Apply(d *Dataset) *Dataset {
	return d.mapped("Imputer.Apply", len(m.Mean), func(j int, v float32) float32 {
		if math.IsNaN(float64(v)) {
			return float32(m.Mean[j])
		}
		return v
	})
}
