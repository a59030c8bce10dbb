package mole

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// The two ways to solve the ridge regression must give the same readout.
func TestWideAndNarrowReadoutsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, width := range []int{5, 40, 90} {
		x, labels := tensor.NewMatrix(40, width), make([]int, 40)
		for i := range labels {
			labels[i] = i % 3
			for j := range x.Row(i) {
				x.Row(i)[j] = float32(3 + rng.NormFloat64())
			}
		}
		d := &labelled{labels: labels, classes: make([]string, 3)}
		y, _ := d.centredAnswers()
		narrow, err := fitNarrow(t.Context(), x, columnMeans(x), y)
		if err != nil {
			t.Fatal(err)
		}
		wide, err := fitWide(t.Context(), x, columnMeans(x), y)
		if err != nil {
			t.Fatal(err)
		}
		for i := range width {
			for c := range 3 {
				// Products in float32, divided by the ridge of 1 %.
				if got, want := wide.At(i, c), narrow.At(i, c); math.Abs(got-want) > 1e-4 {
					t.Fatalf("width %d: weight %d of class %d is %v by way of the examples, %v by way of the features", width, i, c, got, want)
				}
			}
		}
	}
}
