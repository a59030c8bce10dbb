package mi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// gradients are all functions that have one, with respect to their first sample. A new one
// belongs here.
var gradients = map[string]func(x, y mi.Sample, o mi.Options) (float64, *mat.Dense){
	"I": mi.MutualGradient, "NMI": mi.NormalizedGradient,
	"HSIC": mi.HSICGradient, "CKA": mi.CKAGradient, "CS": mi.CauchySchwarzGradient,
	"S": func(x, _ mi.Sample, o mi.Options) (float64, *mat.Dense) { return mi.EntropyGradient(x, o) },
	"I(·;·|Z)": func(x, y mi.Sample, o mi.Options) (float64, *mat.Dense) {
		return mi.ConditionalMutualGradient(x, y, condition(x), o)
	},
}

// values are the functions of the gradients, by their own ways.
var values = map[string]func(x, y mi.Sample, o mi.Options) float64{
	"I": mi.Mutual, "NMI": mi.Normalized, "HSIC": mi.HSIC, "CKA": mi.CKA, "CS": mi.CauchySchwarz,
	"S": func(x, _ mi.Sample, o mi.Options) float64 { return mi.Entropy(x, o) },
	"I(·;·|Z)": func(x, y mi.Sample, o mi.Options) float64 {
		return mi.ConditionalMutual(x, y, condition(x), o)
	},
}

// condition is a variable of the examples of x, of which there are at most ten.
func condition(x mi.Sample) mi.Sample {
	z := []float64{.3, -1, 2, .1, .7, -.4, 1.3, -2, .9, 0}
	switch x := x.(type) {
	case mi.Points:
		n, _ := x.Dims()
		return z[:n]
	case [][]float64:
		return z[:len(x)]
	}
	panic(fmt.Sprintf("condition on %T", x))
}

// Gradients of every measure, kernel, order and kind of target.
func TestEveryGradientMatchesFiniteDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	x, y, z := points(rng, 10, 3), classes(rng, 10, 3), points(rng, 10, 2)
	for kernel, o := range map[string]mi.Options{
		"Gaussian adaptive":  {Scale: 0.6},
		"Gaussian fixed":     {Width: 0.9},
		"Laplacian adaptive": {Kernel: mi.Laplacian, Scale: 0.6},
		"Laplacian fixed":    {Kernel: mi.Laplacian, Width: 0.9},
		"Linear":             {Kernel: mi.Linear},
		"Polynomial":         {Kernel: mi.Polynomial, Degree: 3},
	} {
		for _, alpha := range []float64{0.5, 1, 1.01, 2, 5, 100, math.Inf(1)} {
			if alpha <= 1.01 && kernel == "Linear" {
				continue // Its rank is 3: below α = 2 the slope at the other eigenvalues has no bound.
			}
			for name, gradient := range gradients {
				if name == "CS" && kernel == "Linear" {
					continue // V_C of a kernel with negative values has no logarithm.
				}
				for target, y := range map[string]mi.Sample{"labels": y, "points": z, "several": []mi.Sample{z, y}} {
					o := o
					o.Alpha, o.Target = alpha, &mi.Options{Scale: 0.8}
					value, got := gradient(x, y, o)
					what := fmt.Sprintf("%s, %s, α = %v, %s", name, kernel, alpha, target)
					near(t, what, value, values[name](x, y, o), 1e-10)
					for _, at := range [][2]int{{0, 0}, {4, 2}, {9, 1}} {
						want := central(x, at[0], at[1], func() float64 { return values[name](x, y, o) })
						// Central differences with step 1e-5 are good to about 1e-10/1e-5 (curvature
						// adds for large orders), times 1/(1−α) of 100 at α = 1.01.
						tolerance := 1e-7 * (1 + math.Abs(want))
						if alpha == 1.01 || alpha == 100 {
							tolerance *= 20
						}
						near(t, fmt.Sprintf("d%s at %v", what, at), got.At(at[0], at[1]), want, tolerance)
					}
				}
			}
		}
	}
}

func TestGradientOfSeveralVariablesIsThatOfEach(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	x, z, y := points(rng, 9, 2), points(rng, 9, 3), points(rng, 9, 1)
	for _, o := range []mi.Options{{Alpha: 2}, {Kernel: mi.Laplacian}, {Kernel: mi.Polynomial, Target: &mi.Options{}}} {
		both := []mi.Sample{x, z}
		_, got := mi.MutualGradient(both, y, o)
		value := func() float64 { return mi.Mutual(both, y, o) }
		for _, c := range []struct {
			of      *mat.Dense
			i, j, k int // column k of the gradient
		}{{x, 0, 1, 1}, {z, 3, 0, 2}, {z, 8, 2, 4}} {
			near(t, fmt.Sprintf("%+v, column %d", o, c.k), got.At(c.i, c.k), central(c.of, c.i, c.j, value), 1e-6)
		}
	}
}

// Channels with targets in place of labels are the multivariate extension, too.
func TestChannelsTakeTargets(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	m := tensor.From(points(rng, 12, 6)) // values of float32, so that both ways see the same
	x, y := m.Dense(), points(rng, 12, 2)
	for _, alpha := range []float64{1.01, 2} {
		o := mi.Options{Alpha: alpha, Scale: 1.7, Target: &mi.Options{Scale: 0.5}}
		e, gradient := mi.NewEstimator(o), tensor.NewMatrix(12, 6)
		value := func() float64 { return mi.MutualJoint(channelsOf(x, 3), y, o) }
		near(t, "I", e.Channels(gradient, m, 3, y).Information, value(), 1e-9)
		for _, at := range [][2]int{{0, 0}, {5, 3}, {11, 5}} {
			// The gradient is written as float32.
			near(t, fmt.Sprint("dI at ", at), gradient.At(at[0], at[1]), central(x, at[0], at[1], value), 1e-6)
		}
	}
}
