package nn_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestAttentionDropoutKeepsMeansAndRepeatsWithItsSource(t *testing.T) {
	// All scores are equal, and z is 1 everywhere: without dropout, every output is 1.
	l := nn.GAT(1, 1, nn.Attention{Heads: 4, Dropout: 0.5})
	l.Init(rand.New(rand.NewPCG(1, 2)))
	fillWith(l.Weight.Value, 1)
	clear(l.Source.Value.Data)
	clear(l.Destination.Value.Data)
	var edges [][2]int
	for i := range 1000 {
		edges = append(edges, [2]int{i, (i + 1) % 1000})
	}
	g, x, y, again := graph(t, 1000, edges...), tensor.NewMatrix(1000, 1), tensor.NewMatrix(1000, 4), tensor.NewMatrix(1000, 4)
	fillWith(x, 1)
	saved := *nn.Randoms(l)[0]
	l.ForwardOn(g, y, x)
	sum := 0.0
	for _, v := range y.Data {
		sum += float64(v)
	}
	// 12,000 draws of 0 or 2/3: six standard deviations of the sum are 219.
	if math.Abs(sum-4000) > 219 {
		t.Errorf("sum %v, want about 4000", sum)
	}
	*nn.Randoms(l)[0] = saved
	l.ForwardOn(g, again, x)
	if !slices.Equal(y.Data, again.Data) {
		t.Error("the same random state gave other values")
	}
	if got := nn.ApplyOn(g, x, l).Data; slices.Max(got) > 1.00001 || slices.Min(got) < 0.99999 {
		t.Error("in use, dropout changed the output")
	}
}

func fillWith(m *tensor.Matrix, v float32) {
	for i := range m.Data {
		m.Data[i] = v
	}
}

// TestGradientBehindAttentionDropout repeats the same random draws for every loss.
func TestGradientBehindAttentionDropout(t *testing.T) {
	l := nn.GAT(4, 3, nn.Attention{Heads: 2, Dropout: 0.4})
	g, rng := batch(t), rand.New(rand.NewPCG(1, 2))
	s := perturbed(t, rng, []nn.Layer{l})
	x := random(rng, g.Nodes, 4)
	saved := *nn.Randoms(l)[0]
	weights, dx := random(rng, g.Nodes, 6), tensor.NewMatrix(g.Nodes, 4)
	loss := func() float64 {
		*nn.Randoms(l)[0] = saved
		return weighted(s.ForwardOn(g, x), weights)
	}
	loss()
	s.BackwardOn(g, dx, weights)
	check(t, []nn.Layer{l}, "input", x, slices.Clone(dx.Data), loss)
	for _, p := range s.Params() {
		check(t, []nn.Layer{l}, p.Name, p.Value, slices.Clone(p.Grad.Data), loss)
	}
}

// TestStepsOnGraphsDoNotDependOnTheNumberOfProcessors compares outputs and gradients, to
// the bit, on a graph whose products are large enough to be divided.
func TestStepsOnGraphsDoNotDependOnTheNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var edges [][2]int
	for i := range 3000 {
		edges = append(edges, [2]int{i, (i*i + 7) % 3001})
	}
	edges = slices.DeleteFunc(edges, func(e [2]int) bool { return e[0] == e[1] })
	g := graph(t, 3001, edges...)
	for _, layers := range [][]nn.Layer{
		{nn.Dropout(0.5), nn.GCN(200, 64), nn.ReLU(), nn.GCN(64, 7)},
		{nn.GraphSAGE(200, 64), nn.Concat(nn.SumReadout(), nn.MaxReadout())},
		{nn.GAT(200, 8, nn.Attention{Heads: 4, Dropout: 0.5}), nn.ELU(), nn.GAT(32, 7, nn.Attention{Heads: 2, Mean: true})},
		{nn.Dense(200, 32), nn.GIN(nn.Dense(32, 32), nn.ReLU()).WithEpsilon(0, true), nn.SumReadout()},
	} {
		var first [][]float32
		for _, processors := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(processors)
			rng := rand.New(rand.NewPCG(1, 2))
			s, err := nn.NewStack(200, layers...)
			if err != nil {
				t.Fatal(err)
			}
			s.Init(rng)
			y := s.ForwardOn(g, bags(rng, g.Nodes))
			values, dx := [][]float32{slices.Clone(y.Data)}, tensor.NewMatrix(g.Nodes, 200)
			s.BackwardOn(g, dx, random(rng, y.Rows, y.Cols))
			values = append(values, dx.Data)
			for _, p := range s.Params() {
				values = append(values, slices.Clone(p.Grad.Data))
			}
			if first == nil {
				first = values
			}
			for k := range values {
				if !slices.Equal(values[k], first[k]) {
					t.Errorf("%v, %d processors: other bits in array %d", names(layers), processors, k)
				}
			}
		}
	}
}

func TestStepsOnGraphsDoNotAllocateByTheSizeOfTheBatch(t *testing.T) {
	for _, layers := range graphStacks() {
		g, rng := batch(t), rand.New(rand.NewPCG(1, 2))
		s := perturbed(t, rng, layers)
		x := random(rng, g.Nodes, 4)
		dy := s.ForwardOn(g, x).Clone()
		s.BackwardOn(g, nil, dy)
		// What runs on several processors, and calls into a library, takes a few words.
		if n := testing.AllocsPerRun(20, func() { s.ForwardOn(g, x); s.BackwardOn(g, nil, dy) }); n > 48 {
			t.Errorf("%v: %v allocations a step", names(layers), n)
		}
	}
}

func TestRandomSourcesInsideLayersAreFound(t *testing.T) {
	layers := nn.Residual(nn.GAT(4, 4, nn.Attention{}), nn.GIN(nn.Dropout(0.5)), nn.Concat(nn.Dropout(0.1)))
	if got := len(nn.Randoms(layers)); got != 3 {
		t.Errorf("%d random sources, want 3", got)
	}
}

func TestFaultNamesTheLayerThatIsNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		g, l := batch(t), nn.GCN(3, 2)
		s := perturbed(t, rand.New(rand.NewPCG(1, 2)), []nn.Layer{nn.GCN(4, 3), nn.Tanh(), l})
		s.ForwardOn(g, random(rand.New(rand.NewPCG(3, 4)), g.Nodes, 4))
		if got := s.Fault(); got != "" {
			t.Errorf("got %q, want nothing", got)
		}
		l.Weight.Value.Data[5] = float32(bad)
		if got := s.Fault(); got != "gcn 3→2 (weight)" {
			t.Errorf("%v in a weight: got %q", bad, got)
		}
		s.ForwardOn(g, tensor.NewMatrix(g.Nodes, 4))
		if got := s.Fault(); got != "gcn 3→2 (output)" {
			t.Errorf("%v in the output: got %q", bad, got)
		}
	}
}
