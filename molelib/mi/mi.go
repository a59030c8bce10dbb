// Package mi measures information with the matrix-based Rényi entropy functional of
// order α (Sánchez Giraldo, Rao, Príncipe, IEEE T. Inf. Theory 2015), and
// differentiates it. It needs no network: Mutual(x, y, Options{}) takes matrices of one
// example a row, and slices of labels or numbers; see Sample.
//
// For n examples x_i with the Gaussian kernel
//
//	K_ij = exp(−‖x_i − x_j‖² / 2σ²),   A = K/n,
//
// the entropy is S_α(A) = log₂(Σ λ_i(A)^α)/(1−α) bits, the joint entropy that of the
// normalized Hadamard product, S(A∘B / tr(A∘B)), and I(X;Y) = S(A) + S(B) − S(A,B).
// The limits are −Σ λ log₂ λ at α = 1 and −log₂ max λ at α = ∞. All values are in bits and
// computed in float64. Any number of variables may be observed together, wherever a sample
// stands: Mutual([]Sample{x, z}, y, o); and see TotalCorrelation, ConditionalMutual (Yu,
// Sánchez Giraldo, Jenssen, Príncipe, TPAMI 2020).
//
// Y may be classes, whose kernel is 1 for equal ones and 0 otherwise, or numbers (targets of
// a regression), whose kernel is Gaussian with a width of its own, see Options.Target.
//
// Beside it stand other measures of dependence on the same kernels, all with gradients
// (CKA, HSIC, CauchySchwarz), and two estimators of Shannon's information to compare with
// (Binned, KSG).
//
// Values compare only between samples of the same size n and widths of the same
// rule: S is at most log₂ n, and I(X;Y) at most S(Y).
package mi

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// DefaultAlpha is the order that is meant when Options.Alpha is 0.
const DefaultAlpha = 1.01

// Options are the settings of an estimate. The zero value is α = 1.01 and a Gaussian
// kernel with the adaptive width of c = 1.
type Options struct {
	// Alpha is the order α > 0; 0 means DefaultAlpha. 1 is the Shannon limit, 2 needs no
	// eigenvalues: S₂(A) = −log₂ ‖A‖²_F, and math.Inf(1) is −log₂ max λ.
	Alpha float64

	Kernel Kernel // of points; the zero value is Gaussian
	Degree int    // of the Polynomial kernel; 0 means 2

	// Width fixes the kernel width σ of Gaussian and Laplacian. 0 means that it follows
	// from the data by Rule.
	Width float64

	// Rule says how the width follows from the data. The zero value is MeanDistance, which
	// gradients differentiate too.
	Rule WidthRule

	// Scale is the factor c of the rule's width; 0 means 1, and 5 for Silverman.
	Scale float64

	// Neighbors is the k of NearestDistance; 0 means 3.
	Neighbors int

	// Target has the settings of kernel and width of the second variable, where they are
	// others; its Alpha and Target are not used.
	Target *Options
}

func (o Options) withDefaults() Options {
	if o.Alpha == 0 {
		o.Alpha = DefaultAlpha
	}
	if o.Scale == 0 {
		o.Scale = 1
		if o.Rule == Silverman {
			o.Scale = 5
		}
	}
	if o.Degree == 0 {
		o.Degree = 2
	}
	if o.Neighbors == 0 {
		o.Neighbors = 3
	}
	return o
}

// target returns the settings of the second variable.
func (o Options) target() Options {
	if o.Target == nil {
		return o
	}
	return o.Target.withDefaults()
}

// mustCheck panics when a setting makes no sense.
func mustCheck(o Options) {
	if err := o.Check(); err != nil {
		panic(err.Error())
	}
}

// Check returns an error when a setting makes no sense.
func (o Options) Check() error {
	switch {
	case !(o.Alpha >= 0):
		return fmt.Errorf("mi: order α = %v: it must be positive", o.Alpha)
	case o.Kernel < Gaussian || o.Kernel > Delta:
		return fmt.Errorf("mi: kernel %d is unknown: take Gaussian, Laplacian, Linear, Polynomial or Delta", o.Kernel)
	case o.Rule < MeanDistance || o.Rule > Silverman:
		return fmt.Errorf("mi: width rule %d is unknown: take MeanDistance, MedianDistance, NearestDistance or Silverman", o.Rule)
	case o.Degree < 0:
		return fmt.Errorf("mi: degree %d of the polynomial kernel: it must be at least 1", o.Degree)
	case o.Neighbors < 0:
		return fmt.Errorf("mi: %d neighbours: it must be at least 1", o.Neighbors)
	case !(o.Width >= 0) || math.IsInf(o.Width, 0):
		return fmt.Errorf("mi: width σ = %v: it must be positive and finite, or 0 for the adaptive width", o.Width)
	case !(o.Scale >= 0) || math.IsInf(o.Scale, 0):
		return fmt.Errorf("mi: scale c = %v: it must be positive and finite, or 0 for 1", o.Scale)
	}
	if o.Target != nil {
		target := *o.Target
		target.Target = nil // not used
		if err := target.Check(); err != nil {
			return fmt.Errorf("target: %w", err)
		}
	}
	return nil
}

