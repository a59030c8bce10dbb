//go:build amd64 || arm64

package engine

import "unsafe"

const haveStubs = true

// stubTable returns the entries of the assembly stubs.
func stubTable() *[maxSlots]uintptr

// getg returns an identity of the calling goroutine, unique while the goroutine lives.
func getg() uintptr

// stackDepth is how much of its stack the calling goroutine g uses, by the end of the stack
// that the runtime keeps in the second word of a g.
func stackDepth(g uintptr) uintptr {
	var here byte
	end := *(*uintptr)(unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&g)), unsafe.Sizeof(g)))
	return end - uintptr(unsafe.Pointer(&here))
}
