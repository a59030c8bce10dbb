//go:build unix && !linux

package worker

import "syscall"

// attributes puts the worker in a process group of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
