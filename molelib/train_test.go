package mole_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

func digits(seed int) (train, test *data.Dataset) { return data.Digits().Split(0.2, seed) }

// weights returns the bytes' worth of all parameters of each module.
func weights(net *mole.Network) [][]float32 {
	var all [][]float32
	for _, m := range net.Modules {
		var values []float32
		for _, l := range m.Layers {
			for _, p := range l.Params() {
				values = append(values, p.Value.Data...)
			}
		}
		all = append(all, values)
	}
	return all
}

func trainer(t *testing.T, net *mole.Network, train *data.Dataset, o mole.Options) *mole.Trainer {
	t.Helper()
	tr, err := mole.NewTrainer(net, train, o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestTrainingAModuleLeavesAllOthersUnchanged(t *testing.T) {
	train, test := digits(1)
	net := mole.MLP(64, 32, 16, 10)
	tr := trainer(t, net, train.Head(400), mole.Options{Seed: 1, Test: test, Epochs: 2})
	for k := range net.Modules {
		before := weights(net)
		if _, err := tr.Module(t.Context()); err != nil {
			t.Fatal(err)
		}
		for other, after := range weights(net) {
			if changed := !slices.Equal(before[other], after); changed != (other == k) {
				t.Errorf("training module %d: module %d changed: %v", k, other, changed)
			}
		}
	}
}

func TestASeedGivesTheSameNumbersWhateverTheNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	train, test := digits(1)
	train = train.Head(300)
	build := func() *mole.Network {
		// Wide enough for products that are divided among processors.
		return mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{nn.Dense(64, 512), nn.BatchNorm(512), nn.ReLU(), nn.Dropout(0.2)}},
			mole.Module{Layers: []nn.Layer{nn.Dense(512, 256), nn.Tanh()}, Objective: mole.Information{Alpha: 2, Encoder: 0.1, Decoder: 1}},
			mole.Module{Layers: []nn.Layer{nn.Dense(256, 10)}},
		)
	}
	var first [][]float32
	var table string
	for _, procs := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(procs)
		net := build()
		r, err := mole.Train(t.Context(), net, train, mole.Options{Seed: 7, Test: test, Epochs: 2, OutputEpochs: 3})
		if err != nil {
			t.Fatal(err)
		}
		var csv bytes.Buffer
		if err := r.WriteCSV(&csv); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first, table = weights(net), csv.String()
		}
		if csv.String() != table {
			t.Errorf("GOMAXPROCS=%d: another report:\n%s\nfirst:\n%s", procs, csv.String(), table)
		}
		for k, w := range weights(net) {
			if !slices.Equal(w, first[k]) {
				t.Errorf("GOMAXPROCS=%d: other weights in module %d", procs, k)
			}
		}
	}
}

func TestCancellingReturnsTheReportSoFarAndTrainingGoesOn(t *testing.T) {
	train, test := digits(1)
	ctx, cancel := context.WithCancel(t.Context())
	net := mole.MLP(64, 32, 10)
	o := mole.Options{Seed: 1, Test: test, Epochs: 3, OutputEpochs: 3}
	tr := trainer(t, net, train, o)
	tr.Observer = observer(func(done, _ int, _ string) {
		if done == 15 {
			cancel()
		}
	})
	report, err := tr.Run(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), `module "hidden 1", epoch 2 of 3`) {
		t.Fatalf("got %v", err)
	}
	if epochs, _ := report.Values(0, "loss"); len(epochs) != 1 {
		t.Errorf("the report has %d epochs, want 1", len(epochs))
	}
	if _, err := tr.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := mole.MLP(64, 32, 10)
	if _, err := mole.Train(t.Context(), whole, train, o); err != nil {
		t.Fatal(err)
	}
	for k, w := range weights(net) {
		if !slices.Equal(w, weights(whole)[k]) {
			t.Errorf("module %d: other weights than without the interruption", k)
		}
	}
}

// patient is a context that is cancelled when it has been asked left times.
type patient struct {
	context.Context
	left *int
}

