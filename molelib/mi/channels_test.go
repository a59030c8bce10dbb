package mi_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func channelsOf(x *mat.Dense, channels int) []mi.Sample {
	n, d := x.Dims()
	var parts []mi.Sample
	for c := range channels {
		parts = append(parts, x.Slice(0, n, c*d/channels, (c+1)*d/channels))
	}
	return parts
}

func TestChannelsAreTheMultivariateExtension(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	// Values of float32, so that both ways see the same numbers.
	m := tensor.From(points(rng, 12, 6))
	x, y := m.Dense(), classes(rng, 12, 3)
	for _, o := range []mi.Options{{Scale: 1.7}, {Alpha: 2, Width: 1.5}, {Kernel: mi.Laplacian, Alpha: 2}} {
		e := mi.NewEstimator(o)
		value := func() float64 { return mi.MutualJoint(channelsOf(x, 3), y, o) }
		gradient := tensor.NewMatrix(12, 6)
		near(t, fmt.Sprintf("I, %+v", o), e.Channels(gradient, m, 3, y).Information, value(), 1e-9)
		for _, at := range [][2]int{{0, 0}, {5, 3}, {11, 5}} {
			// The gradient is written as float32.
			near(t, fmt.Sprintf("dI, %+v, at %v", o, at), gradient.At(at[0], at[1]), central(x, at[0], at[1], value), 1e-6)
		}
	}
}

func TestOneChannelIsTheWholeRepresentation(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	m, y := tensor.From(points(rng, 10, 4)), classes(rng, 10, 2)
	e := mi.NewEstimator(mi.Options{})
	a, b := tensor.NewMatrix(10, 4), tensor.NewMatrix(10, 4)
	near(t, "I", e.Channels(a, m, 1, y).Information, e.Labels(b, m, y).Information, 1e-12)
	for i := range a.Data {
		near(t, fmt.Sprint("dI ", i), float64(a.Data[i]), float64(b.Data[i]), 1e-7)
	}
}
