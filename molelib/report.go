package mole

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// Metrics of a report. Information is in bits and of the fixed probe batch, see
// Options.Probe, with α = 1.01 and the adaptive width of c = 0.5.
const (
	MetricITX      = "I(T;X)"   // information of the representation about the data
	MetricITY      = "I(T;Y)"   // information of the representation about the labels
	MetricAccuracy = "accuracy" // share of correct test examples, see Report
	MetricR2       = "R²"       // share of the targets' variance that is explained, of a regression
	MetricLoss     = "loss"     // mean over the epoch of what the module minimizes

	// The same of Options.Validation; there is one of them when it is set.
	MetricValidationAccuracy = "validation accuracy"
	MetricValidationR2       = "validation R²"
	MetricValidationITY      = "I(T;Y) of validation data" // mean over batches of the size of the probe
)

// Report is the record of a training: for every module and epoch the information, the
// accuracy and the loss, and the loss of every step. It may be read from any goroutine while
// the training runs.
//
// The accuracy of the last module is that of the network on Options.Test, or on the
// test nodes of the graph. A module
// before it makes no predictions; its accuracy is that of a linear readout of its
// representation, fitted by ridge regression to the classes of (at most 2,000) training
// examples and scored on (at most 2,000) test examples. Without test data, both are
// scored on training examples, the readout on such as it was not fitted to. A last module
// that is trained for information makes no predictions either.
//
// Of a regression the accuracy is R², of the network and of the readouts to the targets,
// and Metrics names it "R²". Without labels and targets it is not measured, nor is I(T;Y).
//
// Epoch 0 is the network before it is trained.
type Report struct {
	mu           sync.RWMutex
	method       string
	sequential   bool // each module has epochs of its own
	dataset      string
	regression   bool
	predicts     bool // the last module does
	names        []string
	records      [][]Epoch      // by module
	steps        [][]stepRecord // by module
	perEpoch     int            // steps of an epoch
	seconds      []float64      // by module
	elapsed      float64        // seconds
	staleness    []staleness
	memory       []int  // bytes
	best         []int  // epochs; 0: none
	validation   string // metric; "" without validation data
	evaluation   *Evaluation
	classEntropy float64
	done, total  int
	status       string
}

// Epoch is the state of one module after an epoch of its training. What was not
// measured is NaN.
type Epoch struct {
	Module   int // counted from 0
	Name     string
	Epoch    int // counted from 1; 0 is before the training
	Epochs   int // of this module in all
	ITX, ITY float64
	Accuracy float64 // in [0, 1]; R² of a regression; see Report
	Loss     float64

	Validation float64 // accuracy, R² or I(T;Y) of validation data, see Options.StopBy

	Regression bool // Accuracy is R²
}

// quality is the accuracy in words.
func (e Epoch) quality() string {
	if e.Regression {
		return MetricR2 + " " + number(e.Accuracy, 3)
	}
	return MetricAccuracy + " " + percentOf(e.Accuracy)
}

// String is a line of the epoch's values.
func (e Epoch) String() string {
	return fmt.Sprintf("%s, epoch %d of %d: I(T;X) %s, I(T;Y) %s bits, %s, loss %s",
		e.Name, e.Epoch, e.Epochs, number(e.ITX, 3), number(e.ITY, 3), e.quality(), number(e.Loss, 4))
}

func (e Epoch) value(metric string) float64 {
	switch metric {
	case MetricITX:
		return e.ITX
	case MetricITY:
		return e.ITY
	case MetricAccuracy, MetricR2:
		return e.Accuracy
	case MetricLoss:
		return e.Loss
	case MetricValidationAccuracy, MetricValidationR2, MetricValidationITY:
		return e.Validation
	}
	return math.NaN()
}

func newReport(method string, train *labelled, net *Network, stages, total int) *Report {
	r := &Report{
		method: method, sequential: stages == len(net.Modules), dataset: train.name,
		regression: train.regression(), predicts: net.predicts(), total: total, status: "ready",
	}
	for _, m := range net.Modules {
		r.names = append(r.names, m.Name)
	}
	r.records, r.steps = make([][]Epoch, len(r.names)), make([][]stepRecord, len(r.names))
	r.seconds, r.staleness = make([]float64, len(r.names)), make([]staleness, len(r.names))
	r.memory, r.best = make([]int, len(r.names)), make([]int, len(r.names))
	return r
}

// Method returns "MOLE", "MOLE, simultaneous", "MOLE, asynchronous" or "back-propagation".
func (r *Report) Method() string { return r.method }

// Sequential reports whether the modules are trained one after another, each in epochs
// of its own; false when they share their epochs, as in the other modes and with
// back-propagation.
func (r *Report) Sequential() bool { return r.sequential }

// ModuleNames returns the names of the modules, in order.
func (r *Report) ModuleNames() []string { return append([]string(nil), r.names...) }

// Metrics returns the names of what is recorded: "I(T;X)", "I(T;Y)", "accuracy" (or "R²"),
// "loss", and with validation data what is measured on them.
func (r *Report) Metrics() []string {
	metrics := []string{MetricITX, MetricITY, r.qualityMetric(), MetricLoss}
	if r.validation != "" {
		metrics = append(metrics, r.validation)
	}
	return metrics
}