func (p patient) Err() error {
	if *p.left--; *p.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestModuleThatWasInterruptedAnywhereEndsWithItsLastStep(t *testing.T) {
	train, test := digits(1)
	o := mole.Options{Seed: 1, Test: test, Epochs: 1, OutputEpochs: 1, Batch: 500}
	whole := trainer(t, mole.MLP(64, 16, 10), train, o)
	if _, err := whole.Module(t.Context()); err != nil {
		t.Fatal(err)
	}
	want, _, _ := whole.Report().Progress()
	for patience := 0; ; patience++ {
		left := patience
		tr := trainer(t, mole.MLP(64, 16, 10), train, o)
		if _, err := tr.Module(patient{t.Context(), &left}); err == nil {
			break
		}
		if _, err := tr.Module(t.Context()); err != nil {
			t.Fatalf("interrupted at look %d: %v", patience, err)
		}
		if done, _, _ := tr.Report().Progress(); done != want || tr.Current() != 1 {
			t.Fatalf("interrupted at look %d: %d steps, then module %d; want %d, 1", patience, done, tr.Current(), want)
		}
	}
}

func TestEpochThatWasInterruptedAnywhereEndsWithItsLastStep(t *testing.T) {
	train, test := digits(1)
	o := mole.Options{Seed: 1, Test: test, Epochs: 3, OutputEpochs: 1, Batch: 500}
	const steps = 2 // of an epoch
	for patience := 0; ; patience++ {
		left := patience
		tr := trainer(t, mole.MLP(64, 16, 10), train, o)
		if _, err := tr.Epoch(patient{t.Context(), &left}); err == nil {
			break
		}
		epoch, err := tr.Epoch(t.Context())
		if done, _, _ := tr.Report().Progress(); err != nil || done != steps || epoch.Epoch != 1 {
			t.Fatalf("interrupted at look %d: %d steps, %v, %v; want %d, epoch 1", patience, done, epoch, err, steps)
		}
	}
}

func TestCancellationIsNoticedWithin100Milliseconds(t *testing.T) {
	train, test := digits(1)
	soon(t, func() time.Duration {
		return cancelAtStep5(t, trainer(t, mole.MLP(64, 512, 256, 10), train, mole.Options{Test: test}))
	})
}

// soon fails when what run measures is never within 100 ms: a busy machine is late at times,
// a defect always.
func soon(t *testing.T, run func() time.Duration) {
	t.Helper()
	soonest := time.Hour
	for range 5 {
		if soonest = min(soonest, run()); soonest <= slowdown*100*time.Millisecond {
			return
		}
	}
	t.Errorf("stopped after %v at the soonest", soonest)
}

// cancelAtStep5 cancels a training behind its fifth step and returns how long it then ran.
func cancelAtStep5(t *testing.T, tr *mole.Trainer) time.Duration {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var at time.Time
	tr.Observer = observer(func(done, _ int, _ string) {
		if done == 5 {
			at = time.Now()
			cancel()
		}
	})
	if _, err := tr.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	return time.Since(at)
}

type observer func(done, total int, status string)

func (f observer) Observe(done, total int, status string) { f(done, total, status) }

func TestTheObserverSeesEveryStepAndTheEnd(t *testing.T) {
	train, test := digits(1)
	var steps []int
	var last string
	tr := trainer(t, mole.MLP(64, 16, 10), train.Head(256), mole.Options{Test: test, Epochs: 2, OutputEpochs: 2})
	tr.Observer = observer(func(done, total int, status string) {
		steps, last = append(steps, done), status
		if total != 8 {
			t.Errorf("total %d, want 8", total)
		}
	})
	if _, err := tr.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []int{1, 2, 3, 4, 5, 6, 7, 8}; !slices.Equal(steps, want) || last != "complete" {
		t.Errorf("got %v, %q; want %v, complete", steps, last, want)
	}
}

func TestStepEpochAndModuleAddUpToTrain(t *testing.T) {
	train, test := digits(1)
	o := mole.Options{Seed: 3, Test: test, Epochs: 2, OutputEpochs: 2}
	net := mole.MLP(64, 32, 16, 10)
	tr := trainer(t, net, train, o)
	step, err := tr.Step(t.Context())
	if err != nil || step.Module != 0 || step.Epoch != 1 || step.Step != 1 {
		t.Fatalf("got %+v, %v", step, err)
	}
	now, err := tr.Measure(t.Context())
	if err != nil || math.IsNaN(now.ITY) || math.IsNaN(now.Accuracy) {
		t.Fatalf("got %+v, %v", now, err)
	}
	epoch, err := tr.Epoch(t.Context())
	if err != nil || epoch.Epoch != 1 || epoch.Name != "hidden 1" {
		t.Fatalf("got %+v, %v", epoch, err)
	}
	if epoch, err = tr.Module(t.Context()); err != nil || epoch.Epoch != 2 || tr.Current() != 1 {
		t.Fatalf("got %+v, %v, module %d", epoch, err, tr.Current())
	}
	if _, err := tr.Run(t.Context()); err != nil || !tr.Done() {
		t.Fatal(err)
	}
	if _, err := tr.Step(t.Context()); !errors.Is(err, mole.ErrDone) {
		t.Errorf("a step after the end: %v", err)
	}
	whole := mole.MLP(64, 32, 16, 10)
	report, err := mole.Train(t.Context(), whole, train, o)
	if err != nil {
		t.Fatal(err)
	}
	if tr.Report().Accuracy() != report.Accuracy() || net.Evaluate(test).Accuracy != report.Evaluation().Accuracy {
		t.Errorf("accuracy by hand %v, by Train %v, by Evaluate %v", tr.Report().Accuracy(), report.Accuracy(), net.Evaluate(test).Accuracy)
	}
}

func TestTheReportMayBeReadWhileTraining(t *testing.T) {
	train, test := digits(1)
	for _, begin := range methods {
		tr, err := begin(mole.MLP(64, 16, 10), train.Head(512), mole.Options{Test: test, Epochs: 3, OutputEpochs: 3})
		if err != nil {
			t.Fatal(err)
		}
		var readers sync.WaitGroup
		stop := make(chan struct{})
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					readAll(t, tr.Report())
				}
			}
		})
		_, err = tr.Run(t.Context())
		close(stop)
		readers.Wait()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func readAll(t *testing.T, r *mole.Report) {
	for k := range r.ModuleNames() {
		r.Values(k, "I(T;Y)")
		r.Staleness(k)
		r.Steps(k)
	}
	if _, err := r.MIMEBundle(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(r.WriteCSV(io.Discard), r.WriteModulesCSV(io.Discard)); err != nil {
		t.Error(err)
	}
}

func TestDivergenceNamesModuleStepAndLayer(t *testing.T) {
	train, test := digits(1)
	net := mole.NewNetwork(mole.Module{
		Name: "wild", Layers: []nn.Layer{nn.Dense(64, 16), nn.ReLU(), nn.Dense(16, 10)}, Optimizer: optim.SGD{}, Rate: 1e38,
	})
	report, err := mole.Train(t.Context(), net, train, mole.Options{Test: test})
	if err == nil || report == nil {
		t.Fatalf("got %v, %v", report, err)
	}
	for _, want := range []string{`module "wild"`, "epoch 1, step ", "dense 16→10", "learning rate"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
}

func TestWithoutTestDataAccuraciesAreOfTrainingData(t *testing.T) {
	train, _ := digits(1)
	r, err := mole.Train(t.Context(), mole.MLP(64, 32, 10), train, mole.Options{Seed: 1, Epochs: 5})
	if err != nil {
		t.Fatal(err)
	}
	if r.Accuracy() < 0.9 || r.Last(0, "accuracy") < 0.8 || r.Evaluation() != nil {
		t.Errorf("got %v, %v, %v", r.Accuracy(), r.Last(0, "accuracy"), r.Evaluation())
	}
}

func TestContinueKeepsTheWeights(t *testing.T) {
	train, test := digits(1)
	net := mole.MLP(64, 32, 10)
	net.Init(5)
	before := weights(net)
	trainer(t, net, train, mole.Options{Seed: 6, Test: test, Continue: true})
	if !slices.Equal(weights(net)[0], before[0]) {
		t.Error("the weights were drawn anew")
	}
	trainer(t, net, train, mole.Options{Seed: 6, Test: test})
	if slices.Equal(weights(net)[0], before[0]) {
		t.Error("the weights were kept")
	}
}

func TestReportsTellWhetherModulesFollowEachOther(t *testing.T) {
	train, _ := digits(1)
	for name, begin := range methods {
		tr, err := begin(mole.MLP(64, 16, 10), train.Head(256), mole.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := tr.Report().Sequential(), name == "sequential"; got != want {
			t.Errorf("%s: sequential is %v, want %v", name, got, want)
		}
	}
}
