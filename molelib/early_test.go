package mole_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

func ExampleReport_Best() {
	train, validation := data.Digits().Split(0.25, 1)
	report, err := mole.Train(context.Background(), mole.MLP(64, 32, 10), train.Head(300),
		mole.Options{Seed: 1, Epochs: 60, OutputEpochs: 60, Validation: validation, Patience: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k := range report.ModuleNames() {
		epochs := report.Epochs(k)
		stopped := epochs[len(epochs)-1].Epoch
		fmt.Println(report.Best(k) > 0, stopped <= 60, stopped-report.Best(k) <= 4)
	}
	// Output:
	// true true true
	// true true true
}

func ExampleReport_WriteModulesCSV() {
	report, err := mole.Train(context.Background(), mole.MLP(4, 8, 3), data.Iris(), mole.Options{Epochs: 3, OutputEpochs: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	var table strings.Builder
	if err := report.WriteModulesCSV(&table); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(table.String()) {
		fmt.Println(strings.Join(strings.Split(line, ",")[:3], ", ")) // Seconds are others each time.
	}
	// Output:
	// module, epochs, best epoch
	// hidden 1, 3, 0
	// output, 5, 0
}

func ExampleReport_PeakMemory() {
	train, _ := data.Digits().Split(0.2, 1)
	options := mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 1, Probe: -1}
	modular, err := mole.Train(context.Background(), mole.MLP(64, 128, 128, 10), train.Head(256), options)
	if err != nil {
		fmt.Println(err)
		return
	}
	baseline, err := mole.Backprop(context.Background(), mole.MLP(64, 128, 128, 10), train.Head(256), options)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(modular.PeakMemory() == max(modular.Memory(0), modular.Memory(1), modular.Memory(2)))
	fmt.Println(baseline.PeakMemory()/3 == baseline.Memory(0))
	// Output:
	// true
	// true
}

// A network of one module is not rescaled, so that its weights can be compared.
func TestAModuleThatStopsEarlyHasTheWeightsOfItsBestEpoch(t *testing.T) {
	train, test := digits(1)
	validation, test := test.Split(0.5, 1)
	train = train.Head(200)
	o := mole.Options{Seed: 1, OutputEpochs: 200, Rate: 0.02, Test: test, Validation: validation, Patience: 8}
	for name, begin := range methods {
		net := mole.MLP(64, 10)
		tr, err := begin(net, train, o)
		if err != nil {
			t.Fatal(err)
		}
		report, err := tr.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		best, epochs := report.Best(0), report.Epochs(0)
		last := epochs[len(epochs)-1].Epoch
		// 200 epochs are measured at every fourth.
		if best == 0 || last-best < 8 || last-best > 8+4 || last == 200 {
			t.Fatalf("%s: stopped at epoch %d, best %d", name, last, best)
		}
		x, values := report.Values(0, mole.MetricValidationAccuracy)
		at := slices.Index(x, float64(best))
		if slices.Max(values[1:]) != values[at] {
			t.Errorf("%s: best epoch %d with %v, of %v", name, best, values[at], values)
		}
		if e := net.Evaluate(test).Accuracy; report.Accuracy() != e || report.Evaluation().Accuracy != e {
			t.Errorf("%s: accuracy in the report %v and %v, of the network %v", name, report.Accuracy(), report.Evaluation().Accuracy, e)
		}
		if done, total, status := report.Progress(); done != total || status != "complete" {
			t.Errorf("%s: %d of %d steps, %s", name, done, total, status)
		}
		plain, again := o, mole.MLP(64, 10)
		plain.Validation, plain.Patience = nil, 0
		if tr, err = begin(again, train, plain); err != nil {
			t.Fatal(err)
		}
		for range best {
			if _, err := tr.Epoch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(weights(net)[0], weights(again)[0]) {
			t.Errorf("%s: other weights than after epoch %d", name, best)
		}
	}
}

func TestModulesStopOneAfterTheOther(t *testing.T) {
	train, test := digits(1)
	validation, _ := test.Split(0.5, 1)
	for _, by := range []string{mole.MetricAccuracy, mole.MetricITY} {
		o := mole.Options{
			Mode: mole.Simultaneous, Seed: 1, OutputEpochs: 60, Rate: 0.01, Validation: validation, Patience: 3, StopBy: by,
		}
		if by == mole.MetricITY {
			o.Augment = data.Shift(1) // What has stopped then computes every batch anew.
		}
		report, err := mole.Train(t.Context(), mole.MLP(64, 24, 16, 10), train.Head(300), o)
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		for k := range 3 {
			epochs := report.Epochs(k)
			last, best := epochs[len(epochs)-1].Epoch, report.Best(k)
			if last < before+3 && last < 60 || best > 0 && best <= before {
				t.Errorf("by %s: module %d stopped at epoch %d with the weights of %d; the one before at %d", by, k, last, best, before)
			}
			before = last
		}
		if report.Best(0) == 0 {
			t.Errorf("by %s: the first module did not stop", by)
		}
	}
}

// What is measured, and on what, must not reach the weights.
func TestMeasurementsDoNotChangeTheTraining(t *testing.T) {
	train, test := digits(1)
	var want string
	for name, o := range map[string]mole.Options{
		"nothing": {}, "test data": {Test: test}, "validation data": {Validation: test}, "no probe": {Probe: -1}, "a small probe": {Probe: 16},
	} {
		o.Seed, o.Epochs, o.OutputEpochs = 1, 1, 1
		net := mole.MLP(64, 16, 10)
		if _, err := mole.Train(t.Context(), net, train, o); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(weights(net))
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("with %s the weights are others", name)
		}
	}
}

func TestValidationDataAreOnlyLookedAt(t *testing.T) {
	train, test := digits(1)
	o := mole.Options{Seed: 1, Epochs: 2, OutputEpochs: 2}
	plain, measured := mole.MLP(64, 16, 10), mole.MLP(64, 16, 10)
	if _, err := mole.Train(t.Context(), plain, train, o); err != nil {
		t.Fatal(err)
	}
	o.Validation = test
	report, err := mole.Train(t.Context(), measured, train, o)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(weights(plain)) != fmt.Sprint(weights(measured)) {
		t.Error("with validation data the weights are others")
	}
	for k := range 2 {
		if v := report.Last(k, mole.MetricValidationAccuracy); !(v > 0.1 && v <= 1) {
			t.Errorf("module %d: validation accuracy %v", k, v)
		}
	}
	var table bytes.Buffer
	if err := report.WriteCSV(&table); err != nil || !strings.Contains(table.String(), ",validation accuracy\n") {
		t.Errorf("error %v, table\n%s", err, table.String())
	}
}

func TestEarlyStoppingEndsWithTheSameBitsWhenItIsKilled(t *testing.T) {
	all, test := data.Iris().Split(0.3, 1)
	train, validation := all.Split(0.3, 1)
	o := mole.Options{
		Seed: 3, Test: test, Epochs: 12, OutputEpochs: 12, Batch: 16, Rate: 0.02,
		Validation: validation, Patience: 2,
	}
	for name, begin := range methods {
		want := ending(t, begin, restful(), train, o)
		for seed := range uint64(4) {
			if kill(t, begin, restful, train, o, rand.New(rand.NewPCG(seed, 2))) != want {
				t.Errorf("%s, seed %d: other weights, or another report, than without interruptions", name, seed)
			}
		}
	}
}

func TestGraphStopsEarlyByItsValidationNodes(t *testing.T) {
	club := data.Karate()
	club.Validation, club.Test = club.Test[:12], club.Test[12:]
	report, err := mole.Train(t.Context(), mole.GCN(34, 16, 2), club, mole.Options{Seed: 1, Validation: club, Patience: 10})
	if err != nil {
		t.Fatal(err)
	}
	for k := range 2 {
		if report.Best(k) == 0 || math.IsNaN(report.Last(k, mole.MetricValidationAccuracy)) {
			t.Errorf("module %d: best epoch %d, validation accuracy %v", k, report.Best(k), report.Last(k, mole.MetricValidationAccuracy))
		}
	}
}

func TestEarlyStoppingThatCannotBeIsAnError(t *testing.T) {
	train, test := digits(1)
	_, err := mole.NewTrainer(mole.Encoder(64, 10), train.Unlabelled(), mole.Options{Patience: 3, Validation: test})
	if err == nil || !strings.Contains(err.Error(), "set StopBy to mole.MetricITY") {
		t.Errorf("without labels: error %v", err)
	}
	for want, o := range map[string]mole.Options{
		"set Options.Validation": {Patience: 3},
		"patience of -1":         {Patience: -1, Validation: test},
		`by "loss"`:              {Patience: 3, Validation: test, StopBy: "loss"},
		"validation data":        {Patience: 3, Validation: data.Iris()},
		"a single example":       {Patience: 3, Validation: test.Head(1)},
	} {
		if _, err := mole.NewTrainer(mole.MLP(64, 10), train, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestTheMemoryOfAStepIsInTheReport(t *testing.T) {
	train, _ := digits(1)
	o := mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 1, Batch: 100, Probe: -1}
	net := func() *mole.Network {
		return mole.MLP(64, 128, 10).SetObjective(mole.Information{Projection: -1, Alpha: 2})
	}
	begin := func(start start) *mole.Report {
		tr, err := start(net(), train.Head(200), o)
		if err != nil {
			t.Fatal(err)
		}
		report, err := tr.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	sequential, together := begin(methods["sequential"]), begin(methods["simultaneous"])
	for _, r := range []*mole.Report{sequential, together} {
		// Output and gradient of the dense layer and of the ReLU, and at least one Gram matrix.
		if got, least := r.Memory(0), 4*(4*100*128+100*100); got < least || got > 20*least {
			t.Errorf("%s: hidden layer takes %d bytes, want some more than %d", r.Method(), got, least)
		}
		// Output and gradient.
		if got, want := r.Memory(1), 2*4*100*10; got < want || got > 2*want {
			t.Errorf("%s: output layer takes %d bytes, want about %d", r.Method(), got, want)
		}
	}
	if got := sequential.PeakMemory(); got != sequential.Memory(0) {
		t.Errorf("one after another: %d bytes at once, want those of the largest module, %d", got, sequential.Memory(0))
	}
	if got, want := together.PeakMemory(), together.Memory(0)+together.Memory(1); got != want {
		t.Errorf("together: %d bytes at once, want %d", got, want)
	}
}
