package mi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// A scene is a random problem: points, other points, labels and settings.
type scene struct {
	n       int
	x, z    *mat.Dense
	y       mi.Labels
	o       mi.Options
	targets *mat.Dense // n×1
}

// String names what a failure needs to be seen again.
func (s scene) String() string {
	return fmt.Sprintf("n = %d, %d features, %+v", s.n, s.x.RawMatrix().Cols, s.o)
}

// allOrders reach from near 0 to ∞, and as near to 1 and 2 as can be.
var allOrders = []float64{0.01, 0.3, 0.5, 0.999, 1 - 1e-5, 1, 1 + 1e-7, 1 + 1e-5, 1.01, 1.5, 2, 2 + 1e-9, 3, 10, 400, 1e6, math.Inf(1)}

// scenes calls f with many random scenes. Kernels whose values may be negative are not
// among them where bounds are to hold: those are of positive kernels.
func scenes(t *testing.T, f func(t *testing.T, s scene)) {
	t.Helper()
	kernels := []mi.Kernel{mi.Gaussian, mi.Laplacian, mi.Delta}
	rules := []mi.WidthRule{mi.MeanDistance, mi.MedianDistance, mi.NearestDistance, mi.Silverman}
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := scene{n: 2 + rng.IntN(24)}
		s.x, s.z = points(rng, s.n, 1+rng.IntN(5)), points(rng, s.n, 1+rng.IntN(3))
		s.y, s.targets = classes(rng, s.n, 1+rng.IntN(5)), points(rng, s.n, 1)
		s.o = mi.Options{
			Alpha: allOrders[rng.IntN(len(allOrders))], Kernel: kernels[rng.IntN(len(kernels))],
			Rule: rules[rng.IntN(len(rules))], Scale: math.Exp(rng.NormFloat64()),
		}
		if rng.IntN(3) == 0 {
			s.o.Width = math.Exp(rng.NormFloat64())
		}
		f(t, s)
		if t.Failed() {
			t.Fatalf("with seed %d: %v", seed, s)
		}
	}
}

// rounding is what float64 leaves of an entropy: 1/(1−α) amplifies the error of eigenvalues,
// and below α = 1 eigenvalues of some 1e-14 count that ought to be 0.
func rounding(alpha float64) float64 {
	switch {
	case alpha < 0.1:
		return 1 // 24 eigenvalues near 0, each to the power of 0.01
	case alpha < 0.9:
		return 1e-3
	case math.Abs(alpha-1) < 1e-3:
		return 1e-8
	}
	return 1e-9
}

func TestEntropyLiesBetweenZeroAndTheLogarithm(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		for name, x := range map[string]mi.Sample{"points": s.x, "labels": s.y, "both": []mi.Sample{s.x, s.y}, "targets": s.targets} {
			if v := mi.Entropy(x, s.o); !(v >= -1e-9 && v <= math.Log2(float64(s.n))+1e-9) {
				t.Errorf("S(%s) = %v outside [0, log₂ %d]", name, v, s.n)
			}
		}
	})
}

func TestInformationIsSymmetric(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		if s.o.Alpha < 0.9 {
			return // Eigenvalues that ought to be 0 depend on the order of operations.
		}
		for name, measure := range map[string]func(x, y mi.Sample, o mi.Options) float64{
			"I": mi.Mutual, "NMI": mi.Normalized, "CKA": mi.CKA, "HSIC": mi.HSIC, "CS": mi.CauchySchwarz,
			"I(·;·|Z)": func(x, y mi.Sample, o mi.Options) float64 { return mi.ConditionalMutual(x, y, s.z, o) },
		} {
			near(t, name+"(X,Z)", measure(s.x, s.z, s.o), measure(s.z, s.x, s.o), rounding(s.o.Alpha))
			near(t, name+"(X,Y)", measure(s.x, s.y, s.o), measure(s.y, s.x, s.o), rounding(s.o.Alpha))
		}
	})
}

