package mi

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// sample is a set of points with its distances and kernel, in memory that is reused.
type sample struct {
	n, d   int
	x      []float64 // n×d, centred
	dist   []float64 // n×n, squared distances
	k      []float64 // n×n, kernel matrix
	mean   []float64
	sigma2 float64 // σ²; 0 when all rows are equal
	delta  bool    // labels: k is 1 or 0, there is no x
}

// load copies the rows of p in the given order (nil: as they are) and centres them:
// distances of uncentred data lose most of their digits.
func (s *sample) load(p Points, order []int) {
	if missing(p) {
		panic("mi: a sample is nil: give a matrix of one example a row, or Labels")
	}
	s.n, s.d = p.Dims()
	y, labels := p.(Labels)
	if s.delta = labels; labels {
		s.loadLabels(y, order)
		return
	}
	s.x = resize(s.x, s.n*s.d)
	for r := range s.n {
		i := r
		if order != nil {
			i = order[r]
		}
		readRow(s.x[r*s.d:(r+1)*s.d], p, i)
	}
	s.centre()
}

func (s *sample) loadLabels(y Labels, order []int) {
	s.k = resize(s.k, s.n*s.n)
	at := func(r int) int {
		if order != nil {
			return y[order[r]]
		}
		return y[r]
	}
	for r := range s.n {
		for q := range s.n {
			s.k[r*s.n+q] = 0
			if at(r) == at(q) {
				s.k[r*s.n+q] = 1
			}
		}
	}
}

func readRow(dst []float64, p Points, i int) {
	switch p := p.(type) {
	case *tensor.Matrix:
		for j, v := range p.Row(i) {
			dst[j] = float64(v)
		}
	case *mat.Dense:
		copy(dst, p.RawRowView(i))
	default:
		for j := range dst {
			dst[j] = p.At(i, j)
		}
	}
}

func (s *sample) centre() {
	s.mean = resize(s.mean, s.d)
	clear(s.mean)
	for r := range s.n {
		for j, v := range s.x[r*s.d : (r+1)*s.d] {
			s.mean[j] += v
		}
	}
	for j := range s.mean {
		s.mean[j] /= float64(s.n)
	}
	for r := range s.n {
		row := s.x[r*s.d : (r+1)*s.d]
		for j, m := range s.mean {
			row[j] -= m
		}
	}
}

// kernel computes D_ij = ‖x_i − x_j‖² = G_ii + G_jj − 2G_ij with G = XXᵀ, the width,
// and K = exp(−D/2σ²).
func (s *sample) kernel(o Options) {
	if s.delta {
		return
	}
	n := s.n
	s.dist, s.k = resize(s.dist, n*n), resize(s.k, n*n)
	if s.d > 0 {
		backend.Default().Dsyrk(blas.Upper, blas.NoTrans, n, s.d, 1, s.x, s.d, 0, s.k, n)
	} else {
		clear(s.k)
	}
	sum := 0.0
	for i := range n {
		s.dist[i*n+i] = 0
		for j := i + 1; j < n; j++ {
			d := s.k[i*n+i] + s.k[j*n+j] - 2*s.k[i*n+j]
			if d < 0 { // rounding; NaN stays
				d = 0
			}
			s.dist[i*n+j], s.dist[j*n+i] = d, d
			sum += d
		}
	}
	s.sigma2 = o.Width * o.Width
	if o.Width == 0 && n > 1 {
		s.sigma2 = o.Scale * o.Scale * 2 * sum / float64(n*(n-1))
	}
	s.exponential()
}

// exponential fills K. Where all rows are equal, σ = 0 and K is all ones.
func (s *sample) exponential() {
	n, factor := s.n, 0.0
	if s.sigma2 != 0 {
		factor = -1 / (2 * s.sigma2)
	}
	for i := range n {
		s.k[i*n+i] = 1
		for j := i + 1; j < n; j++ {
			v := math.Exp(factor * s.dist[i*n+j])
			s.k[i*n+j], s.k[j*n+i] = v, v
		}
	}
}

// chain turns M = dF/dK (upper triangle of m) into dF/dX, n×d, in dx:
//
//	P = dF/dD = −M∘K/2σ² + c²/(n(n−1)) · Σ_ij (M∘K∘D)_ij/(2σ⁴) · (1 − δ_ij)
//	dF/dX = 4 (diag(P·1) − P) X
//
// where the second term of P is there for the adaptive width only. m is overwritten.
func (s *sample) chain(dx, m []float64, o Options) {
	n := s.n
	if s.sigma2 == 0 || s.delta {
		clear(dx)
		return
	}
	adaptive := 0.0
	if o.Width == 0 {
		sum := 0.0
		for i := range n {
			for j := i + 1; j < n; j++ {
				sum += m[i*n+j] * s.k[i*n+j] * s.dist[i*n+j]
			}
		}
		adaptive = o.Scale * o.Scale / float64(n*(n-1)) * 2 * sum / (2 * s.sigma2 * s.sigma2)
	}
	for i := range n {
		m[i*n+i] = 0
		for j := i + 1; j < n; j++ {
			p := adaptive - m[i*n+j]*s.k[i*n+j]/(2*s.sigma2)
			m[i*n+j], m[j*n+i] = -p, -p
		}
	}
	for i := range n {
		sum := 0.0
		for _, v := range m[i*n : (i+1)*n] {
			sum -= v
		}
		m[i*n+i] = sum
	}
	backend.Default().Dgemm(blas.NoTrans, blas.NoTrans, n, s.d, n, 4, m, n, s.x, s.d, 0, dx, s.d)
}

func resize(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
