package worker

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// hand gives the worker's ends to the process that cmd will start.
func hand(cmd *exec.Cmd, p pipes) {
	handles := []syscall.Handle{syscall.Handle(p.control.Fd()), syscall.Handle(p.messages.Fd()), syscall.Handle(p.stderr.Fd())}
	for _, h := range handles {
		_ = syscall.SetHandleInformation(h, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT)
	}
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d,%d,%d", pipesVariable, handles[0], handles[1], handles[2]))
	cmd.SysProcAttr = &syscall.SysProcAttr{
		AdditionalInheritedHandles: handles,
		CreationFlags:              syscall.CREATE_NEW_PROCESS_GROUP, // the console's Ctrl-C is for the kernel
	}
}

// inherited opens the pipes that the variable names.
func inherited(variable string) (pipes, error) {
	var handles [3]uintptr
	if _, err := fmt.Sscanf(variable, "%d,%d,%d", &handles[0], &handles[1], &handles[2]); err != nil {
		return pipes{}, fmt.Errorf("read %s: %w", pipesVariable, err)
	}
	return pipes{
		control:  os.NewFile(handles[0], "control"),
		messages: os.NewFile(handles[1], "messages"),
		stderr:   os.NewFile(handles[2], "stderr"),
	}, nil
}

func duplicate(f *os.File) (*os.File, error) {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		return nil, err
	}
	var h syscall.Handle
	if err := syscall.DuplicateHandle(self, syscall.Handle(f.Fd()), self, &h, 0, false, syscall.DUPLICATE_SAME_ACCESS); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), f.Name()), nil
}

func killGroup(p *os.Process) { _ = p.Kill() }

func endGroup() {}
