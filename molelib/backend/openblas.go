//go:build (linux || darwin || windows) && (amd64 || arm64) && !mole_static

package backend

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/cpu"
	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"
)

// vendor is a BLAS and LAPACK library with Fortran symbols and 32-bit integers,
// loaded at run time. Its matrix products and its eigensolver are used; what is not
// worth a call into C (vectors, triangular solves) stays with gonum.
//
// The library sees row-major matrices as their transposes, so that C = A·B is asked
// for as Cᵀ = Bᵀ·Aᵀ, and a triangle changes its side.
type vendor struct {
	blasgonum.Implementation
	info                               Info
	sgemm, dgemm, ssyrk, dsyrk, dsyevd uintptr
	calls, eigen                       sync.Pool // *call; those of the eigensolver hold its work space
}

var _ Backend = (*vendor)(nil)

// openBLAS is loaded at most once in a process: a library cannot be unloaded safely.
var openBLAS = sync.OnceValues(func() (*vendor, error) {
	// Idle threads of the pool spin; the parallelism is above the products here.
	os.Setenv("OPENBLAS_NUM_THREADS", "1")
	os.Setenv("VECLIB_MAXIMUM_THREADS", "1")
	names := libraryNames()
	if path := os.Getenv("MOLE_OPENBLAS"); path != "" {
		names = []string{path}
	}
	var faults []error
	for _, name := range names {
		b, err := load(name)
		if err == nil {
			return b, nil
		}
		if !errors.Is(err, errNoLibrary) {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("OpenBLAS could not be used: %w", errors.Join(faults...))
	}
	return nil, fmt.Errorf("OpenBLAS was not found (looked for %s)", strings.Join(names, ", "))
})

var errNoLibrary = errors.New("library not found")

func load(name string) (*vendor, error) {
	handle, err := openLibrary(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", errNoLibrary, name, err)
	}
	if handle, err = newerCore(handle, name); err != nil {
		return nil, err
	}
	b := &vendor{info: Info{Name: "openblas", Library: name}}
	b.calls.New = func() any { return new(call) }
	b.eigen.New = b.calls.New
	for symbol, place := range map[string]*uintptr{
		"sgemm_": &b.sgemm, "dgemm_": &b.dgemm, "ssyrk_": &b.ssyrk, "dsyrk_": &b.dsyrk, "dsyevd_": &b.dsyevd,
	} {
		if *place, err = findSymbol(handle, symbol); err != nil || *place == 0 {
			return nil, fmt.Errorf("%s has no %s", name, symbol)
		}
	}
	if strings.Contains(name, "Accelerate") {
		b.info.Version = "Apple Accelerate"
	} else {
		b.info.Version = configure(handle)
	}
	if !works(b) {
		return nil, fmt.Errorf("%s computes wrong results when called with 32-bit integers", name)
	}
	return b, nil
}

// configure asks for one thread once more (the environment is read only when the
// library is loaded, which another part of the process may have done before) and
// returns the version.
func configure(handle uintptr) string {
	if f, err := findSymbol(handle, "openblas_set_num_threads"); err == nil && f != 0 {
		purego.SyscallN(f, 1)
	}
	version := "OpenBLAS"
	// The configuration begins with "OpenBLAS 0.3.21" and goes on with how the library
	// was built; the core that it found at run time is another question.
	if words := strings.Fields(text(handle, "openblas_get_config")); len(words) > 1 {
		version = strings.Join(words[:2], " ")
	}
	if core := text(handle, "openblas_get_corename"); core != "" {
		version += ", kernels for " + core
	}
	return version
}

// newerCore loads the library anew with kernels that fit the processor, when it did not
// know the processor (one newer than itself) and chose those of a very old one: a
// quarter of the speed. A choice by the user stands.
func newerCore(handle uintptr, name string) (uintptr, error) {
	core := coreForProcessor()
	if _, set := os.LookupEnv("OPENBLAS_CORETYPE"); set || core == "" || !slices.Contains(oldCores, text(handle, "openblas_get_corename")) {
		return handle, nil
	}
	os.Setenv("OPENBLAS_CORETYPE", core)
	closeLibrary(handle)
	handle, err := openLibrary(name)
	if err != nil {
		return 0, fmt.Errorf("%w: %s, loaded anew for %s: %v", errNoLibrary, name, core, err)
	}
	return handle, nil
}

// oldCores are OpenBLAS' names of processors without AVX2.
var oldCores = []string{"Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Atom", "Generic", "Northwood", "Katmai"}

// coreForProcessor returns OpenBLAS' name of the kernels for the vector instructions
// of this processor, or "" when it has none newer than those of oldCores.
func coreForProcessor() string {
	x := cpu.X86
	switch {
	case x.HasAVX512F && x.HasAVX512CD && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL:
		return "SkylakeX"
	case x.HasAVX2 && x.HasFMA:
		return "Haswell"
	}
	return ""
}

// text calls a function that takes nothing and returns a C string; "" without it.
func text(handle uintptr, symbol string) string {
	f, err := findSymbol(handle, symbol)
	if err != nil || f == 0 {
		return ""
	}
	var call func() string
	purego.RegisterFunc(&call, f)
	return call()
}

// works compares one product and one eigenproblem with known results: a library with
// 64-bit integers, or another calling convention, must not be used.
func works(b *vendor) bool {
	c := make([]float32, 4)
	b.Sgemm(blas.NoTrans, blas.Trans, 2, 2, 3, 2, []float32{1, 2, 3, 4, 5, 6}, 3, []float32{1, 0, 1, 0, 1, 0}, 3, 0, c, 2)
	if c[0] != 8 || c[1] != 4 || c[2] != 20 || c[3] != 10 {
		return false
	}
	w := make([]float64, 2)
	ok := b.EigenSym(2, []float64{2, 1, 1, 2}, w, true)
	return ok && w[0] > 0.999999 && w[0] < 1.000001 && w[1] > 2.999999 && w[1] < 3.000001
}

// call holds the arguments of one call, which Fortran takes by address, and the work
// space of the eigensolver.
type call struct {
	tA, tB              byte
	m, n, k             int32
	lda, ldb, ldc       int32
	alpha32, beta32     float32
	alpha64, beta64     float64
	lwork, liwork, info int32
	work                []float64
	iwork               []int32
}

// ptr converts arguments in place: purego.SyscallN keeps alive, and where they are,
// only what is converted to uintptr in its own argument list.
type ptr = unsafe.Pointer

func (b *vendor) Info() Info { return b.info }

// Sgemm computes C = alpha·op(A)·op(B) + beta·C; see blas.Float32.
func (b *vendor) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, bm []float32, ldb int, beta float32, c []float32, ldc int) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		b.Implementation.Sgemm(tA, tB, m, n, k, alpha, a, lda, bm, ldb, beta, c, ldc)
		return
	}
	checkGemm(tA, tB, m, n, k, len(a), lda, len(bm), ldb, len(c), ldc)
	f := b.calls.Get().(*call)
	f.setGemm(tA, tB, m, n, k, lda, ldb, ldc)
	f.alpha32, f.beta32 = alpha, beta
	purego.SyscallN(b.sgemm, uintptr(ptr(&f.tB)), uintptr(ptr(&f.tA)), uintptr(ptr(&f.n)), uintptr(ptr(&f.m)), uintptr(ptr(&f.k)), uintptr(ptr(&f.alpha32)),
		uintptr(ptr(&bm[0])), uintptr(ptr(&f.ldb)), uintptr(ptr(&a[0])), uintptr(ptr(&f.lda)), uintptr(ptr(&f.beta32)), uintptr(ptr(&c[0])), uintptr(ptr(&f.ldc)), 1, 1)
	b.calls.Put(f)
}

