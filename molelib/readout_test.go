package mole

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

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

func TestRidgeSolvesItsEquations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 5, ridgeBlock, 3*ridgeBlock - 7} {
		x := mat.NewDense(2*n, n, nil)
		for i := range x.RawMatrix().Data {
			x.RawMatrix().Data[i] = rng.NormFloat64()
		}
		gram, moment := new(mat.SymDense), mat.NewDense(n, 3, nil)
		gram.SymOuterK(1, x.T())
		for i := range moment.RawMatrix().Data {
			moment.RawMatrix().Data[i] = rng.NormFloat64()
		}
		left := mat.NewSymDense(n, nil)
		left.CopySym(gram)
		for j := range n {
			left.SetSym(j, j, left.At(j, j)+0.01*mat.Trace(gram)/float64(n))
		}
		w, err := ridge(t.Context(), gram, moment, n)
		if err != nil || w == nil {
			t.Fatal(w, err)
		}
		var got mat.Dense
		got.Mul(left, w)
		if !mat.EqualApprox(&got, moment, 1e-9) {
			t.Errorf("n = %d: (G + λI)·W is not M", n)
		}
	}
	if w, err := ridge(t.Context(), mat.NewSymDense(2, []float64{1, math.NaN(), math.NaN(), 1}), mat.NewDense(2, 1, nil), 2); w != nil || err != nil {
		t.Errorf("NaN: %v, %v", w, err)
	}
}
