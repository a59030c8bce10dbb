package mole

import "fmt"

// Mode is the order in which the modules of a network take their steps. In all of them no
// gradient crosses from one module into another.
type Mode int

const (
	// Sequential trains one module after another (Li, Pei 2023): a module is trained to
	// the end, then its output on all examples is computed once and becomes the input of
	// the next.
	Sequential Mode = iota

	// Simultaneous lets all modules take a step on every batch: what module k makes of it,
	// before its step, is the input of module k+1. Where there are processors the steps are
	// taken side by side, unless there is an objective of your own among them. The modules
	// share their epochs, see Options.OutputEpochs; Module.Epochs counts in the last one only.
	Simultaneous

	// Asynchronous is Simultaneous with a goroutine for each module: they work side by
	// side, as stages of a pipeline, on different batches, with Options.Queue batches at
	// most on their way. Because each module sees every batch in the same order, and
	// depends on none behind it, the weights are those of Simultaneous to the bit; what
	// differs is the time, and Report.Staleness.
	Asynchronous
)

// String returns the name of the mode, as in "simultaneous".
func (m Mode) String() string {
	switch m {
	case Sequential:
		return "sequential"
	case Simultaneous:
		return "simultaneous"
	case Asynchronous:
		return "asynchronous"
	}
	return fmt.Sprintf("Mode(%d)", int(m))
}
