package data_test

import (
	"context"
	"errors"
	"fmt"
	"os"
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

func ExampleLoadGraphs() {
	set, err := data.LoadGraphs(context.Background(), "testdata/graphs/triangles.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(set)
	// Output:
	// triangles: 3 graphs, on average 3.0 nodes and 2.7 edges, 2 features a node, 2 classes
	//   0      1
	//   1      2
}

func ExampleGraphSet_Batches() {
	set, err := data.ReadGraphs(strings.NewReader(triangles), "triangles.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, places := range set.Batches(2, 1) {
		fmt.Println(len(places), "graphs")
	}
	fmt.Println(set.Nodes(), "nodes, the first graph has", set.Head(1).Nodes())
	// Output:
	// 2 graphs
	// 1 graphs
	// 9 nodes, the first graph has 3
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

// A set of the TU collection, as a folder or as the .zip that is offered for download.
func ExampleLoadTU() {
	set, err := data.LoadTU(context.Background(), "testdata/tu")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Name, set.Len(), set.Features)
	// Output: SMALL 2 [0 1 tag=6 tag=8]
}

// PubMed's files would be data.LoadPlanetoid(ctx, folder, "pubmed").
func ExampleLoadPlanetoid() {
	g, err := data.LoadPlanetoid(context.Background(), "testdata/planetoid", "small")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(g)
	fmt.Println(g.Train, g.Validation, g.Test)
	// Output:
	// small: 7 nodes, 4 edges, 2 classes
	//   0 3
	//   1 4
	// [0 1] [2] [3 5 6]
}

// offline has neither files nor a network.
var offline = data.Options{Mirror: "/nowhere", Cache: "/nowhere", Sources: []string{}}

func ExampleCora() {
	_, err := data.Cora(context.Background(), offline)
	var unavailable *data.UnavailableError
	if errors.As(err, &unavailable) {
		fmt.Println("put", unavailable.File, "into a folder and set", data.MirrorVariable)
	}
	// Output: put ind.cora.y into a folder and set MOLE_DATA_MIRROR
}

func ExampleCiteSeer() {
	g, err := data.CiteSeer(context.Background(), offline)
	if err != nil {
		fmt.Println("without a network there is no", g == nil)
		return
	}
	fmt.Println(g.Nodes, len(g.Train), len(g.Validation), len(g.Test))
	// Output: without a network there is no true
}

func ExampleMUTAG() {
	set, err := data.MUTAG(context.Background(), offline)
	if err != nil {
		fmt.Println("MUTAG is neither here nor to be had")
		return
	}
	for i := range set.Folds {
		train, test := set.Fold(i)
		fmt.Println(train.Len(), test.Len()) // 170 18
	}
	// Output: MUTAG is neither here nor to be had
}

func ExamplePROTEINS() {
	set, err := data.PROTEINS(context.Background(), offline)
	if err != nil {
		fmt.Println("PROTEINS is neither here nor to be had")
		return
	}
	fmt.Print(set)
	// Output: PROTEINS is neither here nor to be had
}

func ExampleNCI1() {
	_, err := data.NCI1(context.Background(), offline)
	var unavailable *data.UnavailableError
	if errors.As(err, &unavailable) {
		fmt.Println(len(unavailable.Files), "files are needed")
	}
	// Output: 11 files are needed
}

func ExampleReadEdges() {
	const friends = `# who knows whom
Ann	Bob
Bob	Eve
`
	g, err := data.ReadEdges(strings.NewReader(friends), "friends.tsv", data.EdgeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(g.Name, g.Names, g.Edges)
	// Output: friends [Ann Bob Eve] [[0 1] [1 2]]
}

// Features and classes of the nodes come from a table.
func ExampleLoadEdges() {
	g, err := data.LoadEdges(context.Background(), "testdata/edges/friends.tsv", data.EdgeOptions{Nodes: "testdata/edges/people.csv"})
	if err != nil {
		fmt.Println(err)
		return
	}
	g = g.SplitByClass(1, 0, 10, 1)
	fmt.Println(g.Names, g.Classes, g.Y, g.Features, len(g.Train), len(g.Test))
	// Output: [Ann Bob Eve Joe] [chess tennis] [0 1 1 0] [age] 2 2
}

func ExampleGraph_WriteEdges() {
	g := &data.Graph{Name: "path", Nodes: 3, Edges: [][2]int{{0, 1}, {1, 2}}}
	if err := g.WriteEdges(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0	1
	// 1	2
}

func ExampleGraph_Split() {
	g := data.Karate().Split(0.2, 0.3, 1)
	fmt.Println(len(g.Train), len(g.Validation), len(g.Test))
	// Output: 16 7 11
}

func ExampleGraph_SplitByClass() {
	g := data.Karate().SplitByClass(3, 10, 18, 1)
	fmt.Println(len(g.Train), len(g.Validation), len(g.Test))
	// Output: 6 10 18
}

func ExampleGraphSet_Split() {
	set, err := data.LoadTU(context.Background(), "testdata/tu")
	if err != nil {
		fmt.Println(err)
		return
	}
	set = set.Subset([]int{0, 1, 0, 1}) // A graph may be there more than once.
	train, test := set.Split(0.5, 1)
	fmt.Println(train.ClassCounts(), test.ClassCounts())
	// Output: [1 1] [1 1]
}
