package mole_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

func ExampleMLP() {
	fmt.Print(mole.MLP(64, 128, 64, 10))
	// Output:
	// network of 3 modules, 17226 parameters
	//   0  hidden 1     dense 64→128, relu               I(T;Y), α = 1.01, projection 128
	//   1  hidden 2     dense 128→64, relu               I(T;Y), α = 1.01, projection 128
	//   2  output       dense 64→10                      cross-entropy
}

func ExampleNetwork_Group() {
	net := mole.MLP(64, 128, 64, 10).Group(2, 1)
	for k, m := range net.Modules {
		fmt.Println(m.Name, len(m.Layers), net.Width(k))
	}
	// Output:
	// hidden 1 + hidden 2 4 64
	// output 1 10
}

func ExampleNetwork_Activations() {
	net := mole.MLP(64, 128, 64, 10)
	x := data.Digits().Head(5).X
	fmt.Println(net.Activations(-1, x), "/", net.Activations(0, x), "/", net.Activations(2, x.Dense()))
	// Output: 5×64 float32 / 5×128 float32 / 5×10 float32
}

func TestActivationsOfManyRowsEqualThoseOfEach(t *testing.T) {
	net, x := mole.MLP(64, 32, 10), data.Digits().X
	all := net.Activations(1, x)
	for _, i := range []int{0, 255, 256, 1796} {
		row := x.View(i, i+1)
		for j, v := range net.Activations(1, &row).Data {
			// A product of one row may be summed in another order.
			if math.Abs(float64(v)-all.At(i, j)) > 1e-5 {
				t.Errorf("row %d, column %d: %v alone, %v among all", i, j, v, all.At(i, j))
			}
		}
	}
}

func TestEvaluationCountsEachExampleOnce(t *testing.T) {
	net, d := mole.MLP(64, 10), data.Digits()
	e := net.Evaluate(d)
	sum, diagonal := 0, 0
	for k, row := range e.Confusion {
		diagonal += row[k]
		for _, n := range row {
			sum += n
		}
		if got := e.PerClass[k].Examples; got != d.ClassCounts()[k] {
			t.Errorf("class %d: %d examples, want %d", k, got, d.ClassCounts()[k])
		}
	}
	if sum != d.Len() || diagonal != e.Correct || e.Accuracy != float64(e.Correct)/float64(d.Len()) {
		t.Errorf("%d examples, %d on the diagonal, %d correct, accuracy %v", sum, diagonal, e.Correct, e.Accuracy)
	}
	bundle, err := e.MIMEBundle()
	if err != nil || !strings.Contains(bundle["text/html"].(string), "<table>") || !strings.Contains(e.String(), "accuracy") {
		t.Errorf("bundle %v, %v", bundle, err)
	}
}

func TestEvaluatingForeignDataIsAnError(t *testing.T) {
	if _, err := mole.MLP(64, 10).EvaluateContext(t.Context(), data.Iris()); err == nil || !strings.Contains(err.Error(), "has 4 features") {
		t.Errorf("got %v", err)
	}
}

func TestClonesAreIndependent(t *testing.T) {
	net := mole.MLP(4, 3, 2)
	c := net.Clone()
	before := weights(net)
	c.Init(9)
	for k, w := range weights(net) {
		if !slices.Equal(w, before[k]) {
			t.Errorf("module %d changed with its clone", k)
		}
	}
}

func TestModulesThatDoNotFitPanicWithTheirName(t *testing.T) {
	shared := nn.Dense(5, 5)
	for want, second := range map[string]nn.Layer{
		`module "b", layer 0: dense 4→2 takes 4 values, but gets 5`: nn.Dense(4, 2),
		"dense 5→5 of module 2 is in module 1, too":                 shared,
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("got %s, want %s", got, want)
				}
			}()
			mole.NewNetwork(
				mole.Module{Name: "a", Layers: []nn.Layer{shared}},
				mole.Module{Name: "b", Layers: []nn.Layer{second}},
			)
		}()
	}
}
