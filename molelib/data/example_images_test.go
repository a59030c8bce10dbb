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
