package experiment

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
)

type tableJSON struct {
	Name    string       `json:"name"`
	Metric  string       `json:"metric"`
	Runs    int          `json:"runs"` // in all, also those that are not over
	Methods []methodJSON `json:"methods"`
	Results []resultJSON `json:"results"`
}

type methodJSON struct {
	Name    string                 `json:"name"`
	Summary map[string]summaryJSON `json:"summary"` // by metric
	// Difference is what the method has more than the first, in the metric that is compared.
	Difference *differenceJSON `json:"difference,omitempty"`
}

type summaryJSON struct {
	Runs int      `json:"runs"`
	Mean *float64 `json:"mean"`
	Std  *float64 `json:"std"`
	Min  *float64 `json:"min"`
	Max  *float64 `json:"max"`
}

type differenceJSON struct {
	To   string   `json:"to"`
	Runs int      `json:"runs"`
	Mean *float64 `json:"mean"`
	Std  *float64 `json:"std"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// resultJSON is a run, here and in a file of results.
type resultJSON struct {
	Method  string  `json:"method"`
	Seed    int     `json:"seed"`
	Fold    *int    `json:"fold,omitempty"` // counted from 0; absent without folds
	Metrics Metrics `json:"metrics,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// MarshalJSON writes the summary of every method and metric, and every run that is over. What
// was not measured is null.
func (t *Table) MarshalJSON() ([]byte, error) {
	_, _, all := t.count()
	out := tableJSON{Name: t.name, Metric: t.Metric(), Runs: all, Results: []resultJSON{}}
	metrics := t.Metrics()
	for k, method := range t.methods {
		m := methodJSON{Name: method, Summary: map[string]summaryJSON{}}
		for _, name := range metrics {
			s := t.SummaryOf(method, name)
			m.Summary[name] = summaryJSON{s.Runs, finite(s.Mean), finite(s.Std), finite(s.Min), finite(s.Max)}
		}
		if k > 0 {
			d := t.Difference(method, t.methods[0])
			m.Difference = &differenceJSON{t.methods[0], d.Runs, finite(d.Mean), finite(d.Std), finite(d.Low), finite(d.High)}
		}
		out.Methods = append(out.Methods, m)
	}
	for _, r := range t.Results() {
		out.Results = append(out.Results, r.json())
	}
	return json.Marshal(out)
}

func (r Result) json() resultJSON {
	out := resultJSON{Method: r.Method, Seed: r.Seed, Metrics: r.Metrics}
	if r.Folds > 0 {
		out.Fold = &r.Fold
	}
	if r.Err != nil {
		out.Error = r.Err.Error()
	}
	return out
}

// WriteCSV writes one line a run that is over: method, seed, fold (counted from 0; empty
// without folds), the metrics by their names, error.
func (t *Table) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	metrics := t.Metrics()
	// Errors of the lines are kept by the writer until Flush.
	_ = out.Write(append(append([]string{"method", "seed", "fold"}, metrics...), "error"))
	for _, r := range t.Results() {
		line := []string{r.Method, strconv.Itoa(r.Seed), ""}
		if r.Folds > 0 {
			line[2] = strconv.Itoa(r.Fold)
		}
		for _, name := range metrics {
			cell := ""
			if v, ok := r.Metrics[name]; ok {
				cell = strconv.FormatFloat(v, 'g', -1, 64)
			}
			line = append(line, cell)
		}
		text := ""
		if r.Err != nil {
			text = r.Err.Error()
		}
		_ = out.Write(append(line, text))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("experiment: write table: %w", err)
	}
	return nil
}

// finite returns nil, which JSON writes as null, for what is no number.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
