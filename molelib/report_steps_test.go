package mole_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

func ExampleReport_Steps() {
	report, err := mole.Train(context.Background(), mole.MLP(4, 8, 3), data.Iris(), mole.Options{Epochs: 3, OutputEpochs: 2, Batch: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	steps := report.Steps(0)
	last := steps[len(steps)-1]
	fmt.Println(len(steps), last.Name, last.Epoch, last.Step, last.Steps, last.Rate < steps[0].Rate)
	// Output: 9 hidden 1 3 3 3 true
}

func ExampleReport_WriteStepsCSV() {
	report, err := mole.Train(context.Background(), mole.MLP(4, 8, 3), data.Iris(), mole.Options{Epochs: 1, OutputEpochs: 1, Batch: 75})
	if err != nil {
		fmt.Println(err)
		return
	}
	var table strings.Builder
	if err := report.WriteStepsCSV(&table); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(table.String()) {
		fmt.Println(strings.Join(strings.Split(line, ",")[:3], ", "))
	}
	// Output:
	// module, epoch, step
	// hidden 1, 1, 1
	// hidden 1, 1, 2
	// output, 1, 1
	// output, 1, 2
}

func TestTheReportHasEveryStepOfEveryMode(t *testing.T) {
	for name, begin := range methods {
		tr, err := begin(mole.MLP(4, 8, 6, 3), data.Iris(), mole.Options{Seed: 1, Epochs: 2, OutputEpochs: 3, Batch: 30})
		if err != nil {
			t.Fatal(err)
		}
		r, err := tr.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for k := range r.ModuleNames() {
			steps, epochs := r.Steps(k), r.Epochs(k)
			if name == "back-propagation" && k < 2 {
				if len(steps) > 0 {
					t.Errorf("%s: module %d, which has no loss of its own, has %d steps", name, k, len(steps))
				}
				continue
			}
			if want := 5 * epochs[len(epochs)-1].Epoch; len(steps) != want {
				t.Fatalf("%s: module %d has %d steps, want %d", name, k, len(steps), want)
			}
			means := make([]float64, len(steps)/5+1)
			for i, s := range steps {
				if s.Module != k || s.Epoch != i/5+1 || s.Step != i%5+1 || s.Steps != 5 || s.Rate <= 0 {
					t.Errorf("%s: step %d of module %d is %+v", name, i, k, s)
				}
				means[s.Epoch] += s.Loss / 5
			}
			for _, e := range epochs[1:] {
				if math.Abs(means[e.Epoch]-e.Loss) > 1e-12 {
					t.Errorf("%s: the steps of module %d, epoch %d, have the mean loss %v, the epoch %v", name, k, e.Epoch, means[e.Epoch], e.Loss)
				}
			}
		}
		if r.Steps(-1) != nil || r.Steps(3) != nil {
			t.Errorf("%s: modules that are not there have steps", name)
		}
	}
}
