package describe_test

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/describe"
)

const documented = `
// Package p is documented.
package p

// A and B are constants.
const (
	A = 1
	// B is two.
	B = 2
	C = 3 // C is three.
)

// T is a type.
type T[K any] struct {
	// F is a field.
	F, G int
	h    int // not exported
	E    string // E is documented behind.
}

// M is a method.
func (t *T[K]) M() {}

// I is an interface.
type I interface {
	// N is one of its methods.
	N()
}

type hidden struct{}

// P is promoted.
func (hidden) P() {}

// f is not exported.
func f() {}
`

func TestDocsHaveEveryExportedSymbol(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", documented, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"": "Package p is documented.", "A": "A and B are constants.", "B": "B is two.", "C": "C is three.", "T": "T is a type.",
		"T.F": "F is a field.", "T.G": "F is a field.", "T.E": "E is documented behind.", "T.M": "M is a method.",
		"I": "I is an interface.", "I.N": "N is one of its methods.", "hidden.P": "P is promoted.",
	}
	if diff := cmp.Diff(want, describe.Docs(file)); diff != "" {
		t.Errorf("docs (-want +got):\n%s", diff)
	}
}
