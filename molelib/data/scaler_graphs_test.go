package data

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestNodesAreStandardizedByThoseOfTrain(t *testing.T) {
	x := tensor.FromRows([][]float64{{1, 0}, {3, 1}, {100, 0}})
	g := (&Graph{Name: "g", Nodes: 3, X: x, Train: []int{0, 1}}).Standardized()
	if got := fmt.Sprint(g.X.Data); got != "[-1 0 1 1 98 0]" {
		t.Errorf("got %s, want the third node to be measured by the first two, and the tags as they were", got)
	}
	if x.At(0, 0) != 1 {
		t.Error("the given graph was changed")
	}
}

func TestGraphsAreStandardizedByThoseOfTrain(t *testing.T) {
	set, err := LoadTU(t.Context(), "testdata/tu")
	if err != nil {
		t.Fatal(err)
	}
	train, test := StandardizeGraphs(set.Subset([]int{0}), set.Subset([]int{1}))
	for j := range 2 {
		mean, square := 0.0, 0.0
		for i := range 3 {
			mean += train.Graphs[0].X.At(i, j) / 3
			square += train.Graphs[0].X.At(i, j) * train.Graphs[0].X.At(i, j) / 3
		}
		if math.Abs(mean) > 1e-6 || math.Abs(square-1) > 1e-6 { // three float32 values, rounded
			t.Errorf("column %d has the mean %v and the mean square %v", j, mean, square)
		}
	}
	// Of attribute 1, train has 1, 3, 5: mean 3, variance 8/3.
	if got, want := test.Graphs[0].X.At(1, 1), 1/math.Sqrt(8./3); math.Abs(got-want) > 1e-6 {
		t.Errorf("attribute 4 became %v, want %v", got, want)
	}
	if train.Graphs[0].X.At(1, 3) != 1 || set.Graphs[0].X.At(0, 1) != 1 {
		t.Error("tags must stay, and the given graphs")
	}
	for want, call := range map[string]func(){
		"have 0 features": func() {
			StandardizeGraphs(&GraphSet{Name: "a", Graphs: []*Graph{{Nodes: 1}}, Y: []int{0}, Classes: []string{"x"}}, set)
		},
		"have no feature": func() { Karate().Standardized() },
	} {
		if got := message(call); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}
