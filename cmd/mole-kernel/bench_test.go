package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/experiment/accuracy"
)

// constant is a task of the given name whose methods reach what is given, without training.
func constant(name string, bar accuracy.Bar, modular, backprop float64) accuracy.Task {
	method := func(name string, value float64) experiment.Method {
		return experiment.Method{Name: name, Run: func(context.Context, *experiment.Trial) (experiment.Metrics, error) {
			return experiment.Metrics{"accuracy": value, "seconds": 1}, nil
		}}
	}
	return accuracy.Task{Name: name, Title: "data", Network: "net", Bar: bar, Plan: func(context.Context) (experiment.Plan, error) {
		return experiment.Plan{Name: name, Methods: []experiment.Method{method(accuracy.MOLE, modular), method(accuracy.Backprop, backprop)}}, nil
	}}
}

// emptyPage has the marks between which the tables stand.
const emptyPage = "text\n<!-- written by mole-kernel bench accuracy --write: begin -->\n<!-- written by mole-kernel bench accuracy --write: end -->\nmore\n"

func TestBenchTellsWhichRowsReachTheirBars(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.md")
	if err := os.WriteFile(page, []byte(emptyPage), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := constant("wine", accuracy.Bar{}, 0, 0)
	broken.Plan = func(context.Context) (experiment.Plan, error) { return experiment.Plan{}, errors.New("no data") }
	var out, log strings.Builder
	f := benchFlags{results: filepath.Join(dir, "results"), json: filepath.Join(dir, "out.json"), write: page, seeds: []int{4, 5}}
	code, err := f.bench(t.Context(), shell{out: &out, err: &log}, []accuracy.Task{
		constant("digits", accuracy.Bar{Least: 98}, 0.99, 0.98), constant("fashion", accuracy.Bar{Least: 89}, 0.9, 0.91), broken,
	}, "bench them")
	if code != 0 || err == nil || err.Error() != "wine: no data\nbelow the bar: fashion" {
		t.Errorf("code %d, error %q", code, err)
	}
	for _, want := range []string{
		"| `digits` | data | net | **99.00 ± 0.00** | 98.00 ± 0.00 | +1.00 ± 0.00 | ≥ 98.0, level | passes |\n",
		"| `fashion` | data | net | **90.00 ± 0.00** | 91.00 ± 0.00 | −1.00 ± 0.00 | ≥ 89.0, level | misses |\n",
		"| `digits` | seeds 4, 5 | 99.00 99.00 | 98.00 98.00 | 1 / 1 |\n", "`bench them`",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, &out)
		}
	}
	if !strings.Contains(log.String(), "digits: MOLE, seed 4: 99.00 % in 1.0 s\n") {
		t.Errorf("progress:\n%s", &log)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.HasPrefix(string(text), "text\n") || !strings.Contains(string(text), out.String()) {
		t.Errorf("the page: %v\n%s", err, text)
	}
	var file struct {
		Rows []struct{ Name, Verdict string }
	}
	if text, err := os.ReadFile(f.json); err != nil || json.Unmarshal(text, &file) != nil || len(file.Rows) != 2 || file.Rows[0].Verdict != "passes" {
		t.Errorf("the JSON file: %v\n%s", err, text)
	}
}