func (r *Report) qualityMetric() string {
	if r.regression {
		return MetricR2
	}
	return MetricAccuracy
}

// Values returns the course of a metric in a module, counted from 0: the epochs, from 0
// or 1 on, and the value after each. Both are empty when there is none yet, or no such
// module or metric.
func (r *Report) Values(module int, metric string) (epochs, values []float64) {
	for _, e := range r.Epochs(module) {
		if v := e.value(metric); !math.IsNaN(v) {
			epochs, values = append(epochs, float64(e.Epoch)), append(values, v)
		}
	}
	return epochs, values
}

// Last returns the latest value of a metric in a module, or NaN.
func (r *Report) Last(module int, metric string) float64 {
	_, values := r.Values(module, metric)
	if len(values) == 0 {
		return math.NaN()
	}
	return values[len(values)-1]
}

// Epochs returns the records of a module, counted from 0.
func (r *Report) Epochs(module int) []Epoch {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if module < 0 || module >= len(r.records) {
		return nil
	}
	return append([]Epoch(nil), r.records[module]...)
}

// Accuracy returns the accuracy of the last module, in [0, 1], at its best epoch when it
// has one (see Best), or the latest; NaN before there is one.
func (r *Report) Accuracy() float64 { return r.kept(len(r.names)-1, MetricAccuracy) }

// kept returns a metric of the weights that a module has.
func (r *Report) kept(module int, metric string) float64 {
	if best := r.Best(module); best > 0 {
		for _, e := range r.Epochs(module) {
			if e.Epoch == best {
				return e.value(metric)
			}
		}
	}
	return r.Last(module, metric)
}

// Evaluation returns the evaluation of the trained network on Options.Test, or nil
// when the training is not complete or there are no test data.
func (r *Report) Evaluation() *Evaluation {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.evaluation
}

// ClassEntropy returns S(Y) of the probe batch in bits, the most that I(T;Y) can be.
func (r *Report) ClassEntropy() float64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.classEntropy
}

// Seconds returns the time spent on training a module, without measurements. Modules
// that were trained together share it alike. It is 0 for a module that is not there.
func (r *Report) Seconds(module int) float64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if module < 0 || module >= len(r.seconds) {
		return 0
	}
	return r.seconds[module]
}

// Duration returns the time spent on training, without measurements. Where modules work
// side by side it is less than the sum of their Seconds.
func (r *Report) Duration() time.Duration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return time.Duration(r.elapsed * float64(time.Second))
}

// staleness is how far a module was behind the one before it.
type staleness struct{ Steps, Sum, Most int }

// Staleness returns how many steps the module before had done, at a step of this one, since
// the step on the same batch: 0 when they go in step, as with Simultaneous; the mean over
// all steps, and the most. It is a matter of timing, and the weights do not depend on it.
func (r *Report) Staleness(module int) (mean float64, most int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if module < 0 || module >= len(r.staleness) {
		return 0, 0
	}
	s := r.staleness[module]
	return float64(s.Sum) / float64(max(1, s.Steps)), s.Most
}

// Best returns the epoch whose weights a module has by Options.Patience: the one that did
// best on the validation data. It stopped at the last of its Epochs. 0 means that it has
// those of its last epoch.
func (r *Report) Best(module int) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if module < 0 || module >= len(r.best) {
		return 0
	}
	return r.best[module]
}

// Memory returns the bytes that a module needs for a step beside its parameters and their
// gradients: activations, the gradients between its layers, Gram matrices, and with
// Asynchronous the outputs that wait for the next module. Modules that
// are trained by back-propagation share it alike. It is 0 before the first epoch is over.
func (r *Report) Memory(module int) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if module < 0 || module >= len(r.memory) {
		return 0
	}
	return r.memory[module]
}

// PeakMemory returns the bytes that the training needs at once for a step beside
// parameters: the most that a module needs when they are trained one after another, or
// else the sum of what they need.
func (r *Report) PeakMemory() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	sum, most := 0, 0
	for _, bytes := range r.memory {
		sum, most = sum+bytes, max(most, bytes)
	}
	if r.sequential {
		return most
	}
	return sum
}

// Progress returns the steps done and in all, and what is going on.
func (r *Report) Progress() (done, total int, status string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.done, r.total, r.status
}

func (r *Report) record(e Epoch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records[e.Module] = append(r.records[e.Module], e)
}

func (r *Report) progress(done int, status string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done, r.status = done, status
}

func (r *Report) addTime(modules []int, elapsed time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range modules {
		r.seconds[k] += elapsed.Seconds() / float64(len(modules))
	}
}

func (r *Report) addElapsed(elapsed time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.elapsed += elapsed.Seconds()
}

func (r *Report) addStaleness(modules []int, steps int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range modules {
		s := &r.staleness[k]
		s.Steps, s.Sum, s.Most = s.Steps+1, s.Sum+steps, max(s.Most, steps)
	}
}

func (r *Report) setBest(modules []int, epoch int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range modules {
		r.best[k] = epoch
	}
}

func (r *Report) setMemory(modules []int, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range modules {
		r.memory[k] = max(r.memory[k], bytes/len(modules))
	}
}

func (r *Report) setTotal(total int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total = total
}

func (r *Report) finish(e *Evaluation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.evaluation = e
}

func (r *Report) setClassEntropy(bits float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.classEntropy = bits
}
