package engine

import (
	"fmt"
	"time"
)

// graceful is how long an interrupted cell may take to run its deferred calls.
const graceful = 100 * time.Millisecond

// Abandoned is the result of a cell whose context was cancelled and that is in a compiled call
// that does not return: its goroutine runs on until the call ends. It is an ErrInterrupted.
type Abandoned struct {
	Where Frame // the statement that makes the call, as far as known
}

func (a *Abandoned) Error() string {
	return fmt.Sprintf("interrupted, but the compiled call in cell [%d], line %d, still runs", a.Where.Cell, a.Where.Line)
}

func (a *Abandoned) Unwrap() error { return ErrInterrupted }

// abandon waits a little for an interrupted cell to end.
func (e *Engine) abandon(r *run, result <-chan error) error {
	t := time.NewTimer(graceful)
	defer t.Stop()
	select {
	case err := <-result:
		if err != nil {
			return err
		}
		return ErrInterrupted
	case <-t.C:
	}
	if e.opts.Returned != nil {
		go func() {
			<-result
			e.opts.Returned()
		}()
	}
	return &Abandoned{Frame{Cell: r.cell}.moved(*e.trace.at)}
}

// panicText words a panic's value as the Go runtime does.
func panicText(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string:
		return v
	}
	return fmt.Sprintf("%#v", v)
}