// Dgemm computes C = alpha·op(A)·op(B) + beta·C; see blas.Float64.
func (b *vendor) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, bm []float64, ldb int, beta float64, c []float64, ldc int) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		b.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, bm, ldb, beta, c, ldc)
		return
	}
	checkGemm(tA, tB, m, n, k, len(a), lda, len(bm), ldb, len(c), ldc)
	f := b.calls.Get().(*call)
	f.setGemm(tA, tB, m, n, k, lda, ldb, ldc)
	f.alpha64, f.beta64 = alpha, beta
	purego.SyscallN(b.dgemm, uintptr(ptr(&f.tB)), uintptr(ptr(&f.tA)), uintptr(ptr(&f.n)), uintptr(ptr(&f.m)), uintptr(ptr(&f.k)), uintptr(ptr(&f.alpha64)),
		uintptr(ptr(&bm[0])), uintptr(ptr(&f.ldb)), uintptr(ptr(&a[0])), uintptr(ptr(&f.lda)), uintptr(ptr(&f.beta64)), uintptr(ptr(&c[0])), uintptr(ptr(&f.ldc)), 1, 1)
	b.calls.Put(f)
}

// Ssyrk computes a triangle of C = alpha·A·Aᵀ + beta·C, or of AᵀA; see blas.Float32.
func (b *vendor) Ssyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float32, a []float32, lda int, beta float32, c []float32, ldc int) {
	if n == 0 {
		return
	}
	if k == 0 {
		b.Implementation.Ssyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
		return
	}
	checkSyrk(t, n, k, len(a), lda, len(c), ldc)
	f := b.calls.Get().(*call)
	f.setSyrk(ul, t, n, k, lda, ldc)
	f.alpha32, f.beta32 = alpha, beta
	purego.SyscallN(b.ssyrk, uintptr(ptr(&f.tA)), uintptr(ptr(&f.tB)), uintptr(ptr(&f.n)), uintptr(ptr(&f.k)), uintptr(ptr(&f.alpha32)),
		uintptr(ptr(&a[0])), uintptr(ptr(&f.lda)), uintptr(ptr(&f.beta32)), uintptr(ptr(&c[0])), uintptr(ptr(&f.ldc)), 1, 1)
	b.calls.Put(f)
}

