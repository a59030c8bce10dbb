package mole_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// The long measurements of docs/mole.md on modes, and of memory against depth:
//
//	MOLE_DATA_MIRROR=folder go test ./molelib -run TestModesTable -modes digits,fashion,deep,memory -v -timeout 2h
var modes = flag.String("modes", "", "tables to measure for docs/mole.md: digits, fashion, deep, memory")

func TestModesTable(t *testing.T) {
	if *modes == "" {
		t.Skip("a long measurement: give -modes digits,fashion,deep,memory")
	}
	fashion := func(seed int) (train, test *data.Dataset) {
		train, test, err := data.FashionMNIST(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return train.Head(6000), test
	}
	for table := range strings.SplitSeq(*modes, ",") {
		switch table {
		case "digits":
			accuracyByMode(t, table, digits, 64, 128, 64, 10)
		case "fashion":
			accuracyByMode(t, table, fashion, 784, 256, 128, 10)
		case "deep":
			accuracyByMode(t, table, fashion, 784, 128, 128, 128, 128, 128, 128, 128, 128, 10)
		case "memory":
			memoryByDepth(t, fashion)
		default:
			t.Errorf("there is no table %q", table)
		}
	}
}

// accuracyByMode logs test accuracy, time and memory of a network in every mode, by the
// default recipe, for three seeds.
func accuracyByMode(t *testing.T, name string, load func(seed int) (train, test *data.Dataset), widths ...int) {
	for _, method := range []string{"sequential", "simultaneous", "asynchronous", "back-propagation"} {
		var sum, squares, seconds float64
		var report *mole.Report
		for seed := 1; seed <= 3; seed++ {
			train, test := load(seed)
			tr, err := methods[method](mole.MLP(widths...), train, mole.Options{Seed: seed, Test: test})
			if err != nil {
				t.Fatal(err)
			}
			if report, err = tr.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			accuracy := 100 * report.Accuracy()
			sum, squares, seconds = sum+accuracy, squares+accuracy*accuracy, seconds+report.Duration().Seconds()
		}
		line := fmt.Sprintf("%s, %s: %.2f ± %.2f %%, %.1f s, %.2f MB, staleness", name, method,
			sum/3, math.Sqrt(max(0, squares/3-sum*sum/9)*3/2), seconds/3, float64(report.PeakMemory())/1e6)
		for k := range report.ModuleNames() {
			mean, most := report.Staleness(k)
			line += fmt.Sprintf(" %.2f (%d)", mean, most)
		}
		t.Log(line)
	}
}

// memoryByDepth logs the memory of a step on 128 examples against the number of hidden
// modules of 512.
func memoryByDepth(t *testing.T, load func(seed int) (train, test *data.Dataset)) {
	train, _ := load(1)
	for _, depth := range []int{1, 2, 4, 8, 16} {
		widths := []int{784}
		for range depth {
			widths = append(widths, 512)
		}
		line := fmt.Sprintf("%2d hidden modules:", depth)
		for _, method := range []string{"sequential", "simultaneous", "asynchronous", "back-propagation"} {
			tr, err := methods[method](mole.MLP(append(widths, 10)...), train.Head(256), mole.Options{Epochs: 1, OutputEpochs: 1, Probe: -1})
			if err != nil {
				t.Fatal(err)
			}
			report, err := tr.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			line += fmt.Sprintf("  %s %.2f MB", method, float64(report.PeakMemory())/1e6)
		}
		t.Log(line)
	}
}
