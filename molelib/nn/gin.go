package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// GINLayer is the graph isomorphism layer, y = f((1 + ε)·x + Σ_j x_j) with the sum over
// the neighbours (Xu, Hu, Leskovec, Jegelka 2019).
type GINLayer struct {
	onNodes
	Layers  []Layer // f, one after another
	Epsilon *Param  // 1×1

	trained bool // whether ε is
	start   float32
	shared  sharing
	sum     tensor.Matrix // (1 + ε)·x + Σ x_j
	slope   tensor.Matrix // with respect to it
	stack   *Stack
}

var (
	_ GraphLayer = (*GINLayer)(nil)
	_ Rescaler   = (*GINLayer)(nil)
	_ box        = (*GINLayer)(nil)
)

// GIN returns the graph isomorphism layer whose f are the given plain layers, one after
// another, usually a small network; ε is 0 and stays so (see WithEpsilon).
//
//	nn.GIN(nn.Dense(7, 32), nn.ReLU(), nn.Dense(32, 32), nn.ReLU())
func GIN(layers ...Layer) *GINLayer {
	return &GINLayer{Layers: layers, Epsilon: NewParam("epsilon", 1, 1, false)}
}

// WithEpsilon sets ε, from which training starts when trained is set and which stays
// otherwise, and returns l.
func (l *GINLayer) WithEpsilon(epsilon float64, trained bool) *GINLayer {
	l.start, l.trained = float32(epsilon), trained
	l.Epsilon.Value.Data[0] = l.start
	return l
}

// Name describes the layer, as in "gin (dense 7→32, relu)".
func (l *GINLayer) Name() string { return "gin (" + namesOf(l.Layers) + ")" }

// Inputs returns the width of the first layer that has one, or 0.
func (l *GINLayer) Inputs() int { return inputsOf(l.Layers) }

// Outputs returns the width that the layers give.
func (l *GINLayer) Outputs(inputs int) (int, error) {
	if NeedsGraph(l.Layers...) {
		return 0, fmt.Errorf("%s: the layers inside must be plain ones", l.Name())
	}
	stack, err := NewStack(inputs, l.Layers...)
	if err != nil {
		return 0, fmt.Errorf("gin: %w", err)
	}
	return stack.Outputs(), nil
}

// Init initializes the layers and sets ε to where it starts.
func (l *GINLayer) Init(rng *rand.Rand) {
	initAll(l.Layers, rng)
	l.Epsilon.Value.Data[0] = l.start
}

// Params returns the parameters of the layers, and ε when it is trained.
func (l *GINLayer) Params() []*Param {
	params := paramsOf(l.Layers)
	if l.trained {
		params = append(params, l.Epsilon)
	}
	return params
}

// ApplyOn computes y = f((1 + ε)·x + Σ x_j).
func (l *GINLayer) ApplyOn(g *Graph, y, x *tensor.Matrix) {
	var shared sharing
	sum := tensor.NewMatrix(x.Rows, x.Cols)
	l.aggregate(g, sum, x, &shared)
	out := ApplyOn(nil, sum, l.Layers...)
	sameShape(l.Name(), y, out)
	copy(y.Data, out.Data)
}

// ForwardOn is ApplyOn with the layers in training.
func (l *GINLayer) ForwardOn(g *Graph, y, x *tensor.Matrix) {
	if l.stack == nil {
		l.stack = fit(l.Name(), x.Cols, l.Layers)
	}
	sized(&l.sum, x.Rows, x.Cols)
	l.aggregate(g, &l.sum, x, &l.shared)
	copy(y.Data, l.stack.Forward(&l.sum).Data)
}

func (l *GINLayer) aggregate(g *Graph, y, x *tensor.Matrix, shared *sharing) {
	g.mustHave(l.Name(), x)
	g.aggregate(y, x, 1+l.Epsilon.Value.Data[0], nil, nil, shared)
}

// BackwardOn computes, with s the gradient of the sum, dε = Σ s∘x and
// dx = (1 + ε)·s + Σ s_j.
func (l *GINLayer) BackwardOn(g *Graph, dx, dy, x, _ *tensor.Matrix) {
	if dx == nil && !l.trained {
		l.stack.Backward(nil, dy)
		return
	}
	sized(&l.slope, x.Rows, x.Cols)
	l.stack.Backward(&l.slope, dy)
	if l.trained {
		total := 0.0
		for i, v := range l.slope.Data {
			total += float64(v) * float64(x.Data[i])
		}
		l.Epsilon.Grad.Data[0] = float32(total)
	}
	if dx != nil {
		l.aggregate(g, dx, &l.slope, &l.shared)
	}
}

// Rescale multiplies the output by factor, in the last inner layer that can, when what
// stands behind it is homogeneous; otherwise it does nothing.
func (l *GINLayer) Rescale(factor float32) { rescaleLast(l.Layers, factor) }

func rescaleLast(layers []Layer, factor float32) {
	for i := len(layers) - 1; i >= 0; i-- {
		if last, ok := layers[i].(Rescaler); ok {
			last.Rescale(factor)
			return
		}
		if between, ok := layers[i].(Homogeneous); !ok || !between.Homogeneous() {
			return
		}
	}
}

// Clone returns a layer of clones, with a copy of ε.
func (l *GINLayer) Clone() Layer {
	return &GINLayer{Layers: cloneAll(l.Layers), Epsilon: l.Epsilon.clone(), trained: l.trained, start: l.start}
}

func (l *GINLayer) parts() []Layer { return l.Layers }

func (l *GINLayer) plain() bool { return false }

func (l *GINLayer) slots() []slot {
	epsilon := slot{"eps", []int{1}, l.Epsilon.Value.Data, false}
	return append([]slot{epsilon}, innerSlots("nn.", l.Layers)...)
}
