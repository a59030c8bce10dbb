package mole

import (
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// chain is the modules of a stage in training, one after another: a single one, or with
// back-propagation all of them. It keeps the activations and gradients of a step.
type chain struct {
	net   *Network
	links []*link
}

// link is one module of a chain.
type link struct {
	*nn.Stack
	module  int
	in, out flow

	representation gathering     // behind the module, where a jumping one takes it
	fromJump       tensor.Matrix // gradient with respect to it; no rows: none
	below          tensor.Matrix // gradient with respect to in.x
}

func newChain(net *Network, modules []int) (*chain, error) {
	c := &chain{net: net}
	for _, k := range modules {
		stack, err := nn.NewStack(net.taken(k), net.Modules[k].Layers...)
		if err != nil {
			return nil, err
		}
		l := &link{Stack: stack, module: k}
		l.representation.readout = cloned(net.readout(k))
		c.links = append(c.links, l)
	}
	return c, nil
}

// cloned returns a readout of the same kind with memory of its own.
func cloned(readout nn.GraphLayer) nn.GraphLayer { return readout.Clone().(nn.GraphLayer) }

// Params returns the parameters of all modules.
func (c *chain) Params() []*nn.Param {
	var params []*nn.Param
	for _, l := range c.links {
		params = append(params, l.Params()...)
	}
	return params
}

// Outputs returns the width of the output.
func (c *chain) Outputs() int { return c.links[len(c.links)-1].Outputs() }

// Fault names what holds NaN or an infinity, as nn.Stack does.
func (c *chain) Fault() string {
	for _, l := range c.links {
		if where := l.Stack.Fault(); where != "" {
			return where
		}
	}
	return ""
}

// forward computes what leaves the chain for a batch in front of it; it is valid until
// the next call.
func (c *chain) forward(batch *flow) *flow {
	f := *batch
	for i, l := range c.links {
		f.enter(c.net, l.module)
		l.in = f
		if l.module == 0 && f.graph != nil && f.parts == nil {
			l.Fix(f.x) // All nodes are in every batch.
		}
		f = f.of(l.ForwardOn(f.graph, f.x))
		f.readout = l.representation.readout
		l.out, l.fromJump.Rows = f, 0
		if i < len(c.links)-1 && c.net.jumps(l.module) {
			f.hold(l.representation.collect(&f))
		}
	}
	return &c.links[len(c.links)-1].out
}

// passOn returns what left the chain in the last forward, with what later modules need of
// it; it is valid until the next one.
func (c *chain) passOn() flow {
	l := c.links[len(c.links)-1]
	f := l.out
	if c.net.jumps(l.module) {
		f.hold(l.representation.collect(&f))
	}
	return f
}

// backward takes the gradient with respect to the rows that left the chain, and fills
// the gradients of all parameters. No gradient leaves the chain.
func (c *chain) backward(d *tensor.Matrix) {
	for i := len(c.links) - 1; i > 0; i-- {
		l := c.links[i]
		d = l.withJump(d)
		resize(&l.below, l.in.x.Rows, l.in.x.Cols)
		l.BackwardOn(l.in.graph, &l.below, d)
		d = &l.below
		if c.net.Modules[l.module].Jumping {
			c.divide(d, i)
			d = nil
		}
	}
	first := c.links[0]
	first.BackwardOn(first.in.graph, nil, first.withJump(d)) // nil: the gradient ends here
}

// withJump adds to d, which may be nil, what has come from a jumping module.
func (l *link) withJump(d *tensor.Matrix) *tensor.Matrix {
	if l.fromJump.Rows == 0 {
		return d
	}
	jumped := l.representation.spread(&l.out, &l.fromJump)
	if d != nil {
		for i, v := range d.Data {
			jumped.Data[i] += v
		}
	}
	return jumped
}

// divide gives each module of the chain before link i its columns of the gradient d with
// respect to all representations side by side.
func (c *chain) divide(d *tensor.Matrix, i int) {
	column := d.Cols
	for j := i - 1; j >= 0; j-- {
		l := c.links[j]
		width := l.Outputs()
		column -= width
		fresh := l.fromJump.Rows == 0
		resize(&l.fromJump, d.Rows, width)
		if fresh {
			clear(l.fromJump.Data)
		}
		for r := range d.Rows {
			out := l.fromJump.Row(r)
			for k, v := range d.Row(r)[column : column+width] {
				out[k] += v
			}
		}
	}
}
