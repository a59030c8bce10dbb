package kernel

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// stoppable counts how often it is stopped.
type stoppable struct{ stops chan bool }

func (stoppable) Execute(context.Context, Cell, Output) Result { return Result{} }
func (stoppable) Close() error                                 { return nil }
func (s stoppable) Stop()                                      { s.stops <- true }

func TestTheSecondInterruptStopsByForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stoppable{make(chan bool, 9)}
		k := &Kernel{runtime: s}
		expect := func(n int, when string) {
			t.Helper()
			synctest.Wait()
			if len(s.stops) != n {
				t.Errorf("%s: stopped %d times, want %d", when, len(s.stops), n)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		k.setCurrent(cancel)
		k.Interrupt()
		if ctx.Err() == nil {
			t.Error("the cell is not interrupted")
		}
		k.Interrupt()
		expect(0, "a double click")
		time.Sleep(2 * impatience)
		k.Interrupt()
		expect(1, "the second interrupt of a cell")
		k.setCurrent(func() {})
		k.Interrupt()
		expect(1, "the first interrupt of the next cell")
		k.setCurrent(nil)
		k.Interrupt()
		expect(2, "an interrupt when no cell runs")
	})
}
