package data_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// A file on disk is read by data.LoadCSV(ctx, path, options).
func ExampleReadCSV() {
	const table = `length,colour,kind
1.5,red,b
2.0,blue,a
,red,b
`
	d, err := data.ReadCSV(strings.NewReader(table), "flowers.csv", data.CSVOptions{Missing: data.KeepMissing})
	if err != nil {
		fmt.Println(err)
		return
	}
	d = data.FitImputer(d).Apply(d)
	fmt.Println(d.Features, d.Classes)
	for i := range d.Len() {
		fmt.Println(d.X.Row(i), d.Classes[d.Y[i]])
	}
	// Output:
	// [length colour=blue colour=red] [a b]
	// [1.5 0 1] b
	// [2 1 0] a
	// [1.75 0 1] b
}

func ExampleDataset_Folds() {
	for i, fold := range data.Iris().Folds(5, 1) {
		fmt.Println(i, fold.Train.Len(), fold.Test.Len(), fold.Test.ClassCounts())
	}
	// Output:
	// 0 120 30 [10 10 10]
	// 1 120 30 [10 10 10]
	// 2 120 30 [10 10 10]
	// 3 120 30 [10 10 10]
	// 4 120 30 [10 10 10]
}

// Arrays of NumPy: data.LoadNPY and data.LoadNPZ read files.
func ExampleReadNPY() {
	var file bytes.Buffer
	if err := data.WriteNPY(&file, data.Iris().Head(2).X); err != nil {
		fmt.Println(err)
		return
	}
	a, err := data.ReadNPY(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Shape, a.Matrix().Row(0))
	// Output: [2 4] [5.1 3.5 1.4 0.2]
}

// Files of KMNIST, EMNIST and others; those of MNIST itself are data.MNIST's.
func ExampleLoadIDX() {
	d, err := data.LoadIDX(context.Background(), "testdata/idx/images.gz", "testdata/idx/labels")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Shape, d.Y, d.X.Row(0))
	// Output: [1 2] [1 0 1] [0 1]
}
