package mi

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Channels returns I(T₁, …, T_C; Y) of a feature map of C channels and a target:
// the multivariate extension with one Gram matrix a channel, K = K₁∘…∘K_C (Yu, Sánchez
// Giraldo, Jenssen, Príncipe, TPAMI 2020). t is n×d, the d/C values of a channel beside
// each other. The kernel must be Gaussian or Laplacian. Unless grad is nil, the gradient
// with respect to t is written to it (n×d).
//
// A product of C kernels is narrow: widths of about c = √C (Options.Scale) keep it as wide
// as one.
func (e *Estimator) Channels(grad, t *tensor.Matrix, channels int, target Sample) Value {
	y := pointsOf(target)
	n := mustPair(t, y)
	if channels < 1 || t.Cols%channels != 0 {
		panic(fmt.Sprintf("mi: Channels: %d values an example do not divide into %d channels", t.Cols, channels))
	}
	if e.options.Kernel != Gaussian && e.options.Kernel != Laplacian {
		panic("mi: Channels: the kernel must be Gaussian or Laplacian")
	}
	e.arrange(n, y)
	e.loadChannels(t, channels)
	e.t.n, e.t.d = n, t.Cols
	if grad != nil {
		e.mustFit(grad)
	}
	if !e.labelled() {
		e.y.load(y, e.order)
		e.y.kernel(e.options.target())
	}
	e.pose(e.product, grad != nil)
	e.solve()
	v := e.value()
	if grad != nil {
		e.channelGradients(grad)
	}
	return v
}

// loadChannels computes the kernels of all channels, in the order of the labels, and
// their product.
func (e *Estimator) loadChannels(t *tensor.Matrix, channels int) {
	width := t.Cols / channels
	for len(e.channels) < channels {
		e.channels = append(e.channels, sample{})
	}
	e.channels = e.channels[:channels]
	e.product = resize(e.product, t.Rows*t.Rows)
	for c := range e.channels {
		s := &e.channels[c]
		s.n, s.d = t.Rows, width
		s.x = resize(s.x, s.n*s.d)
		for r, i := range e.order {
			for j, v := range t.Row(i)[c*width : (c+1)*width] {
				s.x[r*width+j] = float64(v)
			}
		}
		s.centre()
		s.kernel(e.options)
		for i, v := range s.k {
			if c == 0 {
				e.product[i] = v
			} else {
				e.product[i] *= v
			}
		}
	}
}

// channelGradients writes dI/dT. For channel c, dI/dK_c∘K_c = M∘K with M the gradient of
// the product K, so that nothing is divided.
func (e *Estimator) channelGradients(grad *tensor.Matrix) {
	n, share := e.t.n, 1/float64(e.t.n)
	e.differentiateKernel(share, -share)
	for i, k := range e.product {
		e.m[i] *= k
	}
	e.inner = resize(e.inner, n*n)
	for c := range e.channels {
		s := &e.channels[c]
		copy(e.inner, e.m)
		e.dt = resize(e.dt, n*s.d)
		s.chainDistances(e.dt, e.inner, e.options)
		for r, i := range e.order {
			row := grad.Row(i)[c*s.d : (c+1)*s.d]
			for j, g := range e.dt[r*s.d : (r+1)*s.d] {
				row[j] = float32(g)
			}
		}
	}
}
