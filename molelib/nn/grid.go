package nn

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/internal/parallel"
)

// Grid is the shape of one example of a convolutional layer: Channels planes of
// Height×Width. An example is one row of a batch, plane after plane, each row by row
// (the order of PyTorch's N×C×H×W). A sequence is a grid of Height 1.
type Grid struct{ Channels, Height, Width int }

// Size returns the number of values, the width of a batch.
func (g Grid) Size() int { return g.Channels * g.Height * g.Width }

// Plane returns the number of values of one channel.
func (g Grid) Plane() int { return g.Height * g.Width }

// String is "32×14×14".
func (g Grid) String() string { return fmt.Sprintf("%d×%d×%d", g.Channels, g.Height, g.Width) }

func (g Grid) check(layer string) {
	if g.Channels < 1 || g.Height < 1 || g.Width < 1 {
		panic(fmt.Sprintf("nn: %s: a grid of %v: channels, height and width must be at least 1", layer, g))
	}
}

// takes returns an error unless the grid has the given number of values.
func (g Grid) takes(layer string, inputs int) error {
	if inputs != g.Size() {
		return fmt.Errorf("%s takes %v = %d values, but gets %d", layer, g, g.Size(), inputs)
	}
	return nil
}

// Window is how a convolution or pooling moves over a grid. Zero settings of a
// convolution mean stride 1 and no padding, those of a pooling a stride of its size.
type Window struct {
	Height, Width int // of the kernel; 0 means the size that the constructor is given
	Stride        int // step, in both directions; 0 means the layer's default
	Padding       int // zeros added on every side (a Height of 1 is not padded above and below)
}

// sized returns w with the given size where it has none of its own.
func (w Window) sized(size int) Window {
	if w.Height == 0 {
		w.Height = size
	}
	if w.Width == 0 {
		w.Width = size
	}
	return w
}

// over returns the grid that w makes of g, with the given number of channels.
func (w Window) over(g Grid, channels int) Grid {
	return Grid{channels, (g.Height+2*w.padding(g.Height, w.Height)-w.Height)/w.Stride + 1, (g.Width+2*w.Padding-w.Width)/w.Stride + 1}
}

// padding leaves a sequence as high as it is.
func (w Window) padding(size, kernel int) int {
	if size == 1 && kernel == 1 {
		return 0
	}
	return w.Padding
}

func (w Window) check(layer string, g Grid) {
	if w.Height < 1 || w.Width < 1 || w.Stride < 1 || w.Padding < 0 {
		panic(fmt.Sprintf("nn: %s: window %d×%d, stride %d, padding %d: sizes must be at least 1, padding at least 0",
			layer, w.Height, w.Width, w.Stride, w.Padding))
	}
	if w.Height > g.Height+2*w.padding(g.Height, w.Height) || w.Width > g.Width+2*w.Padding {
		panic(fmt.Sprintf("nn: %s: a window of %d×%d does not fit into %v with padding %d", layer, w.Height, w.Width, g, w.Padding))
	}
}

// shares is the number of parts that a batch is divided into, whatever the number of
// processors, so that sums over parts do not depend on it.
const shares = 8

// sharing runs a part for the rows from ≤ i < to of each share of a batch, on all
// processors that are free.
type sharing struct {
	loop parallel.Loop
	each func(share int)
	part func(share, from, to int)
	rows int
}

func (s *sharing) run(rows int, part func(share, from, to int)) {
	if s.each == nil {
		s.each = s.do
	}
	s.part, s.rows = part, rows
	s.loop.Run(shares, s.each)
	s.part = nil
}

func (s *sharing) do(share int) {
	if from, to := share*s.rows/shares, (share+1)*s.rows/shares; from < to {
		s.part(share, from, to)
	}
}
