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

	pass    convPass
	flipped []float32 // what takes dy to dx: In.Channels×(Out.Channels·Window.Height·Window.Width)
}

// convPass is the memory of a pass over a batch.
type convPass struct {
	shared sharing
	affine []float32 // Out.Channels×(fan+1): the weights, and the bias for a row of ones
	work   [shares]convWork
}

// convWork is the memory of one share of a batch.
type convWork struct {
	patches []float32 // of a group of examples, see gather
	outputs []float32 // of a group: one channel a row
	grad    []float32 // its part of the gradient of affine
}

var (
	_ Layer    = (*ConvLayer)(nil)
	_ Rescaler = (*ConvLayer)(nil)
)

// Conv2D returns a convolution over images of the given shape, with square windows of the
// given size, or those of w: channels planes come out. Init gives it He's initialization. It
// panics when the window does not fit.
//
//	nn.Conv2D(nn.Grid{1, 28, 28}, 32, 3, nn.Window{Padding: 1})        // 32×28×28
//	nn.Conv2D(nn.Grid{1, 28, 28}, 32, 3, nn.Window{Height: 1, Width: 5}) // 32×28×24
func Conv2D(in Grid, channels, size int, w Window) *ConvLayer {
	return conv("Conv2D", in, channels, w.sized(size))
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

// scan is the way of the window.
func (l *ConvLayer) scan() scan { return scan{in: l.In, out: l.Out, window: l.Window} }

// Apply convolves each example.
func (l *ConvLayer) Apply(y, x *tensor.Matrix) {
	// Apply may run in several goroutines: it has memory of its own.
	l.apply(y, x, new(convPass))
}

// Forward is Apply in memory that is kept.
func (l *ConvLayer) Forward(y, x *tensor.Matrix) { l.apply(y, x, &l.pass) }

func (l *ConvLayer) apply(y, x *tensor.Matrix, pass *convPass) {
	mustTake(l, y, x)
	fan := l.Weight.Value.Cols
	pass.affine = grown(pass.affine, l.Out.Channels*(fan+1))
	for o, bias := range l.Bias.Value.Data {
		row := pass.affine[o*(fan+1) : (o+1)*(fan+1)]
		copy(row, l.Weight.Value.Row(o))
		row[fan] = bias
	}
	scan := l.scan()
	pass.shared.run(x.Rows, func(share, from, to int) {
		scan.convolve(&pass.work[share], y, x, from, to, pass.affine, true)
	})
}

// Backward computes, with P the patches of an example, dW = Σ dy·Pᵀ and db = Σ dy (the
// gradient of a row of ones in P), and dx: dy convolved with the weights turned around,
// or, with a stride, Wᵀ·dy added up where each patch came from.
func (l *ConvLayer) Backward(dx, dy, x, _ *tensor.Matrix) {
	mustTake(l, dy, x)
	if dx != nil {
		mustTake(l, dy, dx)
		l.turn()
	}
	l.pass.shared.run(dy.Rows, func(share, from, to int) {
		w := &l.pass.work[share]
		l.weigh(w, dy, x, from, to)
		switch {
		case dx == nil:
		case l.turnable():
			l.turned().convolve(w, dx, dy, from, to, l.flipped, false)
		default:
			l.spread(w, dx, dy, from, to)
		}
	})
	clear(l.Weight.Grad.Data)
	clear(l.Bias.Grad.Data)
	fan := l.Weight.Value.Cols
	for k := range l.pass.work {
		if k*dy.Rows/shares == (k+1)*dy.Rows/shares {
			continue // This share had no example.
		}
		for o := range l.Out.Channels {
			row := l.pass.work[k].grad[o*(fan+1) : (o+1)*(fan+1)]
			add(l.Weight.Grad.Row(o), row[:fan])
			l.Bias.Grad.Data[o] += row[fan]
		}
	}
}

// weigh computes the gradient of the weights and the bias on the examples from ≤ i < to.
func (l *ConvLayer) weigh(w *convWork, dy, x *tensor.Matrix, from, to int) {
	scan := l.scan()
	b, places, channels, columns := backend.Default(), l.Out.Plane(), l.Out.Channels, l.Weight.Value.Cols+1
	w.grad = grown(w.grad, channels*columns)
	clear(w.grad)
	for i := from; i < to; i += scan.group() {
		end := min(to, i+scan.group())
		width := (end - i) * places
		scan.gather(w, x, i, end, true)
		slopes := dy.Row(i)
		if end > i+1 {
			slopes = grown(w.outputs, channels*width)
			w.outputs = slopes
			for e := i; e < end; e++ {
				for o := range channels {
					copy(slopes[o*width+(e-i)*places:][:places], dy.Row(e)[o*places:])
				}
			}
		}
		b.Sgemm(blas.NoTrans, blas.Trans, channels, columns, width, 1, slopes, width, w.patches, width, 1, w.grad, columns)
	}
}

// turnable reports whether dx is a convolution of dy, with the same padding in both directions.
func (l *ConvLayer) turnable() bool {
	if l.Window.Height != l.Window.Width && (l.Window.Height > 1 || l.In.Height > 1) {
		return false
	}
	return l.Window.Stride == 1 && l.Window.Padding < l.Window.Width && l.Window.padding(l.In.Height, l.Window.Height) < l.Window.Height
}

// turned is the convolution that takes dy to dx: it adds the zeros that the window of the
// forward pass saw across the border.
func (l *ConvLayer) turned() scan {
	w := l.Window
	w.Padding = w.Width - 1 - w.Padding
	return scan{in: l.Out, out: l.In, window: w}
}

// turn writes the weights of the turned convolution: W′[c, o, u, v] = W[o, c, h−1−u, w−1−v].
func (l *ConvLayer) turn() {
	size, fan := l.Window.Height*l.Window.Width, l.Weight.Value.Cols
	l.flipped = grown(l.flipped, l.In.Channels*l.Out.Channels*size)
	for c := range l.In.Channels {
		for o := range l.Out.Channels {
			source := l.Weight.Value.Data[o*fan+c*size : o*fan+(c+1)*size]
			target := l.flipped[(c*l.Out.Channels+o)*size:][:size]
			for k, v := range source {
				target[size-1-k] = v
			}
		}
	}
}

// spread computes dx by adding up Wᵀ·dy, for the examples from ≤ i < to.
func (l *ConvLayer) spread(w *convWork, dx, dy *tensor.Matrix, from, to int) {
	places, fan := l.Out.Plane(), l.Weight.Value.Cols
	w.patches = grown(w.patches, fan*places)
	for i := from; i < to; i++ {
		backend.Default().Sgemm(blas.Trans, blas.NoTrans, fan, places, l.Out.Channels, 1, l.Weight.Value.Data, fan, dy.Row(i), places, 0, w.patches, places)
		l.scatter(dx.Row(i), w.patches)
	}
}

// scatter adds patches up where they came from.
func (l *ConvLayer) scatter(dx, patches []float32) {
	clear(dx)
	scan := l.scan()
	row, places, stride := 0, l.Out.Plane(), l.Window.Stride
	for c := range l.In.Channels {
		plane := dx[c*l.In.Plane() : (c+1)*l.In.Plane()]
		for u := range l.Window.Height {
			for v := range l.Window.Width {
				from, to := scan.inside(v)
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
