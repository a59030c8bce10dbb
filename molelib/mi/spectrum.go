package mi

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
)

// span is a diagonal block: rows and columns from ≤ i < to.
type span struct{ from, to int }

func whole(n int) []span { return []span{{0, n}} }

// spectrum is the entropy of a block-diagonal matrix of trace 1 with its eigenvalues
// and eigenvectors, from which the gradient follows. Gradients of spectral functions
// need no derivative of eigenvectors: dS/dA = V diag(s′(λ)) Vᵀ.
type spectrum struct {
	n       int
	alpha   float64
	blocks  []span
	values  []float64 // eigenvalues, block after block
	vectors []float64 // a block's unit eigenvectors are the rows of a square; α = 2: its elements
	top     float64   // the largest eigenvalue
	trace   float64   // tr (A/top)^α; α = 2: tr A²; α = ∞: the number of largest eigenvalues
}

// nearOne is the distance to α = 1 below which the limit is taken: the error of
// 1/(1−α) exceeds the difference.
const nearOne = 1e-6

// solve computes S_α of the matrix that has factor·a on the blocks and 0 elsewhere;
// a is n×n. With gradient it keeps what addGradient needs. It returns NaN when there
// are no eigenvalues.
func (s *spectrum) solve(a []float64, n int, blocks []span, alpha, factor float64, gradient bool) float64 {
	s.n, s.alpha, s.blocks = n, alpha, blocks
	size := 0
	for _, b := range blocks {
		size += (b.to - b.from) * (b.to - b.from)
	}
	s.vectors = resize(s.vectors, size)
	s.gather(a, factor)
	if alpha == 2 {
		s.trace = 0
		for _, v := range s.vectors {
			s.trace += v * v
		}
		return notNegative(-math.Log2(s.trace))
	}
	s.values = resize(s.values, n)
	at := 0
	for _, b := range blocks {
		m := b.to - b.from
		if !backend.Default().EigenSym(m, s.vectors[at:at+m*m], s.values[b.from:b.to], gradient) {
			return math.NaN()
		}
		at += m * m
	}
	return s.entropy()
}

// notNegative returns an entropy without the rounding below 0, or −0, that is left where one
// eigenvalue is all there is.
func notNegative(entropy float64) float64 {
	if entropy <= 0 && entropy > -1e-9 {
		return 0
	}
	return entropy
}

// gather copies the blocks out of a.
func (s *spectrum) gather(a []float64, factor float64) {
	at := 0
	for _, b := range s.blocks {
		m := b.to - b.from
		for i := b.from; i < b.to; i++ {
			row := s.vectors[at : at+m]
			for j, v := range a[i*s.n+b.from : i*s.n+b.to] {
				row[j] = factor * v
			}
			at += m
		}
	}
}

// entropy sums over the eigenvalues, without those that are 0 but for rounding: they
// may be negative, and below α = 1 their powers are not small.
func (s *spectrum) entropy() float64 {
	if math.Abs(s.alpha-1) < nearOne {
		sum := 0.0
		for _, v := range s.values {
			if v > smallest {
				sum -= v * math.Log2(v)
			}
		}
		return notNegative(sum)
	}
	s.top, s.trace = slices.Max(s.values), 0
	if math.IsInf(s.alpha, 1) {
		return s.largest()
	}
	for _, v := range s.values {
		if v > smallest {
			// Relative to the largest: the powers of a large order would all be 0.
			s.trace += math.Pow(v/s.top, s.alpha)
		}
	}
	return notNegative((s.alpha*math.Log2(s.top) + math.Log2(s.trace)) / (1 - s.alpha))
}

// largest is the limit α = ∞, −log₂ max λ. The trace counts the eigenvalues that are the
// largest: they share the slope.
func (s *spectrum) largest() float64 {
	for _, v := range s.values {
		if v >= s.top-smallest {
			s.trace++
		}
	}
	return notNegative(-math.Log2(s.top))
}

// smallest is where eigenvalues count as 0, relative to a trace of 1: a few times the
// error of the solver.
const smallest = 1e-14

// slope returns dS/dλ at an eigenvalue: α λ^{α−1} / ((1−α) ln2 · tr A^α), and
// −(log₂λ + 1/ln2) at α = 1. Below α = 1 it grows without bound at 0 and is cut off.
func (s *spectrum) slope(v float64) float64 {
	if math.Abs(s.alpha-1) < nearOne {
		return -(math.Log2(max(v, smallest)) + 1/math.Ln2)
	}
	if math.IsInf(s.alpha, 1) {
		if v < s.top-smallest {
			return 0
		}
		return -1 / (s.trace * s.top * math.Ln2)
	}
	if s.alpha < 1 && v < smallest {
		return 0
	}
	return s.alpha / ((1 - s.alpha) * math.Ln2 * s.trace * s.top) * math.Pow(max(v, smallest)/s.top, s.alpha-1)
}

// addGradient adds weight·dS/dA to the upper triangle of m (n×n), on the blocks. It
// uses up the eigenvectors.
func (s *spectrum) addGradient(m []float64, weight float64) {
	at := 0
	for _, b := range s.blocks {
		size := b.to - b.from
		square := s.vectors[at : at+size*size]
		if s.alpha == 2 {
			s.addClosed(m, b, square, -2*weight/(math.Ln2*s.trace))
		} else {
			s.addBlock(m, b, square, weight)
		}
		at += size * size
	}
}

// addClosed adds factor times the block itself: dS₂/dA = −2A/(ln2·‖A‖²).
func (s *spectrum) addClosed(m []float64, b span, square []float64, factor float64) {
	size := b.to - b.from
	for i := range size {
		row := m[(b.from+i)*s.n+b.from : (b.from+i)*s.n+b.to]
		for j := i; j < size; j++ {
			row[j] += factor * square[i*size+j]
		}
	}
}

// addBlock adds Σ weight·s′(λ_i) v_i v_iᵀ. The slopes fall with λ, so that those of
// one sign are neighbours: each run is one symmetric update with the roots of the
// slopes in the vectors.
func (s *spectrum) addBlock(m []float64, b span, vectors []float64, weight float64) {
	size := b.to - b.from
	corner := m[b.from*s.n+b.from:]
	start, sign := 0, 0.0
	flush := func(end int) {
		if end > start && sign != 0 {
			backend.Default().Dsyrk(blas.Upper, blas.Trans, size, end-start, sign, vectors[start*size:], size, 1, corner, s.n)
		}
		start = end
	}
	for i := range size {
		slope := weight * s.slope(s.values[b.from+i])
		next := 0.0
		if slope != 0 {
			next = math.Copysign(1, slope)
		}
		if next != sign {
			flush(i)
			sign = next
		}
		root := math.Sqrt(math.Abs(slope))
		for j := range vectors[i*size : (i+1)*size] {
			vectors[i*size+j] *= root
		}
	}
	flush(size)
}