// Gram returns A = K/n, the kernel matrix of x with trace 1. x must not be empty.
func Gram(x Sample, o Options) *mat.SymDense {
	mustCheck(o)
	s := kernelOf(x, o.withDefaults())
	a := mat.NewSymDense(s.n, nil)
	for i := range s.n {
		for j := i; j < s.n; j++ {
			a.SetSym(i, j, s.k[i*s.n+j]/float64(s.n))
		}
	}
	return a
}

// JointGram returns the Gram matrix of several variables observed together,
// A∘B∘… / tr(A∘B∘…). Over the channels of a feature map it is the multivariate
// extension (Yu, Sánchez Giraldo, Jenssen, Príncipe, TPAMI 2020). It panics unless all are of
// the same size.
func JointGram(grams ...mat.Symmetric) *mat.SymDense {
	n := mustAgree(grams)
	joint, trace := mat.NewSymDense(n, nil), 0.0
	for i := range n {
		for j := i; j < n; j++ {
			v := 1.0
			for _, a := range grams {
				// A Gram matrix of n examples has 1/n on its diagonal, so that this is
				// the kernel's value and products do not underflow.
				v *= a.At(i, j) * float64(n)
			}
			joint.SetSym(i, j, v)
		}
		trace += joint.At(i, i)
	}
	joint.ScaleSym(1/trace, joint)
	return joint
}

// mustAgree panics unless all Gram matrices are of the same size, which it returns.
func mustAgree(grams []mat.Symmetric) int {
	if len(grams) == 0 {
		panic("mi: no variables were given")
	}
	n := grams[0].SymmetricDim()
	for i, a := range grams {
		if m := a.SymmetricDim(); m != n {
			panic(fmt.Sprintf("mi: variable %d has %d examples, variable 0 has %d", i, m, n))
		}
	}
	if n == 0 {
		panic("mi: no examples")
	}
	return n
}

// GramEntropy returns S_α(A) of a Gram matrix of trace 1, in bits. It is NaN when A
// holds NaN, and panics when the trace is another. alpha 0 means DefaultAlpha.
func GramEntropy(a mat.Symmetric, alpha float64) float64 {
	mustCheck(Options{Alpha: alpha})
	n := mustAgree([]mat.Symmetric{a})
	if trace := mat.Trace(a); math.Abs(trace-1) > 1e-4 { // float32 values may have been summed
		panic(fmt.Sprintf("mi: the trace of a Gram matrix is %v, not 1: divide the matrix by it", trace))
	}
	values := make([]float64, n*n)
	for i := range n {
		for j := range n {
			values[i*n+j] = a.At(i, j)
		}
	}
	var s spectrum
	return s.solve(values, n, whole(n), Options{Alpha: alpha}.withDefaults().Alpha, 1, false)
}

// Entropy returns S(X), in bits.
func Entropy(x Sample, o Options) float64 { return GramEntropy(Gram(x, o), o.Alpha) }

// Joint returns the entropy S(X₁, X₂, …) of variables observed together, in bits.
func Joint(x []Sample, o Options) float64 { return GramEntropy(JointGram(gramsOf(x, o)...), o.Alpha) }

// Conditional returns S(X|Y) = S(X,Y) − S(Y), in bits.
func Conditional(x, y Sample, o Options) float64 {
	known := Gram(y, o.target())
	return GramEntropy(JointGram(Gram(x, o), known), o.Alpha) - GramEntropy(known, o.Alpha)
}

// Mutual returns I(X;Y) = S(X) + S(Y) − S(X,Y), in bits. It panics when x and y differ
// in the number of rows; NaN or an infinity in a sample gives NaN, see Validate.
func Mutual(x, y Sample, o Options) float64 {
	return NewEstimator(o).evaluate(pointsOf(x), pointsOf(y), false).Information
}

// Normalized returns I(X;Y)/S(X,Y), which is in [0, 1] and reaches 1 only when the two
// kernels are equal.
func Normalized(x, y Sample, o Options) float64 {
	return NewEstimator(o).evaluate(pointsOf(x), pointsOf(y), false).Normalized()
}

// MutualGradient returns I(X;Y) and its gradient with respect to X, one row an
// example, in bits per unit of x.
func MutualGradient(x, y Sample, o Options) (value float64, gradient *mat.Dense) {
	e := NewEstimator(o)
	v := e.evaluate(pointsOf(x), pointsOf(y), true)
	return v.Information, e.gradient(v, false)
}

// NormalizedGradient returns I(X;Y)/S(X,Y) and its gradient with respect to X.
func NormalizedGradient(x, y Sample, o Options) (value float64, gradient *mat.Dense) {
	e := NewEstimator(o)
	v := e.evaluate(pointsOf(x), pointsOf(y), true)
	return v.Normalized(), e.gradient(v, true)
}
