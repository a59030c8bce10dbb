package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// BenchmarkModule times forward and backward pass of the layers of mole.CNN(1×28×28; 32, 64,
// 128) on a batch of 128 images.
func BenchmarkModule(b *testing.B) {
	image := nn.Grid{Channels: 1, Height: 28, Width: 28}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, channels := range []int{32, 64, 128} {
		conv := nn.Conv2D(image, channels, 3, nn.Window{Padding: 1})
		pool := nn.MaxPool2D(conv.Out, 2, nn.Window{})
		conv.Init(rng)
		for _, l := range []nn.Layer{conv, pool, nn.ReLU()} {
			width := pool.Out.Size()
			if in, ok := l.(nn.Sized); ok {
				width = in.Inputs()
			}
			out, err := l.Outputs(width)
			if err != nil {
				b.Fatal(err)
			}
			x, y := random(rng, 128, width), tensor.NewMatrix(128, out)
			dx, dy := tensor.NewMatrix(128, width), random(rng, 128, out)
			l.Forward(y, x)
			b.Run(l.Name()+"/forward", func(b *testing.B) {
				for b.Loop() {
					l.Forward(y, x)
				}
			})
			b.Run(l.Name()+"/backward", func(b *testing.B) {
				for b.Loop() {
					l.Backward(dx, dy, x, y)
				}
			})
			b.Run(l.Name()+"/backward, first of a module", func(b *testing.B) {
				for b.Loop() {
					l.Backward(nil, dy, x, y)
				}
			})
		}
		image = pool.Out
	}
}