func TestInformationIsAtMostTheEntropyOfTheTarget(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		for name, y := range map[string]mi.Sample{"labels": s.y, "targets": s.targets} {
			i, entropy := mi.Mutual(s.x, y, s.o), mi.Entropy(y, s.o)
			// S(X) ≤ S(X,Y) holds for kernels that are nowhere negative.
			if !(i <= entropy+rounding(s.o.Alpha)) {
				t.Errorf("I(X;Y) = %v is more than S(Y) = %v of the %s", i, entropy, name)
			}
			if nmi := mi.Normalized(s.x, y, s.o); !(nmi <= 1+rounding(s.o.Alpha)) {
				t.Errorf("I(X;Y)/S(X,Y) = %v is more than 1 (%s)", nmi, name)
			}
		}
	})
}

// What is a function of the labels cannot know more of them than they do; a permutation of
// the names of the classes, or of the examples, changes nothing.
func TestPermutationsChangeNothing(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		rng := rand.New(rand.NewPCG(7, uint64(s.n)))
		order, names := rng.Perm(s.n), rng.Perm(5)
		x, y, renamed := mat.NewDense(s.n, s.x.RawMatrix().Cols, nil), make(mi.Labels, s.n), make(mi.Labels, s.n)
		for k, i := range order {
			x.SetRow(k, s.x.RawRowView(i))
			y[k], renamed[k] = s.y[i], names[s.y[k]]
		}
		near(t, "I of renamed classes", mi.Mutual(s.x, renamed, s.o), mi.Mutual(s.x, s.y, s.o), rounding(s.o.Alpha))
		near(t, "I of examples in another order", mi.Mutual(x, y, s.o), mi.Mutual(s.x, s.y, s.o), rounding(s.o.Alpha))
	})
}

// Joining classes is processing the labels: it cannot add information about them.
func TestJoinedClassesTellLess(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		joined := make(mi.Labels, s.n)
		for i, y := range s.y {
			joined[i] = y / 2
		}
		// Of labels S is Shannon-like for every α: S(g(Y)) ≤ S(Y), and g(Y) is known with Y.
		if a, b := mi.Entropy(joined, s.o), mi.Entropy(s.y, s.o); !(a <= b+1e-9) {
			t.Errorf("S(g(Y)) = %v is more than S(Y) = %v", a, b)
		}
		near(t, "S(g(Y)|Y)", mi.Conditional(joined, s.y, s.o), 0, rounding(s.o.Alpha))
		near(t, "I(g(Y);Y)", mi.Mutual(joined, s.y, s.o), mi.Entropy(joined, s.o), rounding(s.o.Alpha))
	})
}

func TestRotationsAndShiftsOfPointsChangeNothing(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		if s.o.Kernel == mi.Delta {
			return // Equality does not survive rounding.
		}
		rng := rand.New(rand.NewPCG(8, uint64(s.n)))
		d := s.x.RawMatrix().Cols
		var qr mat.QR
		qr.Factorize(points(rng, d, d))
		var q, moved mat.Dense
		qr.QTo(&q)
		moved.Mul(s.x, &q)
		moved.Apply(func(_, j int, v float64) float64 { return v + 100*float64(j+1) }, &moved)
		for _, kernel := range []mi.Kernel{s.o.Kernel, mi.Linear, mi.Polynomial} {
			o := s.o
			o.Kernel, o.Target = kernel, &mi.Options{Width: 1}
			if o.Alpha < 0.9 {
				o.Alpha = 1 // Linear kernels are singular.
			}
			// A shift by 100 costs two digits of the coordinates, and roots of distances
			// (Laplacian) half of them for points that almost coincide.
			near(t, fmt.Sprint("I, kernel ", kernel), mi.Mutual(&moved, s.y, o), mi.Mutual(s.x, s.y, o), 1e-7)
		}
	})
}

