package mi

import "gonum.org/v1/gonum/mat"

// EntropyGradient returns S(X) and its gradient with respect to X, one row an example, in
// bits per unit of x.
func EntropyGradient(x Sample, o Options) (value float64, gradient *mat.Dense) {
	mustCheck(o)
	o = o.withDefaults()
	s := kernelOf(x, o)
	var a spectrum
	value = a.solve(s.k, s.n, whole(s.n), o.Alpha, 1/float64(s.n), true)
	m := make([]float64, s.n*s.n)
	a.addGradient(m, 1/float64(s.n))
	return value, s.gradient(m, o)
}

// ConditionalMutualGradient returns I(X;Y|Z) and its gradient with respect to X:
//
//	dI/dK_X = (dS(X,Z) ∘ K_Z − dS(X,Y,Z) ∘ K_Y ∘ K_Z)/n
//
// The gradient of the total correlation with respect to one variable is that of I(X;Y), Y
// being all others together.
func ConditionalMutualGradient(x, y, z Sample, o Options) (value float64, gradient *mat.Dense) {
	mustCheck(o)
	o = o.withDefaults()
	s, given := kernelOf(x, o), kernelOf(z, o).k
	n := mustPair(pointsOf(x), pointsOf(y))
	mustPair(pointsOf(x), pointsOf(z))
	both := product(kernelOf(y, o.target()).k, given) // K_Y ∘ K_Z
	share := 1 / float64(n)
	solve := func(k []float64, gradient bool) (float64, *spectrum) {
		a := new(spectrum)
		return a.solve(k, n, whole(n), o.Alpha, share, gradient), a
	}
	withZ, a := solve(product(s.k, given), true)
	all, b := solve(product(s.k, both), true)
	yz, _ := solve(both, false)
	onlyZ, _ := solve(given, false)

	m, inner := make([]float64, n*n), make([]float64, n*n)
	a.addGradient(m, share)
	b.addGradient(inner, share)
	for i := range m {
		m[i] = m[i]*given[i] - inner[i]*both[i]
	}
	return withZ + yz - onlyZ - all, s.gradient(m, o)
}

// kernelOf returns x with its kernel matrix.
func kernelOf(x Sample, o Options) *sample {
	s := new(sample)
	s.load(mustHave(pointsOf(x)), nil)
	s.kernel(o)
	return s
}

func product(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i, v := range a {
		out[i] = v * b[i]
	}
	return out
}

// gradient returns dF/dX for M = dF/dK (upper triangle of m, overwritten).
func (s *sample) gradient(m []float64, o Options) *mat.Dense {
	dx := newGradient(s.n, s.d)
	s.chain(dx.RawMatrix().Data, m, o)
	return dx
}

// newGradient returns an n×d gradient. It panics when there is nothing to differentiate by.
func newGradient(n, d int) *mat.Dense {
	if d == 0 {
		panic("mi: the examples have no values: there is no gradient")
	}
	return mat.NewDense(n, d, nil)
}
