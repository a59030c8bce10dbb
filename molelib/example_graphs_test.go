package mole_test

import (
	"context"
	"fmt"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// The club that the 32 other members will join, from the friendships and the clubs of the
// two leaders alone.
func ExampleGCN() {
	club := data.Karate()
	net := mole.GCN(34, 16, 2)
	report, err := mole.Train(context.Background(), net, club, mole.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("nine in ten right:", report.Accuracy() > 0.9)
	fmt.Println("member 16 joins", club.Classes[net.Predict(club)[16]])
	// Output:
	// nine in ten right: true
	// member 16 joins Mr. Hi
}

// Rings and stars, told apart by three members of each kind.
func ExampleGIN() {
	set := &data.GraphSet{Name: "shapes", Classes: []string{"ring", "star"}}
	for n := 4; n <= 9; n++ {
		ring, star := &data.Graph{Nodes: n, Edges: [][2]int{{0, n - 1}}}, &data.Graph{Nodes: n}
		for i := 1; i < n; i++ {
			ring.Edges = append(ring.Edges, [2]int{i - 1, i})
			star.Edges = append(star.Edges, [2]int{0, i})
		}
		set.Graphs, set.Y = append(set.Graphs, ring, star), append(set.Y, 0, 1)
	}
	train, test := set.WithDegrees(3).Split(0.5, 1) // nodes have no features but their degree

	net := mole.GIN(train.Width(), 16, 2, 2)
	report, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Test: test})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% of %d graphs\n", 100*report.Accuracy(), test.Len())
	fmt.Println(net.Activations(1, test)) // one graph a row
	// Output:
	// 100 % of 6 graphs
	// 6×16 float32
}

// Layers of one's own on a graph: attention, and a last module that takes what both
// modules before it have found.
func ExampleModule_jumping() {
	club := data.Karate()
	net := mole.NewNetwork(
		mole.Module{Layers: []nn.Layer{nn.GAT(34, 8, nn.Attention{Heads: 2}), nn.Tanh()}},
		mole.Module{Layers: []nn.Layer{nn.GraphSAGE(16, 8), nn.ReLU()}},
		mole.Module{Layers: []nn.Layer{nn.Dense(24, 2)}, Jumping: true},
	)
	_, err := mole.Backprop(context.Background(), net, club, mole.Options{Epochs: 20})
	fmt.Println(len(net.Predict(club)), err)
	// Output: 34 <nil>
}
