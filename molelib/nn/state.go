package nn

import (
	"fmt"
	"math/rand/v2"
)

// Tensor is a part of a layer's state, in the name, shape and order of PyTorch's layer of
// the same kind, so that weights can be exchanged.
type Tensor struct {
	Name  string // "weight", "bias", "running_mean", …; behind an inner layer's number, "0.weight"
	Shape []int
	Data  []float32 // row-major; a copy
}

// stateful is implemented by layers that have state; slots are their parts.
type stateful interface{ slots() []slot }

// slot is one part of a layer's state.
type slot struct {
	name       string
	shape      []int // of PyTorch's tensor
	values     []float32
	transposed bool // values is inputs×outputs, PyTorch's is outputs×inputs
}

// State returns a copy of the layer's weights and running averages; a layer without
// returns nothing.
func State(l Layer) []Tensor {
	s, ok := l.(stateful)
	if !ok {
		return nil
	}
	var tensors []Tensor
	for _, part := range s.slots() {
		tensors = append(tensors, Tensor{part.name, append([]int(nil), part.shape...), part.read()})
	}
	return tensors
}

// SetState gives the layer the weights and running averages of find, which returns the
// tensor of a name, or false. A tensor that is missing or has another shape is an error,
// and nothing is changed.
func SetState(l Layer, find func(name string) (Tensor, bool)) error {
	s, ok := l.(stateful)
	if !ok {
		return nil
	}
	parts := s.slots()
	found := make([]Tensor, len(parts))
	for i, part := range parts {
		t, ok := find(part.name)
		if !ok {
			return fmt.Errorf("%s: there is no %s", l.Name(), part.name)
		}
		if !sameSizes(t.Shape, part.shape) || len(t.Data) != len(part.values) {
			return fmt.Errorf("%s: %s has shape %v, want %v", l.Name(), part.name, t.Shape, part.shape)
		}
		found[i] = t
	}
	for i, part := range parts {
		part.write(found[i].Data)
	}
	return nil
}

func sameSizes(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (s slot) read() []float32 {
	out := make([]float32, len(s.values))
	if !s.transposed {
		copy(out, s.values)
		return out
	}
	outputs, inputs := s.shape[0], s.shape[1]
	for i := range inputs {
		for o := range outputs {
			out[o*inputs+i] = s.values[i*outputs+o]
		}
	}
	return out
}

func (s slot) write(data []float32) {
	if !s.transposed {
		copy(s.values, data)
		return
	}
	outputs, inputs := s.shape[0], s.shape[1]
	for i := range inputs {
		for o := range outputs {
			s.values[i*outputs+o] = data[o*inputs+i]
		}
	}
}

func (l *DenseLayer) slots() []slot {
	w := l.Weight.Value
	return []slot{{"weight", []int{w.Cols, w.Rows}, w.Data, true}, {"bias", []int{w.Cols}, l.Bias.Value.Data, false}}
}

func (l *ConvLayer) slots() []slot {
	shape := []int{l.Out.Channels, l.In.Channels, l.Window.Height, l.Window.Width}
	if l.In.Height == 1 && l.Window.Height == 1 { // a Conv1d
		shape = []int{l.Out.Channels, l.In.Channels, l.Window.Width}
	}
	return []slot{{"weight", shape, l.Weight.Value.Data, false}, {"bias", []int{l.Out.Channels}, l.Bias.Value.Data, false}}
}

func (l *BatchNormLayer) slots() []slot {
	shape := []int{len(l.Mean)}
	return []slot{
		{"weight", shape, l.Gamma.Value.Data, false}, {"bias", shape, l.Beta.Value.Data, false},
		{"running_mean", shape, l.Mean, false}, {"running_var", shape, l.Variance, false},
	}
}

func (l *LayerNormLayer) slots() []slot {
	shape := []int{l.Inputs()}
	return []slot{{"weight", shape, l.Gamma.Value.Data, false}, {"bias", shape, l.Beta.Value.Data, false}}
}

// innerSlots returns the parts of layers, named prefix, number, name: "0.weight".
func innerSlots(prefix string, layers []Layer) []slot {
	var all []slot
	for i, inner := range layers {
		s, ok := inner.(stateful)
		if !ok {
			continue
		}
		for _, part := range s.slots() {
			part.name = fmt.Sprintf("%s%d.%s", prefix, i, part.name)
			all = append(all, part)
		}
	}
	return all
}

// Randoms returns the random sources that the layer draws from in training, to be saved
// and restored.
func Randoms(l Layer) []*rand.PCG {
	switch l := l.(type) {
	case *DropoutLayer:
		return []*rand.PCG{l.source}
	case *GATLayer:
		return []*rand.PCG{l.source}
	case box:
		var all []*rand.PCG
		for _, inner := range l.parts() {
			all = append(all, Randoms(inner)...)
		}
		return all
	}
	return nil
}
