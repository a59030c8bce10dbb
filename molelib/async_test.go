package mole_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleReport_Staleness() {
	train, _ := data.Digits().Split(0.2, 1)
	report, err := mole.Train(context.Background(), mole.MLP(64, 32, 16, 10), train.Head(500),
		mole.Options{Mode: mole.Asynchronous, Queue: 4, OutputEpochs: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k := range report.ModuleNames() {
		mean, most := report.Staleness(k)
		fmt.Println(mean <= float64(most), most < 4)
	}
	// Output:
	// true true
	// true true
	// true true
}

// ending runs a trainer and returns its weights and the table of its report.
func ending(t *testing.T, begin start, net *mole.Network, train mole.Examples, o mole.Options) string {
	t.Helper()
	tr, err := begin(net, train, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return state(t, tr, net)
}

// state returns the weights of a network and the table of a trainer's report.
func state(t *testing.T, tr *mole.Trainer, net *mole.Network) string {
	t.Helper()
	var table strings.Builder
	if err := tr.Report().WriteCSV(&table); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(weights(net), table.String(), tr.Report().Evaluation())
}

func TestProcessorsAndQueuesDoNotChangeTheBits(t *testing.T) {
	train, test := digits(1)
	wide := func() *mole.Network {
		return mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{nn.Dense(64, 48), nn.BatchNorm(48), nn.ReLU(), nn.Dropout(0.2)}},
			mole.Module{Layers: []nn.Layer{nn.Dense(48, 32), nn.Tanh()}, Objective: mole.Information{Alpha: 2, Encoder: 0.1, Decoder: 1}},
			mole.Module{Layers: []nn.Layer{nn.Residual(nn.Dense(32, 32), nn.ReLU())}, Objective: mole.SquaredError(), Rate: 1e-4},
			mole.Module{Layers: []nn.Layer{nn.Dense(32, 10)}},
		)
	}
	o := mole.Options{Seed: 1, Test: test, OutputEpochs: 3}
	train = train.Head(500)
	want := ending(t, in(mole.Simultaneous), wide(), train, o)
	for _, processors := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(processors)
		if ending(t, in(mole.Simultaneous), wide(), train, o) != want {
			t.Errorf("%d processors: other weights, or another report", processors)
		}
		runtime.GOMAXPROCS(before)
	}
	for _, o.Queue = range []int{0, 1, 2, 9} {
		if ending(t, in(mole.Asynchronous), wide(), train, o) != want {
			t.Errorf("a queue of %d: other weights, or another report", o.Queue)
		}
	}
}

// kill ends a training now and then: it cancels it at random steps, and goes on with it,
// or with another trainer that is restored from a file.
func kill(t *testing.T, begin start, build func() *mole.Network, train mole.Examples, o mole.Options, rng *rand.Rand) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run")
	fresh := func() (*mole.Trainer, *mole.Network) {
		net := build()
		tr, err := begin(net, train, o)
		if err != nil {
			t.Fatal(err)
		}
		return tr, net
	}
	for tr, net := fresh(); ; {
		ctx, cancel := context.WithCancel(t.Context())
		left := 1 + rng.IntN(9)
		tr.Observer = observer(func(int, int, string) {
			if left--; left == 0 {
				cancel()
			}
		})
		_, err := tr.Run(ctx)
		cancel()
		if tr.Observer = nil; err == nil {
			return state(t, tr, net)
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if rng.IntN(2) == 0 {
			continue
		}
		if err := tr.Save(path); err != nil {
			t.Fatal(err)
		}
		tr, net = fresh()
		if err := tr.Restore(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTrainingThatIsKilledAgainAndAgainEndsWithTheSameBits(t *testing.T) {
	train, test := data.Iris().Split(0.3, 1)
	o := mole.Options{Seed: 3, Test: test, Epochs: 4, OutputEpochs: 4, Batch: 16}
	for name, begin := range methods {
		want := ending(t, begin, restful(), train, o)
		for seed := range uint64(5) {
			if kill(t, begin, restful, train, o, rand.New(rand.NewPCG(seed, 1))) != want {
				t.Errorf("%s, seed %d: other weights, or another report, than without interruptions", name, seed)
			}
		}
	}
}

func TestAsynchronousTrainingStopsWithin100MillisecondsAndLeavesNoGoroutine(t *testing.T) {
	train, test := digits(1)
	before := runtime.NumGoroutine()
	soon(t, func() time.Duration {
		tr, err := in(mole.Asynchronous)(mole.MLP(64, 512, 256, 128, 10), train, mole.Options{Test: test})
		if err != nil {
			t.Fatal(err)
		}
		return cancelAtStep5(t, tr)
	})
	noneLeft(t, before)
}

// noneLeft fails when there are more goroutines than before.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	// A goroutine that has been waited for still needs a moment to go.
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// fuse is a layer that panics after it was used so often, forward or backward.
type fuse struct {
	nn.Layer
	left int
}

func (f *fuse) burn() {
	if f.left--; f.left < 0 {
		panic("blown")
	}
}

func (f *fuse) Forward(y, x *tensor.Matrix) {
	f.burn()
	f.Layer.Forward(y, x)
}

func (f *fuse) Backward(dx, dy, x, y *tensor.Matrix) {
	f.burn()
	f.Layer.Backward(dx, dy, x, y)
}

func TestPanicOfAModuleReachesTheCaller(t *testing.T) {
	train, _ := digits(1)
	blow := func(mode mole.Mode, blown, after int) {
		layers := []nn.Layer{nn.ReLU(), nn.ReLU(), nn.ReLU()}
		layers[blown] = &fuse{nn.ReLU(), after}
		net := mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{nn.Dense(64, 16), layers[0]}},
			mole.Module{Layers: []nn.Layer{nn.Dense(16, 16), layers[1]}},
			mole.Module{Layers: []nn.Layer{nn.Dense(16, 10), layers[2]}},
		)
		defer func() {
			if p := recover(); p != "blown" {
				t.Errorf("%v, module %d, use %d: recovered %v", mode, blown, after, p)
			}
		}()
		_, err := mole.Train(t.Context(), net, train, mole.Options{Mode: mode})
		t.Errorf("%v, module %d, use %d: no panic, error %v", mode, blown, after, err)
	}
	for _, mode := range []mole.Mode{mole.Simultaneous, mole.Asynchronous} {
		for blown := range 3 {
			for after := range 4 {
				blow(mode, blown, after)
			}
		}
	}
}

func TestGraphsAreTrainedAlikeSimultaneouslyAndAsynchronously(t *testing.T) {
	club, set := data.Karate(), shapes(60)
	for name, c := range map[string]struct {
		build func() *mole.Network
		train mole.Examples
	}{
		"nodes":  {func() *mole.Network { return mole.GCN(34, 16, 8, 2) }, club},
		"graphs": {func() *mole.Network { return mole.GIN(5, 6, 3, 2) }, set}, // all readouts reach the last module
	} {
		o := mole.Options{Seed: 1, OutputEpochs: 8, Batch: 16}
		want := ending(t, in(mole.Simultaneous), c.build(), c.train, o)
		if ending(t, in(mole.Asynchronous), c.build(), c.train, o) != want {
			t.Errorf("%s: other weights, or another report", name)
		}
		for seed := range uint64(3) {
			if kill(t, in(mole.Asynchronous), c.build, c.train, o, rand.New(rand.NewPCG(seed, 3))) != want {
				t.Errorf("%s, seed %d: other weights, or another report, after interruptions", name, seed)
			}
		}
	}
}
