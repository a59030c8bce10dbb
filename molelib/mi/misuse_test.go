package mi

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestANilSampleIsExplained(t *testing.T) {
	var dense *mat.Dense
	for name, call := range map[string]func(){
		"mutual":      func() { Mutual(nil, nil, Options{}) },
		"one side":    func() { Mutual(mat.NewDense(2, 1, nil), dense, Options{}) },
		"entropy":     func() { Entropy(nil, Options{}) },
		"nil pointer": func() { Entropy(dense, Options{}) },
		"gram":        func() { Gram(nil, Options{}) },
		"joint":       func() { Joint([]Sample{Labels{1, 2}, nil}, Options{}) },
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, "mi: a sample is nil") {
					t.Errorf("%s: got %q, want that a sample is nil", name, r)
				}
			}()
			call()
		}()
	}
}
