package mi

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// explains fails unless each call panics with the text.
func explains(t *testing.T, text string, calls map[string]func()) {
	t.Helper()
	for name, call := range calls {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, text) {
					t.Errorf("%s: got %q, want %q", name, r, text)
				}
			}()
			call()
		}()
	}
}

func TestANilSampleIsExplained(t *testing.T) {
	var dense *mat.Dense
	explains(t, "mi: a sample is nil", map[string]func(){
		"mutual":      func() { Mutual(nil, nil, Options{}) },
		"one side":    func() { Mutual(mat.NewDense(2, 1, nil), dense, Options{}) },
		"entropy":     func() { Entropy(nil, Options{}) },
		"nil pointer": func() { Entropy(dense, Options{}) },
		"gram":        func() { Gram(nil, Options{}) },
		"joint":       func() { Joint([]Sample{Labels{1, 2}, nil}, Options{}) },
	})
}

// The smaller side first, too: it must not be paired with a part of the larger one.
func TestSamplesOfDifferentSizesAreExplained(t *testing.T) {
	three, four, o := []float64{1, 2, 4}, []float64{1, 2, 4, 8}, Options{}
	for _, pair := range [][2]Sample{{three, four}, {four, three}} {
		x, y := pair[0], pair[1]
		explains(t, "examples", map[string]func(){
			"mutual":                  func() { Mutual(x, y, o) },
			"conditional":             func() { Conditional(x, y, o) },
			"joint":                   func() { Joint([]Sample{x, y}, o) },
			"total correlation":       func() { TotalCorrelation([]Sample{x, y}, o) },
			"dual total correlation":  func() { DualTotalCorrelation([]Sample{x, y}, o) },
			"mutual joint":            func() { MutualJoint([]Sample{x, x}, y, o) },
			"conditional mutual":      func() { ConditionalMutual(x, x, y, o) },
			"conditional mutual of y": func() { ConditionalMutual(x, y, x, o) },
			"joint Gram":              func() { JointGram(Gram(x, o), Gram(y, o)) },
			"dependence":              func() { CKA(x, y, o) },
			"KSG":                     func() { KSG(x, y, 1) },
		})
	}
}

func TestEmptySamplesAreExplained(t *testing.T) {
	for _, x := range []Sample{[]int{}, []float64{}, [][]float64{}, &tensor.Matrix{}} {
		explains(t, "mi: no examples", map[string]func(){
			"entropy":      func() { Entropy(x, Options{}) },
			"gradient":     func() { EntropyGradient(x, Options{}) },
			"width":        func() { Width(x, Options{}) },
			"mutual":       func() { Mutual(x, x, Options{}) },
			"conditional":  func() { Conditional(x, x, Options{}) },
			"Gram entropy": func() { GramEntropy(&mat.SymDense{}, 1) },
		})
	}
	explains(t, "mi: no variables", map[string]func(){
		"joint Gram": func() { JointGram() },
		"joint":      func() { Joint(nil, Options{}) },
	})
}

func TestMatricesThatDoNotFitAreExplained(t *testing.T) {
	x, e := tensor.FromRows([][]float64{{1, 2}, {3, 4}, {5, 7}}), NewEstimator(Options{})
	explains(t, "mi: the gradient is 4×4", map[string]func(){
		"labels":   func() { e.Labels(tensor.NewMatrix(4, 4), x, []int{0, 1, 1}) },
		"channels": func() { e.Channels(tensor.NewMatrix(4, 4), x, 2, []int{0, 1, 1}) },
		"CKA":      func() { e.CKA(tensor.NewMatrix(4, 4), x, []int{0, 1, 1}) },
	})
	explains(t, "divide the matrix by it", map[string]func(){
		"kernel in place of K/n": func() { GramEntropy(mat.NewSymDense(2, []float64{1, 0, 0, 1}), 1) },
	})
	explains(t, "no gradient", map[string]func(){
		"no values": func() { MutualGradient([][]float64{{}, {}}, []int{0, 1}, Options{}) },
	})
}
