//go:build (linux || darwin || windows) && (amd64 || arm64) && !mole_static

package backend

import "gonum.org/v1/gonum/blas"

func (f *call) setGemm(tA, tB blas.Transpose, m, n, k, lda, ldb, ldc int) {
	f.tA, f.tB = transposed(tA), transposed(tB)
	f.m, f.n, f.k = int32(m), int32(n), int32(k)
	f.lda, f.ldb, f.ldc = int32(lda), int32(ldb), int32(ldc)
}

// setSyrk puts the triangle in tA and the transposition in tB, both seen from the
// column-major side.
func (f *call) setSyrk(ul blas.Uplo, t blas.Transpose, n, k, lda, ldc int) {
	f.tA, f.tB = 'L', 'N'
	if ul == blas.Lower {
		f.tA = 'U'
	}
	if t == blas.NoTrans {
		f.tB = 'T'
	}
	f.n, f.k, f.lda, f.ldc = int32(n), int32(k), int32(lda), int32(ldc)
}

func transposed(t blas.Transpose) byte {
	if t == blas.NoTrans {
		return 'N'
	}
	return 'T'
}

// C does not look at lengths, so they are looked at here.
func checkGemm(tA, tB blas.Transpose, m, n, k, lenA, lda, lenB, ldb, lenC, ldc int) {
	rowsA, colsA, rowsB, colsB := m, k, k, n
	if tA != blas.NoTrans {
		rowsA, colsA = k, m
	}
	if tB != blas.NoTrans {
		rowsB, colsB = n, k
	}
	checkMatrix("A", rowsA, colsA, lenA, lda)
	checkMatrix("B", rowsB, colsB, lenB, ldb)
	checkMatrix("C", m, n, lenC, ldc)
}

func checkSyrk(t blas.Transpose, n, k, lenA, lda, lenC, ldc int) {
	rows, cols := n, k
	if t != blas.NoTrans {
		rows, cols = k, n
	}
	checkMatrix("A", rows, cols, lenA, lda)
	checkMatrix("C", n, n, lenC, ldc)
}

func checkMatrix(name string, rows, cols, length, stride int) {
	if rows < 0 || cols < 0 || stride < cols || length < (rows-1)*stride+cols {
		panic("backend: matrix " + name + " is too short for its dimensions")
	}
}
