package accuracy_test

import (
	"context"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// graphTrials hold back a fifth of the training graphs of each fold.
func graphTrials() []trial {
	normalized := mole.Information{Normalized: true, Alpha: 2}
	unprojected, order1, both := normalized, normalized, mole.Information{Decoder: 1, Encoder: 0.3, Alpha: 2}
	unprojected.Projection, order1.Alpha = -1, 1.01
	return []trial{
		{
			row: "mutag", folds: 10, data: foldsOf(data.MUTAG), network: func() *mole.Network { return mole.GIN(7, 32, 3, 2) },
			settings: []setting{
				modular("sums, 20 epochs"),
				modular("sums, 10 epochs", epochs(10, 100)),
				modular("sums, 5 epochs", epochs(5, 100)),
				modular("means, 20 epochs", meanReadouts),
				modular("means, 10 epochs", meanReadouts, epochs(10, 100)),
				modular("means, 5 epochs", meanReadouts, epochs(5, 100)),
				modular("means, 3 epochs", meanReadouts, epochs(3, 100)),
				modular("maxima, 20 epochs", maxReadouts),
				modular("means, 5 epochs, no projection", meanReadouts, epochs(5, 100), objective(unprojected)),
				modular("means, 5 epochs, I(T;Y) + 0.3·I(T;X)", meanReadouts, epochs(5, 100), objective(both)),
				modular("sums, α = 1.01", objective(order1)),
				modular("sums, simultaneous, 30 epochs", together, epochs(0, 30)),
				modular("sums, layers not normalized", plainLayers),
				modular("means, layers not normalized, 5 epochs", meanReadouts, plainLayers, epochs(5, 100)),
				backprop("back-propagation, sums, 100 epochs"),
				backprop("back-propagation, sums, 50 epochs", epochs(0, 50)),
				backprop("back-propagation, means, 100 epochs", meanReadouts),
				backprop("back-propagation, means, 50 epochs", meanReadouts, epochs(0, 50)),
				backprop("back-propagation, means, 20 epochs", meanReadouts, epochs(0, 20)),
			},
		},
		{
			row: "proteins", folds: 10, data: foldsOf(data.PROTEINS), network: func() *mole.Network { return mole.GIN(3, 32, 3, 2) },
			settings: []setting{
				modular("sums, 20 epochs"),
				modular("sums, 20 epochs, 50 of the last module", epochs(20, 50)),
				modular("sums, 10 epochs", epochs(10, 100)),
				modular("sums, 5 epochs", epochs(5, 100)),
				modular("means, 5 epochs", meanReadouts, epochs(5, 100)),
				modular("sums, 10 epochs, no projection", epochs(10, 100), objective(unprojected)),
				modular("sums, layers not normalized", plainLayers),
				backprop("back-propagation, sums, 100 epochs"),
				backprop("back-propagation, sums, 50 epochs", epochs(0, 50)),
				backprop("back-propagation, sums, 20 epochs", epochs(0, 20)),
			},
		},
	}
}

func foldsOf(load func(context.Context, ...data.Options) (*data.GraphSet, error)) func(context.Context) (experiment.Split, error) {
	return func(ctx context.Context) (experiment.Split, error) {
		set, err := load(ctx)
		if err != nil {
			return nil, err
		}
		return experiment.Validation(experiment.CrossValidation(set), 0.2), nil
	}
}

func meanReadouts(net *mole.Network, _ *mole.Options) { readOut(net, nn.MeanReadout()) }

func maxReadouts(net *mole.Network, _ *mole.Options) { readOut(net, nn.MaxReadout()) }

func readOut(net *mole.Network, r nn.GraphLayer) {
	for k := range net.Modules[:len(net.Modules)-1] {
		net.Modules[k].Readout = r
	}
}

// plainLayers takes the batch normalization out of the layers.
func plainLayers(net *mole.Network, _ *mole.Options) {
	inputs := net.Modules[0].Layers[0].(*nn.GINLayer).Inputs()
	for k := range net.Modules[:len(net.Modules)-1] {
		net.Modules[k].Layers = []nn.Layer{nn.GIN(nn.Dense(inputs, 32), nn.ReLU(), nn.Dense(32, 32), nn.ReLU())}
		inputs = 32
	}
}
