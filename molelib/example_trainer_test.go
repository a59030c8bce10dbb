package mole_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// The baseline starts from the same weights as the modules do.
func ExampleBackprop() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	options := mole.Options{Seed: 1, Test: test, Epochs: 100, OutputEpochs: 400}
	modular, err := mole.Train(context.Background(), mole.MLP(4, 16, 3), train, options)
	if err != nil {
		fmt.Println(err)
		return
	}
	baseline, err := mole.Backprop(context.Background(), mole.MLP(4, 16, 3), train, options)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range []*mole.Report{modular, baseline} {
		fmt.Println(r.Method(), r.Sequential(), r.Accuracy() > 0.9)
	}
	// Output:
	// MOLE true true
	// back-propagation false true
}

func ExampleNewBackprop() {
	trainer, err := mole.NewBackprop(mole.MLP(4, 8, 3), data.Iris(), mole.Options{OutputEpochs: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for !trainer.Done() {
		epoch, err := trainer.Epoch(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(epoch.Name, epoch.Epoch, "of", epoch.Epochs)
	}
	// Output:
	// output 1 of 2
	// output 2 of 2
}

// One module at a time, with a look at what it has learned before the next.
func ExampleTrainer_Module() {
	ctx := context.Background()
	trainer, err := mole.NewTrainer(mole.MLP(4, 8, 8, 3), data.Iris(), mole.Options{Seed: 1, Epochs: 3, OutputEpochs: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for !trainer.Done() {
		k := trainer.Current()
		before, err := trainer.Measure(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		after, err := trainer.Module(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(k, after.Name, before.Epoch, "→", after.Epoch, "of", len(trainer.Report().Epochs(k))-1)
	}
	_, err = trainer.Step(ctx)
	fmt.Println(errors.Is(err, mole.ErrDone))
	// Output:
	// 0 hidden 1 0 → 3 of 3
	// 1 hidden 2 0 → 3 of 3
	// 2 output 0 → 3 of 3
	// true
}

// What has happened so far can be asked for at any time, also while the training runs.
func ExampleReport() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	report, err := mole.Train(context.Background(), mole.MLP(4, 16, 3), train, mole.Options{Seed: 1, Test: test, Epochs: 5, OutputEpochs: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	epochs, information := report.Values(0, mole.MetricITY)
	fmt.Println(report.ModuleNames()[0], epochs)
	fmt.Println("I(T;Y) grew:", information[5] > information[0])
	fmt.Println("never more than S(Y):", report.Last(0, mole.MetricITY) <= report.ClassEntropy())

	done, total, status := report.Progress()
	fmt.Println(done == total, status, len(report.Epochs(1)))
	fmt.Println(report.Evaluation().Examples, report.Seconds(0)+report.Seconds(1) > 0, report.Duration() > 0)
	// Output:
	// hidden 1 [0 1 2 3 4 5]
	// I(T;Y) grew: true
	// never more than S(Y): true
	// true complete 6
	// 30 true true
}

func ExampleReport_WriteCSV() {
	report, err := mole.Train(context.Background(), mole.MLP(4, 3), data.Iris(), mole.Options{OutputEpochs: 1, Probe: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	var text strings.Builder
	if err := report.WriteCSV(&text); err != nil {
		fmt.Println(err)
		return
	}
	lines := strings.Split(text.String(), "\n")
	fmt.Println(lines[0])
	fmt.Println(lines[1]) // before the training: the probe was turned off, and there is no loss yet
	// Output:
	// module,epoch,I(T;X),I(T;Y),accuracy,loss
	// output,0,NaN,NaN,0.3333333333333333,NaN
}
