//go:build unix

package kernel

import (
	"os"
	"syscall"
)

var terminating = []os.Signal{syscall.SIGTERM, syscall.SIGHUP}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}
