package onnx

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// add adds the operators of a layer; name is its number, as in "3" or "3.0" of a layer inside.
func (g *graph) add(name string, l nn.Layer) error {
	switch l := l.(type) {
	case *nn.DenseLayer:
		g.flatten()
		g.node("Gemm", name, g.state(name, l), integer("transB", 1))
		g.shape = []int64{int64(l.Weight.Value.Cols)}
	case *nn.ConvLayer:
		g.slide("Conv", name, l.In, l.Out, l.Window, g.state(name, l))
	case *nn.PoolLayer:
		g.pool(name, l)
	case *nn.BatchNormLayer:
		g.batchNorm(name, l)
	case *nn.LayerNormLayer:
		g.flatten()
		g.node("LayerNormalization", name, g.state(name, l), integer("axis", -1), float("epsilon", l.Epsilon))
	case *nn.ResidualLayer:
		return g.residual(name, l)
	case *nn.Activation:
		return g.activation(name, l)
	case *nn.DropoutLayer: // does nothing in use
	default:
		return fmt.Errorf("%s cannot be written as ONNX: dense, conv, pool, norm, activation, dropout and residual layers can", l.Name())
	}
	return nil
}

// state adds the weights of a layer, in PyTorch's shapes, and returns their names.
func (g *graph) state(name string, l nn.Layer) []string {
	var names []string
	for _, t := range nn.State(l) {
		names = append(names, g.constant(name+"."+t.Name, t.Shape, t.Data))
	}
	return names
}

// slide adds an operator that moves a window over a grid: over two dimensions, or over the one of
// a sequence.
func (g *graph) slide(operator, name string, in, out nn.Grid, w nn.Window, weights []string, settings ...attribute) {
	stride, pad := int64(w.Stride), int64(w.Padding)
	kernel, strides, pads := []int64{int64(w.Height), int64(w.Width)}, []int64{stride, stride}, []int64{pad, pad, pad, pad}
	from, to := planes(in), planes(out)
	if in.Height == 1 && w.Height == 1 {
		kernel, strides, pads = kernel[1:], strides[1:], pads[2:]
		from, to = sequence(in), sequence(out)
	}
	g.reshape(from)
	settings = append(settings, integers("kernel_shape", kernel), integers("strides", strides), integers("pads", pads))
	g.node(operator, name, weights, settings...)
	g.shape = to
}

func planes(g nn.Grid) []int64 { return []int64{int64(g.Channels), int64(g.Height), int64(g.Width)} }

func sequence(g nn.Grid) []int64 { return []int64{int64(g.Channels), int64(g.Width)} }

func (g *graph) pool(name string, l *nn.PoolLayer) {
	if l.Mean() {
		// The mean is over what lies in the grid.
		g.slide("AveragePool", name, l.In, l.Out, l.Window, nil, integer("count_include_pad", 0))
		return
	}
	g.slide("MaxPool", name, l.In, l.Out, l.Window, nil)
}

func (g *graph) batchNorm(name string, l *nn.BatchNormLayer) {
	channels, width := int64(len(l.Mean)), int64(l.Inputs())
	switch {
	case channels == width:
		g.flatten()
	case g.shape[0] != channels:
		g.reshape([]int64{channels, width / channels})
	}
	g.node("BatchNormalization", name, g.state(name, l), float("epsilon", l.Epsilon)) // weight, bias, mean, variance
}

// residual adds the chain of layers and its sum with what went in.
func (g *graph) residual(name string, l *nn.ResidualLayer) error {
	g.flatten()
	input := g.value
	for i, inner := range l.Layers {
		if err := g.add(fmt.Sprintf("%s.%d", name, i), inner); err != nil {
			return err
		}
	}
	g.flatten()
	g.node("Add", name, []string{input})
	return nil
}

// operators are the activations' names in ONNX.
var operators = map[string]string{"relu": "Relu", "elu": "Elu", "tanh": "Tanh", "sigmoid": "Sigmoid"}

func (g *graph) activation(name string, l *nn.Activation) error {
	switch operator := operators[l.Name()]; {
	case operator != "":
		g.node(operator, name, nil)
	case l.Slope() > 0:
		g.node("LeakyRelu", name, nil, float("alpha", float32(l.Slope())))
	case l.Name() == "flatten":
		g.flatten()
	default: // LeakyReLU(0)
		g.node("Relu", name, nil)
	}
	return nil
}
