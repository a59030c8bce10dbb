package backend

import (
	"runtime/debug"
	"sync"

	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack"
	lapackgonum "gonum.org/v1/gonum/lapack/gonum"
)

// pureGo is gonum's own implementation: every platform, no library.
type pureGo struct {
	blasgonum.Implementation
	info Info
	work sync.Pool // *[]float64
}

var _ Backend = (*pureGo)(nil)

func newGonum(reason string) *pureGo {
	b := &pureGo{info: Info{Name: "gonum", Version: gonumVersion(), Reason: reason}}
	b.work.New = func() any { return new([]float64) }
	return b
}

func (b *pureGo) Info() Info { return b.info }

func (b *pureGo) EigenSym(n int, a, w []float64, vectors bool) bool {
	if n == 0 {
		return true
	}
	checkEigen(n, a, w)
	if !finite(a[:n*n]) {
		return false
	}
	job := lapack.EVNone
	if vectors {
		job = lapack.EVCompute
	}
	work := b.work.Get().(*[]float64)
	defer b.work.Put(work)
	if size := 34 * n; len(*work) < size {
		*work = make([]float64, size)
	}
	ok := lapackgonum.Implementation{}.Dsyev(job, blas.Upper, n, a, n, w, *work, len(*work))
	if vectors {
		transpose(n, a)
	}
	return ok
}

func transpose(n int, a []float64) {
	for i := range n {
		for j := range i {
			a[i*n+j], a[j*n+i] = a[j*n+i], a[i*n+j]
		}
	}
}

// finite keeps NaN from LAPACK, which may loop or crash on it.
func finite(a []float64) bool {
	sum := 0.0
	for _, v := range a {
		sum += v - v // 0, or NaN for NaN and infinities
	}
	return sum == 0
}

func checkEigen(n int, a, w []float64) {
	if n < 0 || len(a) < n*n || len(w) < n {
		panic("backend: EigenSym: a or w is too short for n")
	}
}

func gonumVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "gonum.org/v1/gonum" {
				return m.Version
			}
		}
	}
	return ""
}
