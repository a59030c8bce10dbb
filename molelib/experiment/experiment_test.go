package experiment

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// given is a method that reaches value(seed, fold).
func given(name string, value func(p Part) float64) Method {
	return Method{Name: name, Run: func(_ context.Context, t *Trial) (Metrics, error) {
		return Metrics{"accuracy": value(t.Part), "seconds": 1}, nil
	}}
}

// irises trains small networks for a short time.
func irises() Plan {
	return Plan{
		Name: "irises", Seeds: []int{1, 2}, Data: Standardized(HoldOut(data.Iris(), 0.2)),
		Network: func() *mole.Network { return mole.MLP(4, 8, 3) },
		Options: mole.Options{Epochs: 10, OutputEpochs: 20, Probe: -1},
		Methods: []Method{
			{Name: "MOLE", Run: MOLE}, {Name: "back-propagation", Run: Backprop},
			{Name: "α = 2", Run: With(func(net *mole.Network, _ *mole.Options) { net.SetObjective(mole.Information{Alpha: 2}) })},
		},
	}
}

// values are the metrics of every run but for the time it took.
func values(t *Table) []string {
	var out []string
	for _, r := range t.Results() {
		m := maps.Clone(r.Metrics)
		delete(m, metricSeconds)
		out = append(out, fmt.Sprint(r.Method, r.Part, m, r.Err))
	}
	return out
}

func TestResultsDoNotDependOnParallelism(t *testing.T) {
	var want []string
	for _, parallel := range []int{1, 6} {
		p := irises()
		p.Parallel = parallel
		table, err := Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = values(table)
		}
		if diff := cmp.Diff(want, values(table)); diff != "" {
			t.Errorf("%d at a time (-one +several):\n%s", parallel, diff)
		}
	}
	if len(want) != 6 {
		t.Errorf("%d runs, want 6", len(want))
	}
}

func TestMethodsShareExamplesSeedsAndWeights(t *testing.T) {
	type seen struct {
		train, test mole.Examples
		weights     float32
	}
	var mu sync.Mutex
	all := map[Part][]seen{}
	look := func(_ context.Context, tr *Trial) (Metrics, error) {
		net := tr.Network()
		net.Init(tr.Options.Seed)
		mu.Lock()
		defer mu.Unlock()
		all[tr.Part] = append(all[tr.Part], seen{tr.Train, tr.Options.Test, net.Activations(0, tr.Train.(*data.Dataset).X).Data[0]})
		return Metrics{"accuracy": 1}, nil
	}
	p := irises()
	p.Data, p.Seeds, p.Folds = CrossValidation(data.Iris()), []int{3, 5}, 3
	p.Methods = []Method{{Name: "a", Run: look}, {Name: "b", Run: look}}
	if _, err := Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if len(all) != 6 {
		t.Fatalf("%d parts, want 2 seeds of 3 folds", len(all))
	}
	tests := map[mole.Examples]bool{}
	for part, s := range all {
		if len(s) != 2 || s[0] != s[1] {
			t.Errorf("%v: the methods got %+v", part, s)
		}
		tests[s[0].test] = true
	}
	if len(tests) != 6 {
		t.Errorf("the 6 parts have %d sets of test examples", len(tests))
	}
}

func TestAnErrorLeavesTheOtherRunsAlone(t *testing.T) {
	broken := errors.New("no convergence")
	table, err := Run(t.Context(), Plan{Name: "errors", Folds: 2, Methods: []Method{
		given("good", func(Part) float64 { return 1 }),
		{Name: "bad", Run: func(_ context.Context, t *Trial) (Metrics, error) {
			if t.Fold == 1 {
				return nil, broken
			}
			return Metrics{"accuracy": 0.5}, nil
		}},
		{Name: "panics", Run: func(context.Context, *Trial) (Metrics, error) { panic("nn: 3 columns, want 4") }},
		{Name: "exits", Run: func(context.Context, *Trial) (Metrics, error) { runtime.Goexit(); return nil, nil }},
		{Name: "silent", Run: func(context.Context, *Trial) (Metrics, error) { return Metrics{"loss": 1}, nil }},
	}})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v, want one that wraps %v", err, broken)
	}
	for _, want := range []string{
		"experiment: bad, seed 1, fold 2 of 2: no convergence", "experiment: panics, seed 1, fold 1 of 2: panic: nn: 3 columns, want 4",
		"exits, seed 1, fold 1 of 2: the method ended its goroutine", `silent, seed 1, fold 2 of 2: it gave no finite "accuracy" but ["loss" "seconds"]`,
	} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	var one *RunError
	if !errors.As(err, &one) || one.Method != "panics" || one.Fold != 0 {
		t.Errorf("the first run that failed is %+v", one)
	}
	if panicked := (*PanicError)(nil); !errors.As(err, &panicked) || !strings.Contains(string(panicked.Stack), "experiment_test.go") {
		t.Errorf("the panic's stack is %+v", panicked)
	}
	if got := table.Values("good"); !slices.Equal(got, []float64{1, 1}) || len(table.Values("bad")) != 1 {
		t.Errorf("the other runs have %v and %v", got, table.Values("bad"))
	}
}

