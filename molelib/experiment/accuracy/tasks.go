package accuracy

import (
	"context"
	"slices"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// The methods that every task compares.
const (
	MOLE     = "MOLE"
	Backprop = "back-propagation"
)

// Task is a row of the table: MOLE beside back-propagation in the same network.
type Task struct {
	Name    string // on the command line
	Title   string // the data, and how they are divided
	Network string
	Bar     Bar

	// Plan returns the runs, with the methods MOLE and Backprop. It loads the data, which may
	// download them, and is not called before the task is run.
	Plan func(ctx context.Context) (experiment.Plan, error)
}

// Bar is what MOLE has to reach. The zero value asks for nothing.
type Bar struct {
	Least float64 // mean test accuracy in %
	Below float64 // how far it may be below back-propagation, in points
	Alone bool    // back-propagation does not count
}

// Tasks returns the rows in the order of the table.
func Tasks() []Task { return slices.Concat(gridTasks(), vectorTasks(), graphTasks()) }

func gridTasks() []Task {
	return []Task{
		{
			Name: "digits", Title: "digits 8×8, stratified 80/20 split by seed", Network: "64-128-64-10",
			Bar:  Bar{Least: 98},
			Plan: small("digits", data.Digits, asTheyAre, mlp(64, 128, 64, 10)),
		},
		{
			Name: "mnist", Title: "MNIST, 60,000 / 10,000", Network: "784-512-256-10",
			Bar:  Bar{Least: 98.5, Below: 0.1},
			Plan: pictures("mnist", data.MNIST, mlp(784, 512, 256, 10), sequential),
		},
		{
			Name: "fashion", Title: "Fashion-MNIST, 60,000 / 10,000", Network: "784-512-256-10",
			Bar:  Bar{Least: 89.6, Below: 0.3},
			Plan: pictures("fashion", data.FashionMNIST, mlp(784, 512, 256, 10), encoding),
		},
		{
			Name: "fashion-cnn", Title: "Fashion-MNIST, 60,000 / 10,000", Network: "CNN 32-64-128",
			Bar:  Bar{Least: 91.5, Below: 0.3},
			Plan: passes(10, 10, pictures("fashion-cnn", data.FashionMNIST, cnn(32, 64, 128), encodingLastTwo)),
		},
		{
			Name: "fashion-8", Title: "Fashion-MNIST, first 6,000", Network: "8 hidden layers of 128",
			Bar:  Bar{Least: 84, Below: 0.3},
			Plan: pictures("fashion-8", first(6000, data.FashionMNIST), mlp(deep(8)...), simultaneous),
		},
		{
			Name: "fashion-16", Title: "Fashion-MNIST, first 6,000", Network: "16 hidden layers of 128",
			Bar:  Bar{Least: 80, Alone: true}, // that they do not collapse
			Plan: pictures("fashion-16", first(6000, data.FashionMNIST), mlp(deep(16)...), simultaneous),
		},
	}
}

func vectorTasks() []Task {
	return []Task{
		{
			Name: "iris", Title: "iris, standardized, stratified 80/20 split by seed", Network: "4-32-16-3",
			Plan: small("iris", data.Iris, experiment.Standardized, mlp(4, 32, 16, 3)),
		},
		{
			Name: "wine", Title: "wine, standardized, stratified 80/20 split by seed", Network: "13-32-16-3",
			Plan: small("wine", data.Wine, experiment.Standardized, mlp(13, 32, 16, 3)),
		},
		{
			Name: "cancer", Title: "breast cancer, standardized, stratified 80/20 split by seed", Network: "30-32-16-2",
			Plan: small("cancer", data.BreastCancer, experiment.Standardized, mlp(30, 32, 16, 2)),
		},
	}
}

func graphTasks() []Task {
	return []Task{
		{
			Name: "cora", Title: "Cora, nodes, the Planetoid split", Network: "GCN 64",
			Bar:  Bar{Least: 81.4, Below: 0.5},
			Plan: nodes("cora", data.Cora, 64, nil),
		},
		{
			Name: "citeseer", Title: "CiteSeer, nodes, the Planetoid split", Network: "GCN 64",
			Bar:  Bar{Least: 70.3, Below: 0.5},
			Plan: nodes("citeseer", data.CiteSeer, 64, squared),
		},
		{
			Name: "mutag", Title: "MUTAG, graphs, 10 folds, last epoch", Network: "GIN 3 × 32",
			Bar:  Bar{Least: 86},
			Plan: passes(5, 100, graphs("mutag", data.MUTAG, 32, 3, averaged)),
		},
		{
			Name: "proteins", Title: "PROTEINS, graphs, 10 folds, last epoch", Network: "GIN 3 × 32",
			Bar:  Bar{Least: 74.5},
			Plan: passes(20, 50, graphs("proteins", data.PROTEINS, 32, 3, nil)),
		},
	}
}

func mlp(widths ...int) func() *mole.Network {
	return func() *mole.Network { return mole.MLP(widths...) }
}

func cnn(channels ...int) func() *mole.Network {
	return func() *mole.Network { return mole.CNN(nn.Grid{Channels: 1, Height: 28, Width: 28}, 10, channels...) }
}

// deep returns the widths of a network for Fashion-MNIST with hidden layers of 128.
func deep(hidden int) []int {
	widths := []int{784}
	for range hidden {
		widths = append(widths, 128)
	}
	return append(widths, 10)
}

// method is the way of MOLE that a task takes.
type method func(ctx context.Context, t *experiment.Trial) (experiment.Metrics, error)

// sequential is the default recipe.
var sequential method = experiment.MOLE

// simultaneous trains all modules on every batch, for as many epochs as back-propagation, each
// for I(T;Y) + 0.1·I(T;X).
var simultaneous method = experiment.With(func(net *mole.Network, o *mole.Options) {
	o.Mode = mole.Simultaneous
	net.SetObjective(mole.Information{Decoder: 1, Encoder: 0.1})
})

// encoding is simultaneous with as much weight on I(T;X) as on I(T;Y), and a wider kernel.
var encoding method = experiment.With(encode)

func encode(net *mole.Network, o *mole.Options) {
	o.Mode = mole.Simultaneous
	net.SetObjective(mole.Information{Decoder: 1, Encoder: 1, Scale: 1.4})
}

// encodingLastTwo is encoding with the last convolution and the classifier as one module.
var encodingLastTwo method = experiment.With(func(net *mole.Network, o *mole.Options) {
	*net = *net.Group(1, 1, 2)
	encode(net, o)
})

// methods are both ways, of the same length.
func methods(modular method) []experiment.Method {
	return []experiment.Method{{Name: MOLE, Run: modular}, {Name: Backprop, Run: experiment.Backprop}}
}

// small is the plan of data that are part of the binary: a fifth of them is for testing.
func small(name string, load func() *data.Dataset, prepare func(experiment.Split) experiment.Split, net func() *mole.Network) func(context.Context) (experiment.Plan, error) {
	return func(context.Context) (experiment.Plan, error) {
		split := prepare(experiment.HoldOut(load(), 0.2))
		return experiment.Plan{Name: name, Data: split, Network: net, Methods: methods(sequential)}, nil
	}
}

func asTheyAre(s experiment.Split) experiment.Split { return s }

// loader returns training and test data, which it may download.
type loader func(ctx context.Context, o ...data.Options) (train, test *data.Dataset, err error)

// pictures is the plan of data with a division of their own.
func pictures(name string, load loader, net func() *mole.Network, modular method) func(context.Context) (experiment.Plan, error) {
	return func(ctx context.Context) (experiment.Plan, error) {
		train, test, err := load(ctx)
		if err != nil {
			return experiment.Plan{}, err
		}
		return experiment.Plan{Name: name, Data: experiment.Fixed(train, test), Network: net, Methods: methods(modular)}, nil
	}
}

// passes is a plan with the given numbers of epochs for every hidden module, and for the last
// one and back-propagation.
func passes(hidden, last int, plan func(context.Context) (experiment.Plan, error)) func(context.Context) (experiment.Plan, error) {
	return func(ctx context.Context) (experiment.Plan, error) {
		p, err := plan(ctx)
		p.Options.Epochs, p.Options.OutputEpochs = hidden, last
		return p, err
	}
}

// first takes the first n training examples.
func first(n int, load loader) loader {
	return func(ctx context.Context, o ...data.Options) (*data.Dataset, *data.Dataset, error) {
		train, test, err := load(ctx, o...)
		if err != nil {
			return nil, nil, err
		}
		return train.Head(n), test, nil
	}
}

// squared trains the last module, and back-propagation, for the squared error.
func squared(net *mole.Network) {
	last := &net.Modules[len(net.Modules)-1]
	last.Objective, last.Rate = mole.SquaredError(), 0.03
}

// unprobed spares the measurement of information, which takes longer than the training of a
// small network.
var unprobed = mole.Options{Probe: -1}

// nodes is the plan of a graph with a division of its own, and a network of two layers, which
// change may change.
func nodes(name string, load func(context.Context, ...data.Options) (*data.Graph, error), hidden int, change func(*mole.Network)) func(context.Context) (experiment.Plan, error) {
	return func(ctx context.Context) (experiment.Plan, error) {
		g, err := load(ctx)
		if err != nil {
			return experiment.Plan{}, err
		}
		net := changed(change, func() *mole.Network { return mole.GCN(g.X.Cols, hidden, len(g.Classes)) })
		return experiment.Plan{Name: name, Data: experiment.Fixed(g, nil), Network: net, Methods: methods(sequential), Options: unprobed}, nil
	}
}

// averaged takes the means over the nodes of a graph in place of the sums.
func averaged(net *mole.Network) {
	for k := range net.Modules[:len(net.Modules)-1] {
		net.Modules[k].Readout = nn.MeanReadout()
	}
}

// graphs is the plan of a set of graphs with folds of its own, and a network that change may
// change.
func graphs(name string, load func(context.Context, ...data.Options) (*data.GraphSet, error), width, layers int, change func(*mole.Network)) func(context.Context) (experiment.Plan, error) {
	return func(ctx context.Context) (experiment.Plan, error) {
		set, err := load(ctx)
		if err != nil {
			return experiment.Plan{}, err
		}
		net := changed(change, func() *mole.Network { return mole.GIN(set.Width(), width, layers, len(set.Classes)) })
		return experiment.Plan{
			Name: name, Data: experiment.CrossValidation(set), Folds: len(set.Folds), Network: net, Methods: methods(sequential), Options: unprobed,
		}, nil
	}
}

// changed makes networks and changes them, unless change is nil.
func changed(change func(*mole.Network), network func() *mole.Network) func() *mole.Network {
	if change == nil {
		return network
	}
	return func() *mole.Network {
		net := network()
		change(net)
		return net
	}
}
