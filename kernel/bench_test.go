package kernel_test

import (
	"context"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// BenchmarkTrivialCell is what the core adds to a cell: busy, input, result, reply, idle.
func BenchmarkTrivialCell(b *testing.B) {
	pipe := kernel.NewPipe()
	k := kernel.New(kernel.Options{Conn: pipe.Kernel(), Runtime: kerneltest.Runtime(kerneltest.Words)})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go k.Run(ctx)
	s := wire.NewSession("client")
	for b.Loop() {
		m := s.New(&wire.ExecuteRequest{Code: "= 1"})
		if err := pipe.Send(wire.Shell, m); err != nil {
			b.Fatal(err)
		}
		for idle := false; !idle; {
			out, err := pipe.Recv(ctx, wire.IOPub)
			if err != nil {
				b.Fatal(err)
			}
			status, ok := out.Content.(*wire.Status)
			idle = ok && status.State == "idle"
		}
		if _, err := pipe.Recv(ctx, wire.Shell); err != nil {
			b.Fatal(err)
		}
	}
}
