package worker

import (
	"syscall"
	"time"
)

// cpuTime returns the processor time of the process.
func cpuTime() (user, system time.Duration) {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0, 0
	}
	var creation, exit, kernel, own syscall.Filetime
	if err := syscall.GetProcessTimes(self, &creation, &exit, &kernel, &own); err != nil {
		return 0, 0
	}
	return hundreds(own), hundreds(kernel)
}

// hundreds reads a duration in units of 100 ns.
func hundreds(f syscall.Filetime) time.Duration {
	return 100 * time.Duration(uint64(f.HighDateTime)<<32|uint64(f.LowDateTime))
}
