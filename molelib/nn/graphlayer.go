package nn

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// GraphLayer is a layer that needs the structure of a graph: nodes are the rows of its
// input. A plain Layer beside it acts on each row alone. The passes of the plain
// interface panic.
type GraphLayer interface {
	Layer

	// Rows returns the number of rows of the output: g.Nodes, or g.Graphs() of a
	// readout.
	Rows(g *Graph) int

	// ApplyOn computes y = f(x) on g as in use after training.
	ApplyOn(g *Graph, y, x *tensor.Matrix)

	// ForwardOn computes y = f(x) on g as in training.
	ForwardOn(g *Graph, y, x *tensor.Matrix)

	// BackwardOn is Backward for the last ForwardOn, which had the same g.
	BackwardOn(g *Graph, dx, dy, x, y *tensor.Matrix)
}

// box is a layer of layers.
type box interface {
	parts() []Layer

	// plain reports whether it works without a graph, as its layers do.
	plain() bool
}

// NeedsGraph reports whether one of the layers, or a layer inside one, works on a graph.
func NeedsGraph(layers ...Layer) bool {
	for _, l := range layers {
		if _, ok := l.(GraphLayer); !ok {
			continue
		}
		if b, ok := l.(box); !ok || !b.plain() {
			return true
		}
	}
	return false
}

// Pools reports whether the layer is a readout: a row of its output is a graph, no longer
// a node. What follows acts on each graph alone and gets no Graph.
func Pools(l Layer) bool {
	pair := &Graph{Nodes: 2, Offsets: []int32{0, 0, 0}, Starts: []int32{0, 2}}
	on, ok := l.(GraphLayer)
	return ok && on.Rows(pair) == 1
}

// ApplyOn runs the layers one after another on x, as in use after training, and returns
// the output: a row for each node of g, or for each graph when a readout is among them.
// With a nil g the layers must be plain ones. It panics when a layer does not fit, as
// NewStack would report. Without layers, or with none but dropout, it returns x.
func ApplyOn(g *Graph, x *tensor.Matrix, layers ...Layer) *tensor.Matrix {
	given := x
	for _, l := range layers {
		width, err := l.Outputs(x.Cols)
		if err != nil {
			panic("nn: " + err.Error())
		}
		switch l.(type) {
		case *DropoutLayer: // In use it is the identity, and features may be large.
			continue
		case *Activation:
			if x != given {
				l.Apply(x, x)
				continue
			}
		}
		y := tensor.NewMatrix(rows(l, g, x.Rows), width)
		applyOn(l, g, y, x)
		if Pools(l) {
			g = nil
		}
		x = y
	}
	return x
}

// rows returns the number of rows of the output for an input of n.
func rows(l Layer, g *Graph, n int) int {
	if on, ok := l.(GraphLayer); ok && g != nil {
		return on.Rows(g)
	}
	return n
}

func applyOn(l Layer, g *Graph, y, x *tensor.Matrix) {
	if on, ok := l.(onFeatures); ok && g != nil && x.Cols >= sparseWidth {
		if bags := new(sparse); bags.read(x) {
			g.mustHave(l.Name(), x)
			on.applyTo(g, y, bags)
			return
		}
	}
	if on, ok := l.(GraphLayer); ok {
		on.ApplyOn(g, y, x)
		return
	}
	l.Apply(y, x)
}

func forwardOn(l Layer, g *Graph, y, x *tensor.Matrix) {
	if on, ok := l.(GraphLayer); ok {
		on.ForwardOn(g, y, x)
		return
	}
	l.Forward(y, x)
}

func backwardOn(l Layer, g *Graph, dx, dy, x, y *tensor.Matrix) {
	if on, ok := l.(GraphLayer); ok {
		on.BackwardOn(g, dx, dy, x, y)
		return
	}
	l.Backward(dx, dy, x, y)
}

// onNodes has the plain passes of a layer that cannot do without a graph.
type onNodes struct{}

const noGraph = "nn: a layer works on a graph, but there is none: use ApplyOn, ForwardOn and BackwardOn"

// Apply panics: see ApplyOn.
func (onNodes) Apply(_, _ *tensor.Matrix) { panic(noGraph) }

// Forward panics: see ForwardOn.
func (onNodes) Forward(_, _ *tensor.Matrix) { panic(noGraph) }

// Backward panics: see BackwardOn.
func (onNodes) Backward(_, _, _, _ *tensor.Matrix) { panic(noGraph) }

// Rows returns g.Nodes.
func (onNodes) Rows(g *Graph) int { return g.Nodes }

// mustHave panics unless x has a row for each node of g.
func (g *Graph) mustHave(layer string, x *tensor.Matrix) {
	if g == nil {
		panic(noGraph)
	}
	if x.Rows != g.Nodes {
		panic(fmt.Sprintf("nn: %s: the graph has %d nodes, but the input has %d rows", layer, g.Nodes, x.Rows))
	}
}

// inputsOf returns the width of the first of the layers that has one, or 0.
func inputsOf(layers []Layer) int {
	for _, l := range layers {
		if sized, ok := l.(Sized); ok {
			return sized.Inputs()
		}
	}
	return 0
}

// namesOf returns "dense 64→64, relu".
func namesOf(layers []Layer) string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Name()
	}
	return strings.Join(names, ", ")
}

func initAll(layers []Layer, rng *rand.Rand) {
	for _, l := range layers {
		l.Init(rng)
	}
}

func paramsOf(layers []Layer) []*Param {
	var params []*Param
	for _, l := range layers {
		params = append(params, l.Params()...)
	}
	return params
}

func cloneAll(layers []Layer) []Layer {
	clones := make([]Layer, len(layers))
	for i, l := range layers {
		clones[i] = l.Clone()
	}
	return clones
}

// fit returns a stack of the layers, which Outputs has found to fit.
func fit(name string, inputs int, layers []Layer) *Stack {
	stack, err := NewStack(inputs, layers...)
	if err != nil {
		panic("nn: " + name + ": " + err.Error())
	}
	return stack
}
