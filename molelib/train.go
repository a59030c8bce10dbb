package mole

import (
	"context"
)

// Train trains the network module by module on train: a module is trained until its
// epochs are over, then its output on all examples becomes the input of the next; or all
// are trained together, see Options.Mode. See Options for the recipe. When ctx is cancelled, training stops within a step; the
// report then holds what was done, and the error wraps that of ctx. Other errors are
// about what was given, and about values that became NaN, with module, step and layer.
func Train(ctx context.Context, net *Network, train Examples, o Options) (*Report, error) {
	t, err := NewTrainer(net, train, o)
	if err != nil {
		return nil, err
	}
	return t.Run(ctx)
}

// Backprop trains the network end to end by back-propagation of the last module's
// objective, for Options.OutputEpochs: the baseline to compare with. The report has
// the same modules and metrics as that of Train; the loss is that of the last.
func Backprop(ctx context.Context, net *Network, train Examples, o Options) (*Report, error) {
	t, err := NewBackprop(net, train, o)
	if err != nil {
		return nil, err
	}
	return t.Run(ctx)
}

// NewTrainer returns a trainer that trains the network module by module, as Train does
// when it is run, in the order of Options.Mode. It draws new weights, unless
// Options.Continue is set. train must not be changed while it is in use.
func NewTrainer(net *Network, train Examples, o Options) (*Trainer, error) {
	d, err := validate(net, train, o)
	if err != nil {
		return nil, err
	}
	if o.Mode != Sequential {
		o = o.resolved(&d.train.flow, 1000)
		o.Queue = or(o.Queue, 2*len(net.Modules))
		return newTrainer("MOLE, "+o.Mode.String(), net, d, o, []stage{together(net, o, d.train.regression())}), nil
	}
	o = o.resolved(&d.train.flow, 2000)
	var stages []stage
	for k, m := range net.Modules {
		epochs, rate := o.Epochs, o.Rate
		if k == len(net.Modules)-1 && net.predicts() {
			epochs, rate = o.OutputEpochs, outputRate(&d.train.flow, o.Rate)
		}
		stages = append(stages, stage{units: []unit{net.unit(k, rate, d.train.regression())}, epochs: or(m.Epochs, epochs)})
	}
	return newTrainer("MOLE", net, d, o, stages), nil
}

// together returns the stage in which every module takes a step on every batch.
func together(net *Network, o Options, regression bool) stage {
	s := stage{epochs: or(net.Modules[len(net.Modules)-1].Epochs, o.OutputEpochs)}
	for k := range net.Modules {
		s.units = append(s.units, net.unit(k, o.Rate, regression))
	}
	return s
}

// unit returns module k with its objective, and the given rate when it has none.
func (net *Network) unit(k int, rate float64, regression bool) unit {
	m := net.Modules[k]
	return unit{
		modules: []int{k}, layers: m.Layers, objective: net.objective(k, regression),
		optimizer: optimizerOf(m), rate: or(m.Rate, rate),
	}
}

// NewBackprop returns a trainer that trains the whole network by back-propagation, as
// Backprop does when it is run. Optimizer, rate and epochs are those of the last
// module, and Options.Mode is not looked at. Otherwise it is like NewTrainer.
func NewBackprop(net *Network, train Examples, o Options) (*Trainer, error) {
	d, err := validate(net, train, o)
	if err != nil {
		return nil, err
	}
	o.Mode = Sequential // one stage
	o = o.resolved(&d.train.flow, 1000)
	last := len(net.Modules) - 1
	all := net.unit(last, o.Rate, d.train.regression())
	all.modules, all.layers = nil, nil
	for k, m := range net.Modules {
		all.modules = append(all.modules, k)
		all.layers = append(all.layers, m.Layers...)
	}
	s := stage{units: []unit{all}, epochs: or(net.Modules[last].Epochs, o.OutputEpochs)}
	return newTrainer("back-propagation", net, d, o, []stage{s}), nil
}

func or[T int | float64](value, otherwise T) T {
	if value != 0 {
		return value
	}
	return otherwise
}
