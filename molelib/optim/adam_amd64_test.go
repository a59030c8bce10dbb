package optim

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestVectorsGiveTheSameBits(t *testing.T) {
	if !vectors {
		t.Skip("this processor has no AVX")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 1000 // the last 0 … 7 values are done one by one
	var a, b [4][]float32
	for k := range a {
		for i := range n {
			v := float32(rng.NormFloat64())
			switch i % 5 {
			case 1:
				v *= float32(math.Pow(10, -40*rng.Float64())) // down to denormal numbers
			case 2:
				v = 0
			}
			if k == 3 {
				v *= v // a second moment
			}
			a[k], b[k] = append(a[k], v), append(b[k], v)
		}
	}
	a[1][8], b[1][8] = float32(math.NaN()), float32(math.NaN())
	c := coefficients{rate: 1e-3, epsilon: 1e-8, b1: 0.9, b2: 0.999, keep: 0.99}
	for step := range 3 {
		if done := updateVectors(a[0][:n-step], a[1][:n-step], a[2][:n-step], a[3][:n-step], &c); done != (n-step)&^7 {
			t.Fatalf("%d of %d values were done", done, n-step)
		}
		done := (n - step) &^ 7
		c.update(b[0][:done], b[1][:done], b[2][:done], b[3][:done])
		for k, name := range []string{"value", "gradient", "first moment", "second moment"} {
			for i := range n {
				if x, y := math.Float32bits(a[k][i]), math.Float32bits(b[k][i]); x != y && !(a[k][i] != a[k][i] && b[k][i] != b[k][i]) {
					t.Fatalf("step %d: %s %d is %v by vectors, %v one by one", step, name, i, a[k][i], b[k][i])
				}
			}
		}
	}
	if a[0][8] == a[0][8] {
		t.Error("NaN in a gradient does not show")
	}
}

func BenchmarkUpdate(b *testing.B) {
	const n = 1 << 16
	value, grad, first, second := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range grad {
		grad[i] = float32(i%7) - 3
	}
	c := coefficients{rate: 1e-3, epsilon: 1e-8, b1: 0.9, b2: 0.999, keep: 1}
	b.Run("vectors", func(b *testing.B) {
		b.SetBytes(n)
		for b.Loop() {
			updateVectors(value, grad, first, second, &c)
		}
	})
	b.Run("one by one", func(b *testing.B) {
		b.SetBytes(n)
		for b.Loop() {
			c.update(value, grad, first, second)
		}
	})
}
