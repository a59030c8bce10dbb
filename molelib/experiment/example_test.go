package experiment_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
)

// irises compares two methods on three divisions of the iris data.
func irises() experiment.Plan {
	return experiment.Plan{
		Name:    "iris",
		Data:    experiment.Standardized(experiment.HoldOut(data.Iris(), 0.2)),
		Network: func() *mole.Network { return mole.MLP(4, 16, 3) },
		Options: mole.Options{Epochs: 50, OutputEpochs: 50, Batch: 32, Probe: -1},
		Seeds:   []int{1, 2, 3},
		Methods: []experiment.Method{
			{Name: "MOLE", Run: experiment.MOLE},
			{Name: "back-propagation", Run: experiment.Backprop},
		},
	}
}

func ExampleRun() {
	table, err := experiment.Run(context.Background(), irises())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Methods(), "compared by", table.Metric())
	fmt.Println("more than 80 %:", table.Summary("MOLE").Mean > 0.8)
	// Output:
	// [MOLE back-propagation] compared by accuracy
	// more than 80 %: true
}

func ExampleWith() {
	plan := irises()
	for _, alpha := range []float64{1.01, 2} {
		plan.Methods = append(plan.Methods, experiment.Method{
			Name: fmt.Sprintf("α = %v", alpha),
			Run: experiment.With(func(net *mole.Network, o *mole.Options) {
				net.SetObjective(mole.Information{Alpha: alpha})
			}),
		})
	}
	plan.Methods = append(plan.Methods, experiment.Method{
		Name: "back-propagation, longer",
		Run:  experiment.BackpropWith(func(_ *mole.Network, o *mole.Options) { o.OutputEpochs = 100 }),
	})
	plan.Seeds = []int{1}
	table, err := experiment.Run(context.Background(), plan)
	fmt.Println(len(table.Results()), "runs", err)
	// Output: 5 runs <nil>
}

// A method of one's own is a function of the trial.
func ExampleMethod() {
	majority := func(_ context.Context, t *experiment.Trial) (experiment.Metrics, error) {
		train, test := t.Train.(*data.Dataset), t.Test.(*data.Dataset)
		most := 0
		for class, n := range train.ClassCounts() {
			if n > train.ClassCounts()[most] {
				most = class
			}
		}
		return experiment.Metrics{"accuracy": float64(test.ClassCounts()[most]) / float64(test.Len()), "seconds": 0}, nil
	}
	table, err := experiment.Run(context.Background(), experiment.Plan{
		Name: "who guesses", Folds: 4,
		Data:    experiment.CrossValidation(data.BreastCancer()),
		Methods: []experiment.Method{{Name: "majority", Run: majority}},
	})
	fmt.Println(err)
	fmt.Print(table)
	// Output:
	// <nil>
	// who guesses: 4 of 4 runs
	// method    runs   accuracy, %    seconds
	// majority     4  62.74 ± 0.13  0.0 ± 0.0
}

func ExampleTable_Difference() {
	// What two methods reached on the same seeds: one by chance has more.
	reached := func(values map[int]float64) func(context.Context, *experiment.Trial) (experiment.Metrics, error) {
		return func(_ context.Context, t *experiment.Trial) (experiment.Metrics, error) {
			return experiment.Metrics{"accuracy": values[t.Seed]}, nil
		}
	}
	table, _ := experiment.Run(context.Background(), experiment.Plan{Methods: []experiment.Method{
		{Name: "a", Run: reached(map[int]float64{1: 0.91, 2: 0.95, 3: 0.97})},
		{Name: "b", Run: reached(map[int]float64{1: 0.90, 2: 0.93, 3: 0.97})},
	}})
	d := table.Difference("a", "b")
	fmt.Printf("a %v, b %v\n", table.Summary("a"), table.Summary("b"))
	fmt.Printf("a − b: %v, between %.3f and %.3f by 95 %%\n", d, d.Low, d.High)
	// Output:
	// a 0.9433 ± 0.0306, b 0.9333 ± 0.0351
	// a − b: +0.0100 ± 0.0100, between -0.015 and 0.035 by 95 %
}

// A file of results makes an experiment go on where it was interrupted.
func ExampleNew() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	plan := irises()
	plan.File = filepath.Join(dir, "iris.jsonl")
	plan.Seeds = []int{1}
	if _, err := experiment.Run(context.Background(), plan); err != nil {
		fmt.Println(err)
		return
	}

	// Later: another seed, and what is there is not run again.
	plan.Seeds = []int{1, 2}
	e, err := experiment.New(plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(e.Table().Results()), "of the runs are there")
	table, err := e.Run(context.Background())
	fmt.Println(len(table.Results()), err)
	fmt.Println(experiment.Discard(plan.File))
	// Output:
	// 2 of the runs are there
	// 4 <nil>
	// <nil>
}

