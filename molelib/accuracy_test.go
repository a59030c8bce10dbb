package mole_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// The long measurements of docs/accuracy.md:
//
//	go test ./molelib -run TestAccuracyTable -accuracy digits,mnist,fashion -seeds 1,2,3 -v -timeout 3h
var (
	accuracy = flag.String("accuracy", "", "datasets to measure for docs/accuracy.md: digits, mnist, fashion")
	seeds    = flag.String("seeds", "1,2,3", "seeds to train each dataset with")
)

// task is a dataset with the network that is trained on it, both ways.
type task struct {
	name   string
	widths []int
	load   func(seed int) (train, test *data.Dataset, err error)
}

var tasks = []task{
	{"digits", []int{64, 128, 64, 10}, func(seed int) (*data.Dataset, *data.Dataset, error) {
		train, test := data.Digits().Split(0.2, seed)
		return train, test, nil
	}},
	{"mnist", []int{784, 512, 256, 10}, func(int) (*data.Dataset, *data.Dataset, error) {
		return data.MNIST(context.Background())
	}},
	{"fashion", []int{784, 512, 256, 10}, func(int) (*data.Dataset, *data.Dataset, error) {
		return data.FashionMNIST(context.Background())
	}},
}

func TestAccuracyTable(t *testing.T) {
	if *accuracy == "" {
		t.Skip("a long measurement: give -accuracy digits,mnist,fashion")
	}
	for _, task := range tasks {
		if !strings.Contains(*accuracy, task.name) {
			continue
		}
		var modular, backprop []float64
		for s := range strings.SplitSeq(*seeds, ",") {
			seed, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			m, b := task.run(t, mole.Options{Seed: seed})
			modular, backprop = append(modular, m), append(backprop, b)
		}
		t.Logf("%s, MLP %v: MOLE %s, back-propagation %s (seeds %s, %s)",
			task.name, task.widths, spread(modular), spread(backprop), *seeds, backend.Default().Info().Name)
	}
}

// run trains the network of the task both ways and returns the test accuracies in %.
func (k task) run(t *testing.T, o mole.Options) (moleAccuracy, backpropAccuracy float64) {
	t.Helper()
	train, test, err := k.load(o.Seed)
	if err != nil {
		t.Fatal(err)
	}
	o.Test = test
	start := time.Now()
	m, err := mole.Train(context.Background(), mole.MLP(k.widths...), train, o)
	if err != nil {
		t.Fatal(err)
	}
	middle := time.Now()
	b, err := mole.Backprop(context.Background(), mole.MLP(k.widths...), train, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s seed %d: MOLE %.2f in %v, back-propagation %.2f in %v\n%v%v", k.name, o.Seed,
		100*m.Accuracy(), middle.Sub(start).Round(time.Second/10), 100*b.Accuracy(), time.Since(middle).Round(time.Second/10), m, b)
	return 100 * m.Accuracy(), 100 * b.Accuracy()
}

func spread(v []float64) string {
	mean, square := 0.0, 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		square += (x - mean) * (x - mean) / math.Max(1, float64(len(v)-1))
	}
	return fmt.Sprintf("%.2f ± %.2f", mean, math.Sqrt(square))
}

// TestDigitsReachTheBar holds the promise of the README: MOLE at least 96.5 % on the
// digits, and not more than half a point below back-propagation.
func TestDigitsReachTheBar(t *testing.T) {
	if testing.Short() {
		t.Skip("trains six networks")
	}
	var modular, backprop float64
	for seed := 1; seed <= 3; seed++ {
		m, b := tasks[0].run(t, mole.Options{Seed: seed, Epochs: 20, Probe: -1})
		modular, backprop = modular+m/3, backprop+b/3
	}
	if modular < 96.5 || modular < backprop-0.5 {
		t.Errorf("MOLE %.2f %%, back-propagation %.2f %%", modular, backprop)
	}
}

// TestFashionSubsetIsLevelWithBackpropagation is the short form of the measurement on
// Fashion-MNIST, where the data are at hand.
func TestFashionSubsetIsLevelWithBackpropagation(t *testing.T) {
	if testing.Short() || os.Getenv(data.MirrorVariable) == "" {
		t.Skipf("trains two networks on data from a mirror: set %s", data.MirrorVariable)
	}
	train, test, err := data.FashionMNIST(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := task{"fashion 4000", []int{784, 128, 64, 10}, func(int) (*data.Dataset, *data.Dataset, error) {
		return train.Head(4000), test.Head(2000), nil
	}}
	modular, backprop := k.run(t, mole.Options{Seed: 1, Epochs: 10, Probe: -1})
	// Two thousand test examples have a standard error of 0.8 points.
	if modular < 81 || modular < backprop-2 {
		t.Errorf("MOLE %.2f %%, back-propagation %.2f %%", modular, backprop)
	}
}
