package optim_test

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

func ExampleAdam() {
	p := nn.NewParam("weight", 1, 2, true)
	copy(p.Value.Data, []float32{1, 1})
	stepper := optim.Adam{Decay: 0.1}.Bind([]*nn.Param{p}) // AdamW
	copy(p.Grad.Data, []float32{5, -0.001})
	stepper.Step(0.01) // the first step has the length of the rate, whatever the gradient
	fmt.Printf("%.3f\n", p.Value.Data)
	// Output: [0.989 1.009]
}

// A trainer checks its optimizers before it begins.
func ExampleAdam_Check() {
	fmt.Println(optim.Adam{Beta1: 1.5}.Check())
	fmt.Println(optim.SGD{Momentum: 0.9}.Check())
	// Output:
	// optim: β₁ = 1.5, β₂ = 0: they must be below 1; 0 means 0.9 and 0.999
	// <nil>
}

func ExampleSGD() {
	p := nn.NewParam("weight", 1, 1, false)
	stepper := optim.SGD{Momentum: 0.9}.Bind([]*nn.Param{p})
	for range 3 {
		p.Grad.Data[0] = 1
		stepper.Step(0.1)
		fmt.Printf("%.3f ", p.Value.Data[0])
	}
	// Output: -0.100 -0.290 -0.561
}

func ExampleClip() {
	w, b := nn.NewParam("weight", 1, 1, true), nn.NewParam("bias", 1, 1, false)
	w.Grad.Data[0], b.Grad.Data[0] = 30, 40
	norm := optim.Clip([]*nn.Param{w, b}, 1)
	fmt.Printf("%v %.1f %.1f\n", norm, w.Grad.Data, b.Grad.Data)
	// Output: 50 [0.6] [0.8]
}

// A stepper's state goes on in another program.
func ExampleResumable() {
	p := nn.NewParam("weight", 1, 1, false)
	stepper := optim.Adam{}.Bind([]*nn.Param{p})
	p.Grad.Data[0] = 1
	stepper.Step(0.1)
	kept := stepper.(optim.Resumable).Snapshot()

	again := optim.Adam{}.Bind([]*nn.Param{p})
	err := again.(optim.Resumable).Restore(kept)
	fmt.Println(kept.Steps, len(kept.Moments), err)
	// Output: 1 2 <nil>
}

func ExampleConstant() {
	fmt.Println(optim.Constant{}.Factor(7, 10))
	// Output: 1
}

func ExampleCosine() {
	s := optim.Cosine{Warmup: 1}
	for step := range 5 {
		fmt.Printf("%.2f ", s.Factor(step, 5))
	}
	// Output: 0.50 1.00 0.85 0.50 0.15
}

func ExampleSteps() {
	s := optim.Steps{Every: 0.4, Gamma: 0.1}
	for step := range 5 {
		fmt.Printf("%.2f ", s.Factor(step, 5))
	}
	// Output: 1.00 1.00 0.10 0.10 0.01
}

// A trainer checks its schedule before it begins.
func ExampleWarmup_Check() {
	fmt.Println(optim.Warmup{Steps: 10, Then: optim.Steps{Every: -1}}.Check())
	fmt.Println(optim.Cosine{Floor: 0.1}.Check(), optim.Steps{Every: 0.5}.Check())
	// Output:
	// optim: Steps: a factor of 0 for every share -1 of the training: both must be positive
	// <nil> <nil>
}

func ExampleWarmup() {
	s := optim.Warmup{Steps: 1, Then: optim.Steps{Every: 0.5, Gamma: 0.1}}
	for step := range 5 {
		fmt.Printf("%.2f ", s.Factor(step, 5))
	}
	// Output: 0.50 1.00 1.00 0.10 0.10
}