func TestEntropyFallsWithTheOrder(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		last := math.Inf(1)
		for _, alpha := range allOrders {
			s.o.Alpha = alpha
			v := mi.Entropy(s.x, s.o)
			if !(v <= last+1e-8) {
				t.Errorf("S = %v at α = %v, and %v before", v, alpha, last)
			}
			last = v
		}
	})
}

func TestLimitsOfTheOrderAreContinuous(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		if s.o.Kernel == mi.Delta {
			s.o.Kernel = mi.Gaussian
		}
		entropy := func(alpha float64) float64 {
			s.o.Alpha = alpha
			return mi.Entropy(s.x, s.o)
		}
		slope := func(alpha float64) *mat.Dense {
			s.o.Alpha = alpha
			_, g := mi.MutualGradient(s.x, s.y, s.o)
			return g
		}
		for _, c := range []struct{ limit, beside, tolerance float64 }{
			{1, 1 + 2e-6, 1e-4}, {1, 1 - 2e-6, 1e-4}, {1, 1 + 1e-7, 0}, {2, 2 + 1e-7, 1e-6}, {math.Inf(1), 1e7, 1e-5},
		} {
			near(t, fmt.Sprintf("S at α = %v, beside %v", c.beside, c.limit), entropy(c.beside), entropy(c.limit), c.tolerance)
			if math.IsInf(c.limit, 1) {
				continue // The largest eigenvalue may be near the next.
			}
			var d mat.Dense
			d.Sub(slope(c.beside), slope(c.limit))
			// Eigenvalues near 0 weigh little, but slowly so as α nears 1.
			near(t, fmt.Sprintf("dI at α = %v, beside %v", c.beside, c.limit), mat.Norm(&d, 2), 0, 1e-3)
		}
	})
}

func TestEntropyOfClassesIsThatOfTheirFrequencies(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		counts := map[int]float64{}
		for _, y := range s.y {
			counts[y] += 1 / float64(s.n)
		}
		sum, top, want := 0.0, 0.0, 0.0
		for _, p := range counts {
			top = max(top, p)
		}
		for _, p := range counts {
			if s.o.Alpha == 1 || s.o.Alpha == 1+1e-7 {
				sum -= p * math.Log2(p)
			} else {
				sum += math.Pow(p/top, s.o.Alpha)
			}
		}
		switch {
		case s.o.Alpha == 1 || s.o.Alpha == 1+1e-7: // taken as 1
			want = sum
		case math.IsInf(s.o.Alpha, 1):
			want = -math.Log2(top)
		default:
			want = (s.o.Alpha*math.Log2(top) + math.Log2(sum)) / (1 - s.o.Alpha)
		}
		e := mi.NewEstimator(s.o)
		got := e.Labels(nil, tensor.From(s.x), s.y).Target
		near(t, "S(Y)", got, want, 1e-9)
	})
}

func TestSeveralVariablesAreOneSample(t *testing.T) {
	scenes(t, func(t *testing.T, s scene) {
		if s.o.Alpha < 0.9 {
			return
		}
		several := []mi.Sample{s.x, s.z}
		s.o.Target = &s.o // the same for Y
		o := s.o
		near(t, "S(X,Z)", mi.Entropy(several, o), mi.Joint(several, o), rounding(o.Alpha))
		near(t, "I(X,Z;Y)", mi.Mutual(several, s.y, o), mi.MutualJoint(several, s.y, o), rounding(o.Alpha))
		// The chain rule, I(X,Z;Y) = I(Z;Y) + I(X;Y|Z).
		near(t, "chain rule", mi.Mutual(several, s.y, o), mi.Mutual(s.z, s.y, o)+mi.ConditionalMutual(s.x, s.y, s.z, o), 4*rounding(o.Alpha))
		// Watanabe's: TC(X,Z,Y) = I(X;Z) + I(X,Z;Y).
		near(t, "total correlation", mi.TotalCorrelation([]mi.Sample{s.x, s.z, s.y}, o), mi.Mutual(s.x, s.z, o)+mi.Mutual(several, s.y, o), 4*rounding(o.Alpha))
	})
}

