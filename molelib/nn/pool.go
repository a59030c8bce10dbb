package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// PoolLayer makes one value of each window of a grid, plane by plane: the largest or the
// mean.
type PoolLayer struct {
	In, Out Grid
	Window  Window

	mean  bool
	table []int32 // places that each output sees, windowSize by windowSize; −1 outside
	size  int
	pass  sharing
}

var (
	_ Layer       = (*PoolLayer)(nil)
	_ Homogeneous = (*PoolLayer)(nil)
)

// MaxPool2D returns the largest value of each window of size×size, or of the height and width
// of w. Zero settings of w mean a stride of size and no padding. It panics when the window does
// not fit.
func MaxPool2D(in Grid, size int, w Window) *PoolLayer {
	return pool("MaxPool2D", in, w.sized(size).stepping(size), false)
}

// AvgPool2D returns the mean of each window, as MaxPool2D the largest value, over the values
// that lie in the grid: PyTorch's with count_include_pad=False.
func AvgPool2D(in Grid, size int, w Window) *PoolLayer {
	return pool("AvgPool2D", in, w.sized(size).stepping(size), true)
}

// MaxPool1D returns the largest value of each window of a sequence.
func MaxPool1D(channels, length, size int, w Window) *PoolLayer {
	w.Height, w.Width = 1, size
	return pool("MaxPool1D", Grid{channels, 1, length}, w, false)
}

// AvgPool1D returns the mean of each window of a sequence, over the values that lie in it.
func AvgPool1D(channels, length, size int, w Window) *PoolLayer {
	w.Height, w.Width = 1, size
	return pool("AvgPool1D", Grid{channels, 1, length}, w, true)
}

// GlobalAvgPool returns the mean of each plane: Channels values.
func GlobalAvgPool(in Grid) *PoolLayer {
	return pool("GlobalAvgPool", in, Window{Height: in.Height, Width: in.Width}, true)
}

// stepping returns w with the given stride where it has none of its own.
func (w Window) stepping(stride int) Window {
	if w.Stride == 0 {
		w.Stride = stride
	}
	return w
}

func pool(name string, in Grid, w Window, mean bool) *PoolLayer {
	w = w.stepping(max(w.Height, w.Width))
	in.check(name)
	w.check(name, in)
	least := w.Width
	if w.padding(in.Height, w.Height) > 0 {
		least = min(least, w.Height)
	}
	if 2*w.Padding > least {
		panic(fmt.Sprintf("nn: %s: padding %d: it must be at most half of the window's %d", name, w.Padding, least))
	}
	l := &PoolLayer{In: in, Out: w.over(in, in.Channels), Window: w, mean: mean, size: w.Height * w.Width}
	l.index()
	return l
}

// index lists what each place of one plane sees.
func (l *PoolLayer) index() {
	for i := range l.Out.Height {
		for j := range l.Out.Width {
			for u := range l.Window.Height {
				for v := range l.Window.Width {
					r := i*l.Window.Stride + u - l.Window.padding(l.In.Height, l.Window.Height)
					c := j*l.Window.Stride + v - l.Window.Padding
					at := int32(-1)
					if r >= 0 && r < l.In.Height && c >= 0 && c < l.In.Width {
						at = int32(r*l.In.Width + c)
					}
					l.table = append(l.table, at)
				}
			}
		}
	}
}

// Name describes the layer, as in "max pool 2×2 32×28×28→32×14×14".
func (l *PoolLayer) Name() string {
	kind := "max"
	if l.mean {
		kind = "mean"
	}
	return fmt.Sprintf("%s pool %d×%d %v→%v", kind, l.Window.Height, l.Window.Width, l.In, l.Out)
}

// Mean reports whether the layer takes the mean of a window, not the largest value.
func (l *PoolLayer) Mean() bool { return l.mean }

// Inputs returns the number of values of the grid that comes in.
func (l *PoolLayer) Inputs() int { return l.In.Size() }

// Outputs returns the number of values of the grid that goes out.
func (l *PoolLayer) Outputs(inputs int) (int, error) {
	return l.Out.Size(), l.In.takes(l.Name(), inputs)
}

// Init does nothing.
func (l *PoolLayer) Init(*rand.Rand) {}

// Params returns none.
func (l *PoolLayer) Params() []*Param { return nil }

// Apply pools each example.
func (l *PoolLayer) Apply(y, x *tensor.Matrix) {
	// Apply may run in several goroutines: it has memory of its own.
	l.apply(y, x, new(sharing))
}

// Forward is Apply in memory that is kept.
func (l *PoolLayer) Forward(y, x *tensor.Matrix) { l.apply(y, x, &l.pass) }

