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
	from  []int32 // place in the input of each output of the last Forward; maximum only
	table []int32 // places that each output sees, windowSize by windowSize; −1 outside
	size  int
}

var (
	_ Layer       = (*PoolLayer)(nil)
	_ Homogeneous = (*PoolLayer)(nil)
)

// MaxPool2D returns the largest value of each window of size×size. Zero settings of w mean
// a stride of size and no padding. It panics when the window does not fit.
func MaxPool2D(in Grid, size int, w Window) *PoolLayer {
	w.Height, w.Width = size, size
	return pool("MaxPool2D", in, w, false)
}

// AvgPool2D returns the mean of each window of size×size, over the values that lie in the
// grid.
func AvgPool2D(in Grid, size int, w Window) *PoolLayer {
	w.Height, w.Width = size, size
	return pool("AvgPool2D", in, w, true)
}

// MaxPool1D returns the largest value of each window of a sequence.
func MaxPool1D(channels, length, size int, w Window) *PoolLayer {
	w.Height, w.Width = 1, size
	return pool("MaxPool1D", Grid{channels, 1, length}, w, false)
}

// GlobalAvgPool returns the mean of each plane: Channels values.
func GlobalAvgPool(in Grid) *PoolLayer {
	return pool("GlobalAvgPool", in, Window{Height: in.Height, Width: in.Width}, true)
}

func pool(name string, in Grid, w Window, mean bool) *PoolLayer {
	if w.Stride == 0 {
		w.Stride = max(w.Height, w.Width)
	}
	in.check(name)
	w.check(name, in)
	if w.Padding > 0 && 2*w.Padding > w.Width {
		panic(fmt.Sprintf("nn: %s: padding %d: it must be at most half of the window's %d", name, w.Padding, w.Width))
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
func (l *PoolLayer) Apply(y, x *tensor.Matrix) { l.apply(y, x, nil) }

// Forward is Apply, and remembers where each maximum came from.
func (l *PoolLayer) Forward(y, x *tensor.Matrix) {
	if l.mean {
		l.apply(y, x, nil)
		return
	}
	if cap(l.from) < len(y.Data) {
		l.from = make([]int32, len(y.Data))
	}
	l.from = l.from[:len(y.Data)]
	l.apply(y, x, l.from)
}

func (l *PoolLayer) apply(y, x *tensor.Matrix, from []int32) {
	in, out := l.In.Plane(), l.Out.Plane()
	for k := range y.Rows * l.Out.Channels {
		plane, result := x.Data[k*in:(k+1)*in], y.Data[k*out:(k+1)*out]
		if l.mean {
			l.means(result, plane)
			continue
		}
		var places []int32
		if from != nil {
			places = from[k*out : (k+1)*out]
		}
		l.maxima(result, plane, places)
	}
}

func (l *PoolLayer) maxima(result, plane []float32, places []int32) {
	for p := range result {
		best := int32(-1)
		for _, at := range l.table[p*l.size : (p+1)*l.size] {
			// NaN is the largest: it must not disappear.
			if at >= 0 && (best < 0 || plane[at] > plane[best] || plane[at] != plane[at]) {
				best = at
			}
		}
		result[p] = plane[best]
		if places != nil {
			places[p] = best
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

// Backward gives each gradient to where the maximum came from, or to all of the window
// alike.
func (l *PoolLayer) Backward(dx, dy, _, _ *tensor.Matrix) {
	if dx == nil {
		return
	}
	clear(dx.Data)
	in, out := l.In.Plane(), l.Out.Plane()
	for k := range dy.Rows * l.Out.Channels {
		plane, slopes := dx.Data[k*in:(k+1)*in], dy.Data[k*out:(k+1)*out]
		for p, g := range slopes {
			if !l.mean {
				plane[l.from[k*out+p]] += g
				continue
			}
			l.spread(plane, p, g)
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
