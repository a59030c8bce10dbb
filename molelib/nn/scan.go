package nn

import (
	"gonum.org/v1/gonum/blas"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// scan is the way of a window over a grid, from the grid in to the grid out.
type scan struct {
	in, out Grid
	window  Window
}

// group is the number of examples whose patches stand side by side, so that the matrix
// product of a small grid is wide enough to be worth its overhead.
func (s scan) group() int { return max(1, 256/s.out.Plane()) }

// convolve computes y = W·P for the examples from ≤ i < to, where W is weights, a row for
// each channel of out. With ones its last column is for a row of ones, which makes it a
// bias.
func (s scan) convolve(w *convWork, y, x *tensor.Matrix, from, to int, weights []float32, ones bool) {
	b, places, channels := backend.Default(), s.out.Plane(), s.out.Channels
	fan := len(weights) / channels
	for i := from; i < to; i += s.group() {
		end := min(to, i+s.group())
		width := (end - i) * places
		s.gather(w, x, i, end, ones)
		if end == i+1 {
			b.Sgemm(blas.NoTrans, blas.NoTrans, channels, width, fan, 1, weights, fan, w.patches, width, 0, y.Row(i), width)
			continue
		}
		w.outputs = grown(w.outputs, channels*width)
		b.Sgemm(blas.NoTrans, blas.NoTrans, channels, width, fan, 1, weights, fan, w.patches, width, 0, w.outputs, width)
		for e := i; e < end; e++ {
			for o := range channels {
				copy(y.Row(e)[o*places:(o+1)*places], w.outputs[o*width+(e-i)*places:])
			}
		}
	}
}

// gather writes to w.patches what the window sees at every place of the examples
// from ≤ e < to: row (c, u, v) holds x[c, i·stride+u−pad, j·stride+v−pad] for all places
// (i, j), example after example. With ones a row of ones follows.
func (s scan) gather(w *convWork, x *tensor.Matrix, from, to int, ones bool) {
	places := s.out.Plane()
	width, rows := (to-from)*places, s.in.Channels*s.window.Height*s.window.Width
	w.patches = grown(w.patches, (rows+1)*width)
	same := s.window.Stride == 1 && s.in.Width == s.out.Width && s.in.Height == s.out.Height
	for e := from; e < to; e++ {
		row, at := 0, (e-from)*places
		for c := range s.in.Channels {
			plane := x.Row(e)[c*s.in.Plane() : (c+1)*s.in.Plane()]
			for u := range s.window.Height {
				for v := range s.window.Width {
					dst := w.patches[row*width+at : row*width+at+places]
					if same {
						s.shift(dst, plane, u, v)
					} else {
						s.pick(dst, plane, u, v)
					}
					row++
				}
			}
		}
	}
	if ones {
		fill(w.patches[rows*width:(rows+1)*width], 1)
	}
}

// shift is pick for a window that keeps the grid's shape: what it sees is the plane moved
// by some places, but for the columns that the move carries around the border.
func (s scan) shift(dst, plane []float32, u, v int) {
	width := s.in.Width
	by := (u-s.window.padding(s.in.Height, s.window.Height))*width + v - s.window.Padding
	from, to := min(len(dst), max(0, -by)), max(0, min(len(dst), len(dst)-by))
	clear(dst[:from])
	if from < to {
		copy(dst[from:to], plane[from+by:])
	}
	clear(dst[max(from, to):])
	first, last := s.inside(v)
	for j := range width {
		if j >= first && j < last {
			continue
		}
		for at := j; at < len(dst); at += width {
			dst[at] = 0
		}
	}
}

// pick writes to dst, for every place, the value of plane that place (u, v) of the window
// lies on, and 0 outside.
func (s scan) pick(dst, plane []float32, u, v int) {
	stride := s.window.Stride
	from, to := s.inside(v)
	for i := range s.out.Height {
		line := dst[i*s.out.Width : (i+1)*s.out.Width]
		r := i*stride + u - s.window.padding(s.in.Height, s.window.Height)
		if r < 0 || r >= s.in.Height {
			clear(line)
			continue
		}
		clear(line[:from])
		clear(line[to:])
		source := plane[r*s.in.Width : (r+1)*s.in.Width]
		if stride == 1 {
			copy(line[from:to], source[from+v-s.window.Padding:])
			continue
		}
		for j := from; j < to; j++ {
			line[j] = source[j*stride+v-s.window.Padding]
		}
	}
}

// inside returns the places j, from ≤ j < to, at which column v of the window lies in the
// grid.
func (s scan) inside(v int) (from, to int) {
	stride, shift := s.window.Stride, v-s.window.Padding
	if shift < 0 {
		from = min(s.out.Width, (-shift+stride-1)/stride)
	}
	to = max(from, min(s.out.Width, (s.in.Width-shift+stride-1)/stride))
	return from, to
}
