package tensor_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestConversionToGonumAndBackKeepsValues(t *testing.T) {
	want := mat.NewDense(2, 2, []float64{1, -2, 0.5, 4})
	if got := tensor.From(want).Dense(); !mat.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestViewSharesMemoryAndCloneDoesNot(t *testing.T) {
	m := tensor.NewMatrix(3, 2)
	copied, view := m.Clone(), m.View(1, 3)
	view.Set(0, 1, 7)
	if m.At(1, 1) != 7 || copied.At(1, 1) != 0 {
		t.Errorf("matrix %v, want the view's 7; copy %v, want 0", m.At(1, 1), copied.At(1, 1))
	}
}

func TestFiniteNamesThePlaceOfNaN(t *testing.T) {
	m := tensor.NewMatrix(3, 2)
	m.Set(2, 1, math.NaN())
	if row, col, ok := m.Finite(); ok || row != 2 || col != 1 {
		t.Errorf("got row %d, column %d, ok %v; want 2, 1, false", row, col, ok)
	}
}

func TestRaggedRowsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	tensor.FromRows([][]float64{{1, 2}, {3}})
}
