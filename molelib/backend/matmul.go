package backend

import (
	"sync"

	"gonum.org/v1/gonum/blas"

	"github.com/mole-kernel/mole-kernel/molelib/internal/parallel"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// MatMul computes dst = alpha·op(A)·op(B) + beta·dst, where op transposes when tA or
// tB is set. With beta 0 the old content of dst does not matter. It panics when the
// shapes do not match. A large product is divided among the processors in blocks of
// rows or columns of dst that depend on the shapes only, and the inner dimension is
// never divided: the number of workers does not show in the result.
func MatMul(dst *tensor.Matrix, alpha float32, a *tensor.Matrix, tA bool, b *tensor.Matrix, tB bool, beta float32) {
	p := products.Get().(*product)
	p.set(Default(), dst, alpha, a, tA, b, tB, beta)
	p.run()
	p.backend = nil
	products.Put(p)
}

// A block of dst is at least blockSize wide; a product of fewer than minWork
// multiplications is not divided (about 40 µs in OpenBLAS).
const (
	blockSize = 128
	minWork   = 1 << 21
)

var products = sync.Pool{New: func() any { return new(product) }}

// product is a matrix product, to be done in blocks.
type product struct {
	backend       Backend
	tA, tB        blas.Transpose
	m, n, k       int
	lda, ldb, ldc int
	a, b, c       []float32
	alpha, beta   float32
	byRows        bool
	blocks        int
	loop          parallel.Loop
	each          func(i int) // block
}

func (p *product) set(backend Backend, dst *tensor.Matrix, alpha float32, a *tensor.Matrix, tA bool, b *tensor.Matrix, tB bool, beta float32) {
	p.backend, p.alpha, p.beta = backend, alpha, beta
	p.tA, p.tB, p.m, p.k, p.n = blas.NoTrans, blas.NoTrans, a.Rows, a.Cols, b.Cols
	inner := b.Rows
	if tA {
		p.tA, p.m, p.k = blas.Trans, a.Cols, a.Rows
	}
	if tB {
		p.tB, p.n, inner = blas.Trans, b.Rows, b.Cols
	}
	if p.k != inner || dst.Rows != p.m || dst.Cols != p.n {
		panic("backend: MatMul: shapes do not match: " + dst.String() + " = " + a.String() + " times " + b.String())
	}
	// BLAS wants a stride of at least 1, also for an empty matrix.
	p.lda, p.ldb, p.ldc = max(1, a.Cols), max(1, b.Cols), max(1, dst.Cols)
	p.a, p.b, p.c = a.Data, b.Data, dst.Data
	p.byRows = p.m > p.n
	p.blocks = 1
	// gonum divides a product by itself, in the same spirit.
	if _, own := backend.(*pureGo); !own && p.m*p.n*p.k >= minWork {
		p.blocks = min(8, max(1, max(p.m, p.n)/blockSize))
	}
}

func (p *product) run() {
	if p.blocks == 1 {
		p.block(0)
		return
	}
	if p.each == nil {
		p.each = p.block
	}
	p.loop.Run(p.blocks, p.each)
}

func (p *product) block(i int) {
	size := p.n
	if p.byRows {
		size = p.m
	}
	// Blocks begin at multiples of 16, the width of the kernels' tiles.
	from, to := i*size/p.blocks&^15, (i+1)*size/p.blocks&^15
	if i == p.blocks-1 {
		to = size
	}
	if p.byRows {
		p.backend.Sgemm(p.tA, p.tB, to-from, p.n, p.k, p.alpha, p.a[p.offset(p.tA, from, p.lda):], p.lda, p.b, p.ldb, p.beta, p.c[from*p.ldc:], p.ldc)
		return
	}
	p.backend.Sgemm(p.tA, p.tB, p.m, to-from, p.k, p.alpha, p.a, p.lda, p.b[p.offsetColumns(from):], p.ldb, p.beta, p.c[from:], p.ldc)
}

// offset returns where row i of op(A) begins.
func (p *product) offset(t blas.Transpose, i, stride int) int {
	if t == blas.NoTrans {
		return i * stride
	}
	return i
}

// offsetColumns returns where column j of op(B) begins.
func (p *product) offsetColumns(j int) int {
	if p.tB == blas.NoTrans {
		return j
	}
	return j * p.ldb
}
