package mole

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// stepRecord is what the report keeps of a step.
type stepRecord struct{ Loss, Rate float64 }

// Steps returns every step of the training of a module, counted from 0, with its loss and
// learning rate. By back-propagation all modules take the steps of the last one, which alone
// has them here.
func (r *Report) Steps(module int) []Step {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if module < 0 || module >= len(r.steps) {
		return nil
	}
	steps := make([]Step, len(r.steps[module]))
	for i, s := range r.steps[module] {
		steps[i] = Step{
			Module: module, Name: r.names[module], Epoch: i/r.perEpoch + 1, Step: i%r.perEpoch + 1, Steps: r.perEpoch,
			Loss: s.Loss, Rate: s.Rate,
		}
	}
	return steps
}

// WriteStepsCSV writes one line a step: module, epoch and step in the epoch, both counted from
// 1, loss, learning rate.
func (r *Report) WriteStepsCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	// Errors of the lines are kept by the writer until Flush.
	_ = out.Write([]string{"module", "epoch", "step", MetricLoss, "rate"})
	for k := range r.names {
		for _, s := range r.Steps(k) {
			_ = out.Write([]string{s.Name, strconv.Itoa(s.Epoch), strconv.Itoa(s.Step), exact(s.Loss), exact(s.Rate)})
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("mole: write steps of the report: %w", err)
	}
	return nil
}

func (r *Report) addStep(s Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.perEpoch = s.Steps // is the same for all modules
	r.steps[s.Module] = append(r.steps[s.Module], stepRecord{s.Loss, s.Rate})
}

// stepState is a copy of the steps.
func (r *Report) stepState() [][]stepRecord {
	steps := make([][]stepRecord, len(r.steps))
	for k := range steps {
		steps[k] = slices.Clone(r.steps[k])
	}
	return steps
}
