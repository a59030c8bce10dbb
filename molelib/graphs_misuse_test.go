package mole_test

import (
	"math"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestBadGraphsAreErrorsThatSayWhatToDo(t *testing.T) {
	karate := func(change func(g *data.Graph)) *data.Graph {
		g := data.Karate()
		change(g)
		return g
	}
	set := shapes(8)
	bare := &data.GraphSet{Name: "bare", Graphs: []*data.Graph{{Nodes: 2}, {Nodes: 3}}, Y: []int{0, 1}, Classes: []string{"a", "b"}}
	for _, c := range []struct {
		name  string
		net   *mole.Network
		train mole.Examples
		o     mole.Options
		want  string
	}{
		{"no labels", mole.GCN(34, 2), karate(func(g *data.Graph) { g.Y = nil }), mole.Options{}, "cross-entropy needs labels or targets"},
		{"empty mask", mole.GCN(34, 2), karate(func(g *data.Graph) { g.Train = nil }), mole.Options{}, "Train of Karate club names no node"},
		{"one node", mole.GCN(34, 2), karate(func(g *data.Graph) { g.Train = []int{0} }), mole.Options{}, "single example"},
		{"mask outside", mole.GCN(34, 2), karate(func(g *data.Graph) { g.Train = []int{0, 34} }), mole.Options{}, "names node 34 of 34"},
		{"width", mole.GCN(33, 2), data.Karate(), mole.Options{}, "has 34 features, but the network takes 33"},
		{"classes", mole.GCN(34, 1), data.Karate(), mole.Options{}, "give it a width of 2"},
		{"NaN", mole.GCN(1, 2), karate(func(g *data.Graph) {
			g.X = tensor.NewMatrix(34, 1)
			g.X.Set(7, 0, math.NaN())
		}), mole.Options{}, "node 7, column 0 is NaN"},
		{"too many to number", mole.GCN(6000, 2), &data.Graph{Name: "large", Nodes: 6000, Y: make([]int, 6000), Classes: []string{"a", "b"}, Train: []int{0, 1}},
			mole.Options{}, "too many for a column each: set X"},
		{"empty test mask", mole.GCN(34, 2), data.Karate(), mole.Options{Test: karate(func(g *data.Graph) { g.Test = nil })}, "Test of Karate club names no node"},
		{"readout", mole.NewNetwork(mole.Module{Layers: []nn.Layer{nn.GCN(34, 2), nn.SumReadout()}}), data.Karate(), mole.Options{}, "leave its readout out"},
		{"rows", mole.GCN(4, 3), data.Iris(), mole.Options{}, "works on a graph: give a *data.Graph"},
		{"set width", mole.GIN(4, 8, 1, 2), set, mole.Options{}, "has 5 features, but the network takes 4"},
		{"set without features", mole.GIN(4, 8, 1, 2), bare, mole.Options{}, "WithTags or WithDegrees"},
		{"empty set", mole.GIN(5, 8, 1, 2), set.Subset(nil), mole.Options{}, "no graphs"},
		{"nil graph", mole.GCN(34, 2), (*data.Graph)(nil), mole.Options{}, "no dataset was given"},
		{"nil set", mole.GCN(34, 2), (*data.GraphSet)(nil), mole.Options{}, "no dataset was given"},
	} {
		if _, err := mole.Train(t.Context(), c.net, c.train, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want … %s …", c.name, err, c.want)
		}
	}
}

func TestMisuseOfGraphNetworksIsExplained(t *testing.T) {
	for want, call := range map[string]func(){
		"give at least the number of features and of classes": func() { mole.GCN(3) },
		"all numbers must be at least 1":                      func() { mole.GIN(3, 0, 1, 2) },
		`module "b" works on nodes, but module "a"`: func() {
			mole.NewNetwork(
				mole.Module{Name: "a", Layers: []nn.Layer{nn.GCN(3, 4), nn.SumReadout()}},
				mole.Module{Name: "b", Layers: []nn.Layer{nn.GCN(4, 2)}},
			)
		},
		"must make one row of each graph": func() {
			mole.NewNetwork(mole.Module{Layers: []nn.Layer{nn.GCN(3, 4)}, Readout: nn.Concat(nn.MeanReadout(), nn.MaxReadout())})
		},
		"as wide as a node's": func() {
			mole.NewNetwork(mole.Module{Layers: []nn.Layer{nn.GCN(3, 4)}, Readout: nn.GCN(4, 4)})
		},
		"takes the representations after each":    func() { mole.GIN(3, 4, 2, 2).Group(2, 1) },
		"has no width of its own":                 func() { mole.NewNetwork(mole.Module{Layers: []nn.Layer{nn.ReLU(), nn.Dense(2, 2)}}) },
		"takes 34 features, but an example has 5": func() { mole.GCN(34, 2).Predict(shapes(4)) },
		`module "output" works on a graph`:        func() { mole.GCN(4, 3).Predict(data.Iris().X) },
		"there is no module 7":                    func() { mole.GCN(34, 2).Activations(7, data.Karate()) },
	} {
		if got := complaint(func() error { call(); return nil }); !strings.Contains(got, want) {
			t.Errorf("got %q, want … %s …", got, want)
		}
	}
}
