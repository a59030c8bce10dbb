package nn

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// ConvLayer is a convolution (a cross-correlation, as in every library) over grids:
//
//	y[o, i, j] = b[o] + Σ_{c, u, v} W[o, c, u, v] · x[c, i·stride + u − pad, j·stride + v − pad]
type ConvLayer struct {
	In, Out Grid
	Window  Window
	Weight  *Param // Out.Channels×(In.Channels·Window.Height·Window.Width)
	Bias    *Param // 1×Out.Channels

	shared sharing
	work   [shares]convWork
}

// convWork is the memory of one share of a batch.
type convWork struct {
	patches []float32 // (C·h·w)×(H'·W'): column p has what the window sees at place p
	weight  []float32 // its part of the weights' gradient
	bias    []float32
}

var (
	_ Layer    = (*ConvLayer)(nil)
	_ Rescaler = (*ConvLayer)(nil)
)

// Conv2D returns a convolution over images of the given shape, with square windows of the
// given size: channels planes come out. Init gives it He's initialization. It panics when
// the window does not fit.
//
//	nn.Conv2D(nn.Grid{1, 28, 28}, 32, 3, nn.Window{Padding: 1}) // 32×28×28
func Conv2D(in Grid, channels, size int, w Window) *ConvLayer {
	w.Height, w.Width = size, size
	return conv("Conv2D", in, channels, w)
}

// Conv1D returns a convolution over sequences of the given number of channels and length,
// with windows of the given size.
func Conv1D(channels, length, outputs, size int, w Window) *ConvLayer {
	w.Height, w.Width = 1, size
	return conv("Conv1D", Grid{channels, 1, length}, outputs, w)
}

func conv(name string, in Grid, channels int, w Window) *ConvLayer {
	if w.Stride == 0 {
		w.Stride = 1
	}
	in.check(name)
	w.check(name, in)
	if channels < 1 {
		panic(fmt.Sprintf("nn: %s: %d channels: there must be at least 1", name, channels))
	}
	return &ConvLayer{
		In: in, Out: w.over(in, channels), Window: w,
		Weight: NewParam("weight", channels, in.Channels*w.Height*w.Width, true),
		Bias:   NewParam("bias", 1, channels, false),
	}
}

// Name describes the layer, as in "conv 3×3 1×28×28→32×28×28".
func (l *ConvLayer) Name() string {
	return fmt.Sprintf("conv %d×%d %v→%v", l.Window.Height, l.Window.Width, l.In, l.Out)
}

// Inputs returns the number of values of the grid that comes in.
func (l *ConvLayer) Inputs() int { return l.In.Size() }

// Outputs returns the number of values of the grid that goes out.
func (l *ConvLayer) Outputs(inputs int) (int, error) {
	return l.Out.Size(), l.In.takes(l.Name(), inputs)
}

// Init draws W from N(0, 2/fan-in) and clears b (He et al. 2015).
func (l *ConvLayer) Init(rng *rand.Rand) {
	initialize(l.Weight, l.Bias, l.Weight.Value.Cols, rng)
}

// Params returns W and b.
func (l *ConvLayer) Params() []*Param { return []*Param{l.Weight, l.Bias} }

// Apply convolves each example.
func (l *ConvLayer) Apply(y, x *tensor.Matrix) {
	// Apply may run in several goroutines: it has memory of its own.
	var shared sharing
	var work [shares]convWork
	l.apply(y, x, &shared, &work)
}

// Forward is Apply in memory that is kept.
func (l *ConvLayer) Forward(y, x *tensor.Matrix) { l.apply(y, x, &l.shared, &l.work) }

func (l *ConvLayer) apply(y, x *tensor.Matrix, shared *sharing, work *[shares]convWork) {
	b, places, fan := backend.Default(), l.Out.Plane(), l.Weight.Value.Cols
	shared.run(x.Rows, func(share, from, to int) {
		w := &work[share]
		w.patches = grown(w.patches, fan*places)
		for i := from; i < to; i++ {
			l.gather(w.patches, x.Row(i))
			out := y.Row(i)
			for o, bias := range l.Bias.Value.Data {
				fill(out[o*places:(o+1)*places], bias)
			}
			b.Sgemm(blas.NoTrans, blas.NoTrans, l.Out.Channels, places, fan, 1, l.Weight.Value.Data, fan, w.patches, places, 1, out, places)
		}
	})
}

