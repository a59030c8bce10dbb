// Package backend is the dense arithmetic below molelib: matrix products behind
// gonum's blas.Float32 and blas.Float64 interfaces, and a symmetric eigensolver.
//
// There are two: OpenBLAS, loaded at run time where the system has it (no cgo, no
// link dependency), and gonum, pure Go and everywhere. Default chooses; the
// environment variable MOLE_BACKEND=gonum|openblas|auto overrides, and
// MOLE_OPENBLAS=path names the library. Describe says what is in use.
//
// The package never calls blas32.Use or blas64.Use: gonum in the same program is
// left alone.
package backend

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"gonum.org/v1/gonum/blas"
)

// Backend is an implementation of dense linear algebra. All its methods may be
// called from several goroutines at once, and the same arguments give the same
// bits on the same machine, whatever GOMAXPROCS is.
type Backend interface {
	blas.Float32
	blas.Float64

	// EigenSym solves A = V diag(w) Vᵀ for the symmetric n×n matrix A, row-major in
	// a[:n*n], both triangles filled. The eigenvalues go to w[:n], ascending. With
	// vectors, row i of a becomes the unit eigenvector of w[i] (not the column);
	// otherwise the content of a is lost. It reports false when the iteration does
	// not converge, as with NaN in A.
	EigenSym(n int, a, w []float64, vectors bool) bool

	// Info describes the implementation.
	Info() Info
}

// Info describes a Backend.
type Info struct {
	Name    string // "gonum" or "openblas"
	Version string // of the library, with its kernel, or ""
	Library string // file that was loaded, or ""
	Reason  string // why this one was chosen
}

// Open returns the backend of the given name: "gonum", "openblas", or "auto" (also
// ""), which is OpenBLAS where it is found and gonum elsewhere. The error says where
// the library was looked for and how to install it.
func Open(name string) (Backend, error) {
	switch name {
	case "gonum":
		return newGonum("asked for by MOLE_BACKEND"), nil
	case "openblas":
		b, err := openBLAS()
		if err != nil {
			return nil, fmt.Errorf("backend: openblas was asked for, but %w; %s, or set MOLE_BACKEND=gonum", err, installHint())
		}
		b.info.Reason = "asked for by MOLE_BACKEND"
		return b, nil
	case "auto", "":
		b, err := openBLAS()
		if err != nil {
			return newGonum(err.Error()), nil
		}
		b.info.Reason = "found on this system"
		return b, nil
	}
	return nil, fmt.Errorf("backend: MOLE_BACKEND=%s is not known: use gonum, openblas or auto", name)
}

// Default returns the backend that molelib computes with. The first call chooses it
// by MOLE_BACKEND; when what was asked for is not there, it is gonum, and Err says so.
func Default() Backend { return chosen().backend }

// Err returns the error of choosing the Default backend, or nil.
func Err() error { return chosen().err }

type choice struct {
	backend Backend
	err     error
}

// Chosen once, at first use: loading OpenBLAS takes tens of milliseconds that a
// program without training should not spend.
var chosen = sync.OnceValue(func() choice {
	b, err := Open(strings.ToLower(strings.TrimSpace(os.Getenv("MOLE_BACKEND"))))
	if err != nil {
		return choice{newGonum("fallback: " + err.Error()), err}
	}
	return choice{b, nil}
})

// Describe says in a few lines which backend is in use, why, and what to install or
// set for another.
func Describe() string {
	c := chosen()
	info := c.backend.Info()
	var s strings.Builder
	fmt.Fprintf(&s, "backend: %s", info.Name)
	if info.Version != "" {
		fmt.Fprintf(&s, " (%s)", info.Version)
	}
	fmt.Fprintf(&s, "\nchosen:  %s\n", info.Reason)
	if info.Library != "" {
		fmt.Fprintf(&s, "library: %s, one thread a call\n", info.Library)
	}
	if c.err != nil {
		fmt.Fprintf(&s, "error:   %v\n", c.err)
	}
	if info.Name == "gonum" {
		fmt.Fprintf(&s, "faster:  %s (training runs 3 to 6 times as fast)\n", installHint())
	}
	return s.String()
}
