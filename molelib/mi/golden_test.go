package mi_test

import (
	"math"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// reference holds values of an independent implementation in float64; its gradients were
// checked by central differences.
type reference struct {
	Inputs struct {
		T, X, Z [][]float64
		Y       []int
		SigmaT  float64 `json:"sigma_T"`
		SigmaX  float64 `json:"sigma_X"`
		SigmaZ  float64 `json:"sigma_Z"`
	}
	Entropy   map[string]map[string]float64
	Gradients map[string]struct {
		DST      [][]float64 `json:"dS_dT"`
		DITX     [][]float64 `json:"dITX_dT"`
		ITY      float64     `json:"ITY_adaptive"`
		NMI      float64     `json:"NMIjoint_adaptive"`
		C        float64     `json:"adaptive_c"`
		DITY     [][]float64 `json:"dITY_dT"`
		Adaptive [][]float64 `json:"dITY_dT_adaptive"`
		DNMI     [][]float64 `json:"dNMIjoint_dT_adaptive"`
	}
	GramT   [][]float64 `json:"gram_T"`
	GramY   [][]float64 `json:"gram_Y"`
	JointTY [][]float64 `json:"joint_TY"`
	Conv    struct {
		Out     [][][][]float64 `json:"relu_conv_out"`
		Sigma   float64
		Y       []int
		ByAlpha map[string]struct {
			I         float64
			SY        float64 `json:"S_Y"`
			SChannels float64 `json:"S_channels"`
			SBoth     float64 `json:"S_channels_Y"`
		} `json:"by_alpha"`
	} `json:"multivariate_conv"`
	Dependence struct {
		CKA, HSIC float64
		CSQMI     float64     `json:"csqmi_nats"`
		DCKA      [][]float64 `json:"dcka_dT"`
		DHSIC     [][]float64 `json:"dhsic_dT"`
		DCSQMI    [][]float64 `json:"dcsqmi_dT"`
	} `json:"kernel_dependence"`
	Widths map[string]float64
}

func load(t *testing.T) (g reference) {
	t.Helper()
	golden.Read(t, "golden.json", &g)
	return g
}

func dense(rows [][]float64) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, row := range rows {
		m.SetRow(i, row)
	}
	return m
}

func alphaOf(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.15g, want %.15g", what, got, want)
	}
}

func nearMatrix(t *testing.T, what string, got mat.Matrix, want [][]float64, tolerance float64) {
	t.Helper()
	for i, row := range want {
		for j, v := range row {
			if !(math.Abs(got.At(i, j)-v) <= tolerance) {
				t.Errorf("%s[%d,%d]: got %.15g, want %.15g", what, i, j, got.At(i, j), v)
				return
			}
		}
	}
}

// exact is the agreement of all values, in bits.
const exact = 1e-10

// ofClasses is the agreement of values with S(Y) in them: below α = 1 the reference counts
// eigenvalues of 1e-17 that ought to be 0 with their root.
func ofClasses(alpha float64) float64 {
	if alpha < 1 {
		return 3e-8
	}
	return exact
}

func TestGramMatricesMatchTheReference(t *testing.T) {
	g := load(t)
	gramT := mi.Gram(dense(g.Inputs.T), mi.Options{Width: g.Inputs.SigmaT})
	gramY := mi.Gram(mi.Labels(g.Inputs.Y), mi.Options{})
	nearMatrix(t, "Gram(T)", gramT, g.GramT, exact)
	nearMatrix(t, "Gram(Y)", gramY, g.GramY, exact)
	nearMatrix(t, "JointGram(T,Y)", mi.JointGram(gramT, gramY), g.JointTY, exact)
}

