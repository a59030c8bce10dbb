// Package onnx writes layers as a model in the ONNX format (github.com/onnx/onnx), which ONNX
// Runtime and many other programs run: dense, convolution, pooling, batch and layer norm,
// activations, residual blocks. Dropout is left out, as in use. Layers on graphs are an error.
//
// The model takes "input", float32 of n×inputs with any n, and gives "output", n×outputs: the same
// rows as the layers of package nn, grids flattened.
package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// Versions that are written: opset 17 is the first with LayerNormalization; it is read by ONNX
// Runtime from 1.12 on.
const (
	irVersion = 8
	opset     = 17
)

// largest is the size that protocol buffers allow for a message.
const largest = math.MaxInt32

// Write writes a model of the layers, one after another, for rows of the given width. The names
// of weights are PyTorch's for nn.Sequential ("0.weight", "0.bias", …).
func Write(w io.Writer, name string, inputs int, layers ...nn.Layer) error {
	g := &graph{value: "input", shape: []int64{int64(inputs)}}
	for i, l := range layers {
		if _, err := l.Outputs(g.width()); err != nil {
			return fmt.Errorf("onnx: layer %d: %w", i, err)
		}
		if err := g.add(fmt.Sprint(i), l); err != nil {
			return fmt.Errorf("onnx: layer %d: %w", i, err)
		}
	}
	g.flatten()
	outputs := g.width()
	g.node("Identity", "output", nil)

	var body message
	body = append(body, g.nodes...)
	body.text(2, name)
	body = append(body, g.constants...)
	body.bytes(11, port("input", inputs))
	body.bytes(12, port("output", outputs))

	var operators message
	operators.text(1, "") // the standard ones
	operators.int(2, opset)
	var model message
	model.int(1, irVersion)
	model.text(2, "mole-kernel")
	model.bytes(7, body)
	model.bytes(8, operators)
	if len(model) > largest {
		return errors.New("onnx: the model is larger than 2 GB, which the format does not allow in one file")
	}
	_, err := w.Write(model)
	return err
}

// port describes an input or output of the model: float32, any number of rows.
func port(name string, width int) message {
	var n, columns, shape, tensor, kind, m message
	n.text(2, "n")
	columns.int(1, int64(width))
	shape.bytes(1, n)
	shape.bytes(1, columns)
	tensor.int(1, float32Type)
	tensor.bytes(2, shape)
	kind.bytes(1, tensor)
	m.text(1, name)
	m.bytes(2, kind)
	return m
}

// The types of tensors in use.
const (
	float32Type = 1
	int64Type   = 7
)

// graph is a model that is being written: a chain of operators.
type graph struct {
	nodes     message // finished fields of the graph
	constants message
	value     string  // what the last operator gives
	shape     []int64 // of one row of it
	count     int     // of the names made up
}

func (g *graph) width() int {
	width := 1
	for _, n := range g.shape {
		width *= int(n)
	}
	return width
}

// node adds an operator on the current value and further inputs, whose output becomes the value.
func (g *graph) node(operator, output string, further []string, settings ...attribute) {
	var m message
	m.text(1, g.value)
	m.text(1, further...)
	m.text(2, output)
	m.text(3, output)
	m.text(4, operator)
	for _, a := range settings {
		m.bytes(5, a)
	}
	g.nodes.bytes(1, m)
	g.value = output
}

// attribute is a setting of an operator.
type attribute message

func integer(name string, v int64) attribute {
	var m message
	m.text(1, name)
	m.int(3, v)
	m.int(20, 2)
	return attribute(m)
}

func integers(name string, list []int64) attribute {
	var m message
	m.text(1, name)
	m.ints(8, list)
	m.int(20, 7)
	return attribute(m)
}

func float(name string, v float32) attribute {
	var m message
	m.text(1, name)
	m.float(2, v)
	m.int(20, 1)
	return attribute(m)
}

// constant adds a tensor of float32.
func (g *graph) constant(name string, shape []int, values []float32) string {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	var dims []int64
	for _, n := range shape {
		dims = append(dims, int64(n))
	}
	return g.tensor(name, float32Type, dims, raw)
}

func (g *graph) tensor(name string, kind int64, dims []int64, raw []byte) string {
	var m message
	m.ints(1, dims)
	m.int(2, kind)
	m.text(8, name)
	m.bytes(9, raw)
	g.constants.bytes(5, m)
	return name
}

// reshape gives the rows of the value another shape of the same size.
func (g *graph) reshape(shape []int64) {
	if slices.Equal(g.shape, shape) {
		return
	}
	raw := binary.LittleEndian.AppendUint64(nil, 0) // 0: as many rows as there are
	for _, n := range shape {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(n))
	}
	g.count++
	name := fmt.Sprintf("reshape.%d", g.count)
	dims := g.tensor(name+".shape", int64Type, []int64{int64(1 + len(shape))}, raw)
	g.node("Reshape", name, []string{dims})
	g.shape = shape
}

func (g *graph) flatten() { g.reshape([]int64{int64(g.width())}) }
