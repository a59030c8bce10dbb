//go:build !unix

package kernel

import "os"

var terminating []os.Signal

// alive opens the process, which fails for one that is gone. JPY_PARENT_PID may hold a
// handle instead of a process id: that is no living process, and is not watched.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return p.Release() == nil
}
