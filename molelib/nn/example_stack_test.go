package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// A module in training: no gradient leaves it.
func ExampleNewStack() {
	s, err := nn.NewStack(2, nn.Dense(2, 8), nn.Tanh(), nn.Dense(8, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Init(rand.New(rand.NewPCG(1, 2)))

	x, y := tensor.FromRows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}), []int{0, 1, 1, 0}
	grad := tensor.NewMatrix(4, s.Outputs())
	first, loss := 0.0, 0.0
	for step := range 500 {
		loss = nn.CrossEntropy(grad, s.Forward(x), y)
		s.Backward(nil, grad) // nil: no gradient with respect to x
		for _, p := range s.Params() {
			for i, g := range p.Grad.Data {
				p.Value.Data[i] -= 0.5 * g
			}
		}
		if step == 0 {
			first = loss
		}
	}
	fmt.Println(loss < first/10, s.Fault() == "")
	// Output: true true
}

func ExampleCrossEntropy() {
	logits := tensor.FromRows([][]float64{{0, 0}, {0, 0}})
	grad := tensor.NewMatrix(2, 2)
	fmt.Printf("%.3f %v\n", nn.CrossEntropy(grad, logits, []int{0, 1}), grad.Data)
	// Output: 0.693 [-0.25 0.25 0.25 -0.25]
}

func ExampleSquaredError() {
	outputs := tensor.FromRows([][]float64{{1, 0}, {1, 0}})
	grad := tensor.NewMatrix(2, 2)
	fmt.Println(nn.SquaredError(grad, outputs, []int{0, 1}), grad.Data)
	// Output: 0.5 [0 0 0.5 -0.5]
}

func ExampleSquaredErrorTo() {
	outputs, targets := tensor.FromRows([][]float64{{1}, {3}}), tensor.FromRows([][]float64{{1}, {1}})
	grad := tensor.NewMatrix(2, 1)
	fmt.Println(nn.SquaredErrorTo(grad, outputs, targets), grad.Data)
	// Output: 1 [0 1]
}

// The weights of a layer under PyTorch's names and shapes, and back.
func ExampleState() {
	l := nn.Dense(2, 3)
	copy(l.Weight.Value.Data, []float32{1, 2, 3, 4, 5, 6}) // inputs×outputs
	tensors := map[string]nn.Tensor{}
	for _, t := range nn.State(l) {
		fmt.Println(t.Name, t.Shape, t.Data) // outputs×inputs
		tensors[t.Name] = t
	}

	other := nn.Dense(2, 3)
	err := nn.SetState(other, func(name string) (nn.Tensor, bool) {
		t, ok := tensors[name]
		return t, ok
	})
	fmt.Println(other.Weight.Value.Data, err)
	// Output:
	// weight [3 2] [1 4 2 5 3 6]
	// bias [3] [0 0 0]
	// [1 2 3 4 5 6] <nil>
}

// A copy of the random state makes a layer that is random repeat itself.
func ExampleRandoms() {
	l := nn.Dropout(0.5)
	l.Init(rand.New(rand.NewPCG(1, 2)))
	source := nn.Randoms(l)[0]
	state, err := source.MarshalBinary()

	x, y, again := tensor.FromRows([][]float64{{1, 1, 1, 1}}), tensor.NewMatrix(1, 4), tensor.NewMatrix(1, 4)
	l.Forward(y, x)
	if err == nil {
		err = source.UnmarshalBinary(state)
	}
	l.Forward(again, x)
	fmt.Println(y.Data, again.Data, err)
	// Output: [2 0 0 2] [2 0 0 2] <nil>
}

func ExampleNewParam() {
	p := nn.NewParam("weight", 2, 3, true)
	fmt.Println(p.Name, p.Value, p.Grad, p.Decay)
	// Output: weight 2×3 float32 2×3 float32 true
}