func (l *PoolLayer) apply(y, x *tensor.Matrix, pass *sharing) {
	mustTake(l, y, x)
	in, out := l.In.Plane(), l.Out.Plane()
	pass.run(y.Rows, func(_, from, to int) {
		for k := from * l.Out.Channels; k < to*l.Out.Channels; k++ {
			plane, result := x.Data[k*in:(k+1)*in], y.Data[k*out:(k+1)*out]
			switch {
			case l.mean:
				l.means(result, plane)
			case l.halves():
				l.maximaOfFour(result, plane)
			default:
				l.maxima(result, plane)
			}
		}
	})
}

// halves reports whether the windows are the usual ones: 2×2, side by side.
func (l *PoolLayer) halves() bool {
	return l.Window.Height == 2 && l.Window.Width == 2 && l.Window.Stride == 2 && l.Window.Padding == 0
}

func (l *PoolLayer) maximaOfFour(result, plane []float32) {
	width, out := l.In.Width, l.Out.Width
	for i := range l.Out.Height {
		upper := plane[2*i*width:][:2*out]
		lower := plane[(2*i+1)*width:][:2*out]
		line := result[i*out : (i+1)*out]
		for j := range line {
			// max gives NaN when one is: it must not disappear.
			line[j] = max(max(upper[2*j], upper[2*j+1]), max(lower[2*j], lower[2*j+1]))
		}
	}
}

func (l *PoolLayer) maxima(result, plane []float32) {
	for p := range result {
		first := true
		for _, at := range l.table[p*l.size : (p+1)*l.size] {
			switch {
			case at < 0:
			case first:
				result[p], first = plane[at], false
			default:
				result[p] = max(result[p], plane[at])
			}
		}
	}
}

func (l *PoolLayer) means(result, plane []float32) {
	for p := range result {
		sum, count := float32(0), float32(0)
		for _, at := range l.table[p*l.size : (p+1)*l.size] {
			if at >= 0 {
				sum += plane[at]
				count++
			}
		}
		result[p] = sum / count
	}
}

// Backward gives each gradient to where the maximum came from, the first of equal ones, or
// to all of the window alike.
func (l *PoolLayer) Backward(dx, dy, x, y *tensor.Matrix) {
	if dx == nil {
		return
	}
	mustTake(l, dy, dx)
	in, out := l.In.Plane(), l.Out.Plane()
	l.pass.run(dy.Rows, func(_, from, to int) {
		clear(dx.Data[from*l.In.Size() : to*l.In.Size()])
		for k := from * l.Out.Channels; k < to*l.Out.Channels; k++ {
			plane, slopes := dx.Data[k*in:(k+1)*in], dy.Data[k*out:(k+1)*out]
			switch {
			case l.mean:
				for p, g := range slopes {
					l.spread(plane, p, g)
				}
			case l.halves():
				l.returnToFour(plane, slopes, x.Data[k*in:(k+1)*in], y.Data[k*out:(k+1)*out])
			default:
				l.giveBack(plane, slopes, x.Data[k*in:(k+1)*in], y.Data[k*out:(k+1)*out])
			}
		}
	})
}

// giveBack adds each slope where the maximum came from.
func (l *PoolLayer) giveBack(plane, slopes, x, y []float32) {
	for p, g := range slopes {
		for _, at := range l.table[p*l.size : (p+1)*l.size] {
			if at >= 0 && x[at] == y[p] {
				plane[at] += g
				break
			}
		}
	}
}

// returnToFour is giveBack for halves. Which of the four was the largest is as good as
// random: the place is computed, because a branch would be predicted wrongly.
func (l *PoolLayer) returnToFour(plane, slopes, x, y []float32) {
	width, out := l.In.Width, l.Out.Width
	for i := range l.Out.Height {
		at := 2 * i * width
		upper, lower := x[at:][:2*out], x[at+width:][:2*out]
		best, slope := y[i*out:(i+1)*out], slopes[i*out:(i+1)*out]
		for j, v := range best {
			place := width + 1
			if lower[2*j] == v {
				place = width
			}
			if upper[2*j+1] == v {
				place = 1
			}
			if upper[2*j] == v {
				place = 0
			}
			plane[at+2*j+place] = slope[j]
		}
	}
}

func (l *PoolLayer) spread(plane []float32, p int, g float32) {
	seen, count := l.table[p*l.size:(p+1)*l.size], float32(0)
	for _, at := range seen {
		if at >= 0 {
			count++
		}
	}
	for _, at := range seen {
		if at >= 0 {
			plane[at] += g / count
		}
	}
}

// Homogeneous reports true.
func (l *PoolLayer) Homogeneous() bool { return true }

// Clone returns a layer of its own.
func (l *PoolLayer) Clone() Layer {
	return &PoolLayer{In: l.In, Out: l.Out, Window: l.Window, mean: l.mean, table: l.table, size: l.size}
}
