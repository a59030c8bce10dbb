package experiment

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

const metricSeconds = "seconds"

// Table is what came out of an experiment so far. It may be read from any goroutine while
// the experiment runs. A notebook shows it as a table.
type Table struct {
	name    string
	methods []string
	parts   []Part

	mu     sync.RWMutex
	metric string // the one that is compared; "" until it is known
	runs   []run  // of every part in turn, the methods in their order
	status string
}

// run is a trial in the table.
type run struct {
	part    Part
	method  string
	state   state
	share   float64 // done of a run that goes on, in [0, 1]
	metrics Metrics
	err     error
}

type state int

const (
	waiting state = iota
	running
	finished
	failed
)

// Result is what became of one run that is over.
type Result struct {
	Part
	Method  string
	Metrics Metrics // of a run that succeeded
	Err     error   // of one that did not
}

func newTable(p Plan) *Table {
	t := &Table{name: p.Name, metric: p.Metric, parts: p.parts(), status: "ready"}
	for _, m := range p.Methods {
		t.methods = append(t.methods, m.Name)
	}
	for _, part := range t.parts {
		for _, m := range t.methods {
			t.runs = append(t.runs, run{part: part, method: m})
		}
	}
	return t
}

// Name returns the name of the plan.
func (t *Table) Name() string { return t.name }

// Metric returns the metric that is compared; "accuracy" as long as it is not known.
func (t *Table) Metric() string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return cmp.Or(t.metric, mole.MetricAccuracy)
}

// Methods returns the names of the methods, in order.
func (t *Table) Methods() []string { return slices.Clone(t.methods) }

// Metrics returns the names of all metrics that were measured: the one that is compared,
// the others by name, and "seconds".
func (t *Table) Metrics() []string {
	metric := t.Metric()
	t.mu.RLock()
	defer t.mu.RUnlock()
	seen := map[string]bool{metric: true, metricSeconds: true}
	var names []string
	for _, r := range t.runs {
		for name := range r.metrics {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return append(append([]string{metric}, names...), metricSeconds)
}

// Results returns the runs that are over, by seed, fold and method.
func (t *Table) Results() []Result {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var out []Result
	for _, r := range t.runs {
		if r.state == finished || r.state == failed {
			out = append(out, Result{Part: r.part, Method: r.method, Metrics: r.metrics, Err: r.err})
		}
	}
	return out
}

// Values returns the values of the metric that is compared, one for each run of the method
// that has finished, by seed and fold. It is empty when there is none yet, or no such method.
func (t *Table) Values(method string) []float64 { return t.ValuesOf(method, t.Metric()) }

// ValuesOf is Values of any metric.
func (t *Table) ValuesOf(method, metric string) []float64 {
	var out []float64
	for _, v := range t.byPart(method, metric) {
		if !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	return out
}

// byPart returns the value of every part, NaN where there is none.
func (t *Table) byPart(method, metric string) []float64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	out := make([]float64, 0, len(t.parts))
	for _, r := range t.runs {
		if r.method != method {
			continue
		}
		v, ok := r.metrics[metric]
		if !ok {
			v = math.NaN()
		}
		out = append(out, v)
	}
	return out
}

// Progress returns how much is done, in thousandths of a run, of how much in all, and what
// is going on. Runs that failed count as done.
func (t *Table) Progress() (done, total int, status string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, r := range t.runs {
		switch r.state {
		case finished, failed:
			done += runUnit
		case running:
			// The last step of a run is not its end: it is still to be kept.
			done += min(int(runUnit*r.share), runUnit-1)
		}
	}
	return done, runUnit * len(t.runs), t.status
}

const runUnit = 1000

// Complete reports whether every run has finished without an error.
func (t *Table) Complete() bool { return len(t.open()) == 0 }

// Err returns the errors of the runs that failed, each a *RunError, joined, or nil.
func (t *Table) Err() error {
	var all runErrors
	for _, r := range t.Results() {
		if r.Err != nil {
			all = append(all, &RunError{Part: r.Part, Method: r.Method, Err: r.Err})
		}
	}
	if all == nil {
		return nil
	}
	return all
}

// RunError is the error of one run.
type RunError struct {
	Part
	Method string
	Err    error
}

// Error names the run.
func (e *RunError) Error() string {
	return fmt.Sprintf("experiment: %s, %v: %v", e.Method, e.Part, e.Err)
}

// Unwrap returns the error of the method.
func (e *RunError) Unwrap() error { return e.Err }

// PanicError is in the error of a run that panicked.
type PanicError struct {
	Value any    // of the panic
	Stack []byte // where it was
}

// Error is the text of the panic.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic when it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// runErrors are the errors of several runs.
type runErrors []*RunError

// shownErrors is how many stand in the text: often all have the same cause.
const shownErrors = 10

// Error writes one line a run.
func (all runErrors) Error() string {
	var lines []string
	for _, e := range all[:min(shownErrors, len(all))] {
		lines = append(lines, e.Error())
	}
	if more := len(all) - shownErrors; more > 0 {
		lines = append(lines, fmt.Sprintf("experiment: and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func (all runErrors) Unwrap() []error {
	out := make([]error, len(all))
	for i, e := range all {
		out[i] = e
	}
	return out
}

// count returns how many runs are over and how many of them failed, and how many there are.
func (t *Table) count() (over, bad, all int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, r := range t.runs {
		switch r.state {
		case failed:
			bad++
			over++
		case finished:
			over++
		}
	}
	return over, bad, len(t.runs)
}

// open lists the runs that have no result, those that failed among them.
func (t *Table) open() []int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var out []int
	for i, r := range t.runs {
		if r.state != finished {
			out = append(out, i)
		}
	}
	return out
}

// at returns a run as it is now.
func (t *Table) at(i int) run {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.runs[i]
}

// set changes a run.
func (t *Table) set(i int, change func(*run)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.runs[i])
}

func (t *Table) setStatus(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status = text
}

// compare decides which metric is compared, when nothing has yet, and returns an error when m
// lacks it.
func (t *Table) compare(m Metrics) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.metric == "" {
		t.metric = mainMetric(m)
	}
	if _, ok := m[t.metric]; ok {
		return nil
	}
	names := slices.Sorted(maps.Keys(m))
	if t.metric == "" {
		return fmt.Errorf("it gave the metrics %q: name the one to compare in Plan.Metric", names)
	}
	return fmt.Errorf("it gave no finite %q but %q: give it, or name the metric to compare in Plan.Metric", t.metric, names)
}

// mainMetric returns what is compared when the plan does not say, or "".
func mainMetric(m Metrics) string {
	for _, name := range []string{mole.MetricAccuracy, mole.MetricR2} {
		if _, ok := m[name]; ok {
			return name
		}
	}
	only := ""
	for name := range m {
		if name == metricSeconds {
			continue
		}
		if only != "" {
			return ""
		}
		only = name
	}
	return only
}

// measured returns the metrics that are numbers.
func measured(m Metrics) Metrics {
	out := Metrics{}
	for name, v := range m {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			out[name] = v
		}
	}
	return out
}

var _ mole.Observer = (*progress)(nil)
