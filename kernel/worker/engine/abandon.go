package engine

import (
	"fmt"
	"time"
)

// graceful is how long an interrupted cell may take to run its deferred calls.
const graceful = 100 * time.Millisecond

// abandon waits a little for an interrupted cell to end.
func (e *Engine) abandon(result <-chan error) error {
	t := time.NewTimer(graceful)
	defer t.Stop()
	select {
	case err := <-result:
		if err != nil {
			return err
		}
	case <-t.C:
	}
	return ErrInterrupted
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
