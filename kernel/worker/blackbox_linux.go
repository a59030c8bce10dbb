package worker

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

// newBlackbox makes the memory, nil when the system does not give it.
func newBlackbox() *blackbox {
	fd, err := unix.MemfdCreate("mole-kernel-black-box", unix.MFD_CLOEXEC)
	if err != nil {
		return nil
	}
	file := os.NewFile(uintptr(fd), "black box")
	if err := file.Truncate(engine.BlackBoxSize); err != nil {
		file.Close()
		return nil
	}
	return &blackbox{file}
}

// mapBlackbox opens the worker's view of the memory; nil for none.
func mapBlackbox(file *os.File) *engine.BlackBox {
	if file == nil {
		return nil
	}
	memory, err := unix.Mmap(int(file.Fd()), 0, engine.BlackBoxSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil
	}
	return (*engine.BlackBox)(unsafe.Pointer(unsafe.SliceData(memory)))
}
