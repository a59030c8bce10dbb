package symbols_test

import (
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

// Each round reads the package again, as the first import in a process does.
func BenchmarkImport(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "slices", "gonum.org/v1/gonum/mat", "gonum.org/v1/plot"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if _, err := symbols.NewSet().Import(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkImportEverything(b *testing.B) {
	for b.Loop() {
		s := symbols.NewSet()
		for _, path := range s.Paths() {
			if _, err := s.Import(path); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkExports(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "syscall", "gonum.org/v1/gonum/mat"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				symbols.Exports(path)
			}
		})
	}
}

func BenchmarkDoc(b *testing.B) {
	for b.Loop() {
		symbols.NewSet().Doc("net/http", "Server")
	}
}
