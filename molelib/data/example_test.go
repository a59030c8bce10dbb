package data_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

func Example() {
	train, test := data.Wine().Split(0.2, 1)
	train, test = data.Standardize(train, test)
	fmt.Print(train)
	fmt.Println(test.Len(), "to test on")
	// Output:
	// Wine: 142 examples, 13 features, 3 classes
	//   class_0     47
	//   class_1     57
	//   class_2     38
	// 36 to test on
}

func ExampleFromRows() {
	xor, err := data.FromRows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, []int{0, 1, 1, 0}, []string{"equal", "different"})
	fmt.Print(xor)
	fmt.Println(err)
	// Output:
	// dataset: 4 examples, 2 features, 2 classes
	//   equal          2
	//   different      2
	// <nil>
}

func ExampleDataset_Validate() {
	d := data.Iris()
	d.Y[7] = 3
	fmt.Println(d.Validate())
	// Output: data: Iris, row 7: label 3 is outside the 3 classes 0 … 2
}

func ExampleDataset_Batches() {
	for _, rows := range data.Iris().Batches(64, 1) {
		fmt.Println(len(rows))
	}
	// Output:
	// 64
	// 64
	// 22
}

func ExampleDataset_Head() {
	fmt.Println(data.Digits().Head(5).Y)
	// Output: [0 1 2 3 4]
}

func ExampleDataset_Image() {
	fmt.Println(data.Digits().Image(0).Bounds())
	// Output: (0,0)-(8,8)
}

func ExampleFitScaler() {
	train, test := data.Iris().Split(0.2, 1)
	scaler := data.FitScaler(train)
	train, test = scaler.Apply(train), scaler.Apply(test)
	fmt.Println(train.Len(), test.Len(), len(scaler.Mean))
	// Output: 120 30 4
}

func ExampleKarate() {
	club := data.Karate()
	degrees := club.Degrees()
	fmt.Println(club.Classes[0], "has", degrees[0], "friends, the officer", degrees[33])
	// Output: Mr. Hi has 16 friends, the officer 17
}

func ExampleCatalog() {
	fmt.Print(data.Catalog())
	// Output:
	// name          kind    examples  shape  classes  download  licence       about                                              source
	// Iris          vector       150  4            3  –         CC BY 4.0     flowers, lengths in cm                             archive.ics.uci.edu
	// Wine          vector       178  13           3  –         CC BY 4.0     chemical measurements of wines                     archive.ics.uci.edu
	// BreastCancer  vector       569  30           2  –         CC BY 4.0     cell nuclei of tumours                             archive.ics.uci.edu
	// Digits        grid       1,797  8×8         10  –         CC BY 4.0     handwritten digits                                 archive.ics.uci.edu
	// Diabetes      vector       442  10           –  –         BSD-3-Clause  patients, progression of the disease (regression)  scikit-learn.org
	// MNIST         grid      70,000  28×28       10  12 MB     CC BY-SA 3.0  handwritten digits                                 ossci-datasets.s3.amazonaws.com/mnist
	// FashionMNIST  grid      70,000  28×28       10  31 MB     MIT           pictures of clothes                                github.com/zalandoresearch/fashion-mnist
	// Karate        nodes         34  –            2  –         public domain friendships in a karate club                       networkx.org
	// Cora          nodes      2,708  1433         7  550 kB    MIT (files)   papers on machine learning, citations              github.com/kimiyoung/planetoid
	// CiteSeer      nodes      3,327  3703         6  1 MB      MIT (files)   papers, citations                                  github.com/kimiyoung/planetoid
	// MUTAG         graphs       188  7            2  33 kB     MIT (files)   molecules, do they change genes                    github.com/muhanzhang/pytorch_DGCNN
	// PROTEINS      graphs     1,113  3            2  646 kB    MIT (files)   proteins, enzymes or not                           github.com/muhanzhang/pytorch_DGCNN
	// NCI1          graphs     4,110  37           2  1 MB      MIT (files)   molecules, activity against lung cancer            github.com/muhanzhang/pytorch_DGCNN
}

func ExampleReadIDX() {
	file := "\x00\x00\x08\x02" + "\x00\x00\x00\x02" + "\x00\x00\x00\x03" + "abcdef"
	shape, values, err := data.ReadIDX(strings.NewReader(file))
	fmt.Println(shape, string(values), err)
	// Output: [2 3] abcdef <nil>
}

func ExampleFashionMNIST() {
	options := data.Options{Mirror: "/nowhere", Cache: "/nowhere", Sources: []string{}} // offline
	_, _, err := data.FashionMNIST(context.Background(), options)
	var unavailable *data.UnavailableError
	if errors.As(err, &unavailable) {
		fmt.Println("get the files of", unavailable.Dataset)
	}
	// Output: get the files of Fashion-MNIST
}

// What is embedded needs no fetching.
func ExampleFetch() {
	fmt.Println(data.Fetch(context.Background(), "Iris"))
	fmt.Println(data.Fetch(context.Background(), "Coral") != nil)
	// Output:
	// <nil>
	// true
}
