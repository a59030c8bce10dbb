package kernel_test

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// attached runs a kernel that is attached to the process of the test.
func attached(t *testing.T) (pipe *kernel.Pipe, ended <-chan error) {
	t.Helper()
	pipe = kernel.NewPipe()
	k := kernel.New(kernel.Options{Runtime: kerneltest.Runtime(kerneltest.Words), Conn: pipe.Kernel()})
	ctx, stop := k.Attach(context.Background())
	t.Cleanup(stop)
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	return pipe, done
}

func TestKernelEndsWithItsParent(t *testing.T) {
	parent := exec.Command(os.Args[0], "-test.run=^$", "-test.timeout=1m")
	in, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	parent.Env = append(os.Environ(), "KERNELTEST_WAIT=1")
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JPY_PARENT_PID", strconv.Itoa(parent.Process.Pid))
	_, ended := attached(t)
	in.Close()
	parent.Wait() // its status does not matter
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestSIGINTInterruptsTheCellAndNothingElse(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process of Windows cannot send itself SIGINT")
	}
	pipe, ended := attached(t)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	s := wire.NewSession("client")
	for range 3 {
		if err := self.Signal(os.Interrupt); err != nil { // nothing runs
			t.Fatal(err)
		}
		if err := pipe.Send(wire.Shell, s.New(&wire.ExecuteRequest{Code: "print begun\nwait"})); err != nil {
			t.Fatal(err)
		}
		for begun := false; !begun; {
			m, err := pipe.Recv(t.Context(), wire.IOPub)
			if err != nil {
				t.Fatal(err)
			}
			_, begun = m.Content.(*wire.Stream)
		}
		if err := self.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		m, err := pipe.Recv(t.Context(), wire.Shell)
		if err != nil {
			t.Fatal(err)
		}
		if r := m.Content.(*wire.ExecuteReply); r.Status != "error" || r.EName != "Interrupted" {
			t.Errorf("reply is %+v", r)
		}
	}
	pipe.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
