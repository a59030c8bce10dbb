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

// WriteModulesCSV writes one line a module: what it took in time and memory (see Seconds,
// Memory, Staleness), and its epochs, the last and the best one (see Best).
func (r *Report) WriteModulesCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	// Errors of the lines are kept by the writer until Flush.
	_ = out.Write([]string{"module", "epochs", "best epoch", "seconds", "memory bytes", "mean staleness", "most staleness"})
	for k, name := range r.names {
		epochs := 0
		if all := r.Epochs(k); len(all) > 0 {
			epochs = all[len(all)-1].Epoch
		}
		mean, most := r.Staleness(k)
		_ = out.Write([]string{
			name, strconv.Itoa(epochs), strconv.Itoa(r.Best(k)), strconv.FormatFloat(r.Seconds(k), 'g', -1, 64),
			strconv.Itoa(r.Memory(k)), strconv.FormatFloat(mean, 'g', -1, 64), strconv.Itoa(most),
		})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("mole: write modules of the report: %w", err)
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
	Validation   string       `json:"validation,omitempty"` // metric of the validation data
	Seconds      float64      `json:"seconds"`
	PeakMemory   int          `json:"peak_memory_bytes"`
	Modules      []moduleJSON `json:"modules"`
	Evaluation   *Evaluation  `json:"evaluation,omitempty"` // of a training that is complete and has test data
}

type moduleJSON struct {
	Name      string      `json:"name"`
	Seconds   float64     `json:"seconds"`
	Memory    int         `json:"memory_bytes"`
	Best      int         `json:"best_epoch,omitempty"`
	Staleness float64     `json:"mean_staleness,omitempty"`
	Epochs    []epochJSON `json:"epochs"`
}

type epochJSON struct {
	Epoch    int      `json:"epoch"`
	ITX      *float64 `json:"I(T;X)"`
	ITY      *float64 `json:"I(T;Y)"`
	Accuracy *float64 `json:"accuracy"`
	Loss     *float64 `json:"loss"`

	Validation *float64 `json:"validation,omitempty"` // what Validation of reportJSON names
}

// MarshalJSON writes the method, the dataset, every epoch of every module and the evaluation.
func (r *Report) MarshalJSON() ([]byte, error) {
	out := reportJSON{
		Method: r.method, Dataset: r.dataset, Metric: r.qualityMetric(), Accuracy: measured(r.Accuracy()),
		ClassEntropy: r.ClassEntropy(), Seconds: r.Duration().Seconds(), PeakMemory: r.PeakMemory(),
		Validation: r.validation, Evaluation: r.Evaluation(),
	}
	for k, name := range r.names {
		m := moduleJSON{Name: name, Seconds: r.Seconds(k), Memory: r.Memory(k), Best: r.Best(k), Epochs: []epochJSON{}}
		m.Staleness, _ = r.Staleness(k)
		for _, e := range r.Epochs(k) {
			m.Epochs = append(m.Epochs, epochJSON{e.Epoch, measured(e.ITX), measured(e.ITY), measured(e.Accuracy), measured(e.Loss), measured(e.Validation)})
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
		Seconds: slices.Clone(r.seconds), Elapsed: r.elapsed, Staleness: slices.Clone(r.staleness),
		Memory: slices.Clone(r.memory), Best: slices.Clone(r.best), Total: r.total, Evaluation: r.evaluation,
		ClassEntropy: r.classEntropy, Status: r.status, Steps: r.stepState(), PerEpoch: r.perEpoch,
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
	r.elapsed, r.staleness, r.memory, r.best, r.total = s.Elapsed, s.Staleness, s.Memory, s.Best, s.Total
	r.classEntropy, r.status, r.done = s.ClassEntropy, s.Status, done
	r.steps, r.perEpoch = s.Steps, s.PerEpoch
}
