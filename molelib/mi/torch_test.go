package mi_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
)

// torch is testdata/torch.json, of testdata/golden.py.
type torch struct {
	X, Y, Z [][]float64
	Labels  []int
	Cases   []torchCase
	Shannon struct {
		X, Y            [][]float64
		Labels, K       []int
		Points, Classes []float64 // for each k
	}
}

type torchCase struct {
	Measure  string
	Options  torchOptions
	Alpha    float64 // −1: infinite
	Labels   bool    // of x and the labels, not y
	Value    float64
	Gradient []float64 // with respect to x; nil when it was not asked for
}

type torchOptions struct {
	Kernel            mi.Kernel
	Rule              mi.WidthRule
	Degree, Neighbors int
	Width, Scale      float64
	Target            *torchOptions
}

func (o torchOptions) options(alpha float64) mi.Options {
	if alpha < 0 {
		alpha = math.Inf(1)
	}
	m := mi.Options{Alpha: alpha, Kernel: o.Kernel, Rule: o.Rule, Degree: o.Degree, Neighbors: o.Neighbors, Width: o.Width, Scale: o.Scale}
	if o.Target != nil {
		target := o.Target.options(alpha)
		m.Target = &target
	}
	return m
}

func loadTorch(t *testing.T) (reference torch) {
	t.Helper()
	golden.Read(t, "torch.json", &reference)
	return reference
}

// Every measure under every kernel and width rule, with gradients by automatic
// differentiation.
func TestMeasuresMatchPyTorch(t *testing.T) {
	f := loadTorch(t)
	for _, c := range f.Cases {
		var y mi.Sample = f.Y
		if c.Labels {
			y = f.Labels
		}
		value, gradient := f.measure(c, y, c.Options.options(c.Alpha))
		what := fmt.Sprintf("%s %+v, target %+v, α = %v, labels %v", c.Measure, c.Options, c.Options.Target, c.Alpha, c.Labels)
		near(t, what, value, c.Value, 1e-10)
		for i, want := range c.Gradient {
			near(t, "gradient of "+what, gradient.RawMatrix().Data[i], want, 1e-10)
		}
	}
}

func (f torch) measure(c torchCase, y mi.Sample, o mi.Options) (float64, *mat.Dense) {
	switch c.Measure {
	case "entropy":
		return mi.EntropyGradient(f.X, o)
	case "mutual":
		return mi.MutualGradient(f.X, y, o)
	case "normalized":
		return mi.NormalizedGradient(f.X, y, o)
	case "conditional":
		return mi.Conditional(f.X, y, o), nil
	case "conditional mutual":
		return mi.ConditionalMutualGradient(f.X, y, f.Z, o)
	case "total correlation":
		return mi.TotalCorrelation([]mi.Sample{f.X, f.Y, f.Z}, o), nil
	case "dual total correlation":
		return mi.DualTotalCorrelation([]mi.Sample{f.X, f.Y, f.Z}, o), nil
	case "mutual joint":
		return mi.MutualJoint([]mi.Sample{f.X, f.Z}, y, o), nil
	case "hsic":
		return mi.HSICGradient(f.X, y, o)
	case "cka":
		return mi.CKAGradient(f.X, y, o)
	case "cauchy-schwarz":
		return mi.CauchySchwarzGradient(f.X, y, o)
	}
	panic("what is " + c.Measure)
}

func TestKSGMatchesSciPy(t *testing.T) {
	f := loadTorch(t).Shannon
	for i, k := range f.K {
		near(t, fmt.Sprintf("points, k = %d", k), mi.KSG(f.X, f.Y, k), f.Points[i], 1e-9)
		near(t, fmt.Sprintf("classes, k = %d", k), mi.KSG(f.X, f.Labels, k), f.Classes[i], 1e-9)
	}
}
