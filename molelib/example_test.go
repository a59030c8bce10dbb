package mole_test

import (
	"context"
	"fmt"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

func ExampleTrain() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	net := mole.MLP(4, 16, 3)
	report, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Test: test})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.ModuleNames(), report.Metrics())
	fmt.Println("more than 90 %:", report.Accuracy() > 0.9)
	// Output:
	// [hidden 1 output] [I(T;X) I(T;Y) accuracy loss]
	// more than 90 %: true
}

func ExampleNewTrainer() {
	train, test := data.Standardize(data.Wine().Split(0.2, 1))
	net := mole.NewNetwork(
		mole.Module{Name: "features", Layers: []nn.Layer{nn.Dense(13, 32), nn.ReLU()}, Objective: mole.Information{Alpha: 2, Scale: 1}},
		mole.Module{Name: "classes", Layers: []nn.Layer{nn.Dense(32, 3)}},
	)
	trainer, err := mole.NewTrainer(net, train, mole.Options{Seed: 1, Test: test, Epochs: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	step, _ := trainer.Step(ctx)
	fmt.Println(step.Name, step.Epoch, step.Step)
	trainer.Run(ctx)
	fmt.Println(trainer.Done(), net.Evaluate(test).Accuracy > 0.9)
	// Output:
	// features 1 1
	// true true
}
