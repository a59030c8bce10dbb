package worker

import "syscall"

// attributes puts the worker in a process group of its own. The kernel of the system
// ends it when the thread that started it is gone; the end of the control pipe does so too.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
