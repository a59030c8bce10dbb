package mole_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// shapes returns n graphs of 4 to 9 nodes, rings (class 0) and stars (class 1) in turn,
// whose nodes know their degree.
func shapes(n int) *data.GraphSet {
	s := &data.GraphSet{Name: "shapes", Classes: []string{"ring", "star"}}
	for k := range n {
		g := &data.Graph{Name: fmt.Sprint("shape ", k), Nodes: 4 + k/2%6}
		for i := 1; i < g.Nodes; i++ {
			near := 0
			if k%2 == 0 {
				near = i - 1
			}
			g.Edges = append(g.Edges, [2]int{near, i})
		}
		if k%2 == 0 {
			g.Edges = append(g.Edges, [2]int{0, g.Nodes - 1})
		}
		s.Graphs, s.Y = append(s.Graphs, g), append(s.Y, k%2)
	}
	return s.WithDegrees(4)
}

// onGraphs are trainings on nodes and on graphs, small and with everything that has state.
var onGraphs = map[string]struct {
	net   func() *mole.Network
	train mole.Examples
	o     mole.Options
}{
	"nodes": {
		func() *mole.Network { return mole.GCN(34, 8, 4, 2) },
		wideKarate(), mole.Options{Seed: 3, Epochs: 3},
	},
	"graphs": {
		func() *mole.Network { return mole.GIN(5, 6, 2, 2) },
		shapes(20), mole.Options{Seed: 3, Epochs: 3, Batch: 8, Test: shapes(30)},
	},
}

// wideKarate is the club with ten members to learn from.
func wideKarate() *data.Graph {
	club := data.Karate()
	club.Train, club.Test = nil, nil
	for i := range club.Nodes {
		if i%4 == 0 || i == 33 {
			club.Train = append(club.Train, i)
		} else {
			club.Test = append(club.Test, i)
		}
	}
	return club
}

