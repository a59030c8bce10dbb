package mi_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
)

func TestBadSamplesGiveNaNAndAreNamed(t *testing.T) {
	good := mi.Labels{0, 1, 0, 1, 1}
	measures := map[string]func(x mi.Sample, o mi.Options) float64{
		"entropy": mi.Entropy,
		"binned":  func(x mi.Sample, _ mi.Options) float64 { return mi.Binned(x, good, 4) },
		"KSG":     func(x mi.Sample, _ mi.Options) float64 { return mi.KSG(x, good, 1) },
		"KSG of points": func(x mi.Sample, _ mi.Options) float64 {
			return mi.KSG([]float64{1, 2, 3, 5, 8}, x, 1)
		},
		"aligned width": func(x mi.Sample, o mi.Options) float64 {
			if o.Kernel > mi.Laplacian {
				return math.NaN() // has no width
			}
			return mi.AlignedWidth(x, good, o)
		},
		"as target": func(x mi.Sample, o mi.Options) float64 { return mi.Mutual([]float64{1, 2, 3, 5, 8}, x, o) },
		"total correlation": func(x mi.Sample, o mi.Options) float64 {
			return mi.TotalCorrelation([]mi.Sample{x, good}, o)
		},
	}
	for name, measure := range values {
		measures[name] = func(x mi.Sample, o mi.Options) float64 { return measure(x, good, o) }
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x := [][]float64{{1, 2}, {2, 3}, {3, bad}, {4, 0}, {9, 1}}
		for kernel := mi.Gaussian; kernel <= mi.Delta; kernel++ {
			for _, alpha := range []float64{0.5, 1, 1.01, 2, math.Inf(1)} {
				for name, measure := range measures {
					if v := measure(x, mi.Options{Kernel: kernel, Alpha: alpha}); !math.IsNaN(v) {
						t.Errorf("%s with %v, kernel %d, α = %v: %v, want NaN", name, bad, kernel, alpha, v)
					}
				}
			}
		}
		want := fmt.Sprintf("mi: row 2, column 1 of the sample is %v: replace or drop missing values first", bad)
		if err := mi.Validate(x); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := mi.Validate(good); err != nil {
		t.Error(err)
	}
}

func TestSmallAndConstantSamplesAreSound(t *testing.T) {
	one := mat.NewDense(1, 2, []float64{3, 4})
	two := mat.NewDense(2, 2, []float64{3, 4, 5, 4})
	same := mat.NewDense(6, 2, []float64{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2})
	for kernel := mi.Gaussian; kernel <= mi.Delta; kernel++ {
		for rule := mi.MeanDistance; rule <= mi.Silverman; rule++ {
			for _, alpha := range allOrders {
				o := mi.Options{Kernel: kernel, Rule: rule, Alpha: alpha}
				near(t, "I of one example", mi.Mutual(one, mi.Labels{1}, o), 0, 1e-9)
				if v := mi.Mutual(two, mi.Labels{0, 1}, o); !(v >= -1e-9 && v <= 1+1e-9) {
					t.Errorf("%+v: I of two examples is %v", o, v)
				}
				for name, gradient := range gradients {
					if name == "CS" && kernel == mi.Linear {
						continue
					}
					for _, y := range []mi.Labels{{0, 1, 2, 0, 1, 2}, {1, 1, 1, 1, 1, 1}} {
						value, dx := gradient(same, y, o)
						if kernel == mi.Linear { // a point without length is similar to itself only
							value = 0
						}
						if !(math.Abs(value) < rounding(alpha)) || slices.ContainsFunc(dx.RawMatrix().Data, func(g float64) bool { return math.IsNaN(g) || math.Abs(g) > 1e-6 }) {
							t.Errorf("%s of equal points, %+v: %v with gradient %v", name, o, value, mat.Formatted(dx))
						}
					}
				}
			}
		}
	}
}
