package nn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Shapes that do not fit must not read beside the values, nor panic in a goroutine that the
// caller cannot recover from.
func TestShapesThatDoNotFitAreExplained(t *testing.T) {
	matrix := tensor.NewMatrix
	grid := nn.Grid{Channels: 1, Height: 1, Width: 5}
	stack := func(l nn.Layer) *nn.Stack {
		s, err := nn.NewStack(5, l)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for want, call := range map[string]func(){
		"conv 1×3 1×1×5→2×1×3 takes 1×1×5 = 5 values": func() { nn.Conv1D(1, 5, 2, 3, nn.Window{}).Apply(matrix(4, 6), matrix(4, 4)) },
		"an output of 4×7 float32 does not fit":       func() { nn.Conv1D(1, 5, 2, 3, nn.Window{}).Forward(matrix(4, 7), matrix(4, 5)) },
		"an output of 3×6 float32 does not fit":       func() { nn.Conv1D(1, 5, 2, 3, nn.Window{}).Backward(nil, matrix(3, 6), matrix(4, 5), nil) },
		"max pool 1×2 1×1×5→1×1×2 takes":              func() { nn.MaxPool1D(1, 5, 2, nn.Window{}).Apply(matrix(4, 2), matrix(4, 6)) },
		"an output of 4×3 float32 does not fit":       func() { nn.MaxPool1D(1, 5, 2, nn.Window{}).Backward(matrix(4, 5), matrix(4, 3), nil, nil) },
		"layer norm 4 takes 4 values, but gets 5":     func() { nn.LayerNorm(4).Apply(matrix(2, 5), matrix(2, 5)) },
		"batch norm 4 takes 4 values, but gets 5":     func() { nn.BatchNorm(4).Forward(matrix(2, 5), matrix(2, 5)) },
		"batch norm 1 channels takes 5 values":        func() { nn.BatchNorm2D(grid).Apply(matrix(2, 4), matrix(2, 4)) },
		"a stack for inputs of width 5 gets 2×4":      func() { stack(nn.ReLU()).Forward(matrix(2, 4)) },
		"Backward needs what Forward computed":        func() { stack(nn.Dense(5, 2)).Backward(nil, matrix(2, 2)) },
		"CrossEntropy: label 3 of row 1 is outside":   func() { nn.CrossEntropy(nil, matrix(2, 3), []int{0, 3}) },
		"SquaredError: label -1 of row 0 is outside":  func() { nn.SquaredError(nil, matrix(2, 3), []int{-1, 0}) },
		"CrossEntropy: shapes 1×3 float32 and 2×3":    func() { nn.CrossEntropy(matrix(1, 3), matrix(2, 3), []int{0, 1}) },
		"SquaredErrorTo: shapes 1×3 float32 and 2×3":  func() { nn.SquaredErrorTo(matrix(1, 3), matrix(2, 3), matrix(2, 3)) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			call()
		}()
	}
}

// A layer keeps what its Backward needs, so that it can stand in one place only; what keeps
// nothing can stand anywhere.
func TestALayerStandsInOnePlace(t *testing.T) {
	dense, dropout, relu := nn.Dense(3, 3), nn.Dropout(0.5), nn.ReLU()
	for want, layers := range map[string][]nn.Layer{
		"layer 1, dense 3→3, is layer 0 again":                  {dense, dense},
		"layer 2, dropout 0.5, is layer 0 again":                {dropout, nn.Dense(3, 3), dropout},
		"layer 1, residual (dense 3→3, relu), is layer 0 again": {dense, nn.Residual(dense, relu)},
		"layer 1 is nil": {dense, nil},
	} {
		if _, err := nn.NewStack(3, layers...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := nn.NewStack(3, dense, relu, dense.Clone(), relu, nn.Dropout(0.5), dropout); err != nil {
		t.Error(err)
	}
}
