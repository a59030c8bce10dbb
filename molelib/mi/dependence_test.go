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

func ExampleCKA() {
	// Rotating a representation changes nothing for linear kernels.
	x := tensor.FromRows([][]float64{{1, 0}, {0, 2}, {-1, 1}, {3, 1}})
	rotated := tensor.FromRows([][]float64{{0, 1}, {-2, 0}, {-1, -1}, {-1, 3}})
	fmt.Printf("%.3f\n", mi.CKA(x, rotated, mi.Options{Kernel: mi.Linear}))
	// Output: 1.000
}

func ExampleHSIC() {
	x := tensor.FromRows([][]float64{{0}, {1}, {5}, {6}})
	fmt.Printf("%.3f %.3f\n", mi.HSIC(x, mi.Labels{0, 0, 1, 1}, mi.Options{}), mi.HSIC(x, mi.Labels{0, 1, 0, 1}, mi.Options{}))
	// Output: 0.221 0.005
}

func ExampleCauchySchwarz() {
	x := tensor.FromRows([][]float64{{0}, {1}, {50}, {51}})
	fmt.Printf("%.2f bits\n", mi.CauchySchwarz(x, mi.Labels{0, 0, 1, 1}, mi.Options{Width: 5}))
	// Output: 1.00 bits
}

func TestDependenceMatchesTheReference(t *testing.T) {
	g := load(t)
	T, y, o := dense(g.Inputs.T), mi.Labels(g.Inputs.Y), mi.Options{Width: g.Inputs.SigmaT}
	for name, test := range map[string]struct {
		gradient func(x, y mi.Sample, o mi.Options) (float64, *mat.Dense)
		value    float64
		want     [][]float64
		unit     float64
	}{
		"CKA":   {mi.CKAGradient, g.Dependence.CKA, g.Dependence.DCKA, 1},
		"HSIC":  {mi.HSICGradient, g.Dependence.HSIC, g.Dependence.DHSIC, 1},
		"CSQMI": {mi.CauchySchwarzGradient, g.Dependence.CSQMI, g.Dependence.DCSQMI, math.Ln2}, // in nats
	} {
		value, dT := test.gradient(T, y, o)
		near(t, name, value*test.unit, test.value, exact)
		dT.Scale(test.unit, dT)
		nearMatrix(t, "d"+name+"/dT", dT, test.want, exact)
	}
}

func TestWidthsMatchTheReference(t *testing.T) {
	g := load(t)
	T := dense(g.Inputs.T)
	for name, o := range map[string]mi.Options{
		"rms_distance_T":       {},
		"median_distance_T":    {Rule: mi.MedianDistance},
		"knn3_mean_distance_T": {Rule: mi.NearestDistance},
		"silverman_h5_T":       {Rule: mi.Silverman},
	} {
		near(t, name, mi.Width(T, o), g.Widths[name], exact)
		o.Scale = 2
		if name != "silverman_h5_T" {
			near(t, "2·"+name, mi.Width(T, o), 2*g.Widths[name], exact)
		}
	}
}

func TestJointMeasuresMatchTheReference(t *testing.T) {
	g := load(t)
	// Points divided by their widths have the kernels of these widths at σ = 1.
	scaled := func(rows [][]float64, sigma float64) mi.Points {
		m := dense(rows)
		m.Scale(1/sigma, m)
		return m
	}
	T, X, Z := scaled(g.Inputs.T, g.Inputs.SigmaT), scaled(g.Inputs.X, g.Inputs.SigmaX), scaled(g.Inputs.Z, g.Inputs.SigmaZ)
	y := mi.Labels(g.Inputs.Y)
	for order, want := range g.Entropy {
		o := mi.Options{Alpha: alphaOf(t, order), Width: 1}
		near(t, "TC_TXZ at α = "+order, mi.TotalCorrelation([]mi.Sample{T, X, Z}, o), want["TC_TXZ"], exact)
		near(t, "DTC_TXZ at α = "+order, mi.DualTotalCorrelation([]mi.Sample{T, X, Z}, o), want["DTC_TXZ"], exact)
		near(t, "I_TX_joint_Y at α = "+order, mi.MutualJoint([]mi.Sample{T, X}, y, o), want["I_TX_joint_Y"], ofClasses(o.Alpha))
		near(t, "I_TY_given_X at α = "+order, mi.ConditionalMutual(T, y, []mi.Sample{X}, o), want["I_TY_given_X"], exact)
		near(t, "I_TX at α = "+order, mi.Mutual(T, X, o), want["I_TX"], exact)
	}
}

func TestTargetHasItsOwnKernel(t *testing.T) {
	g := load(t)
	o := mi.Options{Alpha: 2, Width: g.Inputs.SigmaT, Target: &mi.Options{Width: g.Inputs.SigmaX}}
	near(t, "I_TX", mi.Mutual(dense(g.Inputs.T), dense(g.Inputs.X), o), g.Entropy["2"]["I_TX"], exact)
}

func TestInfiniteOrderIsTheLimit(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	x, y := points(rng, 10, 3), classes(rng, 10, 2)
	o, large := mi.Options{Alpha: math.Inf(1)}, mi.Options{Alpha: 400}
	near(t, "S", mi.Entropy(x, o), mi.Entropy(x, large), 1e-2)
	near(t, "I", mi.Mutual(x, y, o), mi.Mutual(x, y, large), 1e-2)
	_, got := mi.MutualGradient(x, y, o)
	for _, at := range [][2]int{{0, 0}, {7, 2}} {
		near(t, fmt.Sprint("dI at ", at), got.At(at[0], at[1]), central(x, at[0], at[1], func() float64 { return mi.Mutual(x, y, o) }), 1e-7)
	}
}

func TestDependenceIsZeroWhereNothingVaries(t *testing.T) {
	same, y := mat.NewDense(4, 2, []float64{1, 2, 1, 2, 1, 2, 1, 2}), mi.Labels{0, 0, 1, 1}
	for name, gradient := range gradients {
		value, dx := gradient(same, y, mi.Options{})
		if math.Abs(value) > 1e-12 || mat.Max(dx) != 0 || mat.Min(dx) != 0 {
			t.Errorf("%s of equal points is %v with gradient\n%v", name, value, mat.Formatted(dx))
		}
	}
}

func TestAlignedWidthIsTheScaleOfTheClasses(t *testing.T) {
	// Two classes 10 apart, each 0.1 wide: the width must lie between.
	rng := rand.New(rand.NewPCG(7, 8))
	x, y := points(rng, 40, 2), make(mi.Labels, 40)
	for i := range y {
		y[i] = i % 2
		for j := range 2 {
			x.Set(i, j, 0.1*x.At(i, j)+10*float64(y[i]))
		}
	}
	if w := mi.AlignedWidth(x, y, mi.Options{}); w < 0.2 || w > 10 {
		t.Errorf("width %v, want one between those of a class and of the distance of classes", w)
	}
}
