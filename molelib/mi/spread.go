package mi

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Estimate is a value with its spread over batches, in the unit of the measure.
type Estimate struct {
	Mean    float64
	Std     float64 // standard deviation of a batch's value, over Batches−1; 0 for one batch
	Batches int
}

// String is "1.234 ± 0.056 (10 batches)".
func (e Estimate) String() string {
	return fmt.Sprintf("%.3f ± %.3f (%d batches)", e.Mean, e.Std, e.Batches)
}

// MutualOverBatches is OverBatches of Mutual.
func MutualOverBatches(x, y Sample, size, count, seed int, o Options) Estimate {
	return OverBatches(Mutual, x, y, size, count, seed, o)
}

// OverBatches returns the mean and spread of a measure, such as Mutual, Normalized or CKA,
// over batches of the given size, drawn by seed without replacement: values compare only
// between samples of one size, and this says how much one of them depends on the draw. size
// must lie between 2 and the number of examples; as many whole batches as there are, at
// most count, are used.
func OverBatches(measure func(x, y Sample, o Options) float64, x, y Sample, size, count, seed int, o Options) Estimate {
	a, b := pointsOf(x), pointsOf(y)
	n := mustPair(a, b)
	if size < 2 || size > n || count < 1 {
		panic(fmt.Sprintf("mi: OverBatches: %d batches of %d examples: there are %d examples, and a batch needs 2", count, size, n))
	}
	order := rand.New(rand.NewPCG(uint64(seed), 0x6d69)).Perm(n)
	estimate := Estimate{Batches: min(count, n/size)}
	values := make([]float64, estimate.Batches)
	for i := range values {
		rows := order[i*size : (i+1)*size]
		values[i] = measure(subset(a, rows), subset(b, rows), o)
		estimate.Mean += values[i] / float64(len(values))
	}
	for _, v := range values {
		estimate.Std += (v - estimate.Mean) * (v - estimate.Mean)
	}
	estimate.Std = math.Sqrt(estimate.Std / float64(max(1, len(values)-1)))
	return estimate
}

// subset returns the given rows of a sample.
func subset(p Points, rows []int) Points {
	if y, ok := p.(Labels); ok {
		chosen := make(Labels, len(rows))
		for k, i := range rows {
			chosen[k] = y[i]
		}
		return chosen
	}
	if v, ok := p.(variables); ok {
		parts := make(variables, len(v))
		for c, part := range v {
			parts[c] = subset(part, rows)
		}
		return parts
	}
	return chosen{p, rows}
}

// chosen is a sample of some rows of another one.
type chosen struct {
	Points
	rows []int
}

func (c chosen) Dims() (int, int) {
	_, d := c.Points.Dims()
	return len(c.rows), d
}

func (c chosen) At(i, j int) float64 { return c.Points.At(c.rows[i], j) }
