package worker

import (
	"runtime"
	"time"
)

// Usage is what a program took. Apart from the time on the clock it counts the whole
// worker process, with the goroutines that other cells have left running.
type Usage struct {
	Wall, User, System time.Duration
	Mallocs, Bytes     uint64 // allocated on the heap, whether or not it was freed again
}

// Add adds what another program took.
func (u *Usage) Add(v Usage) {
	u.Wall, u.User, u.System = u.Wall+v.Wall, u.User+v.User, u.System+v.System
	u.Mallocs, u.Bytes = u.Mallocs+v.Mallocs, u.Bytes+v.Bytes
}

// measure starts counting; the returned function ends it.
func measure() func() *Usage {
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	user, system := cpuTime()
	begun := time.Now()
	return func() *Usage {
		u := &Usage{Wall: time.Since(begun)}
		u.User, u.System = cpuTime()
		u.User, u.System = u.User-user, u.System-system
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		u.Mallocs, u.Bytes = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
		return u
	}
}
