//go:build unix

package mole_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// watch is a context that notes the longest work between two looks at it, in processor
// time, so that other programs on the machine do not count.
type watch struct {
	context.Context
	last, longest time.Duration
	where         string
}

func (w *watch) Err() error {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	now := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	if gap := now - w.last; w.last > 0 && gap > w.longest {
		_, file, line, _ := runtime.Caller(1)
		w.longest, w.where = gap, fmt.Sprintf("%s:%d", filepath.Base(file), line)
	}
	w.last = now
	return nil
}

// From the first step to the end, with measurements, features in a file and early stopping,
// training looks at its context so often that a cancellation takes less than 100 ms. (Of
// modules side by side only the last one looks at it; what it waits for ends with it.)
func TestEveryPartOfATrainingLooksAtItsContextOften(t *testing.T) {
	train, test := digits(1)
	validation, test := test.Split(0.5, 1)
	o := mole.Options{
		Seed: 1, Test: test, Epochs: 2, OutputEpochs: 2, CacheLimit: 1, CacheFolder: t.TempDir(),
		Validation: validation, Patience: 1,
	}
	for _, name := range []string{"sequential", "simultaneous", "back-propagation"} {
		for _, net := range []*mole.Network{mole.MLP(64, 256, 128, 10), mole.CNN(nn.Grid{Channels: 1, Height: 8, Width: 8}, 10, 32, 16)} {
			tr, err := methods[name](net, train, o)
			if err != nil {
				t.Fatal(err)
			}
			ctx := &watch{Context: t.Context()}
			if _, err := tr.Run(ctx); err != nil {
				t.Fatal(err)
			}
			if ctx.longest > slowdown*100*time.Millisecond {
				t.Errorf("%s, %v: %v without a look at the context, before %s", name, net, ctx.longest, ctx.where)
			}
		}
	}
}
