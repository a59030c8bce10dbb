//go:build amd64 || arm64

package engine

const haveStubs = true

// stubTable returns the entries of the assembly stubs.
func stubTable() *[maxSlots]uintptr

// getg returns an identity of the calling goroutine, unique while the goroutine lives.
func getg() uintptr
