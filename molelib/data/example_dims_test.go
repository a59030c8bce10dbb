package data_test

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

func ExampleDataset_Dims() {
	fmt.Println(data.Iris().Dims())
	// Output: 150 4
}

func ExampleGraph_Dims() {
	fmt.Println(data.Karate().Dims()) // without features each node stands for itself
	// Output: 34 34
}

func ExampleGraphSet_Dims() {
	set := &data.GraphSet{Graphs: []*data.Graph{
		{Nodes: 2, Edges: [][2]int{{0, 1}}},
		{Nodes: 3, Edges: [][2]int{{0, 1}, {1, 2}}},
	}, Y: []int{0, 1}, Classes: []string{"pair", "path"}}
	fmt.Println(set.WithDegrees(2).Dims()) // degree 0, 1 or 2
	// Output: 5 3
}

// Settings are chosen by what validation nodes say; the test nodes are looked at once.
func ExampleGraph_ForValidation() {
	club := data.Karate()
	club.Validation, club.Test = club.Test[:10], club.Test[10:]
	fmt.Println(len(club.ForValidation().Test), len(club.Test))
	// Output: 10 22
}
