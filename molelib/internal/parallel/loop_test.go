package parallel_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/parallel"
)

func TestEveryPartIsDoneOnceBeforeRunReturns(t *testing.T) {
	for _, processors := range []int{1, 2, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		var l parallel.Loop
		for round := range 2000 {
			n := round % 9
			done := make([]int, n)
			l.Run(n, func(i int) { done[i]++ })
			for i, times := range done {
				if times != 1 {
					t.Fatalf("%d processors, round %d: part %d of %d was done %d times", processors, round, i, n, times)
				}
			}
		}
	}
}

func TestPanicsReachTheCaller(t *testing.T) {
	for _, processors := range []int{1, 2, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		var l parallel.Loop
		for round := range 300 {
			n, bad := 1+round%9, round%7%(1+round%9)
			got := func() (p any) {
				defer func() { p = recover() }()
				l.Run(n, func(i int) {
					if i == bad {
						panic(round)
					}
					runtime.Gosched()
				})
				return nil
			}()
			if got != round {
				t.Fatalf("%d processors, %d parts: the panic %v reached the caller, want %d", processors, n, got, round)
			}
			done := make([]int, n)
			l.Run(n, func(i int) { done[i]++ })
			for i, times := range done {
				if times != 1 {
					t.Fatalf("%d processors: after a panic part %d of %d was done %d times", processors, i, n, times)
				}
			}
		}
	}
}

func TestLoopsSideBySideDoNotWaitForEachOther(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var sum atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var l parallel.Loop
			for range 500 {
				l.Run(4, func(i int) { sum.Add(int64(i)) })
			}
		})
	}
	all.Wait()
	if want := int64(8 * 500 * 6); sum.Load() != want {
		t.Errorf("the parts add up to %d, not %d", sum.Load(), want)
	}
}

// A run inside of a part has a loop of its own.
func TestLoopsNest(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var sum atomic.Int64
	var outer parallel.Loop
	for range 200 {
		outer.Run(4, func(int) {
			var inner parallel.Loop
			inner.Run(4, func(i int) { sum.Add(int64(i)) })
		})
	}
	if want := int64(200 * 4 * 6); sum.Load() != want {
		t.Errorf("the parts add up to %d, not %d", sum.Load(), want)
	}
}

func TestARunDoesNotAllocate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var l parallel.Loop
	var sum [8]int
	part := func(i int) { sum[i]++ }
	l.Run(8, part)
	if got := testing.AllocsPerRun(200, func() { l.Run(8, part) }); got >= 1 {
		t.Errorf("%v allocations a run", got)
	}
}
