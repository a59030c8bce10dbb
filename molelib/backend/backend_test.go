package backend

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// backends returns what this machine has.
func backends(t testing.TB) []Backend {
	all := []Backend{newGonum("test")}
	b, err := Open("openblas")
	if err != nil {
		t.Log(err)
		return all
	}
	return append(all, b)
}

func random32(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

func random64(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

func TestProductsMatchTheDefinition(t *testing.T) {
	for _, b := range backends(t) {
		rng := rand.New(rand.NewPCG(1, 2))
		for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				const m, n, k = 5, 7, 3
				x, y, c := random64(rng, m*k), random64(rng, k*n), random64(rng, m*n)
				lda, ldb := k, n
				if tA == blas.Trans {
					lda = m
				}
				if tB == blas.Trans {
					ldb = k
				}
				want := slices.Clone(c)
				for i := range m {
					for j := range n {
						sum := 0.0
						for l := range k {
							sum += element(x, lda, tA, i, l) * element(y, ldb, tB, l, j)
						}
						want[i*n+j] = 2*sum + 0.5*c[i*n+j]
					}
				}
				b.Dgemm(tA, tB, m, n, k, 2, x, lda, y, ldb, 0.5, c, n)
				for i := range want {
					if math.Abs(c[i]-want[i]) > 1e-12 {
						t.Fatalf("%s %c%c: element %d: got %v, want %v", b.Info().Name, tA, tB, i, c[i], want[i])
					}
				}
			}
		}
	}
}

func element(a []float64, stride int, t blas.Transpose, i, j int) float64 {
	if t == blas.NoTrans {
		return a[i*stride+j]
	}
	return a[j*stride+i]
}

func TestRankUpdatesFillTheRightTriangle(t *testing.T) {
	a := []float64{1, 2, 3, 4, 5, 6} // 2×3 or 3×2
	for _, b := range backends(t) {
		c := make([]float64, 4)
		b.Dsyrk(blas.Upper, blas.NoTrans, 2, 3, 1, a, 3, 0, c, 2)
		if want := []float64{14, 32, 0, 77}; !slices.Equal(c, want) {
			t.Errorf("%s A·Aᵀ upper: got %v, want %v", b.Info().Name, c, want)
		}
		c = make([]float64, 4)
		b.Dsyrk(blas.Lower, blas.Trans, 2, 3, 1, a, 2, 0, c, 2)
		if want := []float64{35, 0, 44, 56}; !slices.Equal(c, want) {
			t.Errorf("%s AᵀA lower: got %v, want %v", b.Info().Name, c, want)
		}
		s := make([]float32, 4)
		b.Ssyrk(blas.Upper, blas.NoTrans, 2, 3, 1, []float32{1, 2, 3, 4, 5, 6}, 3, 0, s, 2)
		if want := []float32{14, 32, 0, 77}; !slices.Equal(s, want) {
			t.Errorf("%s float32: got %v, want %v", b.Info().Name, s, want)
		}
	}
}

func TestEigenvectorsAreRowsAndRebuildTheMatrix(t *testing.T) {
	for _, b := range backends(t) {
		rng := rand.New(rand.NewPCG(3, 4))
		for _, n := range []int{1, 2, 13, 64, 129} {
			x := random64(rng, n*n)
			a := make([]float64, n*n)
			for i := range n {
				for j := range n {
					a[i*n+j] = x[i*n+j] + x[j*n+i]
				}
			}
			v, w, only := slices.Clone(a), make([]float64, n), make([]float64, n)
			if !b.EigenSym(n, v, w, true) || !b.EigenSym(n, slices.Clone(a), only, false) {
				t.Fatalf("%s n=%d: no convergence", b.Info().Name, n)
			}
			for i := range n {
				if math.Abs(w[i]-only[i]) > 1e-10 {
					t.Fatalf("%s n=%d: eigenvalue %d is %v with and %v without vectors", b.Info().Name, n, i, w[i], only[i])
				}
			}
			for i := range n {
				for j := range n {
					sum := 0.0
					for l := range n {
						sum += v[l*n+i] * w[l] * v[l*n+j]
					}
					if math.Abs(sum-a[i*n+j]) > 1e-10 {
						t.Fatalf("%s n=%d: V diag(w) Vᵀ [%d,%d] is %v, want %v", b.Info().Name, n, i, j, sum, a[i*n+j])
					}
				}
			}
		}
	}
}