func TestEntropiesMatchTheReference(t *testing.T) {
	g := load(t)
	gramT := mi.Gram(dense(g.Inputs.T), mi.Options{Width: g.Inputs.SigmaT})
	gramX := mi.Gram(dense(g.Inputs.X), mi.Options{Width: g.Inputs.SigmaX})
	gramZ := mi.Gram(dense(g.Inputs.Z), mi.Options{Width: g.Inputs.SigmaZ})
	gramY := mi.Gram(mi.Labels(g.Inputs.Y), mi.Options{})
	for order, want := range g.Entropy {
		classes := ofClasses(alphaOf(t, order))
		s := func(grams ...mat.Symmetric) float64 {
			return mi.GramEntropy(mi.JointGram(grams...), alphaOf(t, order))
		}
		for name, got := range map[string]float64{
			"S_T": s(gramT), "S_X": s(gramX), "S_Z": s(gramZ), "S_Y": s(gramY),
			"S_TX": s(gramT, gramX), "S_TY": s(gramT, gramY), "S_XZ": s(gramX, gramZ),
			"S_TXY": s(gramT, gramX, gramY), "S_TXZ": s(gramT, gramX, gramZ),
			"I_TX": s(gramT) + s(gramX) - s(gramT, gramX),
		} {
			tolerance := exact
			if name == "S_Y" {
				tolerance = classes
			}
			near(t, name+" at α = "+order, got, want[name], tolerance)
		}
		o := mi.Options{Alpha: alphaOf(t, order), Width: g.Inputs.SigmaT}
		T, y := dense(g.Inputs.T), mi.Labels(g.Inputs.Y)
		near(t, "I_TY at α = "+order, mi.Mutual(T, y, o), want["I_TY"], classes)
		near(t, "NMI_joint at α = "+order, mi.Normalized(T, y, o), want["NMI_joint"], classes)
		near(t, "H_Y_given_T at α = "+order, mi.Conditional(y, T, o), want["H_Y_given_T"], classes)
	}
}

func TestGradientsMatchTheReference(t *testing.T) {
	g := load(t)
	T, y := dense(g.Inputs.T), mi.Labels(g.Inputs.Y)
	for order, want := range g.Gradients {
		alpha := alphaOf(t, order)
		classes := ofClasses(alpha)
		fixed := mi.Options{Alpha: alpha, Width: g.Inputs.SigmaT}
		_, dI := mi.MutualGradient(T, y, fixed)
		nearMatrix(t, "dI(T;Y)/dT, fixed width, α = "+order, dI, want.DITY, exact)

		_, dS := mi.EntropyGradient(T, fixed)
		nearMatrix(t, "dS(T)/dT, α = "+order, dS, want.DST, exact)
		fixed.Target = &mi.Options{Width: g.Inputs.SigmaX}
		_, dI = mi.MutualGradient(T, dense(g.Inputs.X), fixed)
		nearMatrix(t, "dI(T;X)/dT, α = "+order, dI, want.DITX, exact)

		adaptive := mi.Options{Alpha: alpha, Scale: want.C}
		value, dI := mi.MutualGradient(T, y, adaptive)
		near(t, "I(T;Y), adaptive, α = "+order, value, want.ITY, classes)
		nearMatrix(t, "dI(T;Y)/dT, adaptive width, α = "+order, dI, want.Adaptive, exact)

		value, dN := mi.NormalizedGradient(T, y, adaptive)
		near(t, "NMI, adaptive, α = "+order, value, want.NMI, classes)
		nearMatrix(t, "dNMI/dT, adaptive width, α = "+order, dN, want.DNMI, classes)
	}
}

func TestMultivariateEntropyOverChannelsMatchesTheReference(t *testing.T) {
	g := load(t)
	out := g.Conv.Out // example, channel, row, column
	var grams []mat.Symmetric
	for c := range out[0] {
		var rows [][]float64
		for i := range out {
			var flat []float64
			for _, r := range out[i][c] {
				flat = append(flat, r...)
			}
			rows = append(rows, flat)
		}
		grams = append(grams, mi.Gram(dense(rows), mi.Options{Width: g.Conv.Sigma}))
	}
	gramY := mi.Gram(mi.Labels(g.Conv.Y), mi.Options{})
	for order, want := range g.Conv.ByAlpha {
		alpha := alphaOf(t, order)
		channels := mi.JointGram(grams...)
		near(t, "S(channels) at α = "+order, mi.GramEntropy(channels, alpha), want.SChannels, exact)
		near(t, "S(channels, Y) at α = "+order, mi.GramEntropy(mi.JointGram(channels, gramY), alpha), want.SBoth, exact)
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