// Settings are chosen on examples that are taken from the training examples.
func ExampleValidation() {
	split := experiment.Validation(experiment.HoldOut(data.Iris(), 0.2), 0.25)
	train, validation, err := split(context.Background(), experiment.Part{Seed: 1})
	fmt.Println(train.(*data.Dataset).Len(), validation.(*data.Dataset).Len(), err)
	// Output: 90 30 <nil>
}

func ExampleFixed() {
	club := data.Karate() // a graph has test nodes of its own
	table, err := experiment.Run(context.Background(), experiment.Plan{
		Data:    experiment.Fixed(club, nil),
		Network: func() *mole.Network { return mole.GCN(34, 16, 2) },
		Options: mole.Options{Epochs: 50, Probe: -1},
		Seeds:   []int{1},
		Methods: []experiment.Method{{Name: "MOLE", Run: experiment.MOLE}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("more than 80 %:", table.Summary("MOLE").Mean > 0.8)
	// Output: more than 80 %: true
}

func ExampleStandardized() {
	split := experiment.Standardized(experiment.CrossValidation(data.Wine()))
	train, _, _ := split(context.Background(), experiment.Part{Seed: 1, Fold: 9, Folds: 10})
	s := data.FitScaler(train.(*data.Dataset))
	fmt.Printf("%.3f %.3f\n", s.Mean[0]+1, s.Std[0])
	// Output: 1.000 1.000
}

func ExampleOf() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	own := func(ctx context.Context, t *experiment.Trial) (experiment.Metrics, error) {
		net := t.Network()
		report, err := mole.Train(ctx, net, t.Train, t.Options)
		if err != nil {
			return nil, err
		}
		m := experiment.Of(report)
		m["parameters"] = float64(net.Parameters())
		return m, nil
	}
	plan := irises()
	plan.Data, plan.Seeds = experiment.Fixed(train, test), []int{1}
	plan.Methods = []experiment.Method{{Name: "own", Run: own}}
	table, err := experiment.Run(context.Background(), plan)
	fmt.Println(table.Metrics(), err)
	// Output: [accuracy AUC balanced accuracy log loss macro F1 parameters seconds] <nil>
}

func ExampleTable_WriteCSV() {
	table, _ := experiment.Run(context.Background(), experiment.Plan{Seeds: []int{1, 2}, Methods: []experiment.Method{
		{Name: "half", Run: func(context.Context, *experiment.Trial) (experiment.Metrics, error) {
			return experiment.Metrics{"accuracy": 0.5, "seconds": 1}, nil
		}},
	}})
	var file strings.Builder
	if err := table.WriteCSV(&file); err != nil {
		fmt.Println(err)
	}
	fmt.Print(file.String())
	// Output:
	// method,seed,fold,accuracy,seconds,error
	// half,1,,0.5,1,
	// half,2,,0.5,1,
}

func ExampleBackprop() {
	plan := irises()
	plan.Methods = []experiment.Method{
		{Name: "one after the other", Run: experiment.MOLE},
		{Name: "end to end", Run: experiment.Backprop},
	}
	plan.Seeds = []int{1}
	table, err := experiment.Run(context.Background(), plan)
	fmt.Println(table.Methods(), table.Complete(), err)
	// Output: [one after the other end to end] true <nil>
}

// What a table knows besides what it shows.
func ExampleTable() {
	table, _ := experiment.Run(context.Background(), experiment.Plan{
		Name: "guesses", Metric: "accuracy", Seeds: []int{1, 2},
		Methods: []experiment.Method{
			{Name: "all", Run: func(_ context.Context, t *experiment.Trial) (experiment.Metrics, error) {
				return experiment.Metrics{"accuracy": float64(t.Seed) / 4, "guesses": 10}, nil
			}},
			{Name: "few", Run: func(_ context.Context, t *experiment.Trial) (experiment.Metrics, error) {
				if t.Seed == 2 {
					return nil, fmt.Errorf("out of guesses")
				}
				return experiment.Metrics{"accuracy": 0.5, "guesses": 3}, nil
			}},
		},
	})
	fmt.Println(table.Name(), table.Values("all"), table.ValuesOf("few", "guesses"))
	fmt.Println(table.SummaryOf("all", "guesses").Max, table.DifferenceOf("few", "all", "guesses").Mean)
	done, total, status := table.Progress()
	fmt.Println(done, "of", total, status, table.Complete())
	fmt.Println(table.Err())
	// Output:
	// guesses [0.25 0.5] [3]
	// 10 -7
	// 4000 of 4000 complete false
	// experiment: few, seed 2: out of guesses
}