func TestASampleIsTheSameInEveryForm(t *testing.T) {
	rows := [][]float64{{1}, {2}, {4}, {8}}
	numbers := []float64{1, 2, 4, 8}
	want := mi.Mutual(mat.NewDense(4, 1, numbers), mi.Labels{0, 0, 1, 1}, mi.Options{})
	for _, x := range []mi.Sample{rows, numbers, mat.NewVecDense(4, numbers), tensor.FromRows(rows), []mi.Sample{rows}} {
		near(t, fmt.Sprintf("I of a %T", x), mi.Mutual(x, []int{0, 0, 1, 1}, mi.Options{}), want, 1e-12)
		near(t, fmt.Sprintf("I of a %T over batches", x), mi.MutualOverBatches(x, []int{0, 0, 1, 1}, 4, 1, 1, mi.Options{}).Mean, want, 1e-12)
	}
	if class := mi.Entropy([]int{3, 3, 9, 9}, mi.Options{}); math.Abs(class-1) > 1e-12 {
		t.Errorf("two classes have %v bits", class)
	}
}

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

// What the float32 of a network leaves of the golden values: 1e-4 bits.
func TestFloat32RepresentationsMatchTheReference(t *testing.T) {
	g := load(t)
	T, X, y := tensor.From(dense(g.Inputs.T)), tensor.From(dense(g.Inputs.X)), g.Inputs.Y
	const single = 1e-4
	for order, want := range g.Entropy {
		o := mi.Options{Alpha: alphaOf(t, order), Width: g.Inputs.SigmaT, Target: &mi.Options{Width: g.Inputs.SigmaX}}
		e := mi.NewEstimator(o)
		near(t, "I(T;Y) at α = "+order, e.Labels(nil, T, y).Information, want["I_TY"], single)
		near(t, "NMI at α = "+order, e.NormalizedLabels(nil, T, y).Normalized(), want["NMI_joint"], single)
		near(t, "S(T) at α = "+order, e.Labels(nil, T, y).Entropy, want["S_T"], single)
		near(t, "I(T;X) at α = "+order, e.Points(nil, T, X).Information, want["I_TX"], single)
		near(t, "I(T;Y|X) at α = "+order, mi.ConditionalMutual(T, y, scaledTo(X, g.Inputs.SigmaX, g.Inputs.SigmaT), o), want["I_TY_given_X"], single)
	}
	grad := tensor.NewMatrix(T.Rows, T.Cols)
	for order, want := range g.Gradients {
		e := mi.NewEstimator(mi.Options{Alpha: alphaOf(t, order), Scale: want.C})
		near(t, "I(T;Y), adaptive, α = "+order, e.Labels(grad, T, y).Information, want.ITY, single)
		nearMatrix(t, "its gradient, α = "+order, grad.Dense(), want.Adaptive, single)
		near(t, "NMI, adaptive, α = "+order, e.NormalizedLabels(grad, T, y).Normalized(), want.NMI, single)
		nearMatrix(t, "its gradient, α = "+order, grad.Dense(), want.DNMI, single)
	}
	e := mi.NewEstimator(mi.Options{Width: g.Inputs.SigmaT})
	near(t, "CKA", e.CKA(grad, T, y), g.Dependence.CKA, single)
	nearMatrix(t, "dCKA", grad.Dense(), g.Dependence.DCKA, single)
	near(t, "HSIC", e.HSIC(grad, T, y), g.Dependence.HSIC, single)
	nearMatrix(t, "dHSIC", grad.Dense(), g.Dependence.DHSIC, single)
	near(t, "Cauchy–Schwarz", e.CauchySchwarz(grad, T, y)*math.Ln2, g.Dependence.CSQMI, single)
}

// scaledTo returns points whose kernel at width to is that of x at width from.
func scaledTo(x *tensor.Matrix, from, to float64) *tensor.Matrix {
	out := x.Clone()
	for i, v := range out.Data {
		out.Data[i] = float32(float64(v) * to / from)
	}
	return out
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
