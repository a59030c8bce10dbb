package mi

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// HSIC returns the Hilbert–Schmidt independence criterion tr(KHLH)/(n−1)², H the centring
// matrix: 0 for independent variables (Gretton, Bousquet, Smola, Schölkopf 2005). x and y
// have n ≥ 2 rows.
func HSIC(x, y Sample, o Options) float64 {
	return NewEstimator(o).dependence(hsic, x, y, false)
}

// CKA returns the centred kernel alignment ⟨HKH, HLH⟩/(‖HKH‖‖HLH‖), in [0, 1]; with Linear
// kernels it compares representations up to rotation (Kornblith et al. 2019, who do not
// normalize the kernel). Where one side does not vary, it is 0.
func CKA(x, y Sample, o Options) float64 {
	return NewEstimator(o).dependence(cka, x, y, false)
}

// CauchySchwarz returns the Cauchy–Schwarz quadratic mutual information
// log₂(V_J·V_M/V_C²), in bits, with V_J the mean of K∘L, V_M the product of the means and
// V_C the mean product of row means (Príncipe 2010).
func CauchySchwarz(x, y Sample, o Options) float64 {
	return NewEstimator(o).dependence(cauchySchwarz, x, y, false)
}

// HSICGradient returns HSIC and its gradient with respect to x, one row an example.
func HSICGradient(x, y Sample, o Options) (value float64, gradient *mat.Dense) {
	return NewEstimator(o).dependenceGradient(hsic, x, y)
}

// CKAGradient returns CKA and its gradient with respect to x, one row an example.
func CKAGradient(x, y Sample, o Options) (value float64, gradient *mat.Dense) {
	return NewEstimator(o).dependenceGradient(cka, x, y)
}

// CauchySchwarzGradient returns CauchySchwarz and its gradient with respect to x, one row
// an example.
func CauchySchwarzGradient(x, y Sample, o Options) (value float64, gradient *mat.Dense) {
	return NewEstimator(o).dependenceGradient(cauchySchwarz, x, y)
}

// HSIC returns HSIC of a representation t (n×d) and y. Unless grad is nil, the gradient
// with respect to t is written to it (n×d).
func (e *Estimator) HSIC(grad, t *tensor.Matrix, y Sample) float64 {
	return e.dependenceTo(hsic, grad, t, y)
}

// CKA returns CKA of a representation t (n×d) and y. Unless grad is nil, the gradient with
// respect to t is written to it (n×d).
func (e *Estimator) CKA(grad, t *tensor.Matrix, y Sample) float64 {
	return e.dependenceTo(cka, grad, t, y)
}

// CauchySchwarz returns CauchySchwarz of a representation t (n×d) and y. Unless grad is
// nil, the gradient with respect to t is written to it (n×d).
func (e *Estimator) CauchySchwarz(grad, t *tensor.Matrix, y Sample) float64 {
	return e.dependenceTo(cauchySchwarz, grad, t, y)
}

// dependenceOf computes a measure of K and L (n×n, symmetric). With m it writes M = dF/dK.
type dependenceOf func(m, k, l []float64, n int) float64

func (e *Estimator) dependenceTo(measure dependenceOf, grad, t *tensor.Matrix, y Sample) float64 {
	value := e.dependence(measure, t, y, grad != nil)
	if grad == nil {
		return value
	}
	e.mustFit(grad)
	for i, g := range e.dt {
		grad.Data[i] = float32(g)
	}
	return value
}

func (e *Estimator) dependenceGradient(measure dependenceOf, x, y Sample) (float64, *mat.Dense) {
	value := e.dependence(measure, x, y, true)
	gradient := newGradient(e.t.n, e.t.d)
	copy(gradient.RawMatrix().Data, e.dt)
	return value, gradient
}

// dependence leaves the gradient in e.dt.
func (e *Estimator) dependence(measure dependenceOf, a, b Sample, gradient bool) float64 {
	x, y := pointsOf(a), pointsOf(b)
	mustPair(x, y)
	e.t.load(x, nil)
	e.t.kernel(e.options)
	e.y.load(y, nil)
	e.y.kernel(e.options.target())
	n := e.t.n
	if !gradient {
		return measure(nil, e.t.k, e.y.k, n)
	}
	e.m, e.dt = resize(e.m, n*n), resize(e.dt, n*e.t.d)
	value := measure(e.m, e.t.k, e.y.k, n)
	e.t.chain(e.dt, e.m, e.options)
	return value
}

// centred returns the row means and the mean of a symmetric matrix: (HKH)_ij = K_ij −
// rows_i − rows_j + mean.
func centred(k []float64, n int) (rows []float64, mean float64) {
	rows = make([]float64, n)
	for i := range n {
		for _, v := range k[i*n : (i+1)*n] {
			rows[i] += v / float64(n)
		}
		mean += rows[i] / float64(n)
	}
	return rows, mean
}

// hsic = ⟨K, HLH⟩/(n−1)²,   dF/dK = HLH/(n−1)².
func hsic(m, k, l []float64, n int) float64 {
	if n < 2 {
		return 0
	}
	rows, mean := centred(l, n)
	share, sum := 1/float64((n-1)*(n-1)), 0.0
	for i := range n {
		for j := range n {
			v := l[i*n+j] - rows[i] - rows[j] + mean
			sum += k[i*n+j] * v
			if m != nil {
				m[i*n+j] = v * share
			}
		}
	}
	return sum * share
}

// cka = ⟨K_c, L_c⟩/(‖K_c‖‖L_c‖),   dF/dK = L_c/(‖K_c‖‖L_c‖) − F·K_c/‖K_c‖².
func cka(m, k, l []float64, n int) float64 {
	kRows, kMean := centred(k, n)
	lRows, lMean := centred(l, n)
	var both, kk, ll float64
	for i := range n {
		for j := range n {
			a := k[i*n+j] - kRows[i] - kRows[j] + kMean
			b := l[i*n+j] - lRows[i] - lRows[j] + lMean
			both, kk, ll = both+a*b, kk+a*a, ll+b*b
		}
	}
	size := math.Sqrt(kk * ll)
	if size <= 1e-12*float64(n*n) { // one side does not vary, but for rounding
		clear(m)
		return 0
	}
	value := both / size
	if m == nil {
		return value
	}
	for i := range n {
		for j := range n {
			a := k[i*n+j] - kRows[i] - kRows[j] + kMean
			b := l[i*n+j] - lRows[i] - lRows[j] + lMean
			m[i*n+j] = b/size - value*a/kk
		}
	}
	return value
}

// cauchySchwarz = log₂(V_J·V_M/V_C²),
// dF/dK_ij = (L_ij/V_J + 1/mean K − (l_i + l_j)/V_C)/(n² ln2), l the row means of L.
func cauchySchwarz(m, k, l []float64, n int) float64 {
	kRows, kMean := centred(k, n)
	lRows, lMean := centred(l, n)
	count := float64(n * n)
	var joint, cross float64
	for i := range n {
		for j := range n {
			joint += k[i*n+j] * l[i*n+j] / count
		}
		cross += kRows[i] * lRows[i] / float64(n)
	}
	if m != nil {
		for i := range n {
			for j := range n {
				m[i*n+j] = (l[i*n+j]/joint + 1/kMean - (lRows[i]+lRows[j])/cross) / (count * math.Ln2)
			}
		}
	}
	return math.Log2(joint * kMean * lMean / (cross * cross))
}
