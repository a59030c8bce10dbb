package mi

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
)

// Kernel is a similarity of points. Every kernel is normalized to K_ii = 1.
type Kernel int

// The kernels. σ is the width.
const (
	Gaussian   Kernel = iota // exp(−‖x−y‖²/2σ²)
	Laplacian                // exp(−‖x−y‖/σ)
	Linear                   // x·y/(‖x‖‖y‖), of the centred sample
	Polynomial               // (1 + x·y)^Degree, normalized, of the centred sample
	Delta                    // 1 where two points are equal, 0 elsewhere; no gradient
)

// WidthRule says how the kernel width σ follows from a sample of n points in d
// dimensions. Gradients differentiate MeanDistance; the other rules count as constants.
type WidthRule int

// The rules. c is Options.Scale.
const (
	MeanDistance    WidthRule = iota // σ² = c²·mean_{i≠j} ‖x_i − x_j‖²
	MedianDistance                   // σ = c·median of the distances
	NearestDistance                  // σ = c·mean distance to the k nearest neighbours
	Silverman                        // σ = c·n^(−1/(4+d))
)

// Width returns the width σ that o gives a sample x.
func Width(x Sample, o Options) float64 {
	o = o.withDefaults()
	var s sample
	s.load(mustHave(pointsOf(x)), nil)
	if s.delta || s.parts != nil {
		panic("mi: Width: a width is that of the points of one variable")
	}
	s.products()
	s.distances(o)
	return math.Sqrt(s.sigma2)
}

// AlignedWidth returns the width σ of a Gaussian or Laplacian kernel on x that aligns best
// with y: the one of the highest CKA among the root mean square distance times 2^(k/2), k
// from −8 to 8. (Cristianini, Shawe-Taylor, Elisseeff, Kandola 2001: kernel-target
// alignment.)
func AlignedWidth(x, y Sample, o Options) float64 {
	if o.Target == nil {
		target := o
		o.Target = &target
	}
	o.Rule, o.Scale, o.Width = MeanDistance, 1, 0
	base, best, width := Width(x, o), math.Inf(-1), 0.0
	if math.IsNaN(base) {
		return base
	}
	for k := -8; k <= 8; k++ {
		o.Width = base * math.Pow(2, float64(k)/2)
		if o.Width == 0 {
			return 0 // All points are equal.
		}
		if v := CKA(x, y, o); v > best {
			best, width = v, o.Width
		}
	}
	return width
}

// kernel computes K from the points, which load has centred.
func (s *sample) kernel(o Options) {
	if s.delta {
		return
	}
	if s.parts != nil {
		s.multiply(o)
		return
	}
	switch o.Kernel {
	case Gaussian, Laplacian:
		s.products()
		s.distances(o)
		s.exponential(o.Kernel)
	case Linear:
		s.products()
		s.polynomial(0, 1)
	case Polynomial:
		s.products()
		s.polynomial(1, o.Degree)
	case Delta:
		s.equality()
	}
}

// products writes the inner products XXᵀ to the upper triangle of k.
func (s *sample) products() {
	n := s.n
	s.dist, s.k = resize(s.dist, n*n), resize(s.k, n*n)
	if s.d > 0 {
		backend.Default().Dsyrk(blas.Upper, blas.NoTrans, n, s.d, 1, s.x, s.d, 0, s.k, n)
	} else {
		clear(s.k)
	}
}

// distances computes D_ij = ‖x_i − x_j‖² = G_ii + G_jj − 2G_ij with G = XXᵀ, and the
// width.
func (s *sample) distances(o Options) {
	n, sum := s.n, 0.0
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
	width := o.Width
	switch {
	case o.Width > 0 || n < 2:
	case o.Rule == MeanDistance:
		s.sigma2 = o.Scale * o.Scale * 2 * sum / float64(n*(n-1))
		return
	case o.Rule == MedianDistance:
		width = o.Scale * s.medianDistance()
	case o.Rule == NearestDistance:
		width = o.Scale * s.nearestDistance(o.Neighbors)
	case o.Rule == Silverman:
		width = o.Scale * math.Pow(float64(n), -1/float64(4+s.d))
	}
	s.sigma2 = width * width
}

