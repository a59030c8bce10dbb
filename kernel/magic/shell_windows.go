package magic

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

func shellCommand(text string) *exec.Cmd {
	cmd := exec.Command("cmd")
	// cmd has its own rules of quoting: it gets the line as it is.
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: "cmd /D /S /C \"" + text + "\""}
	return cmd
}

// shellScript returns the command that runs a script by the shell of a name, where there
// is one, otherwise as a batch file of cmd. The caller calls done when it has ended.
func shellScript(name, script string, _ int, args []string) (cmd *exec.Cmd, done func(), err error) {
	if path, err := exec.LookPath(name); err == nil {
		return exec.Command(path, append([]string{"-c", script, name}, args...)...), func() {}, nil
	}
	dir, err := os.MkdirTemp("", "cell")
	if err != nil {
		return nil, nil, err
	}
	file := filepath.Join(dir, "cell.cmd")
	if err := os.WriteFile(file, []byte("@echo off\r\n"+script), 0o600); err != nil {
		return nil, nil, err
	}
	return exec.Command("cmd", append([]string{"/D", "/C", file}, args...)...), func() { _ = os.RemoveAll(dir) }, nil
}

// own gives the command a process group of its own.
func own(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.CreationFlags |= syscall.CREATE_NEW_PROCESS_GROUP
}

// interruptAll does nothing: a process without a console cannot be asked to end.
func interruptAll(*os.Process) {}

// killAll ends the command with everything that it has started.
func killAll(p *os.Process) {
	if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run() != nil {
		_ = p.Kill()
	}
}
