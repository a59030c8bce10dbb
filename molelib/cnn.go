package mole

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// CNN returns a convolutional network for images of the given shape: for each number of
// channels a module of a convolution by 3×3 that keeps height and width, a pooling that
// halves them and a ReLU, and a dense module for the classes ("output"). The objectives
// are those of the default recipe, on means of the maps (see Information.Grid). (The largest
// of four values and ReLU may change places; this way the ReLU has a quarter of the values.)
//
//	mole.CNN(nn.Grid{Channels: 1, Height: 28, Width: 28}, 10, 32, 64, 128)
//
// It panics when there are no channels, or when the image is too small to be halved so
// often.
func CNN(image nn.Grid, classes int, channels ...int) *Network {
	if len(channels) == 0 {
		panic("mole: CNN: give at least one number of channels")
	}
	var modules []Module
	for i, c := range channels {
		if image.Height < 2 || image.Width < 2 {
			panic(fmt.Sprintf("mole: CNN: the image is %v before convolution %d: it cannot be halved again", image, i+1))
		}
		conv := nn.Conv2D(image, c, 3, nn.Window{Padding: 1})
		pool := nn.MaxPool2D(conv.Out, 2, nn.Window{})
		modules = append(modules, Module{
			Name:   fmt.Sprintf("conv %d", i+1),
			Layers: []nn.Layer{conv, pool, nn.ReLU()}, Objective: Information{Grid: pool.Out},
		})
		image = pool.Out
	}
	modules = append(modules, Module{Name: "output", Layers: []nn.Layer{nn.Dense(image.Size(), classes)}})
	return NewNetwork(modules...)
}
