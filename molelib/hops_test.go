package mole

import (
	"math"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// With ⟨v, S(collect(T))⟩ for a loss, the gradient with respect to T is what spread makes of
// v: collect is linear.
func TestGradientsGoBackOverHops(t *testing.T) {
	club, err := flowOf(data.Karate())
	if err != nil {
		t.Fatal(err)
	}
	club.nodes = []int{0, 16, 33}
	rng := stream(1, streamProbe, 0)
	random := func(rows, cols int) *tensor.Matrix {
		m := tensor.NewMatrix(rows, cols)
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
		return m
	}
	product := func(a, b *tensor.Matrix) float64 {
		sum := 0.0
		for i, v := range a.Data {
			sum += float64(v) * float64(b.Data[i])
		}
		return sum
	}
	for hops := range 4 {
		g, x, v := gathering{hops: hops}, random(34, 5), random(3, 5)
		f := club.of(x)
		left := product(v, g.collect(&f))
		right := product(g.spread(&f, v), x)
		// The sums have 15 terms of size 1 in float32.
		if math.Abs(left-right) > 1e-5 {
			t.Errorf("%d hops: ⟨v, f(x)⟩ = %v, ⟨fᵀ(v), x⟩ = %v", hops, left, right)
		}
	}
}
