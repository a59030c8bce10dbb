package kernel

import (
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

func TestStragglersOfAFailedQueueAreAborted(t *testing.T) {
	failed := time.Now()
	k := &Kernel{failedAt: failed}
	at := func(d time.Duration) string { return failed.Add(d).UTC().Format(time.RFC3339Nano) }
	for _, test := range []struct {
		name     string
		received time.Duration // after the error
		date     string
		want     bool
	}{
		{"was waiting", -time.Second, at(-time.Second), true},
		{"was waiting, clock ahead", -time.Second, at(time.Hour), true},
		{"sent before, arrives after", time.Millisecond, at(-time.Millisecond), true},
		{"sent after", time.Millisecond, at(time.Millisecond), false},
		{"undated", time.Millisecond, "", false},
		{"clock behind, sent later by hand", time.Second, at(-time.Hour), false},
	} {
		q := &queued{received: failed.Add(test.received), req: &wire.Message{Header: wire.Header{Date: test.date}}}
		if got := k.aborts(q); got != test.want {
			t.Errorf("%s: aborted is %v, want %v", test.name, got, test.want)
		}
	}
}