func TestTheKarateClubIsLearnedFromItsTwoLeaders(t *testing.T) {
	club := data.Karate()
	net := mole.GCN(34, 16, 2)
	report, err := mole.Train(t.Context(), net, club, mole.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.Accuracy() < 0.9 {
		t.Errorf("accuracy %v of the members, want 0.9\n%v", report.Accuracy(), report)
	}
	if e := net.Evaluate(club); e.Examples != 32 || e.Accuracy != report.Accuracy() {
		t.Errorf("evaluated %d members, %v; want 32, %v", e.Examples, e.Accuracy, report.Accuracy())
	}
	if got := len(net.Predict(club)); got != 34 {
		t.Errorf("%d classes, want one for each of 34 members", got)
	}
	for k, width := range []int{34, 16, 2} {
		if rows, cols := net.Activations(k-1, club).Dims(); rows != 34 || cols != width {
			t.Errorf("representation after module %d is %d×%d, want 34×%d", k-1, rows, cols, width)
		}
	}
}

func TestShapesOfGraphsAreLearned(t *testing.T) {
	train, test := shapes(60).Split(0.3, 1)
	for name, begin := range methods {
		net := mole.GIN(5, 16, 2, 2)
		tr, err := begin(net, train, mole.Options{Seed: 1, Test: test})
		if err != nil {
			t.Fatal(err)
		}
		report, err := tr.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if report.Accuracy() < 0.95 {
			t.Errorf("%s: accuracy %v\n%v", name, report.Accuracy(), report)
		}
		if got := net.Evaluate(test); got.Examples != test.Len() || got.Accuracy != report.Accuracy() {
			t.Errorf("%s: evaluated %v, want the report's %v", name, got, report.Accuracy())
		}
	}
}

func TestTrainingAModuleOnAGraphLeavesAllOthersUnchanged(t *testing.T) {
	for name, c := range onGraphs {
		net := c.net()
		tr, err := mole.NewTrainer(net, c.train, c.o)
		if err != nil {
			t.Fatal(err)
		}
		for k := range net.Modules {
			before := weights(net)
			if _, err := tr.Module(t.Context()); err != nil {
				t.Fatal(err)
			}
			for other, after := range weights(net) {
				if changed := !slices.Equal(before[other], after); changed != (other == k) {
					t.Errorf("%s: training module %d: module %d changed: %v", name, k, other, changed)
				}
			}
		}
	}
}

func TestLabelsOfTestNodesNeverInfluenceTraining(t *testing.T) {
	for name, begin := range methods {
		var seen [2][]float32
		for flip := range 2 {
			club := wideKarate()
			for _, i := range club.Test {
				club.Y[i] ^= flip
			}
			net := mole.GCN(34, 16, 2)
			tr, err := begin(net, club, mole.Options{Seed: 1, Epochs: 20})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			seen[flip] = slices.Concat(weights(net)...)
		}
		if !slices.Equal(seen[0], seen[1]) {
			t.Errorf("%s: other labels of test nodes lead to other weights", name)
		}
	}
}

func TestABatchOfGraphsIsComputedAsEachAlone(t *testing.T) {
	set := shapes(24)
	for name, net := range map[string]*mole.Network{
		"jumping": mole.GIN(5, 6, 3, 2),
		"pooled in a module": mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{nn.GCN(5, 6), nn.ReLU()}, Readout: nn.MaxReadout()},
			mole.Module{Layers: []nn.Layer{nn.GraphSAGE(6, 6), nn.MeanReadout(), nn.Dense(6, 4)}},
			mole.Module{Layers: []nn.Layer{nn.Dense(4, 2)}},
		),
		"logits of nodes": mole.NewNetwork(mole.Module{Layers: []nn.Layer{nn.GCN(5, 2)}}),
	} {
		for k := -1; k < len(net.Modules); k++ {
			all := net.Activations(k, set)
			if all.Rows != set.Len() {
				t.Fatalf("%s: %d rows after module %d, want one for each of %d graphs", name, all.Rows, k, set.Len())
			}
			for i := range set.Len() {
				alone := net.Activations(k, set.Subset([]int{i}))
				if !slices.Equal(alone.Row(0), all.Row(i)) {
					t.Errorf("%s, module %d, graph %d: alone %v, among others %v", name, k, i, alone.Row(0), all.Row(i))
				}
			}
		}
	}
}

func TestTrainingOnGraphsIsTheSameWhateverTheNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, c := range onGraphs {
		for method, begin := range methods {
			var first string
			for _, procs := range []int{1, 3} {
				runtime.GOMAXPROCS(procs)
				net := c.net()
				tr, err := begin(net, c.train, c.o)
				if err != nil {
					t.Fatal(err)
				}
				report, err := tr.Run(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				var table bytes.Buffer
				if err := report.WriteCSV(&table); err != nil {
					t.Fatal(err)
				}
				got := fmt.Sprint(weights(net)) + table.String()
				if first == "" {
					first = got
				}
				if got != first {
					t.Errorf("%s, %s: other numbers with %d processors", name, method, procs)
				}
			}
		}
	}
}

func TestARestoredTrainingOnGraphsEndsWithTheSameBits(t *testing.T) {
	for name, c := range onGraphs {
		for method, begin := range methods {
			var net *mole.Network
			make := func() *mole.Trainer {
				net = c.net()
				tr, err := begin(net, c.train, c.o)
				if err != nil {
					t.Fatal(err)
				}
				return tr
			}
			current := func() *mole.Network { return net }
			wantWeights, wantReport := trained(t, make, current, func(int) bool { return false })
			gotWeights, gotReport := trained(t, make, current, func(int) bool { return true })
			if gotWeights != wantWeights {
				t.Errorf("%s, %s: saved and restored at every step, the weights are others", name, method)
			}
			if gotReport != wantReport {
				t.Errorf("%s, %s: the report is\n%s\nwant\n%s", name, method, gotReport, wantReport)
			}
		}
	}
}

func TestACheckpointOfAnotherGraphIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	begin := func(change func(g *data.Graph)) *mole.Trainer {
		club := wideKarate()
		change(club)
		tr, err := mole.NewTrainer(mole.GCN(34, 4, 2), club, mole.Options{Epochs: 2})
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	if err := begin(func(*data.Graph) {}).Save(path); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(g *data.Graph){
		"an edge less":      func(g *data.Graph) { g.Edges = g.Edges[1:] },
		"another Train":     func(g *data.Graph) { g.Train = g.Train[1:] },
		"as it was (works)": func(*data.Graph) {},
	} {
		err := begin(change).Restore(path)
		if works := strings.Contains(name, "works"); (err == nil) != works {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTrainingOnGraphsThatWasInterruptedAnywhereGoesOn(t *testing.T) {
	for name, c := range onGraphs {
		whole := c.net()
		if _, err := mole.Train(t.Context(), whole, c.train, c.o); err != nil {
			t.Fatal(err)
		}
		for patience := 0; ; patience++ {
			left, net := patience, c.net()
			tr, err := mole.NewTrainer(net, c.train, c.o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tr.Run(patient{t.Context(), &left})
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s, interrupted at look %d: %v", name, patience, err)
			}
			if _, err := tr.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(slices.Concat(weights(net)...), slices.Concat(weights(whole)...)) {
				t.Fatalf("%s, interrupted at look %d: other weights", name, patience)
			}
		}
	}
}

func TestAnotherGraphMayBeTheTestAndMasksMayBeBatched(t *testing.T) {
	club := wideKarate()
	other := data.Karate()
	other.Test = other.Test[:5]
	report, err := mole.Train(t.Context(), mole.GCN(34, 8, 2), club, mole.Options{Test: other, Epochs: 2, Batch: 3})
	if err != nil {
		t.Fatal(err)
	}
	if got := report.Evaluation().Examples; got != 5 {
		t.Errorf("judged by %d nodes, want the 5 of the other graph", got)
	}
	if _, total, _ := report.Progress(); total != 2*2*(10/3) {
		t.Errorf("%d steps, want 2 modules × 2 epochs × 3 batches of the 10 nodes", total)
	}
	validation := wideKarate()
	validation.Validation, validation.Test = validation.Test[:4], validation.Test[4:]
	report, err = mole.Train(t.Context(), mole.GCN(34, 8, 2), validation, mole.Options{Test: validation.ForValidation(), Epochs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := report.Evaluation().Examples; got != 4 {
		t.Errorf("judged by %d nodes, want the 4 of validation", got)
	}
}

func TestJumpingWorksOnRowsAndNodes(t *testing.T) {
	build := func(layer func(in, out int) nn.Layer, in, classes int) *mole.Network {
		return mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{layer(in, 8), nn.ReLU()}},
			mole.Module{Layers: []nn.Layer{layer(8, 6), nn.ReLU()}},
			mole.Module{Layers: []nn.Layer{nn.Dense(14, 10), nn.ReLU()}, Jumping: true},
			mole.Module{Layers: []nn.Layer{nn.Dense(24, classes)}, Jumping: true},
		)
	}
	train, test := data.Iris().Split(0.3, 1)
	for method, begin := range methods {
		for name, c := range map[string]struct {
			net   *mole.Network
			train mole.Examples
			o     mole.Options
		}{
			"rows":  {build(func(in, out int) nn.Layer { return nn.Dense(in, out) }, 4, 3), train, mole.Options{Seed: 1, Test: test, Epochs: 20, OutputEpochs: 60, Batch: 32, Rate: 0.01, Probe: -1}},
			"nodes": {build(func(in, out int) nn.Layer { return nn.GCN(in, out) }, 34, 2), wideKarate(), mole.Options{Seed: 1, Epochs: 60, Probe: -1}},
		} {
			tr, err := begin(c.net, c.train, c.o)
			if err != nil {
				t.Fatal(err)
			}
			report, err := tr.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if report.Accuracy() < 0.85 {
				t.Errorf("%s, %s: accuracy %v", name, method, report.Accuracy())
			}
		}
	}
}