func TestCancellationKeepsWhatWasDone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{}, 8)
	var slow atomic.Bool
	slow.Store(true)
	e, err := New(Plan{Name: "long", Parallel: 2, Methods: []Method{
		given("quick", func(Part) float64 { return 1 }),
		{Name: "slow", Run: func(ctx context.Context, t *Trial) (Metrics, error) {
			if !slow.Load() {
				return Metrics{"accuracy": 0.5}, nil
			}
			started <- struct{}{}
			<-ctx.Done()
			return nil, fmt.Errorf("stopped: %w", ctx.Err())
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var stopped time.Time
	go func() {
		<-started
		<-started // Both places are taken by runs that wait.
		stopped = time.Now()
		cancel()
	}()
	table, err := e.Run(ctx)
	if took := time.Since(stopped); took > 100*time.Millisecond {
		t.Errorf("it took %v to stop", took)
	}
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "long stopped after 2 of 6 runs") {
		t.Errorf("the error is %v", err)
	}
	if len(table.Values("quick")) != 2 || len(table.Values("slow")) != 0 {
		t.Errorf("kept: quick %v, slow %v", table.Values("quick"), table.Values("slow"))
	}
	slow.Store(false)
	table, err = e.Run(t.Context())
	if err != nil || len(table.Values("quick")) != 3 || len(table.Values("slow")) != 3 {
		t.Errorf("run again: quick %v, slow %v, %v", table.Values("quick"), table.Values("slow"), err)
	}
}

func TestATrainingIsCancelledWithinAStep(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := irises()
	p.Options.Epochs = 1 << 20
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	var stopped time.Time
	var once sync.Once
	e.Observer = observer(func(done, _ int, _ string) {
		once.Do(func() { stopped = time.Now(); cancel() })
	})
	table, err := e.Run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
	if took := time.Since(stopped); took > 100*time.Millisecond {
		t.Errorf("it took %v to stop", took)
	}
	if len(table.Results()) != 0 {
		t.Errorf("results of cancelled runs: %v", table.Results())
	}
}

type observer func(done, total int, status string)

func (o observer) Observe(done, total int, status string) { o(done, total, status) }

func TestTheObserverSeesTheTableGrow(t *testing.T) {
	p := irises()
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	calls, last, results := 0, -1, 0
	var status string
	e.Observer = observer(func(done, total int, s string) {
		// Calls come one at a time: nothing here is locked.
		if done < last || total != 6000 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		if n := len(e.Table().Results()); n > results {
			results = n
		}
		if done == total && results < 6 {
			t.Errorf("complete with %d of 6 runs", results)
		}
		calls, last, status = calls+1, done, s
	})
	if _, err := e.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last != 6000 || status != "complete" || calls < 100 {
		t.Errorf("%d calls, the last: %d, %q", calls, last, status)
	}
}

func TestNoMoreRunsThanAskedForOrThanFit(t *testing.T) {
	var active, most atomic.Int32
	busy := Method{Name: "busy", Run: func(context.Context, *Trial) (Metrics, error) {
		n := active.Add(1)
		defer active.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		for range 100 {
			runtime.Gosched()
		}
		return Metrics{"accuracy": 1}, nil
	}}
	for _, c := range []struct {
		parallel int
		memory   int64
		want     int32
	}{{3, 0, 3}, {8, 1 << 50, 1}} {
		most.Store(0)
		if _, err := Run(t.Context(), Plan{Folds: 20, Parallel: c.parallel, Memory: c.memory, Methods: []Method{busy}}); err != nil {
			t.Fatal(err)
		}
		if got := most.Load(); got > c.want {
			t.Errorf("%d runs at the same time, want %d at most", got, c.want)
		}
	}
	r := room{limit: 1 << 60, begun: 0, need: 1 << 58}
	if !r.fits(0) || !r.fits(2) || r.fits(4) {
		t.Error("runs of a quarter of the memory do not fit as they should")
	}
}

func TestPlansThatCannotBeRunAreRefused(t *testing.T) {
	one := []Method{given("one", func(Part) float64 { return 1 })}
	for want, p := range map[string]Plan{
		"no methods":               {},
		"1 folds":                  {Methods: one, Folds: 1},
		"seed 2 is given twice":    {Methods: one, Seeds: []int{2, 3, 2}},
		`called "one"`:             {Methods: append(one, one...)},
		"lacks a name or a functi": {Methods: []Method{{Name: "none"}}},
		"OnlyFolds [3]":            {Methods: one, Folds: 3, OnlyFolds: []int{3}},
		"fold 1 is given twice":    {Methods: one, Folds: 3, OnlyFolds: []int{1, 1}},
		"must not be negative":     {Methods: one, Parallel: -1},
	} {
		if _, err := Run(t.Context(), p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: the error is %v, want %q", p, err, want)
		}
	}
}

func TestManyErrorsAreCounted(t *testing.T) {
	_, err := Run(t.Context(), Plan{Folds: 15, Methods: []Method{
		{Name: "never", Run: func(context.Context, *Trial) (Metrics, error) { return nil, errors.New("no") }},
	}})
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 11 || lines[10] != "experiment: and 5 more" {
		t.Errorf("15 errors are written as\n%v", err)
	}
}
