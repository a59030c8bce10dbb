package mole_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleOptions_augment() {
	train, test := data.Digits().Split(0.2, 1)
	report, err := mole.Train(context.Background(), mole.MLP(64, 64, 10), train, mole.Options{
		Test: test, Epochs: 20, OutputEpochs: 20,
		Augment: data.Augmentations(data.Rotate(10), data.Cutout(2)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Evaluation().Accuracy > 0.9)
	// Output: true
}

func TestAugmentedTrainingIsDecidedByTheSeed(t *testing.T) {
	train, test := digits(1)
	train = train.Head(300)
	plain := mole.Options{Seed: 1, Test: test, Epochs: 2, OutputEpochs: 3, Batch: 64}
	changed, other := plain, plain
	changed.Augment, other.Augment, other.Seed = data.Shift(1), data.Shift(1), 2
	for name, begin := range methods {
		once := ending(t, begin, mole.MLP(64, 16, 12, 10), train, changed)
		if ending(t, begin, mole.MLP(64, 16, 12, 10), train, changed) != once {
			t.Errorf("%s: the same seed gives other bits", name)
		}
		if ending(t, begin, mole.MLP(64, 16, 12, 10), train, plain) == once || ending(t, begin, mole.MLP(64, 16, 12, 10), train, other) == once {
			t.Errorf("%s: nothing depends on the augmentation", name)
		}
	}
	if ending(t, in(mole.Asynchronous), mole.MLP(64, 16, 12, 10), train, changed) != ending(t, in(mole.Simultaneous), mole.MLP(64, 16, 12, 10), train, changed) {
		t.Error("asynchronous training has other bits than simultaneous training")
	}
}

func TestARestoredAugmentedTrainingEndsWithTheSameBits(t *testing.T) {
	train, test := digits(1)
	train = train.Head(200)
	o := mole.Options{Seed: 3, Test: test, Epochs: 2, OutputEpochs: 2, Batch: 64, Augment: data.Augmentations(data.Shift(1), data.Cutout(3))}
	for name, begin := range methods {
		var net *mole.Network
		make := func() *mole.Trainer {
			net = mole.MLP(64, 16, 12, 10)
			tr, err := begin(net, train, o)
			if err != nil {
				t.Fatal(err)
			}
			return tr
		}
		current := func() *mole.Network { return net }
		want, _ := trained(t, make, current, func(int) bool { return false })
		if got, _ := trained(t, make, current, func(int) bool { return true }); got != want {
			t.Errorf("%s: saved and restored at every step, the weights are others", name)
		}
	}
}

// squares changes all examples alike.
type squares struct{}

func (squares) String() string   { return "squares" }
func (squares) Fits([]int) error { return nil }
func (squares) Augment(x *tensor.Matrix, _ []int, _ *rand.Rand) {
	for i := range x.Data {
		x.Data[i] *= x.Data[i]
	}
}

// TestEveryModuleSeesChangedExamples trains on examples that are changed on their way, and on
// the same that have been changed before: nothing that is trained may tell the difference, in
// the modules past the first neither. (One after another they have cross-entropy, since the
// rescaling after a module of information looks at examples as they are; together the second
// one looks at the data, too.)
func TestEveryModuleSeesChangedExamples(t *testing.T) {
	train, _ := digits(1)
	train = train.Head(300)
	squared := train.Head(300)
	squares{}.Augment(squared.X, nil, nil)
	network := func(together bool) *mole.Network {
		net := mole.MLP(64, 10, 10, 10)
		for k := range net.Modules {
			net.Modules[k].Objective = mole.CrossEntropy()
		}
		if together {
			net.Modules[1].Objective = mole.Information{Alpha: 2, Encoder: 1, OfData: true}
		}
		return net
	}
	for name, begin := range methods {
		run := func(d *data.Dataset, a data.Augmentation) string {
			net := network(name != "sequential")
			tr, err := begin(net, d, mole.Options{Seed: 1, Epochs: 2, OutputEpochs: 2, Batch: 64, Probe: -1, Augment: a})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(weights(net))
		}
		if run(train, squares{}) != run(squared, nil) {
			t.Errorf("%s: a module was trained on examples as they were", name)
		}
	}
}

func TestAugmentationThatDoesNotFitIsAnError(t *testing.T) {
	for want, train := range map[string]mole.Examples{
		"mole: Iris cannot be augmented: data: Flip is for images": data.Iris(),
		"Augment is for the rows of a dataset, not for graphs":     data.Karate(),
	} {
		width := 4
		if _, ok := train.(*data.Graph); ok {
			width = 34
		}
		_, err := mole.NewTrainer(mole.MLP(width, 8, 3), train, mole.Options{Augment: data.Flip()})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