// Dsyrk computes a triangle of C = alpha·A·Aᵀ + beta·C, or of AᵀA; see blas.Float64.
func (b *vendor) Dsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	if n == 0 {
		return
	}
	if k == 0 {
		b.Implementation.Dsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
		return
	}
	checkSyrk(t, n, k, len(a), lda, len(c), ldc)
	f := b.calls.Get().(*call)
	f.setSyrk(ul, t, n, k, lda, ldc)
	f.alpha64, f.beta64 = alpha, beta
	purego.SyscallN(b.dsyrk, uintptr(ptr(&f.tA)), uintptr(ptr(&f.tB)), uintptr(ptr(&f.n)), uintptr(ptr(&f.k)), uintptr(ptr(&f.alpha64)),
		uintptr(ptr(&a[0])), uintptr(ptr(&f.lda)), uintptr(ptr(&f.beta64)), uintptr(ptr(&c[0])), uintptr(ptr(&f.ldc)), 1, 1)
	b.calls.Put(f)
}

// EigenSym uses LAPACK's divide and conquer. Its eigenvectors are columns of a
// column-major matrix, which are rows of ours.
func (b *vendor) EigenSym(n int, a, w []float64, vectors bool) bool {
	if n == 0 {
		return true
	}
	checkEigen(n, a, w)
	if !finite(a[:n*n]) {
		return false
	}
	f := b.eigen.Get().(*call)
	defer b.eigen.Put(f)
	lwork, liwork := 40*n, 1
	f.tA, f.tB = 'N', 'U'
	if vectors {
		f.tA, lwork, liwork = 'V', 1+max(6, 40)*n+2*n*n, 3+5*n
	}
	if len(f.work) < lwork {
		f.work = make([]float64, lwork)
	}
	if len(f.iwork) < liwork {
		f.iwork = make([]int32, liwork)
	}
	// The size of the work space chooses the block size, so it must not depend on
	// what was solved before.
	f.n, f.lda, f.lwork, f.liwork = int32(n), int32(n), int32(lwork), int32(liwork)
	purego.SyscallN(b.dsyevd, uintptr(ptr(&f.tA)), uintptr(ptr(&f.tB)), uintptr(ptr(&f.n)), uintptr(ptr(&a[0])), uintptr(ptr(&f.lda)), uintptr(ptr(&w[0])),
		uintptr(ptr(&f.work[0])), uintptr(ptr(&f.lwork)), uintptr(ptr(&f.iwork[0])), uintptr(ptr(&f.liwork)), uintptr(ptr(&f.info)), 1, 1)
	return f.info == 0
}
