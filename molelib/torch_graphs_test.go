package mole_test

import (
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// torchGraphs is testdata/torch_graphs.json, of testdata/golden_graphs.py. Weights are those
// of a linear map of each layer, "weight" and "bias".
type torchGraphs struct {
	Nodes struct {
		Edges          [][2]int
		X              [][]float64
		Y, Seen        []int
		Start, Trained []map[string][]float32
	}
	Set struct {
		Graphs []struct {
			Nodes int
			Edges [][2]int
			X     [][]float64
		}
		Y              []int
		Start, Trained []map[string][]float32
	}
}

func loadTorchGraphs(t *testing.T) (f torchGraphs) {
	t.Helper()
	golden.Read(t, "torch_graphs.json", &f)
	return f
}

// linear is the name of a part in its linear map: "nn.0.weight" and "lin.weight" are weights.
func linear(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func TestTrainingOnNodesMatchesPyTorch(t *testing.T) {
	f := loadTorchGraphs(t).Nodes
	graph := &data.Graph{Name: "drawn", Nodes: len(f.X), Edges: f.Edges, X: tensor.FromRows(f.X), Y: f.Y, Classes: []string{"a", "b"}, Train: f.Seen, Test: []int{12, 13}}
	net := mole.NewNetwork(
		mole.Module{
			Layers: []nn.Layer{nn.GCN(4, 6), nn.ReLU()}, Hops: 1, Optimizer: optim.Adam{L2: 5e-4},
			Objective: mole.Information{Normalized: true, Width: 0.5, Projection: -1},
		},
		mole.Module{Layers: []nn.Layer{nn.GCN(6, 2)}, Optimizer: optim.Adam{L2: 5e-4}},
	)
	for k, start := range f.Start {
		begins(t, net.Modules[k].Layers[0], start, linear)
	}
	if _, err := mole.Train(t.Context(), net, graph, mole.Options{Epochs: 30, OutputEpochs: 30, Continue: true}); err != nil {
		t.Fatal(err)
	}
	for k, want := range f.Trained {
		ends(t, net.Modules[k].Layers[0], want, linear)
	}
}

func TestTrainingOnGraphsMatchesPyTorch(t *testing.T) {
	f := loadTorchGraphs(t).Set
	set := &data.GraphSet{Name: "drawn", Y: f.Y, Classes: []string{"a", "b"}}
	for _, g := range f.Graphs {
		set.Graphs = append(set.Graphs, &data.Graph{Nodes: g.Nodes, Edges: g.Edges, X: tensor.FromRows(g.X)})
	}
	objective := mole.Information{Normalized: true, Alpha: 2, Projection: -1}
	net := mole.NewNetwork(
		mole.Module{Layers: []nn.Layer{nn.GIN(nn.Dense(3, 5), nn.ReLU())}, Objective: objective},
		mole.Module{Layers: []nn.Layer{nn.GIN(nn.Dense(5, 5), nn.ReLU())}, Objective: objective},
		mole.Module{Layers: []nn.Layer{nn.Dense(10, 2)}, Jumping: true},
	)
	for k, start := range f.Start {
		start["eps"] = []float32{0}
		begins(t, net.Modules[k].Layers[0], start, linear)
	}
	if _, err := mole.Train(t.Context(), net, set, mole.Options{Batch: len(f.Y), Epochs: 20, OutputEpochs: 30, Continue: true}); err != nil {
		t.Fatal(err)
	}
	for k, want := range f.Trained {
		ends(t, net.Modules[k].Layers[0], want, linear)
	}
}
