package optim

import "fmt"

// Snapshot is the state of a Stepper between two steps.
type Snapshot struct {
	Steps   int         // taken
	Moments [][]float32 // velocities, or first and then second moments, parameter by parameter
}

// Resumable is implemented by steppers whose state can be saved: those of SGD and Adam.
type Resumable interface {
	Snapshot() Snapshot       // a copy
	Restore(s Snapshot) error // an error when s is of other parameters; nothing is changed then
}

var (
	_ Resumable = (*sgd)(nil)
	_ Resumable = (*adam)(nil)
)

// Snapshot returns a copy of the velocities.
func (s *sgd) Snapshot() Snapshot { return Snapshot{Moments: copyOf(s.velocity)} }

// Restore sets the velocities.
func (s *sgd) Restore(from Snapshot) error { return restore(s.velocity, from.Moments) }

// Snapshot returns a copy of the moments and the number of steps.
func (a *adam) Snapshot() Snapshot {
	return Snapshot{a.steps, append(copyOf(a.first), copyOf(a.second)...)}
}

// Restore sets the moments and the number of steps.
func (a *adam) Restore(from Snapshot) error {
	both := append(append([][]float32(nil), a.first...), a.second...)
	if err := restore(both, from.Moments); err != nil {
		return err
	}
	a.steps = from.Steps
	return nil
}

func copyOf(state [][]float32) [][]float32 {
	c := make([][]float32, len(state))
	for i, s := range state {
		c[i] = append([]float32(nil), s...)
	}
	return c
}

func restore(state, from [][]float32) error {
	if len(state) != len(from) {
		return fmt.Errorf("optim: the state of %d parameters does not fit %d", len(from), len(state))
	}
	for i := range state {
		if len(state[i]) != len(from[i]) {
			return fmt.Errorf("optim: the state of parameter %d has %d values, want %d", i, len(from[i]), len(state[i]))
		}
	}
	for i := range state {
		copy(state[i], from[i])
	}
	return nil
}
