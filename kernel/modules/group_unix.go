//go:build unix

package modules

import (
	"os/exec"
	"syscall"
)

// group gives the command a process group of its own, which ends as a whole: the go command
// leaves its compilers behind otherwise.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
