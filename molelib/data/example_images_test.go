package data_test

import (
	"context"
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// testdata/images has the folders "cross" and "ring" with pictures of several sizes.
func ExampleLoadImages() {
	d, err := data.LoadImages(context.Background(), "testdata/images", data.ImageOptions{Height: 8, Width: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(d)
	fmt.Println(d.Shape)
	// Output:
	// images: 4 examples, grey images of 8×8, 2 classes
	//   cross      2
	//   ring       2
	// [8 8]
}

func ExampleAugmentations() {
	a := data.Augmentations(data.Shift(1), data.Rotate(10), data.Cutout(2))
	seen := data.Digits().Augmented(a, 1)
	fmt.Println(seen.Len(), a.Fits(seen.Shape), a.Fits([]int{13}) != nil)
	// Output: 1797 <nil> true
}

func ExampleDataset_Augmented() {
	d := data.Digits().Head(1)
	fmt.Println(d.X.Row(0)[:8])
	fmt.Println(d.Augmented(data.Shift(1), 1).X.Row(0)[:8])
	// Output:
	// [0 0 0.3125 0.8125 0.5625 0.0625 0 0]
	// [0 0 0.8125 0.9375 0.625 0.9375 0.3125 0]
}

// onePixel is a picture of one bright pixel.
func onePixel() *data.Dataset {
	d, err := data.FromRows([][]float64{{0, 0, 0, 0, 9, 0, 0, 0, 0}}, []int{0}, nil)
	if err != nil {
		panic(err)
	}
	d.Shape = []int{3, 3}
	return d
}

func ExampleShift() {
	fmt.Println(onePixel().Augmented(data.Shift(1), 2).X.Row(0))
	// Output: [0 0 0 0 0 0 0 0 9]
}

func ExampleCrop() {
	fmt.Println(onePixel().Augmented(data.Crop(1), 2).X.Row(0))
	// Output: [9 0 9 0 0 0 9 0 9]
}

func ExampleFlip() {
	d := onePixel()
	d.X.Row(0)[0] = 5
	fmt.Println(d.Augmented(data.Flip(), 1).X.Row(0))
	// Output: [0 0 5 0 9 0 0 0 0]
}

func ExampleRotate() {
	d := onePixel().Augmented(data.Rotate(15), 1)
	fmt.Println(d.X.At(0, 4)) // The middle stays.
	// Output: 9
}

func ExampleCutout() {
	fmt.Println(onePixel().Augmented(data.Cutout(1), 1).X.Row(0))
	// Output: [0 0 0 0 9 0 0 1 0]
}