func (s *sample) medianDistance() float64 {
	var all []float64
	for i := range s.n {
		for j := i + 1; j < s.n; j++ {
			all = append(all, math.Sqrt(s.dist[i*s.n+j]))
		}
	}
	slices.Sort(all)
	half := len(all) / 2
	if len(all)%2 == 1 {
		return all[half]
	}
	return (all[half-1] + all[half]) / 2
}

// nearestDistance is the mean distance of a point to its k nearest neighbours.
func (s *sample) nearestDistance(k int) float64 {
	k = min(k, s.n-1)
	sum, row := 0.0, make([]float64, s.n)
	for i := range s.n {
		copy(row, s.dist[i*s.n:(i+1)*s.n])
		slices.Sort(row)
		for _, d := range row[1 : k+1] { // row[0] is the point itself
			sum += math.Sqrt(d)
		}
	}
	return sum / float64(k*s.n)
}

// exponential fills K. Where all rows are equal, σ = 0 and K is all ones.
func (s *sample) exponential(kernel Kernel) {
	n := s.n
	for i := range n {
		s.k[i*n+i] = 1
		for j := i + 1; j < n; j++ {
			v := 1.0
			if s.sigma2 != 0 {
				exponent := -s.dist[i*n+j] / (2 * s.sigma2)
				if kernel == Laplacian {
					exponent = -math.Sqrt(s.dist[i*n+j] / s.sigma2)
				}
				v = math.Exp(exponent)
			}
			s.k[i*n+j], s.k[j*n+i] = v, v
		}
	}
}

// polynomial fills K with (offset + x_i·x_j)^degree, normalized, and keeps the inner
// products in dist. A point without length is similar to itself only.
func (s *sample) polynomial(offset float64, degree int) {
	n := s.n
	for i := range n {
		for j := i; j < n; j++ {
			s.dist[i*n+j], s.dist[j*n+i] = s.k[i*n+j], s.k[i*n+j]
		}
	}
	for i := range n {
		s.k[i*n+i] = 1
		for j := i + 1; j < n; j++ {
			size := power(offset+s.dist[i*n+i], degree) * power(offset+s.dist[j*n+j], degree)
			v := power(offset+s.dist[i*n+j], degree) / math.Sqrt(size)
			if size == 0 {
				v = 0
			}
			s.k[i*n+j], s.k[j*n+i] = v, v
		}
	}
}

func power(x float64, degree int) float64 {
	y := 1.0
	for range degree {
		y *= x
	}
	return y
}

// equality fills K with 1 where two rows are the same.
func (s *sample) equality() {
	n := s.n
	s.k = resize(s.k, n*n)
	if floats.HasNaN(s.x) { // equal to nothing, not even to itself
		for i := range s.k {
			s.k[i] = math.NaN()
		}
		return
	}
	for i := range n {
		for j := i; j < n; j++ {
			v := 0.0
			if slices.Equal(s.x[i*s.d:(i+1)*s.d], s.x[j*s.d:(j+1)*s.d]) {
				v = 1
			}
			s.k[i*n+j], s.k[j*n+i] = v, v
		}
	}
}

// chain turns M = dF/dK (upper triangle of m) into dF/dX, n×d, in dx. m is overwritten.
func (s *sample) chain(dx, m []float64, o Options) {
	if s.delta || o.Kernel == Delta {
		clear(dx)
		return
	}
	if s.parts != nil {
		s.chainParts(dx, m, o)
		return
	}
	switch o.Kernel {
	case Linear:
		s.chainProducts(dx, m, 0, 1)
		return
	case Polynomial:
		s.chainProducts(dx, m, 1, o.Degree)
		return
	}
	for i := range s.n {
		for j := i + 1; j < s.n; j++ {
			m[i*s.n+j] *= s.k[i*s.n+j]
		}
	}
	s.chainDistances(dx, m, o)
}

