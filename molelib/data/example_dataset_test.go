package data_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleNew() {
	x := mat.NewDense(3, 2, []float64{0, 1, 1, 0, 1, 1})
	d, err := data.New(x, []int{0, 1, 1}, nil)
	fmt.Println(d.Width(), d.Classes, err)
	_, err = data.New(x, []int{0, 1}, nil)
	fmt.Println(err)
	// Output:
	// 2 [0 1] <nil>
	// data: dataset has 3 examples but 2 labels
}

func ExampleBreastCancer() {
	d := data.BreastCancer()
	fmt.Println(d.Len(), d.Width(), d.Classes, d.ClassCounts())
	// Output:
	// 569 30 [malignant benign] [212 357]
}

func ExampleDataset_Subset() {
	d := data.Iris()
	fmt.Println(d.Subset([]int{0, 50, 100}).Y, d.Shuffled(1).ClassCounts())
	// Output:
	// [0 1 2] [50 50 50]
}

// A training loop of one's own takes its batches from memory that it keeps.
func ExampleDataset_Gather() {
	d := data.Iris()
	x, y := tensor.NewMatrix(50, d.Width()), make([]int, 50)
	for _, rows := range d.Batches(50, 1) {
		d.Gather(x, y, rows)
		fmt.Println(x, len(y), y[0] == d.Y[rows[0]])
	}
	// Output:
	// 50×4 float32 50 true
	// 50×4 float32 50 true
	// 50×4 float32 50 true
}

// The class stands in a column of the file that is named.
func ExampleLoadCSV() {
	folder, err := os.MkdirTemp("", "data")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "flowers.csv")
	if err := os.WriteFile(path, []byte("kind,length\nrose,3\ntulip,4\nrose,5\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	d, err := data.LoadCSV(context.Background(), path, data.CSVOptions{Label: "kind"})
	fmt.Println(d.Features, d.Y, d.Classes, err)
	// Output:
	// [length] [0 1 0] [rose tulip] <nil>
}

func ExampleLoadNPY() {
	folder, err := os.MkdirTemp("", "data")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "labels.npy")
	file, err := os.Create(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = data.WriteNPY(file, mat.NewDense(3, 1, []float64{2, 0, 1}))
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := data.LoadNPY(context.Background(), path)
	if err != nil {
		fmt.Println(err)
		return
	}
	labels, err := a.Labels()
	fmt.Println(a.Shape, labels, a.Matrix(), err)
	// Output:
	// [3 1] [2 0 1] 3×1 float32 <nil>
}

// What numpy.savez("set.npz", x=…, y=…) writes: a zip of arrays, by name.
func ExampleLoadNPZ() {
	folder, err := os.MkdirTemp("", "data")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "set.npz")
	if err := writeNPZ(path, map[string]*mat.Dense{"x": mat.NewDense(2, 3, nil), "y": mat.NewDense(2, 1, []float64{1, 0})}); err != nil {
		fmt.Println(err)
		return
	}
	arrays, err := data.LoadNPZ(context.Background(), path)
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := arrays["y"].Labels()
	fmt.Println(arrays)
	fmt.Println(arrays["x"].Shape, y, err)
	// Output:
	// map[x:2×3 array y:2×1 array]
	// [2 3] [1 0] <nil>
}

func writeNPZ(path string, arrays map[string]*mat.Dense) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close() // A second Close is harmless; the one below is looked at.
	archive := zip.NewWriter(file)
	for name, a := range arrays {
		member, err := archive.Create(name + ".npy")
		if err != nil {
			return err
		}
		if err := data.WriteNPY(member, a); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), file.Close())
}

// Without a network and without a mirror folder the error says which file goes where.
func ExampleMNIST() {
	folder, err := os.MkdirTemp("", "cache")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	_, _, err = data.MNIST(context.Background(), data.Options{Mirror: folder, Cache: folder, Sources: []string{}})
	if unavailable, ok := errors.AsType[*data.UnavailableError](err); ok {
		fmt.Println(unavailable.Dataset, unavailable.File)
	}
	// Output:
	// MNIST train-images-idx3-ubyte.gz
}

func ExampleGraph() {
	g := data.Karate()
	a := g.Adjacency()
	fmt.Println(g.ClassCounts(), a, a.At(0, 1), len(g.Neighbors()[0]), g.Validate())
	g.Edges = append(g.Edges, [2]int{5, 5})
	fmt.Println(g.Validate())
	// Output:
	// [17 17] 34×34 float32 1 16 <nil>
	// data: Karate club, edge 78: 5–5 must name the smaller node first and two different nodes
}
