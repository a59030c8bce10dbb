//go:build !amd64 && !arm64

package engine

import (
	"bytes"
	"runtime"
	"strconv"
	"sync/atomic"
)

const haveStubs = false

func stubTable() *[maxSlots]uintptr { return new([maxSlots]uintptr) }

// getg returns an identity of the calling goroutine, unique while the goroutine lives.
func getg() uintptr {
	var buf [64]byte
	s := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	if i := bytes.IndexByte(s, ' '); i > 0 {
		n, _ := strconv.ParseUint(string(s[:i]), 10, 64)
		return uintptr(n)
	}
	return 0
}

var depth atomic.Uint64

// stackDepth is not known here: it grows all the time.
func stackDepth(uintptr) uintptr { return uintptr(depth.Add(1)) }
