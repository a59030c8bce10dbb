package kernel_test

import (
	"context"
	"fmt"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// A kernel without sockets: a pipe stands for them.
func ExamplePipe() {
	ctx := context.Background()
	pipe := kernel.NewPipe()
	go kernel.New(kernel.Options{Runtime: kerneltest.Runtime(kerneltest.Words), Conn: pipe.Kernel()}).Run(ctx)

	s := wire.NewSession("example")
	req := s.New(&wire.ExecuteRequest{Code: "print hello\n= 42"})
	if err := pipe.Send(wire.Shell, req); err != nil {
		fmt.Println(err)
		return
	}
	for {
		m, err := pipe.Recv(ctx, wire.IOPub)
		if err != nil {
			fmt.Println(err)
			return
		}
		switch c := m.Content.(type) {
		case *wire.Stream:
			fmt.Printf("%s: %s", c.Name, c.Text)
		case *wire.ExecuteResult:
			fmt.Printf("Out[%d]: %s\n", c.ExecutionCount, c.Data["text/plain"])
		case *wire.Status:
			if c.State == "idle" {
				pipe.Close()
				return
			}
		}
	}
	// Output:
	// stdout: hello
	// Out[1]: 42
}
