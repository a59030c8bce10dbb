package worker

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"
)

// exitMemory is the exit code of a worker that went over its memory limit.
const exitMemory = 77

// Between two looks at the memory the process can grow by some 4 GB a second.
const (
	growth       = 4 << 30 // bytes a second
	shortestLook = 2 * time.Millisecond
	longestLook  = 100 * time.Millisecond
)

// watchMemory ends the process with exitMemory when it holds more than limit bytes, before
// the system's own remedy hits somebody else, and says so on raw. The garbage collector
// works harder from nine tenths on. A limit of 0 watches nothing.
func watchMemory(limit int64, raw io.Writer) {
	if limit <= 0 {
		return
	}
	debug.SetMemoryLimit(limit / 10 * 9)
	go func() {
		timer := time.NewTimer(longestLook)
		for range timer.C {
			used := residentBytes()
			if used > limit {
				fmt.Fprintf(raw, "out of memory: the worker holds %d MB, its limit is %d MB\n", used>>20, limit>>20)
				os.Exit(exitMemory)
			}
			timer.Reset(nextLook(limit - used))
		}
	}()
}

func nextLook(headroom int64) time.Duration {
	d := time.Duration(float64(headroom) / (2 * growth) * float64(time.Second))
	return min(longestLook, max(shortestLook, d))
}

// defaultMemoryLimit is three quarters of the memory that this process may use at most; 0
// where that is not known.
func defaultMemoryLimit() int64 { return availableBytes() / 4 * 3 }
