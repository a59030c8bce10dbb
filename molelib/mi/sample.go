package mi

import (
	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// sample is a set of points with its distances and kernel, in memory that is reused.
type sample struct {
	n, d   int
	x      []float64 // n×d, centred
	dist   []float64 // n×n, squared distances; inner products for Linear and Polynomial
	k      []float64 // n×n, kernel matrix, 1 on the diagonal
	mean   []float64
	sigma2 float64  // σ²; 0 when all rows are equal
	delta  bool     // labels: k is 1 or 0, there is no x
	parts  []sample // of several variables, whose kernels are multiplied; there is no x
}

// load copies the rows of p in the given order (nil: as they are) and centres them:
// distances of uncentred data lose most of their digits.
func (s *sample) load(p Points, order []int) {
	s.n, s.d = p.Dims()
	y, labels := p.(Labels)
	if s.delta = labels; labels {
		s.loadLabels(y, order)
		return
	}
	s.parts = nil
	if v, several := p.(variables); several {
		s.loadParts(v, order)
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

func (s *sample) loadParts(v variables, order []int) {
	for _, p := range v {
		var part sample
		part.load(p, order)
		s.parts = append(s.parts, part)
	}
}

// multiply fills K with the product of the parts' kernels.
func (s *sample) multiply(o Options) {
	s.k = resize(s.k, s.n*s.n)
	for c := range s.parts {
		part := &s.parts[c]
		part.kernel(o)
		for i, v := range part.k {
			if c == 0 {
				s.k[i] = v
			} else {
				s.k[i] *= v
			}
		}
	}
}

// chainParts takes M = dF/dK to the columns of each variable: dF/dK_c = M ∘ Π_{b≠c} K_b.
func (s *sample) chainParts(dx, m []float64, o Options) {
	at, own, part := 0, make([]float64, len(m)), []float64(nil)
	for c := range s.parts {
		copy(own, m)
		for b := range s.parts {
			if b == c {
				continue
			}
			for i, v := range s.parts[b].k {
				own[i] *= v
			}
		}
		d := s.parts[c].d
		part = resize(part, s.n*d)
		s.parts[c].chain(part, own, o)
		for i := range s.n {
			copy(dx[i*s.d+at:i*s.d+at+d], part[i*d:(i+1)*d])
		}
		at += d
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

func resize(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
