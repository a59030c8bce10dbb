package accuracy_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/experiment/accuracy"
)

// row returns the row of a task in which the methods reach the given accuracies, seed by seed.
func row(t *testing.T, name string, modular, backprop []float64) accuracy.Row {
	t.Helper()
	var seeds []int
	for i := range modular {
		seeds = append(seeds, i+1)
	}
	method := func(name string, values []float64) experiment.Method {
		return experiment.Method{Name: name, Run: func(_ context.Context, t *experiment.Trial) (experiment.Metrics, error) {
			if t.Seed > len(values) {
				return nil, errors.New("no value")
			}
			return experiment.Metrics{"accuracy": values[t.Seed-1], "seconds": 2}, nil
		}}
	}
	table, _ := experiment.Run(t.Context(), experiment.Plan{
		Name: name, Seeds: seeds,
		Methods: []experiment.Method{method(accuracy.MOLE, modular), method(accuracy.Backprop, backprop)},
	})
	for _, task := range accuracy.Tasks() {
		if task.Name == name {
			return accuracy.Row{Task: task, Table: table, Measured: accuracy.Measured{Date: "2026-01-02", Version: "v1", Go: "1.26", Backend: "gonum", Machine: "abacus", Command: "bench " + name}}
		}
	}
	t.Fatalf("there is no task %s", name)
	return accuracy.Row{}
}

func TestTheVerdictComparesMeansWithTheBar(t *testing.T) {
	for _, c := range []struct {
		task              string
		modular, backprop []float64
		want              accuracy.Verdict
	}{
		{"digits", []float64{0.98, 0.98}, []float64{0.98, 0.98}, accuracy.Passes},
		{"digits", []float64{0.97, 0.99}, []float64{0.98, 0.98}, accuracy.Passes},
		{"digits", []float64{0.9799, 0.98}, []float64{0.97, 0.97}, accuracy.Misses},
		{"digits", []float64{0.985, 0.985}, []float64{0.985, 0.986}, accuracy.Misses},
		{"fashion", []float64{0.899}, []float64{0.902}, accuracy.Passes},
		{"fashion", []float64{0.899}, []float64{0.9021}, accuracy.Misses},
		{"fashion-16", []float64{0.8}, []float64{0.9}, accuracy.Passes},
		{"digits", []float64{0.99}, nil, accuracy.Open},
		{"iris", []float64{0.5}, []float64{0.9}, accuracy.Open},
	} {
		if got := row(t, c.task, c.modular, c.backprop).Verdict(); got != c.want {
			t.Errorf("%s, MOLE %v, back-propagation %v: %v, want %v", c.task, c.modular, c.backprop, got, c.want)
		}
	}
}

func TestTheTablesShowMeansAndEveryRun(t *testing.T) {
	got := accuracy.Markdown([]accuracy.Row{
		row(t, "iris", []float64{0.9, 0.8}, []float64{0.95, 0.95}), row(t, "digits", []float64{0.985}, nil),
	})
	want := "| row | data | network | MOLE | back-propagation | difference | bar |  |\n|---|---|---|---|---|---|---|---|\n" +
		"| `digits` | digits 8×8, stratified 80/20 split by seed | 64-128-64-10 | **98.50** | – | – | ≥ 98.0, level | – |\n" +
		"| `iris` | iris, standardized, stratified 80/20 split by seed | 4-32-16-3 | **85.00 ± 7.07** | 95.00 ± 0.00 | −10.00 ± 7.07 | – | – |\n" +
		"\nEvery run:\n\n| row | runs | MOLE | back-propagation | seconds a run |\n|---|---|---|---|---|\n" +
		"| `digits` | seed 1 | 98.50 | – | 2 / – |\n" +
		"| `iris` | seeds 1, 2 | 90.00 80.00 | 95.00 95.00 | 2 / 2 |\n" +
		"\nMeasured with:\n\n" +
		"- `digits`: `bench digits`, 2026-01-02, mole-kernel v1, Go 1.26, gonum, abacus\n" +
		"- `iris`: `bench iris`, 2026-01-02, mole-kernel v1, Go 1.26, gonum, abacus\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUpdateReplacesOnlyTheRowsThatWereMeasured(t *testing.T) {
	page, err := os.ReadFile("../../../docs/accuracy.md")
	if err != nil {
		t.Fatal(err)
	}
	same, err := accuracy.Update(string(page), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), same); diff != "" {
		t.Errorf("an update with nothing changes the page (-before +after):\n%s", diff)
	}
	changed, err := accuracy.Update(string(page), []accuracy.Row{row(t, "iris", []float64{0.9}, []float64{0.95})})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| `iris` | iris, standardized, stratified 80/20 split by seed | 4-32-16-3 | **90.00** |", "- `iris`: `bench iris`"} {
		if !strings.Contains(changed, want) {
			t.Errorf("the page lacks %q:\n%s", want, changed)
		}
	}
	for line := range strings.Lines(string(page)) {
		if !strings.Contains(line, "`iris`") && !strings.Contains(changed, line) {
			t.Errorf("the line is lost: %s", line)
		}
	}
	if _, err := accuracy.Update("no marks", nil); err == nil {
		t.Error("a page without marks gives no error")
	}
}

// TestThePageHasTheBarsOfTheTasks keeps data, networks and bars of docs/accuracy.md from
// drifting away from what is run.
func TestThePageHasTheBarsOfTheTasks(t *testing.T) {
	page, err := os.ReadFile("../../../docs/accuracy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range accuracy.Tasks() {
		for line := range strings.Lines(string(page)) {
			cells := strings.Split(line, " | ")
			if !strings.HasPrefix(line, "| `"+task.Name+"` | ") || len(cells) != 8 {
				continue
			}
			if cells[1] != task.Title || cells[2] != task.Network || cells[6] != task.Bar.String() {
				t.Errorf("the task %s is %q, %q, bar %q; the page has %q", task.Name, task.Title, task.Network, task.Bar, line)
			}
		}
	}
}
