package data_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleIris() {
	d := data.Iris()
	fmt.Println(d.Len(), d.Width(), d.Classes)
	// Output: 150 4 [setosa versicolor virginica]
}

func ExampleWine() {
	d := data.Wine()
	fmt.Println(d.ClassCounts(), d.Features[0])
	// Output: [59 71 48] alcohol
}

func ExampleDigits() {
	d := data.Digits()
	fmt.Println(d.Len(), d.Shape, d.Classes[d.Y[0]])
	// Output: 1797 [8 8] 0
}

func ExampleStandardize() {
	train, test := data.Standardize(data.Wine().Split(0.2, 1))
	fmt.Printf("%.1f %d\n", data.FitScaler(train).Std[0], test.Len())
	// Output: 1.0 36
}

func ExampleScaler_Apply() {
	d := data.Iris()
	d = data.FitScaler(d).Apply(d)
	fmt.Printf("%.2f\n", d.X.At(0, 0))
	// Output: -0.90
}

// gaps is a table with a missing value.
func gaps() *data.Dataset {
	d, err := data.ReadCSV(strings.NewReader("a,k\n1,x\n,x\n5,y\n"), "t", data.CSVOptions{Missing: data.KeepMissing})
	if err != nil {
		panic(err)
	}
	return d
}

func ExampleFitImputer() {
	fmt.Println(data.FitImputer(gaps()).Apply(gaps()).X.Data)
	// Output: [1 3 5]
}

func ExampleImputer_Apply() {
	train, test := gaps(), gaps().Subset([]int{1})
	fmt.Println(data.FitImputer(train).Apply(test).X.At(0, 0))
	// Output: 3
}

func ExampleWriteNPY() {
	var file bytes.Buffer
	err := data.WriteNPY(&file, tensor.FromRows([][]float64{{1, 2}, {3, 4}}))
	fmt.Println(file.Len(), err)
	// Output: 144 <nil>
}

func ExampleArray_Matrix() {
	a := &data.Array{Shape: []int{2, 1, 3}, Values: []float64{1, 2, 3, 4, 5, 6}}
	fmt.Println(a.Matrix(), a.Matrix().Row(1))
	// Output: 2×3 float32 [4 5 6]
}

func ExampleArray_Labels() {
	fmt.Println((&data.Array{Shape: []int{3}, Values: []float64{0, 2, 1}}).Labels())
	// Output: [0 2 1] <nil>
}

func ExampleDataset_Split() {
	train, test := data.Iris().Split(0.3, 1)
	fmt.Println(train.ClassCounts(), test.ClassCounts())
	// Output: [35 35 35] [15 15 15]
}

func ExampleDataset_Shuffled() {
	d := data.Iris().Shuffled(1)
	fmt.Println(d.Len(), d.Y[0] == data.Iris().Shuffled(1).Y[0])
	// Output: 150 true
}

func ExampleDataset_ClassCounts() {
	fmt.Println(data.BreastCancer().ClassCounts())
	// Output: [212 357]
}

// path is the graph 0 – 1 – 2.
func path() *data.Graph {
	return &data.Graph{Name: "path", Nodes: 3, Edges: [][2]int{{0, 1}, {1, 2}}, Y: []int{0, 1, 0}, Classes: []string{"end", "middle"}}
}

func ExampleGraph_Neighbors() {
	fmt.Println(path().Neighbors())
	// Output: [[1] [0 2] [1]]
}

func ExampleGraph_Degrees() {
	fmt.Println(path().Degrees())
	// Output: [1 2 1]
}

func ExampleGraph_Adjacency() {
	fmt.Println(path().Adjacency().Data)
	// Output: [0 1 0 1 0 1 0 1 0]
}

func ExampleGraph_ClassCounts() {
	fmt.Println(path().ClassCounts())
	// Output: [2 1]
}

func ExampleGraph_Validate() {
	g := path()
	g.Edges = append(g.Edges, [2]int{2, 3})
	fmt.Println(g.Validate())
	// Output: data: path, edge 2: 2–3 names a node outside 0 … 2
}

// small is the set in testdata/tu, two graphs.
func small() *data.GraphSet {
	set, err := data.LoadTU(context.Background(), "testdata/tu")
	if err != nil {
		panic(err)
	}
	return set
}

func ExampleGraphSet_Validate() {
	set := small()
	set.Y[1] = 2
	fmt.Println(set.Validate())
	// Output: data: SMALL, graph 1: label 2 is outside the 2 classes 0 … 1
}

func ExampleGraphSet_Subset() {
	part := small().Subset([]int{1})
	fmt.Println(part.Len(), part.Nodes(), part.Width(), part.ClassCounts())
	// Output: 1 2 4 [1 0]
}

func ExampleGraphSet_Head() {
	fmt.Println(small().Head(1).Graphs[0].Edges)
	// Output: [[0 1] [1 2]]
}

func ExampleGraphSet_Fold() {
	set := small()
	set.Folds = [][]int{{0}, {1}}
	train, test := set.Fold(1)
	fmt.Println(train.Y, test.Y)
	// Output: [1] [0]
}

func ExampleUnavailableError_Error() {
	err := &data.UnavailableError{
		Dataset: "Cora", File: "ind.cora.x", Files: []string{"ind.cora.x", "ind.cora.y"},
		Folder: "/home/ann/.cache/mole-kernel/data/planetoid", Mirrored: "planetoid", Err: fmt.Errorf("no network"),
	}
	fmt.Println(err)
	// Output:
	// data: Cora is not on this machine and could not be downloaded (ind.cora.x):
	//   no network
	// Without a network, bring the files of Cora from elsewhere (ind.cora.x, ind.cora.y) and either
	//   put them into /home/ann/.cache/mole-kernel/data/planetoid
	//   or set MOLE_DATA_MIRROR to a folder that holds them as planetoid/ind.cora.x
}

func ExampleGraph_Standardized() {
	g := path()
	g.X, g.Train = tensor.FromRows([][]float64{{10}, {30}, {40}}), []int{0, 1}
	fmt.Println(g.Standardized().X.Data)
	// Output: [-1 1 2]
}

// A table of nodes that is read with KeepMissing has NaN where it has no value.
func ExampleGraph_Imputed() {
	g := path()
	g.X, g.Train = tensor.FromRows([][]float64{{10}, {30}, {math.NaN()}}), []int{0, 1}
	fmt.Println(g.Imputed().X.Data)
	// Output: [10 30 20]
}

func ExampleStandardizeGraphs() {
	set := small()
	train, test := data.StandardizeGraphs(set.Subset([]int{0}), set.Subset([]int{1}))
	fmt.Printf("%.2f %.2f\n", train.Graphs[0].X.Row(0), test.Graphs[0].X.Row(0))
	// Output: [0.34 -1.22 1.00 0.00] [0.68 -0.61 1.00 0.00]
}
