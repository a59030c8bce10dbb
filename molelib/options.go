package mole

import (
	"errors"
	"fmt"
	"math"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

// Options are the settings of a training. The zero value is the default recipe.
type Options struct {
	Mode Mode // in which order modules take their steps; the zero value is Sequential

	Seed int // of weights and of the order of examples

	// Test is for the accuracies in the report. nil: they are of the test nodes of the graph
	// that is trained on, or else of the training data.
	Test Examples

	// Epochs is the number of passes over the data for each module but the last. 0 means
	// 20, or 10 from 10,000 examples on; small data are passed at least as often as 400
	// steps need. On a graph a pass is one step on all nodes, and 0 means 200; on
	// sets of graphs 0 means 20.
	Epochs int

	// OutputEpochs is the number of passes for a last module that predicts, which are
	// cheap: its inputs are computed only once. 0 means twice Epochs, and on small data as
	// many as 2,000 steps need; as many as Epochs on a graph, five times as many on sets of
	// graphs. Where all modules are trained together (Simultaneous, Asynchronous, Backprop),
	// they are for this number, and for half as many steps on small data when it is 0.
	OutputEpochs int

	// Rate is the learning rate of modules without a Rate of their own; 0 means 2e-3. The
	// last module, when it is trained alone, takes twice as much. On graphs 0 means 0.01 for
	// all.
	Rate float64

	// Clip is the largest norm of the gradient of a module's parameters; a longer one is
	// scaled down to it. 0 means no limit.
	Clip float64

	// Batch is the number of examples in a batch, at most the data; those that do not fill one
	// are left to another epoch. 0 means 128; of the nodes of a graph up to 512, of sets of
	// graphs 64. An interrupt waits for the step under way, and the eigenvalue problems of n
	// examples take time n³: milliseconds for 128, half a second for 1024. α = 2 has none.
	Batch int

	// Schedule is that of the learning rate of each module; nil means optim.Cosine{}, and
	// optim.Constant{} on the nodes of a graph.
	Schedule optim.Schedule

	// Validation data are measured for the report after the epochs; they should be none of
	// the training and test data. A graph stands for its Validation nodes when it is the
	// one that is trained on.
	Validation Examples

	// Patience is the number of epochs after which a module stops when it has not done
	// better on the validation data; it then takes the weights of its best epoch, as it
	// does at its last epoch. 0 means that it does not stop early. Modules that are trained
	// together stop one after the other, from the first on, because the epochs of a module
	// do not compare while its input changes; with back-propagation they stop at once.
	Patience int

	// StopBy is what is measured on the validation data: MetricAccuracy, that of the
	// network, or of a readout (see Report), or MetricITY. "" means MetricAccuracy.
	StopBy string

	// Queue is the number of batches that are on their way through the modules at once with
	// Asynchronous, at most: the first module is less than so many steps ahead of the last.
	// 0 means two for each module.
	Queue int

	// Probe is the number of training examples, the same all the time, on which I(T;X)
	// and I(T;Y) are measured for the report; 0 means 128, a negative number turns the
	// measurement off. Information of another number of examples does not compare.
	Probe int

	// CacheLimit is how many bytes the output of a module on all training (or test)
	// examples, which is the next one's input, may take in memory. A larger one is kept in
	// a temporary file in CacheFolder, mapped into memory, which leaves nothing behind; the
	// numbers are the same. 0 means 1 GiB, a negative number no limit. What modules make
	// of graphs is always in memory.
	CacheLimit  int
	CacheFolder string // "" means mole-kernel/features in the user's cache folder

	// Augment changes the training examples of every batch at random, such as data.Shift(2);
	// nil leaves them as they are. The changes depend on Seed, module and step alone. Modules
	// past the first are trained on what the modules before them make of changed examples,
	// computed anew in every step; their cached features serve measurements, which, as those
	// of the test data, are of examples as they are.
	Augment data.Augmentation

	// EmptyClasses allows classes without a training example, of which a network cannot learn:
	// where classes are learned one after another, or the examples are one of many parts.
	// Otherwise they are an error: a part of examples that are sorted by class has such.
	EmptyClasses bool

	Continue bool     // keep the weights that the network has; otherwise they are drawn by Seed
	Observer Observer // is told about every step
}

// Observer follows a training. Observe is called after every step and at the end, in
// the goroutine that trains, so it should return soon. It may read the Report, but not
// call other methods of the Trainer: modules that train side by side are at work
// meanwhile. done and total count steps; when they are equal the training is complete.
// Early stopping makes total smaller.
type Observer interface {
	Observe(done, total int, status string)
}

// resolved returns o with defaults for the training examples in f, and outputs of at
// least as many epochs as the given number of steps needs.
func (o Options) resolved(f *flow, steps int) Options {
	n := f.len()
	if f.graph != nil {
		o = o.onGraphs(n, f.parts == nil)
	}
	if o.Batch == 0 {
		o.Batch = 128
	}
	o.Batch = min(o.Batch, n)
	if o.Epochs == 0 {
		o.Epochs = 20
		if n >= 10000 {
			o.Epochs = 10
		}
		o.Epochs = max(o.Epochs, 400*o.Batch/n)
	}
	if o.OutputEpochs == 0 {
		o.OutputEpochs = max(2*o.Epochs, min(steps*o.Batch/n, steps))
	}
	if o.Rate == 0 {
		o.Rate = 2e-3
	}
	if o.Schedule == nil {
		o.Schedule = optim.Cosine{}
	}
	if o.Probe == 0 {
		o.Probe = 128
	}
	o.Probe = min(o.Probe, n)
	return o
}

func (o Options) check() error {
	switch {
	case o.Epochs < 0 || o.OutputEpochs < 0:
		return errors.New("mole: the number of epochs must not be negative; 0 means the default")
	case o.Mode < Sequential || o.Mode > Asynchronous:
		return fmt.Errorf("mole: there is no mode %d: use mole.Sequential, mole.Simultaneous or mole.Asynchronous", o.Mode)
	case o.Patience < 0:
		return fmt.Errorf("mole: a patience of %d epochs: it must be positive; 0 means that training does not stop early", o.Patience)
	case o.Patience > 0 && !given(o.Validation):
		return errors.New("mole: early stopping needs validation data: set Options.Validation, for instance to a part that train.Split returns")
	case o.StopBy != "" && o.StopBy != MetricAccuracy && o.StopBy != MetricITY:
		return fmt.Errorf("mole: early stopping by %q is not there: use mole.MetricAccuracy (R² of a regression) or mole.MetricITY", o.StopBy)
	case o.Queue < 0:
		return fmt.Errorf("mole: a queue of %d batches: it must be positive; 0 means two for each module", o.Queue)
	case o.Batch < 0 || o.Batch == 1:
		return errors.New("mole: a batch needs at least 2 examples, information is about differences; 0 means 128")
	case !(o.Rate >= 0) || math.IsInf(o.Rate, 0):
		return fmt.Errorf("mole: learning rate %v: it must be positive; 0 means 2e-3", o.Rate)
	case !(o.Clip >= 0):
		return fmt.Errorf("mole: gradients clipped at %v: the limit must be positive; 0 means none", o.Clip)
	}
	if err := check(o.Schedule); err != nil {
		return fmt.Errorf("mole: %w", err)
	}
	return nil
}

// validate returns the examples to train on and to judge by, or what is wrong with the
// network, the data and the options.
func validate(net *Network, train Examples, o Options) (*examples, error) {
	if net == nil {
		return nil, errors.New("mole: no network was given: make one with mole.MLP or mole.NewNetwork")
	}
	if err := backend.Err(); err != nil {
		return nil, fmt.Errorf("mole: %w", err)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	d := new(examples)
	var err error
	if d.train, err = net.takes(train, trainingOf); err != nil {
		return nil, err
	}
	if d.train.flow.len() < 2 {
		return nil, fmt.Errorf("mole: %s has a single example: training needs at least 2", d.train.name)
	}
	if o.Augment != nil {
		if err := d.train.variable(o.Augment); err != nil {
			return nil, err
		}
	}
	if judge := judgeOf(train, o.Test); judge != nil {
		if d.test, err = net.takes(judge, labelledOf); err != nil {
			return nil, fmt.Errorf("test data: %w", err)
		}
		d.test.share(d.train, judge == train)
	}
	if given(o.Validation) {
		if d.validation, err = net.takes(validationOf(train, o.Validation), labelledOf); err != nil {
			return nil, fmt.Errorf("validation data: %w", err)
		}
		d.validation.share(d.train, o.Validation == train)
		if err := o.checkJudge(d.train, d.validation); err != nil {
			return nil, err
		}
	}
	return d, net.checkTraining(d, o)
}

// checkJudge returns an error when early stopping cannot go by the validation data.
func (o Options) checkJudge(train, validation *labelled) error {
	switch {
	case !train.answered() && o.StopBy != MetricITY:
		return fmt.Errorf("mole: the training data %s have no labels and no targets to fit a readout to: set StopBy to mole.MetricITY", train.name)
	case !validation.answered():
		return fmt.Errorf("mole: the validation data %s have no labels and no targets: there is nothing to judge by", validation.name)
	case validation.flow.len() < 2:
		return fmt.Errorf("mole: the validation data %s have a single example: take at least 2, better hundreds", validation.name)
	}
	return nil
}