func TestAnInterruptedBenchGoesOn(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	var ran, block atomic.Int32
	block.Store(1)
	task := constant("iris", accuracy.Bar{}, 0.9, 0.9)
	task.Plan = func(context.Context) (experiment.Plan, error) {
		run := func(ctx context.Context, t *experiment.Trial) (experiment.Metrics, error) {
			ran.Add(1)
			if t.Method == accuracy.Backprop && block.Load() == 1 {
				cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return experiment.Metrics{"accuracy": 0.9}, nil
		}
		return experiment.Plan{Name: "iris", Seeds: []int{1}, Methods: []experiment.Method{{Name: accuracy.MOLE, Run: run}, {Name: accuracy.Backprop, Run: run}}}, nil
	}
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte(emptyPage), 0o644); err != nil {
		t.Fatal(err)
	}
	bench := func(ctx context.Context) (out, log string, code int, err error) {
		var o, l strings.Builder
		f := benchFlags{results: dir, parallel: 1, write: page}
		code, err = f.bench(ctx, shell{out: &o, err: &l}, []accuracy.Task{task}, "")
		return o.String(), l.String(), code, err
	}
	out, _, code, err := bench(ctx)
	if code != interruptedCode || err == nil || !strings.Contains(out, "| `iris` | seed 1 | 90.00 | – |") {
		t.Errorf("interrupted: code %d, %v\n%s", code, err, out)
	}
	if text, err := os.ReadFile(page); err != nil || strings.Contains(string(text), "`iris`") {
		t.Errorf("a row that is not complete came into the page: %v\n%s", err, text)
	}
	block.Store(0)
	out, log, code, err := bench(t.Context())
	if code != 0 || err != nil || !strings.Contains(out, "| `iris` | seed 1 | 90.00 | 90.00 |") || ran.Load() != 3 {
		t.Errorf("again: code %d, %v, %d runs, want 3\n%s", code, err, ran.Load(), out)
	}
	if !strings.Contains(log, "iris: MOLE, seed 1: 90.00 %, kept from before") {
		t.Errorf("progress:\n%s", log)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "| `iris` |") {
		t.Errorf("the complete row is not in the page: %v\n%s", err, text)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v is left behind: the next bench would not measure", left)
	}
}

func TestBenchRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"bench", 2, "say what to measure: accuracy"},
		{"bench speed", 2, "say what to measure: accuracy"},
		{"bench accuracy digit", 2, `there is no row "digit": the rows are digits, `},
		{"bench accuracy --seeds 1,x --list", 2, `"x" is not a whole number`},
		{"bench accuracy --folds -1 iris", 2, "--folds and --parallel must be positive"},
		{"bench accuracy iris --write bench_test.go.none", 1, "bench_test.go.none"},
		{"bench accuracy iris --write ../../README.md", 1, "README.md: the page lacks the marks"},
		{"bench accuracy --list cora", 0, "≥ 81.4, −0.5"},
	} {
		var out, errs strings.Builder
		code := dispatch(strings.Fields(c.args), shell{out: &out, err: &errs})
		if text := out.String() + errs.String(); code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%s: code %d, want %d with %q:\n%s", c.args, code, c.code, c.want, text)
		}
	}
}

func TestTheCommandThatRepeatsNamesRowsSeedsAndFolds(t *testing.T) {
	f := benchFlags{seeds: []int{1, 2}, folds: 3, json: "out.json", quiet: true}
	want := "mole-kernel bench accuracy mutag --seeds 1,2 --folds 3"
	if got := f.command([]string{"mutag"}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATerminalShowsOneChangingLine(t *testing.T) {
	table, err := experiment.Run(t.Context(), experiment.Plan{Name: "rows", Seeds: []int{1}, Methods: []experiment.Method{
		{Name: "a", Run: func(context.Context, *experiment.Trial) (experiment.Metrics, error) {
			return experiment.Metrics{"accuracy": 0.5, "seconds": 3}, nil
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	watch := &benchWatch{w: &text, width: 20, table: table, begun: true}
	watch.Observe(0, 1000, "a long status that has no room")
	watch.Observe(1000, 1000, "b")
	watch.end()
	want := fmt.Sprintf("\r\rrows: a, seed 1: 50.00 %% in 3.0 s\n\r%s\r%s%s\r%s\r", "  0 %  a long statu", "100 %  b", strings.Repeat(" ", 11), strings.Repeat(" ", 8))
	if text.String() != want {
		t.Errorf("got  %q\nwant %q", text.String(), want)
	}
}