// chainDistances takes W = M∘K (upper triangle of w, overwritten) to dF/dX:
//
//	Gaussian:  P = dF/dD = −W/2σ²    + c²/(n(n−1)) · Σ_ij (W∘D)_ij/(2σ⁴)  · (1 − δ_ij)
//	Laplacian: P = dF/dD = −W/(2σ√D) + c²/(n(n−1)) · Σ_ij (W∘√D)_ij/(2σ³) · (1 − δ_ij)
//	dF/dX = 4 (diag(P·1) − P) X
//
// where the second term of P is there for the adaptive width only. With W in place of M
// it holds for a product of kernels, too.
func (s *sample) chainDistances(dx, w []float64, o Options) {
	n := s.n
	if s.sigma2 == 0 {
		clear(dx)
		return
	}
	adaptive := 0.0
	if o.Width == 0 && o.Rule == MeanDistance {
		adaptive = o.Scale * o.Scale / float64(n*(n-1)) * s.widthSlope(w, o.Kernel)
	}
	sigma := math.Sqrt(s.sigma2)
	for i := range n {
		w[i*n+i] = 0
		for j := i + 1; j < n; j++ {
			p := -w[i*n+j] / (2 * s.sigma2)
			if o.Kernel == Laplacian {
				p = 0 // Two equal points push each other nowhere.
				if d := s.dist[i*n+j]; d > 0 {
					p = -w[i*n+j] / (2 * sigma * math.Sqrt(d))
				}
			}
			w[i*n+j], w[j*n+i] = -p-adaptive, -p-adaptive
		}
	}
	for i := range n {
		sum := 0.0
		for _, v := range w[i*n : (i+1)*n] {
			sum -= v
		}
		w[i*n+i] = sum
	}
	backend.Default().Dgemm(blas.NoTrans, blas.NoTrans, n, s.d, n, 4, w, n, s.x, s.d, 0, dx, s.d)
}

// widthSlope is dF/dσ² for the adaptive width.
func (s *sample) widthSlope(w []float64, kernel Kernel) float64 {
	n, sum := s.n, 0.0
	for i := range n {
		for j := i + 1; j < n; j++ {
			if kernel == Laplacian {
				sum += w[i*n+j] * math.Sqrt(s.dist[i*n+j])
			} else {
				sum += w[i*n+j] * s.dist[i*n+j]
			}
		}
	}
	if kernel == Laplacian {
		return sum / (s.sigma2 * math.Sqrt(s.sigma2))
	}
	return sum / (s.sigma2 * s.sigma2)
}

// chainProducts is the chain of (offset + G)^degree, normalized, with G = XXᵀ of the
// centred sample:
//
//	Q_ij = dF/dG_ij = M_ij·p′(G_ij)/√(p(G_ii) p(G_jj)), i ≠ j
//	Q_ii = −Σ_{j≠i} M_ij K_ij · p′(G_ii)/p(G_ii)
//	dF/dX = 2·C Q X, C the centring matrix
//
// with p(g) = (offset + g)^degree.
func (s *sample) chainProducts(dx, m []float64, offset float64, degree int) {
	n := s.n
	slope := func(g float64) float64 { return float64(degree) * power(offset+g, degree-1) }
	own := make([]float64, n)
	for i := range n {
		own[i] = power(offset+s.dist[i*n+i], degree)
	}
	for i := range n {
		m[i*n+i] = 0
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			v := m[i*n+j]
			if own[i] == 0 || own[j] == 0 {
				m[i*n+j], m[j*n+i] = 0, 0
				continue
			}
			m[i*n+i] -= v * s.k[i*n+j] * slope(s.dist[i*n+i]) / own[i]
			m[j*n+j] -= v * s.k[i*n+j] * slope(s.dist[j*n+j]) / own[j]
			v *= slope(s.dist[i*n+j]) / math.Sqrt(own[i]*own[j])
			m[i*n+j], m[j*n+i] = v, v
		}
	}
	backend.Default().Dgemm(blas.NoTrans, blas.NoTrans, n, s.d, n, 2, m, n, s.x, s.d, 0, dx, s.d)
	centreColumns(dx, n, s.d)
}

func centreColumns(dx []float64, n, d int) {
	g := mat.NewDense(n, d, dx)
	for j := range d {
		mean := mat.Sum(g.ColView(j)) / float64(n)
		for i := range n {
			dx[i*d+j] -= mean
		}
	}
}
