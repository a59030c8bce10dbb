package data_test

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleNewRegression() {
	x := tensor.FromRows([][]float64{{1, 0}, {2, 1}, {3, 0}})
	y := mat.NewVecDense(3, []float64{10, 20, 30})
	d, err := data.NewRegression(x, y, []string{"price"})
	fmt.Print(d)
	fmt.Println(err)
	// Output:
	// dataset: 3 examples, 2 features, 1 target
	//   price from 10 to 30, mean 20, std 8.165
	// <nil>
}

func ExampleReadCSV_targets() {
	file := "rooms,colour,price\n3,red,100\n4,blue,120\n2,red,80\n"
	d, err := data.ReadCSV(strings.NewReader(file), "houses.csv", data.CSVOptions{Targets: []string{"price"}})
	fmt.Println(d.Features, d.Targets.Data, err)
	// Output: [rooms colour=blue colour=red] [100 120 80] <nil>
}

func ExampleDiabetes() {
	train, test := data.Standardize(data.Diabetes().Split(0.2, 1))
	fmt.Println(train.Len(), test.Len(), test.TargetNames)
	// Output: 353 89 [progression]
}

func ExampleFriedman() {
	fmt.Print(data.Friedman(1000, 1, 1))
	// Output:
	// Friedman: 1,000 examples, 10 features, 1 target
	//   y from 1.827 to 28.65, mean 14.28, std 4.921
}

func ExampleFitTargetScaler() {
	s := data.FitTargetScaler(data.Diabetes())
	fmt.Printf("%.1f ± %.1f\n", s.Mean[0], s.Std[0])
	// Output: 152.1 ± 77.0
}

func ExampleDataset_Unlabelled() {
	fmt.Print(data.Digits().Unlabelled())
	// Output: Digits: 1,797 examples, grey images of 8×8, no labels
}

func ExampleDataset_Labelled() {
	fmt.Println(data.Iris().Labelled(), data.Diabetes().Labelled())
	// Output: true false
}

func ExampleDataset_Regression() {
	fmt.Println(data.Iris().Regression(), data.Diabetes().Regression())
	// Output: false true
}
