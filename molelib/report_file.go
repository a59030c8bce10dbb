package mole

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// WriteCSV writes one line an epoch: module, epoch, and the metrics by their names.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	metrics := r.Metrics()
	// Errors of the lines are kept by the writer until Flush.
	_ = out.Write(append([]string{"module", "epoch"}, metrics...))
	for k, name := range r.names {
		for _, e := range r.Epochs(k) {
			line := []string{name, strconv.Itoa(e.Epoch)}
			for _, m := range metrics {
				line = append(line, strconv.FormatFloat(e.value(m), 'g', -1, 64))
			}
			_ = out.Write(line)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("mole: write report: %w", err)
	}
	return nil
}

// reportJSON is a report as JSON; what was not measured is null.
type reportJSON struct {
	Method       string       `json:"method"`
	Dataset      string       `json:"dataset"`
	Metric       string       `json:"metric"` // what accuracy is: "accuracy" or "R²"
	Accuracy     *float64     `json:"accuracy"`
	ClassEntropy float64      `json:"class_entropy_bits"`
	Seconds      float64      `json:"seconds"`
	Modules      []moduleJSON `json:"modules"`
	Evaluation   *Evaluation  `json:"evaluation,omitempty"` // of a training that is complete and has test data
}

type moduleJSON struct {
	Name    string      `json:"name"`
	Seconds float64     `json:"seconds"`
	Epochs  []epochJSON `json:"epochs"`
}

type epochJSON struct {
	Epoch    int      `json:"epoch"`
	ITX      *float64 `json:"I(T;X)"`
	ITY      *float64 `json:"I(T;Y)"`
	Accuracy *float64 `json:"accuracy"`
	Loss     *float64 `json:"loss"`
}

// MarshalJSON writes the method, the dataset, every epoch of every module and the evaluation.
func (r *Report) MarshalJSON() ([]byte, error) {
	out := reportJSON{
		Method: r.method, Dataset: r.dataset, Metric: r.qualityMetric(), Accuracy: measured(r.Accuracy()),
		ClassEntropy: r.ClassEntropy(), Seconds: r.Duration().Seconds(), Evaluation: r.Evaluation(),
	}
	for k, name := range r.names {
		m := moduleJSON{Name: name, Seconds: r.Seconds(k), Epochs: []epochJSON{}}
		for _, e := range r.Epochs(k) {
			m.Epochs = append(m.Epochs, epochJSON{e.Epoch, measured(e.ITX), measured(e.ITY), measured(e.Accuracy), measured(e.Loss)})
		}
		out.Modules = append(out.Modules, m)
	}
	return json.Marshal(out)
}

// measured returns nil, which JSON writes as null, for NaN.
func measured(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func (r *Report) state() reportState {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s := reportState{
		Seconds: slices.Clone(r.seconds), Elapsed: r.elapsed, Staleness: slices.Clone(r.staleness), Evaluation: r.evaluation,
		ClassEntropy: r.classEntropy, Status: r.status,
	}
	for _, records := range r.records {
		s.Records = append(s.Records, append([]Epoch(nil), records...))
	}
	return s
}

func (r *Report) restore(s reportState, done int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records, r.seconds, r.evaluation = s.Records, s.Seconds, s.Evaluation
	r.elapsed, r.staleness = s.Elapsed, s.Staleness
	r.classEntropy, r.status, r.done = s.ClassEntropy, s.Status, done
}
