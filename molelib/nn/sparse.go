package nn

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// features is the input of a layer on nodes: dense, or sparse as bags of words are.
type features interface {
	// times computes y = x·w, or adds it to y.
	times(y, w *tensor.Matrix, adding bool)

	// gradient computes dw = xᵀ·dy.
	gradient(dw, dy *tensor.Matrix)
}

// onFeatures is a layer on nodes that takes either form of its input.
type onFeatures interface {
	GraphLayer
	applyTo(g *Graph, y *tensor.Matrix, x features)
	forwardOf(g *Graph, y *tensor.Matrix, x features)
	backwardOf(g *Graph, dx, dy *tensor.Matrix, x features)
}

type dense tensor.Matrix

func (x *dense) times(y, w *tensor.Matrix, adding bool) {
	beta := float32(0)
	if adding {
		beta = 1
	}
	backend.MatMul(y, 1, (*tensor.Matrix)(x), false, w, false, beta)
}

func (x *dense) gradient(dw, dy *tensor.Matrix) {
	backend.MatMul(dw, 1, (*tensor.Matrix)(x), true, dy, false, 0)
}

// Where less than 1/sparseShare of wide rows is there, products with what is there take
// less time than those of OpenBLAS with everything.
const (
	sparseShare = 32
	sparseWidth = 128
)

// sparse has the values of a matrix that are not zero.
type sparse struct {
	parts  [shares]sparseRows
	shared sharing
}

// sparseRows are the rows of one share.
type sparseRows struct {
	from    int     // the first one
	ends    []int32 // of each row, in columns and values
	columns []int32
	values  []float32
	kept    []float32 // the values behind dropout; without, the values
	factors []float32 // of dropout, for each value
	full    bool      // there are too many values for it to be worth it
}

// read makes s the values of x that are not zero, and reports whether they are few.
func (s *sparse) read(x *tensor.Matrix) bool {
	if x.Cols < sparseWidth {
		return false
	}
	for k := range s.parts {
		s.parts[k].reset()
	}
	s.shared.run(x.Rows, func(share, from, to int) { s.parts[share].read(x, from, to) })
	for k := range s.parts {
		if s.parts[k].full {
			return false
		}
	}
	return true
}

func (p *sparseRows) reset() {
	p.ends, p.columns, p.values, p.full = p.ends[:0], p.columns[:0], p.values[:0], false
}

func (p *sparseRows) read(x *tensor.Matrix, from, to int) {
	p.from = from
	for i := from; i < to; i++ {
		p.readRow(x.Row(i))
		p.ends = append(p.ends, int32(len(p.values)))
		if len(p.values) > (to-from)*x.Cols/sparseShare {
			p.full = true
			return
		}
	}
	p.kept = append(p.kept[:0], p.values...)
}

func (p *sparseRows) readRow(row []float32) {
	// Most groups of eight are zeros, and are passed over at one branch. Read as whole
	// words, they take a quarter of the time.
	words := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(row))), 4*len(row))
	c := 0
	for ; c+8 <= len(row); c += 8 {
		w := (*[32]byte)(words[4*c:])
		if binary.NativeEndian.Uint64(w[0:])|binary.NativeEndian.Uint64(w[8:])|
			binary.NativeEndian.Uint64(w[16:])|binary.NativeEndian.Uint64(w[24:]) != 0 {
			p.add(c, row[c:c+8])
		}
	}
	p.add(c, row[c:])
}

func (p *sparseRows) add(column int, values []float32) {
	for c, v := range values {
		if v != 0 {
			p.columns = append(p.columns, int32(column+c))
			p.values = append(p.values, v)
		}
	}
}

// drop sets each value to zero with probability rate and divides the others by what is
// left. Zeros need no draw: they stay zero.
func (s *sparse) drop(rate float64, source *rand.PCG) {
	for k := range s.parts {
		p := &s.parts[k]
		p.factors = grown(p.factors, len(p.values))
		p.kept = grown(p.kept, len(p.values))
		drawFactors(p.factors, rate, source)
		for i, v := range p.values {
			p.kept[i] = v * p.factors[i]
		}
	}
}

// undrop multiplies the gradient dx of what drop has made by its factors. That of a zero
// passes as it is, which is its mean over the draws.
func (s *sparse) undrop(dx *tensor.Matrix) {
	for k := range s.parts {
		p, at := &s.parts[k], int32(0)
		for r, end := range p.ends {
			row := dx.Row(p.from + r)
			for ; at < end; at++ {
				row[p.columns[at]] *= p.factors[at]
			}
		}
	}
}

func (s *sparse) times(y, w *tensor.Matrix, adding bool) {
	s.shared.run(y.Rows, func(share, from, to int) {
		p, at := &s.parts[share], int32(0)
		for r, end := range p.ends {
			out := y.Row(from + r)
			if !adding {
				clear(out)
			}
			for ; at < end; at++ {
				if v := p.kept[at]; v != 0 {
					axpy(out, v, w.Row(int(p.columns[at])))
				}
			}
		}
	})
}

// gradient divides the columns of dw among the processors, so that each place is added up
// by one of them.
func (s *sparse) gradient(dw, dy *tensor.Matrix) {
	blocks := max(1, min(shares, runtime.GOMAXPROCS(0), dw.Cols/32))
	s.shared.run(blocks, func(_, from, to int) {
		left, right := from*dw.Cols/blocks, to*dw.Cols/blocks
		for c := range dw.Rows {
			clear(dw.Row(c)[left:right])
		}
		for k := range s.parts {
			p, at := &s.parts[k], int32(0)
			for r, end := range p.ends {
				slope := dy.Row(p.from + r)[left:right]
				for ; at < end; at++ {
					if v := p.kept[at]; v != 0 {
						axpy(dw.Row(int(p.columns[at]))[left:right], v, slope)
					}
				}
			}
		}
	})
}
