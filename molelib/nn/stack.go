package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Stack runs layers one after another and keeps the activations and gradients
// between them. It is what a module trains. The zero value is not usable: see
// NewStack.
type Stack struct {
	layers []Layer
	params []*Param
	widths []int           // of the input and of each layer's output
	values []tensor.Matrix // output of each layer in the last Forward
	grads  []tensor.Matrix // of each layer's output
	input  *tensor.Matrix
	pooled int // number of layers up to and with the readout; all of them where there is none

	bags    sparse         // the values of a sparse input
	bagsOf  *tensor.Matrix // that input
	fixed   *tensor.Matrix // an input that does not change
	entered int            // number of layers that took bags in the last Forward
}

// NewStack returns the stack of layers for inputs of the given width. The error names
// the layer that does not fit, or that stands in two places: each keeps what its own Backward
// needs. The layers are shared, not copied.
func NewStack(inputs int, layers ...Layer) (*Stack, error) {
	if err := distinct(layers); err != nil {
		return nil, err
	}
	s := &Stack{
		layers: layers, widths: []int{inputs}, pooled: len(layers),
		values: make([]tensor.Matrix, len(layers)), grads: make([]tensor.Matrix, len(layers)),
	}
	for i, l := range layers {
		width, err := l.Outputs(s.widths[i])
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		if i >= s.pooled && NeedsGraph(l) {
			return nil, fmt.Errorf("layer %d: %s works on nodes, but layer %d, %s, has made one row of each graph", i, l.Name(), s.pooled-1, layers[s.pooled-1].Name())
		}
		if Pools(l) {
			s.pooled = i + 1
		}
		s.widths = append(s.widths, width)
		s.params = append(s.params, l.Params()...)
	}
	return s, nil
}

// distinct returns an error when a layer is nil, or has its parameters or random source in
// common with one before it.
func distinct(layers []Layer) error {
	owner := make(map[any]int)
	for i, l := range layers {
		if l == nil {
			return fmt.Errorf("layer %d is nil", i)
		}
		var parts []any
		for _, p := range l.Params() {
			parts = append(parts, p)
		}
		for _, r := range Randoms(l) {
			parts = append(parts, r)
		}
		for _, part := range parts {
			if j, taken := owner[part]; taken {
				return fmt.Errorf("layer %d, %s, is layer %d again: make one for each place, or use Clone", i, l.Name(), j)
			}
			owner[part] = i
		}
	}
	return nil
}

// Outputs returns the width of the output.
func (s *Stack) Outputs() int { return s.widths[len(s.widths)-1] }

// Params returns the parameters of all layers.
func (s *Stack) Params() []*Param { return s.params }

// Init initializes all layers.
func (s *Stack) Init(rng *rand.Rand) {
	for _, l := range s.layers {
		l.Init(rng)
	}
}

// Forward computes the output for a training batch x; it is valid until the next
// call. x must stay unchanged until Backward.
func (s *Stack) Forward(x *tensor.Matrix) *tensor.Matrix { return s.ForwardOn(nil, x) }

// ForwardOn is Forward on a graph, whose nodes are the rows of x. The output has a row
// for each node, or for each graph when one of the layers is a readout. With a nil g all
// layers must be plain ones.
func (s *Stack) ForwardOn(g *Graph, x *tensor.Matrix) *tensor.Matrix {
	if x.Cols != s.widths[0] {
		panic(fmt.Sprintf("nn: a stack for inputs of width %d gets %v", s.widths[0], x))
	}
	s.input, s.entered = x, s.enter(g, x)
	for i, l := range s.layers {
		y, on := &s.values[i], s.graphOf(g, i)
		if i >= s.entered {
			sized(y, rows(l, on, x.Rows), s.widths[i+1])
			forwardOn(l, on, y, x)
		}
		x = y
	}
	return x
}

// enter runs the first graph layer, and dropout in front of it, on the values of x alone
// that are not zero, when these are few. It returns the number of layers that it ran. At
// the size of Cora, a step takes a third of the time, and with dropout a fifth.
func (s *Stack) enter(g *Graph, x *tensor.Matrix) int {
	if g == nil || len(s.layers) == 0 {
		return 0
	}
	at := 0
	dropout, dropping := s.layers[0].(*DropoutLayer)
	if dropping && len(s.layers) > 1 {
		at = 1
	}
	l, ok := s.layers[at].(onFeatures)
	if !ok || !s.fill(x) {
		return 0
	}
	g.mustHave(l.Name(), x)
	if dropping {
		s.bags.drop(dropout.Rate, dropout.source)
	}
	sized(&s.values[at], x.Rows, s.widths[at+1])
	l.forwardOf(g, &s.values[at], &s.bags)
	return at + 1
}

// Fix tells that the values of x will not change, as those of a data set: ForwardOn of
// this very matrix then looks only once for the values that are not zero.
func (s *Stack) Fix(x *tensor.Matrix) {
	if x != s.fixed {
		s.fixed, s.bagsOf = x, nil
	}
}

// fill reads the values of x that are not zero and reports whether they are few.
func (s *Stack) fill(x *tensor.Matrix) bool {
	if x == s.fixed && x == s.bagsOf {
		return true
	}
	s.bagsOf = nil
	if !s.bags.read(x) {
		return false
	}
	s.bagsOf = x
	return true
}

// graphOf returns the graph that layer i works on: behind a readout there is none.
func (s *Stack) graphOf(g *Graph, i int) *Graph {
	if i >= s.pooled {
		return nil
	}
	return g
}

// pools reports whether one of the layers is a readout.
func (s *Stack) pools() bool { return s.pooled > 0 && Pools(s.layers[s.pooled-1]) }

// Backward takes the gradient dy of a loss with respect to the last output and fills
// the gradients of all parameters. The gradient with respect to the input goes to dx;
// with nil it is not computed, and no gradient leaves the stack.
func (s *Stack) Backward(dx, dy *tensor.Matrix) { s.BackwardOn(nil, dx, dy) }

// BackwardOn is Backward for the last ForwardOn, which had the same g.
func (s *Stack) BackwardOn(g *Graph, dx, dy *tensor.Matrix) {
	if s.input == nil {
		panic("nn: Stack: Backward needs what Forward computed before")
	}
	if len(s.layers) == 0 && dx != nil {
		copy(dx.Data, dy.Data)
	}
	for i := len(s.layers) - 1; i >= s.entered; i-- {
		x, below := s.input, dx
		if i > 0 {
			x, below = &s.values[i-1], &s.grads[i-1]
			sized(below, x.Rows, x.Cols)
		}
		backwardOn(s.layers[i], s.graphOf(g, i), below, dy, x, &s.values[i])
		dy = below
	}
	if s.entered > 0 {
		s.layers[s.entered-1].(onFeatures).backwardOf(g, dx, dy, &s.bags)
		if s.entered == 2 && dx != nil {
			s.bags.undrop(dx)
		}
	}
}

// Fault returns the name of the first layer whose last output, parameters or their
// gradients hold NaN or an infinity, or "".
func (s *Stack) Fault() string {
	for i, l := range s.layers {
		if !finite(s.values[i].Data) {
			return l.Name() + " (output)"
		}
		for _, p := range l.Params() {
			if !finite(p.Grad.Data) || !finite(p.Value.Data) {
				return l.Name() + " (" + p.Name + ")"
			}
		}
	}
	return ""
}

func finite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 { // NaN for NaN and infinities
			return false
		}
	}
	return true
}