// Backward computes, with P the patches of an example, dW = Σ dy·Pᵀ, db = Σ dy, and dx by
// adding Wᵀ·dy up where each patch came from.
func (l *ConvLayer) Backward(dx, dy, x, _ *tensor.Matrix) {
	b, places, fan, channels := backend.Default(), l.Out.Plane(), l.Weight.Value.Cols, l.Out.Channels
	l.shared.run(dy.Rows, func(share, from, to int) {
		w := &l.work[share]
		w.patches, w.weight, w.bias = grown(w.patches, fan*places), grown(w.weight, channels*fan), grown(w.bias, channels)
		clear(w.weight)
		clear(w.bias)
		for i := from; i < to; i++ {
			slope := dy.Row(i)
			l.gather(w.patches, x.Row(i))
			b.Sgemm(blas.NoTrans, blas.Trans, channels, fan, places, 1, slope, places, w.patches, places, 1, w.weight, fan)
			for o := range channels {
				w.bias[o] += sum(slope[o*places : (o+1)*places])
			}
			if dx != nil {
				b.Sgemm(blas.Trans, blas.NoTrans, fan, places, channels, 1, l.Weight.Value.Data, fan, slope, places, 0, w.patches, places)
				l.scatter(dx.Row(i), w.patches)
			}
		}
	})
	clear(l.Weight.Grad.Data)
	clear(l.Bias.Grad.Data)
	for k := range l.work {
		if k*dy.Rows/shares == (k+1)*dy.Rows/shares {
			continue // This share had no example.
		}
		add(l.Weight.Grad.Data, l.work[k].weight)
		add(l.Bias.Grad.Data, l.work[k].bias)
	}
}

// gather writes what the window sees at every place: row (c, u, v) of patches holds
// x[c, i·stride+u−pad, j·stride+v−pad] for all places (i, j).
func (l *ConvLayer) gather(patches, x []float32) {
	row, places := 0, l.Out.Plane()
	for c := range l.In.Channels {
		plane := x[c*l.In.Plane() : (c+1)*l.In.Plane()]
		for u := range l.Window.Height {
			for v := range l.Window.Width {
				l.gatherRow(patches[row*places:(row+1)*places], plane, u, v)
				row++
			}
		}
	}
}

func (l *ConvLayer) gatherRow(dst, plane []float32, u, v int) {
	stride := l.Window.Stride
	from, to := l.inside(v)
	for i := range l.Out.Height {
		line := dst[i*l.Out.Width : (i+1)*l.Out.Width]
		r := i*stride + u - l.Window.padding(l.In.Height, l.Window.Height)
		if r < 0 || r >= l.In.Height {
			clear(line)
			continue
		}
		clear(line[:from])
		clear(line[to:])
		source := plane[r*l.In.Width : (r+1)*l.In.Width]
		if stride == 1 {
			copy(line[from:to], source[from+v-l.Window.Padding:])
			continue
		}
		for j := from; j < to; j++ {
			line[j] = source[j*stride+v-l.Window.Padding]
		}
	}
}

// inside returns the places j, from ≤ j < to, at which column v of the window lies in the
// grid.
func (l *ConvLayer) inside(v int) (from, to int) {
	stride, shift := l.Window.Stride, v-l.Window.Padding
	if shift < 0 {
		from = min(l.Out.Width, (-shift+stride-1)/stride)
	}
	to = max(from, min(l.Out.Width, (l.In.Width-shift+stride-1)/stride))
	return from, to
}

// scatter adds patches up where they came from.
func (l *ConvLayer) scatter(dx, patches []float32) {
	clear(dx)
	row, places, stride := 0, l.Out.Plane(), l.Window.Stride
	for c := range l.In.Channels {
		plane := dx[c*l.In.Plane() : (c+1)*l.In.Plane()]
		for u := range l.Window.Height {
			for v := range l.Window.Width {
				from, to := l.inside(v)
				for i := range l.Out.Height {
					r := i*stride + u - l.Window.padding(l.In.Height, l.Window.Height)
					if r < 0 || r >= l.In.Height {
						continue
					}
					line := patches[row*places+i*l.Out.Width : row*places+(i+1)*l.Out.Width]
					target := plane[r*l.In.Width : (r+1)*l.In.Width]
					for j := from; j < to; j++ {
						target[j*stride+v-l.Window.Padding] += line[j]
					}
				}
				row++
			}
		}
	}
}

// Rescale multiplies W and b by factor.
func (l *ConvLayer) Rescale(factor float32) { rescale(factor, l.Params()) }

// Clone returns a layer with a copy of W and b.
func (l *ConvLayer) Clone() Layer {
	return &ConvLayer{In: l.In, Out: l.Out, Window: l.Window, Weight: l.Weight.clone(), Bias: l.Bias.clone()}
}

// grown returns s with length n, in the same memory where there is enough.
func grown(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

func fill(dst []float32, v float32) {
	for i := range dst {
		dst[i] = v
	}
}

func add(dst, src []float32) {
	for i, v := range src {
		dst[i] += v
	}
}

func sum(s []float32) float32 {
	total := float32(0)
	for _, v := range s {
		total += v
	}
	return total
}
