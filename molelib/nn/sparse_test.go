package nn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// bags returns features of width 200, of which each row has three and one row none.
func bags(rng *rand.Rand, rows int) *tensor.Matrix {
	x := tensor.NewMatrix(rows, 200)
	for i := 1; i < rows; i++ {
		for _, c := range rng.Perm(200)[:3] {
			x.Row(i)[c] = 0.5 + rng.Float32()
		}
	}
	return x
}

func wideLayers() []nn.Layer {
	return []nn.Layer{
		nn.GCN(200, 40), nn.GraphSAGE(200, 3), nn.GAT(200, 3, nn.Attention{Heads: 2}), nn.GAT(200, 3, nn.Attention{Heads: 2, Mean: true}),
	}
}

func stackOf(t *testing.T, inputs int, layers ...nn.Layer) *nn.Stack {
	t.Helper()
	s, err := nn.NewStack(inputs, layers...)
	if err != nil {
		t.Fatal(err)
	}
	s.Init(rand.New(rand.NewPCG(1, 2)))
	return s
}

// TestSparseFeaturesGiveWhatDenseOnesGive compares a stack, which takes sparse features by
// the values that are there, with its layer, which multiplies with all of them.
func TestSparseFeaturesGiveWhatDenseOnesGive(t *testing.T) {
	g, rng := batch(t), rand.New(rand.NewPCG(3, 4))
	x := bags(rng, g.Nodes)
	for _, l := range wideLayers() {
		s := stackOf(t, 200, l)
		plain := l.Clone().(nn.GraphLayer)
		want := tensor.NewMatrix(g.Nodes, s.Outputs())
		plain.ForwardOn(g, want, x)
		alike(t, l.Name(), s.ForwardOn(g, x).Data, want.Data)
		alike(t, l.Name()+" in use", nn.ApplyOn(g, x, l).Data, want.Data)

		dy := random(rng, g.Nodes, s.Outputs())
		dx, wantX := tensor.NewMatrix(g.Nodes, 200), tensor.NewMatrix(g.Nodes, 200)
		s.BackwardOn(g, dx, dy)
		plain.BackwardOn(g, wantX, dy, x, want)
		alike(t, l.Name()+": gradient of the input", dx.Data, wantX.Data)
		for i, p := range l.Params() {
			alike(t, l.Name()+": gradient of "+p.Name, p.Grad.Data, plain.Params()[i].Grad.Data)
		}
	}
}

// TestGradientBehindDropoutOfSparseFeatures repeats the same draws for every loss. A zero
// has no draw: its gradient is that without dropout.
func TestGradientBehindDropoutOfSparseFeatures(t *testing.T) {
	g, rng := batch(t), rand.New(rand.NewPCG(5, 6))
	layers := []nn.Layer{nn.Dropout(0.4), nn.GCN(200, 3)}
	s, x := stackOf(t, 200, layers...), bags(rng, g.Nodes)
	weights, dx := random(rng, g.Nodes, 3), tensor.NewMatrix(g.Nodes, 200)
	saved := *nn.Randoms(layers[0])[0]
	loss := func() float64 {
		*nn.Randoms(layers[0])[0] = saved
		return weighted(s.ForwardOn(g, x), weights)
	}
	loss()
	s.BackwardOn(g, dx, weights)
	for _, p := range s.Params() {
		check(t, layers[1:], p.Name, p.Value, slices.Clone(p.Grad.Data), loss)
	}
	without := tensor.NewMatrix(g.Nodes, 200)
	plain := layers[1].Clone().(nn.GraphLayer)
	plain.BackwardOn(g, without, weights, x, nil)
	dropped := 0
	for i, v := range x.Data {
		got, want := dx.Data[i], without.Data[i]
		switch {
		case v == 0:
			alike(t, "gradient of a zero", []float32{got}, []float32{want})
		case got == 0:
			dropped++
		default:
			alike(t, "gradient of what was kept", []float32{got}, []float32{want / 0.6})
		}
	}
	if dropped == 0 || dropped == 27 {
		t.Errorf("%d of 27 values were dropped", dropped)
	}
}

func TestFeaturesAreReadAgainUnlessTheyAreFixed(t *testing.T) {
	g, rng := batch(t), rand.New(rand.NewPCG(7, 8))
	s, x, other := stackOf(t, 200, nn.GCN(200, 3)), bags(rng, g.Nodes), bags(rng, g.Nodes)
	output := func(x *tensor.Matrix) []float32 { return slices.Clone(s.ForwardOn(g, x).Data) }
	first := output(x)
	copy(x.Data, other.Data)
	second := output(x)
	if slices.Equal(first, second) {
		t.Error("new values in the same matrix were not seen")
	}
	s.Fix(x)
	if got := output(x); !slices.Equal(got, second) {
		t.Error("fixed features gave another output")
	}
	clear(x.Data)
	if got := output(x); !slices.Equal(got, second) {
		t.Error("fixed features were read again")
	}
	if got := output(other); !slices.Equal(got, second) {
		t.Error("another matrix was not read")
	}
	if got := output(x); slices.Equal(got, second) {
		t.Error("the fixed features were not read again behind another matrix")
	}
}
