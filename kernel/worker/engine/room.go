package engine

import (
	"fmt"
	"math"
	"runtime/debug"
)

// room guards make: n elements of the given size that can never fit into the worker are a
// panic of the cell, where the Go runtime would end the process. It returns n.
func room(n, size int) int {
	if n <= 0 || size <= 0 || n < roomy/size {
		return n
	}
	soft := debug.SetMemoryLimit(-1) // nine tenths of the worker's limit
	if soft == math.MaxInt64 || float64(n)*float64(size) <= float64(soft)/9*10 {
		return n
	}
	panic(runtimeError(fmt.Sprintf("makeslice: out of memory: %d elements take %.0f MB, and the worker may hold %d MB",
		n, float64(n)*float64(size)/(1<<20), soft/9*10>>20)))
}

// roomy is a size that needs no look at the limit.
const roomy = 64 << 20
