package data_test

import (
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// triangles is a set of three graphs in the text that TU datasets are published in.
const triangles = `3
3 1
0 2 1 2
0 2 0 2
0 2 0 1
3 0
0 1 1
1 2 0 2
0 1 1
3 1
1 2 1 2
0 2 0 2
0 2 0 1
`

func ExampleReadGraphs() {
	set, err := data.ReadGraphs(strings.NewReader(triangles), "triangles.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(set)
	fmt.Println(set.Graphs[1].Edges, set.Features, set.Graphs[1].X.Row(1))
	// Output:
	// triangles.txt: 3 graphs, on average 3.0 nodes and 2.7 edges, 2 features a node, 2 classes
	//   0      1
	//   1      2
	// [[0 1] [1 2]] [tag=0 tag=1] [0 1]
}

func ExampleGraphSet_WithDegrees() {
	set, err := data.ReadGraphs(strings.NewReader(triangles), "triangles.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	set = set.WithDegrees(0)
	fmt.Println(set.Features, set.Graphs[1].X.Row(1))
	// Output: [degree=0 degree=1 degree=2] [0 0 1]
}

func ExampleGraphSet_WithTags() {
	set, err := data.ReadGraphs(strings.NewReader(triangles), "triangles.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	set = set.WithDegrees(1).WithTags(true)
	fmt.Println(set.Features, set.Graphs[1].X.Row(1))
	// Output: [degree=0 degree≥1 tag=0 tag=1] [0 1 0 1]
}

func ExampleGraphSet_WithFolds() {
	set, err := data.ReadGraphs(strings.NewReader(triangles), "triangles.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	set = set.WithFolds(3, 1)
	for i := range set.Folds {
		train, test := set.Fold(i)
		fmt.Println(train.Len(), test.Len())
	}
	// Output:
	// 2 1
	// 2 1
	// 2 1
}