func TestNaNDoesNotReachTheEigensolver(t *testing.T) {
	for _, b := range backends(t) {
		if b.EigenSym(2, []float64{1, math.NaN(), math.NaN(), 1}, make([]float64, 2), true) {
			t.Errorf("%s: a matrix with NaN was solved", b.Info().Name)
		}
	}
}

func TestDividedProductsEqualWholeOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, b := range backends(t) {
		for _, shape := range [][3]int{{128, 513, 300}, {700, 200, 128}, {128, 10, 256}} {
			for mode := range 4 {
				tA, tB := mode&1 != 0, mode&2 != 0
				m, n, k := shape[0], shape[1], shape[2]
				x, y := matrix(rng, m, k, tA), matrix(rng, k, n, tB)
				got, want := tensor.NewMatrix(m, n), tensor.NewMatrix(m, n)
				var p product
				p.set(b, got, 1, x, tA, y, tB, 0)
				p.run()
				var whole product
				whole.set(b, want, 1, x, tA, y, tB, 0)
				whole.blocks = 1
				whole.run()
				for i := range want.Data {
					// float32 sums of 300 terms in another order.
					if d := math.Abs(float64(got.Data[i] - want.Data[i])); d > 1e-4 {
						t.Fatalf("%s %v mode %d: element %d differs by %v", b.Info().Name, shape, mode, i, d)
					}
				}
			}
		}
	}
}

func matrix(rng *rand.Rand, rows, cols int, transposed bool) *tensor.Matrix {
	if transposed {
		rows, cols = cols, rows
	}
	return &tensor.Matrix{Rows: rows, Cols: cols, Data: random32(rng, rows*cols)}
}

func TestTheNumberOfWorkersDoesNotShow(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(7, 8))
	x, y := matrix(rng, 128, 784, false), matrix(rng, 784, 512, false)
	for _, b := range backends(t) {
		var first []float32
		for _, procs := range []int{1, 2, 3, 8} {
			runtime.GOMAXPROCS(procs)
			c := tensor.NewMatrix(128, 512)
			var p product
			p.set(b, c, 1, x, false, y, false, 0)
			p.run()
			if first == nil {
				first = c.Data
			}
			if !slices.Equal(first, c.Data) {
				t.Errorf("%s: other bits with GOMAXPROCS=%d", b.Info().Name, procs)
			}
		}
	}
}

func TestUnknownNameIsAnErrorThatNamesTheChoices(t *testing.T) {
	_, err := Open("cuda")
	if err == nil || !strings.Contains(err.Error(), "gonum, openblas or auto") {
		t.Errorf("got %v", err)
	}
}

func TestDescribeNamesTheBackend(t *testing.T) {
	if got := Describe(); !strings.Contains(got, Default().Info().Name) || !strings.Contains(got, "chosen:") {
		t.Errorf("got %q", got)
	}
}

func BenchmarkMatMul(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x, y := matrix(rng, 128, 784, false), matrix(rng, 784, 512, false)
	c := tensor.NewMatrix(128, 512)
	for _, backend := range backends(b) {
		b.Run(backend.Info().Name, func(b *testing.B) {
			b.ReportAllocs()
			var p product
			for b.Loop() {
				p.set(backend, c, 1, x, false, y, false, 0)
				p.run()
			}
			b.ReportMetric(2*128*784*512*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func BenchmarkEigenSym(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 128
	x, a, w := random64(rng, n*n), make([]float64, n*n), make([]float64, n)
	for _, backend := range backends(b) {
		backend.Dsyrk(blas.Upper, blas.NoTrans, n, n, 1, x, n, 0, a, n)
		for i := range n {
			for j := range i {
				a[i*n+j] = a[j*n+i]
			}
		}
		work := make([]float64, n*n)
		b.Run(backend.Info().Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				copy(work, a)
				backend.EigenSym(n, work, w, true)
			}
		})
	}
}
