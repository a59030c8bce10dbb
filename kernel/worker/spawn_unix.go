//go:build unix

package worker

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// hand gives the worker's ends to the process that cmd will start.
func hand(cmd *exec.Cmd, p pipes) {
	cmd.ExtraFiles = []*os.File{p.control, p.messages, p.stderr}
	variable := pipesVariable + "=3,4,5"
	if p.box != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, p.box)
		variable += ",6"
	}
	cmd.Env = append(cmd.Env, variable)
	cmd.SysProcAttr = attributes()
}

// inherited opens the pipes that the variable names.
func inherited(variable string) (pipes, error) {
	var fds [4]int
	n, err := fmt.Sscanf(variable, "%d,%d,%d,%d", &fds[0], &fds[1], &fds[2], &fds[3])
	if n < 3 {
		return pipes{}, fmt.Errorf("read %s: %w", pipesVariable, err)
	}
	for _, fd := range fds[:n] {
		syscall.CloseOnExec(fd) // commands that a cell starts must not keep them open
	}
	var box *os.File
	if n == len(fds) {
		box = os.NewFile(uintptr(fds[3]), "black box")
	}
	return pipes{
		box:      box,
		control:  os.NewFile(uintptr(fds[0]), "control"),
		messages: os.NewFile(uintptr(fds[1]), "messages"),
		stderr:   os.NewFile(uintptr(fds[2]), "/dev/stderr"),
	}, nil
}

func duplicate(f *os.File) (*os.File, error) {
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// killGroup ends a worker and what its cells have started.
func killGroup(p *os.Process) {
	if err := syscall.Kill(-p.Pid, syscall.SIGKILL); err != nil {
		_ = p.Kill() // it has no group yet, or has ended already
	}
}

// endGroup ends the calling worker with what its cells have started.
func endGroup() {
	if syscall.Getpgrp() == os.Getpid() {
		_ = syscall.Kill(0, syscall.SIGKILL)
	}
}
