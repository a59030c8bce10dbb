package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// counted is a plan with a file, and the number of runs that it has made.
func counted(file string, ran *atomic.Int32) Plan {
	method := func(name string) Method {
		return Method{Name: name, Run: func(_ context.Context, t *Trial) (Metrics, error) {
			ran.Add(1)
			return Metrics{"accuracy": float64(t.Seed) / 10, "loss": 1 / 3.0}, nil
		}}
	}
	return Plan{Name: "counted", Seeds: []int{1, 2}, File: file, Methods: []Method{method("a"), method("b")}}
}

func TestFinishedRunsAreNotRepeated(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.jsonl")
	var ran atomic.Int32
	first, err := Run(t.Context(), counted(file, &ran))
	if err != nil {
		t.Fatal(err)
	}
	// A run whose line a crash has cut off is repeated; more seeds and methods are added.
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text[:len(text)-5], 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := Run(t.Context(), counted(file, &ran))
	if err != nil || ran.Load() != 5 {
		t.Errorf("%d runs, want 4 and the one that was cut off; %v", ran.Load(), err)
	}
	if diff := cmp.Diff(values(first), values(again)); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
	p := counted(file, &ran)
	p.Seeds = []int{2, 7}
	p.Methods = append(p.Methods, given("c", func(Part) float64 { return 0 }))
	if table, err := Run(t.Context(), p); err != nil || ran.Load() != 7 || len(table.Results()) != 6 {
		t.Errorf("%d runs, want 7: only those of seed 7 are new; %d results, %v", ran.Load(), len(table.Results()), err)
	}
	e, err := New(counted(file, &ran))
	if err != nil || len(e.Table().Values("a")) != 2 {
		t.Errorf("before it runs the table has %v, want the kept results; %v", e.Table().Values("a"), err)
	}
	p.Metric = "time"
	if _, err := Run(t.Context(), p); ran.Load() != 11 || err == nil {
		t.Errorf("%d runs: those without the metric that is compared now are to be repeated; %v", ran.Load(), err)
	}
	if err := Discard(file); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), counted(file, &ran)); err != nil || ran.Load() != 15 {
		t.Errorf("%d runs after the results were discarded, want 15; %v", ran.Load(), err)
	}
}

func TestFailedRunsAreRepeated(t *testing.T) {
	var ran atomic.Int32
	p := counted(filepath.Join(t.TempDir(), "r.jsonl"), &ran)
	p.Methods[0].Run = func(context.Context, *Trial) (Metrics, error) { return nil, errors.New("not today") }
	if _, err := Run(t.Context(), p); err == nil {
		t.Fatal("a failed run gives no error")
	}
	if _, err := Run(t.Context(), counted(p.File, &ran)); err != nil || ran.Load() != 4 {
		t.Errorf("%d runs, want 2 of each; %v", ran.Load(), err)
	}
}

func TestResultsOfAnotherPlanAreRefused(t *testing.T) {
	dir := t.TempDir()
	var ran atomic.Int32
	file := filepath.Join(dir, "r.jsonl")
	base := irises()
	base.File, base.Methods = file, base.Methods[1:2]
	if _, err := Run(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Plan){
		"its experiment is irises": func(p *Plan) { p.Name = "other" },
		"its network is":           func(p *Plan) { p.Network = func() *mole.Network { return mole.MLP(4, 9, 3) } },
		"its options is":           func(p *Plan) { p.Options.Rate = 0.5 },
		"its setting is":           func(p *Plan) { p.Setting = "v2" },
		"its folds is 0":           func(p *Plan) { p.Folds = 2 },
	} {
		p := base
		change(&p)
		if _, err := New(p); !errors.Is(err, ErrOtherPlan) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("the error is %v, want %q with the name of the file", err, want)
		}
	}
	if _, err := New(counted(filepath.Join(dir, "nowhere", "r.jsonl"), &ran)); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a folder that is not there: the error is %v", err)
	}
	for content, want := range map[string]string{
		"method,seed\nMOLE,1\n": "this is no file of results",
		`{"format":"mole-kernel experiment 1","experiment":"counted","folds":0,"network":"","options":"","setting":""}` + "\n{\"seed\":}\n": "line 2",
	} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := New(counted(file, &ran)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%q: the error is %v, want %q", content, err, want)
		}
	}
}

func TestAResultThatCannotBeKeptEndsTheExperiment(t *testing.T) {
	var ran atomic.Int32
	dir := filepath.Join(t.TempDir(), "results")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := counted(filepath.Join(dir, "r.jsonl"), &ran)
	p.Parallel = 1
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if table, err := e.Run(t.Context()); err == nil || ran.Load() != 1 || len(table.Results()) != 1 {
		t.Errorf("%d runs, the error is %v", ran.Load(), err)
	}
}

func TestResultsAreNotMixedWithThoseOfAnotherProcess(t *testing.T) {
	var ran atomic.Int32
	mine, theirs := counted(filepath.Join(t.TempDir(), "r.jsonl"), &ran), counted("", &ran)
	theirs.File, theirs.Setting = mine.File, "another build"
	e, err := New(mine)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(mine.File)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context()); !errors.Is(err, ErrOtherPlan) {
		t.Errorf("the error is %v", err)
	}
	if after, err := os.ReadFile(mine.File); err != nil || string(after) != string(before) {
		t.Errorf("the file was\n%s\nand is\n%s\n%v", before, after, err)
	}
}

func TestAnInterruptedTrainingGoesOnToTheSameBits(t *testing.T) {
	p := irises()
	p.Seeds, p.Parallel = []int{1}, 1
	want, err := Run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p.File = filepath.Join(dir, "r.jsonl")
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	e.saveEvery = 0 // after every epoch
	ctx, cancel := context.WithCancel(t.Context())
	e.Observer = observer(func(done, _ int, _ string) {
		if done > 500 {
			cancel() // in the midst of the first run
		}
	})
	if _, err := e.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
	if saved, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint")); len(saved) != 1 {
		t.Errorf("saved trainings: %v, want one", saved)
	}
	again, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	begun := -1
	again.Observer = observer(func(done, _ int, _ string) {
		if begun < 0 {
			begun = done
		}
	})
	table, err := again.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if begun < 300 {
		t.Errorf("the training began again at %d thousandths", begun)
	}
	if diff := cmp.Diff(values(want), values(table)); diff != "" {
		t.Errorf("(-whole +interrupted):\n%s", diff)
	}
	if saved, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint")); len(saved) != 0 {
		t.Errorf("%v are left behind", saved)
	}
}
