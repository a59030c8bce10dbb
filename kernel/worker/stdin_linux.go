package worker

import (
	"os"

	"golang.org/x/sys/unix"
)

// pending returns the number of bytes in a pipe.
func pending(r *os.File) (n int) {
	conn, err := r.SyscallConn()
	if err != nil {
		return 0
	}
	// An error leaves 0: somebody who waits for a while is asked anyway.
	_ = conn.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	return n
}
