package mi

import "gonum.org/v1/gonum/mat"

// TotalCorrelation returns Σ S(X_i) − S(X₁, …, X_k), in bits: what the variables share in
// any way (Watanabe 1960; matrix-based in Yu et al. 2020).
func TotalCorrelation(x []Sample, o Options) float64 {
	grams, total := gramsOf(x, o), 0.0
	for _, a := range grams {
		total += GramEntropy(a, o.Alpha)
	}
	return total - GramEntropy(JointGram(grams...), o.Alpha)
}

// DualTotalCorrelation returns S(X₁, …, X_k) − Σ S(X_i | others), in bits: what at least
// two of the variables share (Han 1978; matrix-based in Yu et al. 2020).
func DualTotalCorrelation(x []Sample, o Options) float64 {
	grams := gramsOf(x, o)
	all := GramEntropy(JointGram(grams...), o.Alpha)
	if len(grams) < 2 {
		return 0
	}
	sum := -float64(len(grams)-1) * all
	for i := range grams {
		others := append(append([]mat.Symmetric(nil), grams[:i]...), grams[i+1:]...)
		sum += GramEntropy(JointGram(others...), o.Alpha)
	}
	return sum
}

// MutualJoint returns I(X₁, …, X_k; Y) = S(X₁, …, X_k) + S(Y) − S(X₁, …, X_k, Y), in bits:
// what several variables together know of y. Over the channels of a feature map it is the
// multivariate extension. With o.Target the settings of Y are others than those of X_i.
func MutualJoint(x []Sample, y Sample, o Options) float64 {
	grams := gramsOf(x, o)
	target := Gram(y, o.target())
	return GramEntropy(JointGram(grams...), o.Alpha) + GramEntropy(target, o.Alpha) -
		GramEntropy(JointGram(append(grams, target)...), o.Alpha)
}

// ConditionalMutual returns I(X;Y|Z) = S(X,Z) + S(Y,Z) − S(Z) − S(X,Y,Z), in bits: what x
// knows of y beyond z. Each may be several variables, observed together.
func ConditionalMutual(x, y, z Sample, o Options) float64 {
	a, b, given := Gram(x, o), Gram(y, o.target()), Gram(z, o)
	with := func(more ...mat.Symmetric) float64 {
		return GramEntropy(JointGram(append(more, given)...), o.Alpha)
	}
	return with(a) + with(b) - with() - with(a, b)
}

func gramsOf(x []Sample, o Options) []mat.Symmetric {
	if len(x) == 0 {
		panic("mi: no variables were given")
	}
	grams := make([]mat.Symmetric, len(x))
	for i, v := range x {
		grams[i] = Gram(v, o)
	}
	return grams
}
