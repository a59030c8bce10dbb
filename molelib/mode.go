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
	// before its step, is the input of module k+1. The modules share their epochs, see
	// Options.OutputEpochs; Module.Epochs counts in the last one only.
	Simultaneous
)

// String returns the name of the mode, as in "simultaneous".
func (m Mode) String() string {
	switch m {
	case Sequential:
		return "sequential"
	case Simultaneous:
		return "simultaneous"
	}
	return fmt.Sprintf("Mode(%d)", int(m))
}
