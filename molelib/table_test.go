package mole_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// aligned fails unless the lines of a table, from the one that begins with first on, are of one
// length.
func aligned(t *testing.T, table, first string) {
	t.Helper()
	_, rows, found := strings.Cut(table, first)
	if !found {
		t.Fatalf("no %q in\n%s", first, table)
	}
	lines := strings.Split(strings.TrimRight(first+rows, "\n"), "\n")
	for _, line := range lines {
		if utf8.RuneCountInString(line) != utf8.RuneCountInString(lines[0]) {
			t.Errorf("the lines differ in length:\n%s", table)
		}
	}
}

func TestTablesHaveRoomForLongNames(t *testing.T) {
	const long = "a class of a rather long name – with a dash"
	d, err := data.FromRows([][]float64{{0}, {1}, {2}, {3}}, []int{0, 0, 1, 1}, []string{"short", long})
	if err != nil {
		t.Fatal(err)
	}
	net := mole.NewNetwork(
		mole.Module{Name: "a module of a long name", Layers: []nn.Layer{nn.Dense(1, 4), nn.ReLU(), nn.Dense(4, 4), nn.ReLU(), nn.Dense(4, 4)}},
		mole.Module{Layers: []nn.Layer{nn.Dense(4, 2)}, Objective: mole.MutualInformationY()},
	)
	aligned(t, net.String(), "  0  a module")
	report, err := mole.Train(context.Background(), mole.MLP(1, 2, 2).Group(2), d, mole.Options{OutputEpochs: 1})
	if err != nil {
		t.Fatal(err)
	}
	aligned(t, report.String(), "module")
	aligned(t, mole.MLP(1, 2).Evaluate(d).String(), "class")

	values, err := data.NewRegression(d.X, tensor.FromRows([][]float64{{1, 2}, {2, 3}, {3, 1}, {4, 5}}), []string{"y", long})
	if err != nil {
		t.Fatal(err)
	}
	aligned(t, mole.MLP(1, 2).Evaluate(values).String(), "target")
}

func TestFeaturesThatDoNotFitNameTheNetworkThatWould(t *testing.T) {
	net := mole.MLP(7, 2)
	for want, examples := range map[string]mole.Examples{"mole.MLP(4, …)": data.Iris(), "mole.GCN(34, …)": data.Karate()} {
		if _, err := mole.Train(t.Context(), net, examples, mole.Options{}); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want it to end with %s", err, want)
		}
	}
}

func TestAccuracyOfANetworkThatPredictsNothingIsCalledThatOfAReadout(t *testing.T) {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	report, err := mole.Train(t.Context(), mole.Encoder(4, 8), train, mole.Options{Test: test, Epochs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(report.String(), "accuracy of a linear readout") {
		t.Errorf("got %v", report)
	}
}
