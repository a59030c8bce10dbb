package accuracy_test

import (
	"context"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

func gridTrials() []trial {
	return []trial{
		{
			row: "digits", network: func() *mole.Network { return mole.MLP(64, 128, 64, 10) },
			data: func(context.Context) (experiment.Split, error) {
				return experiment.Validation(experiment.HoldOut(data.Digits(), 0.2), 0.25), nil
			},
			settings: digitsSettings(),
		},
		{
			row: "fashion", network: func() *mole.Network { return mole.MLP(784, 512, 256, 10) }, data: holdBack(20000, data.FashionMNIST),
			settings: fashionSettings(),
		},
		{
			row: "fashion-cnn", data: holdBack(10000, data.FashionMNIST), settings: convolutionSettings(),
			network: func() *mole.Network {
				return mole.CNN(nn.Grid{Channels: 1, Height: 28, Width: 28}, 10, 32, 64, 128)
			},
		},
		{
			row: "mnist", network: func() *mole.Network { return mole.MLP(784, 512, 256, 10) }, data: holdBack(20000, data.MNIST),
			settings: []setting{
				modular("the default: one module after another, 10 epochs"),
				modular("simultaneous, I(T;Y) + I(T;X), c = 1.4", together, epochs(20, 20), objective(encoding(1, 1.4))),
				backprop("back-propagation, 20 epochs"),
			},
		},
	}
}

// holdBack takes the last n training images for validation.
func holdBack(n int, load func(context.Context, ...data.Options) (train, test *data.Dataset, err error)) func(context.Context) (experiment.Split, error) {
	return func(ctx context.Context) (experiment.Split, error) {
		all, _, err := load(ctx)
		if err != nil {
			return nil, err
		}
		rows := make([]int, n)
		for i := range rows {
			rows[i] = all.Len() - n + i
		}
		return experiment.Fixed(all.Head(all.Len()-n), all.Subset(rows)), nil
	}
}

func digitsSettings() []setting {
	return []setting{
		modular("the default: 47 epochs, 237 of the last module"),
		modular("10 epochs", epochs(10, 178)),
		modular("20 epochs", epochs(20, 178)),
		modular("70 epochs", epochs(70, 178)),
		modular("35 epochs, 50 of the last module", epochs(35, 50)),
		modular("35 epochs, 400 of the last module", epochs(35, 400)),
		modular("rate 1e-3", rate(1e-3)),
		modular("rate 4e-3", rate(4e-3)),
		modular("batch 64", epochs(35, 178), batch(64)),
		modular("no projection", objective(mole.Information{Projection: -1})),
		modular("I(T;Y) + 0.1·I(T;X)", objective(encoding(0.1, 0))),
		modular("simultaneous", together),
		modular("simultaneous, I(T;Y) + 0.1·I(T;X)", together, objective(encoding(0.1, 0))),
		backprop("back-propagation"),
		backprop("back-propagation, 44 epochs", epochs(0, 44)),
		backprop("back-propagation, 178 epochs", epochs(0, 178)),
	}
}

func fashionSettings() []setting {
	simultaneous := func(name string, changes ...change) setting {
		return modular("simultaneous, "+name, append([]change{together, epochs(20, 20)}, changes...)...)
	}
	encoder := func(weight, scale float64) change { return objective(encoding(weight, scale)) }
	return []setting{
		backprop("back-propagation, 20 epochs", epochs(0, 20)),
		simultaneous("I(T;Y) + 0.1·I(T;X)", encoder(0.1, 0)),
		simultaneous("the same, rate 4e-3 of the last module", encoder(0.1, 0), lastRate(4e-3)),
		simultaneous("the same, batches of 256", encoder(0.1, 0), batch(256)),
		simultaneous("I(T;Y) + 0.3·I(T;X)", encoder(0.3, 0)),
		simultaneous("I(T;Y) + I(T;X)", encoder(1, 0)),
		simultaneous("I(T;Y) + I(T;X), then 0.3·I(T;X)", encoder(0.3, 0), first(encoding(1, 0))),
		simultaneous("I(T;Y) + 0.3·I(T;X), c = 1", encoder(0.3, 1)),
		simultaneous("I(T;Y) + 0.5·I(T;X), c = 1", encoder(0.5, 1)),
		simultaneous("I(T;Y) + I(T;X), c = 1", encoder(1, 1)),
		simultaneous("I(T;Y) + I(T;X), c = 1.4", encoder(1, 1.4)),
		simultaneous("I(T;Y) + I(T;X), c = 2", encoder(1, 2)),
		simultaneous("I(T;Y) + 2·I(T;X), c = 2", encoder(2, 2)),
		simultaneous("I(T;Y) + I(T;X), c = 3", encoder(1, 3)),
		simultaneous("I(T;Y) + I(T;X), then 0.3·I(T;X), c = 1", encoder(0.3, 1), first(encoding(1, 1))),
		simultaneous("I(T;Y) + I(T;X), then 0.3·I(T;X), c = 1.4", encoder(0.3, 1.4), first(encoding(1, 1.4))),
		simultaneous("hidden modules grouped, I(T;Y) + 0.1·I(T;X)", grouped(2, 1), encoder(0.1, 0)),
		simultaneous("the last two grouped, I(T;Y) + 0.1·I(T;X)", grouped(1, 2), encoder(0.1, 0)),
		simultaneous("the last two grouped, the same, rate 4e-3 of the last module", grouped(1, 2), encoder(0.1, 0), lastRate(4e-3)),
		modular("simultaneous, the last two grouped, the same, 40 epochs", together, epochs(40, 40), grouped(1, 2), encoder(0.1, 0)),
		simultaneous("the last two grouped, I(T;Y) + 0.3·I(T;X)", grouped(1, 2), encoder(0.3, 0)),
		simultaneous("the last two grouped, I(T;Y) + I(T;X)", grouped(1, 2), encoder(1, 0)),
	}
}

func convolutionSettings() []setting {
	ten := func(name string, changes ...change) setting {
		return modular(name, append([]change{epochs(10, 10)}, changes...)...)
	}
	both, lastTwo := objective(encoding(1, 1.4)), grouped(1, 1, 2)
	return []setting{
		backprop("back-propagation", epochs(0, 10)),
		ten("one after another"),
		ten("one after another, I(T;Y) + I(T;X), c = 1.4", both),
		ten("one after another, the last two grouped", lastTwo),
		ten("one after another, the last two grouped, I(T;Y) + I(T;X), c = 1.4", lastTwo, both),
		ten("the same, 5 epochs of the hidden modules", epochs(5, 10), lastTwo, both),
		ten("simultaneous, I(T;Y) + I(T;X), c = 1.4", together, both),
		ten("simultaneous, the last two grouped", together, lastTwo),
		ten("simultaneous, the last two grouped, I(T;Y) + I(T;X), c = 1.4", together, lastTwo, both),
	}
}

// encoding is I(T;Y) + weight·I(T;X).
func encoding(weight, scale float64) mole.Information {
	return mole.Information{Decoder: 1, Encoder: weight, Scale: scale}
}

func first(i mole.Information) change {
	return func(net *mole.Network, _ *mole.Options) { net.Modules[0].Objective = i }
}
