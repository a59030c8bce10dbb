package worker

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

func TestErrorOfTheCancelledContextIsAnInterrupt(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	stopped := &engine.Panic{Value: fmt.Errorf("train: %w", context.Canceled)}
	other := &engine.Panic{Value: errors.New("boom")}
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want error
	}{
		{"cancelled, its error", cancelled, stopped, engine.ErrInterrupted},
		{"cancelled, another panic", cancelled, other, other},
		{"not cancelled", t.Context(), stopped, stopped},
		{"cancelled, no error", cancelled, nil, nil},
	} {
		if got := interrupted(c.ctx, c.err); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	why := new(engineRunner).Explain(interrupted(cancelled, stopped))
	if want := "the cell was interrupted: train: context canceled"; why.Name != "Interrupted" || why.Value != want {
		t.Errorf("it is explained as %s: %s, want Interrupted: %s", why.Name, why.Value, want)
	}
}
