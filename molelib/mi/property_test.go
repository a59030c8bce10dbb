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

// A report would show −0.000 bits.
func TestEntropyOfEqualPointsIsNotNegative(t *testing.T) {
	for _, alpha := range allOrders {
		for _, x := range []mi.Sample{[]float64{3}, []float64{2, 2, 2}, []int{1, 1, 1, 1, 1}} {
			if s := mi.Entropy(x, mi.Options{Alpha: alpha}); math.Signbit(s) || s > rounding(alpha) {
				t.Errorf("α = %v: the entropy of %v is %v", alpha, x, s)
			}
		}
	}
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
