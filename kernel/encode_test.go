package kernel_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// encoding is the kernel's end of a pipe that encodes what is sent, as sockets do.
type encoding struct {
	kernel.Conn
	codec *wire.Codec
}

func (e encoding) Send(ch wire.Channel, m *wire.Message) error {
	if _, err := e.codec.Encode(m); err != nil {
		return err
	}
	return e.Conn.Send(ch, m)
}

func TestValueWithoutJSONIsReportedAndAnswered(t *testing.T) {
	codec, err := wire.NewCodec([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	bad := kernel.Bundle{Data: map[string]any{"application/json": math.NaN()}}
	run := func(context.Context, kernel.Cell, kernel.Output) kernel.Result {
		return kernel.Result{Value: &bad, Expressions: map[string]kernel.Result{"x": {Value: &bad}}}
	}
	pipe := kernel.NewPipe()
	k := kernel.New(kernel.Options{Runtime: kerneltest.Runtime(run), Conn: encoding{pipe.Kernel(), codec}})
	go k.Run(t.Context())
	if err := pipe.Send(wire.Shell, wire.NewSession("client").New(&wire.ExecuteRequest{Code: "x"})); err != nil {
		t.Fatal(err)
	}
	reply, err := pipe.Recv(t.Context(), wire.Shell)
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := reply.Content.(*wire.ErrorReply); !ok || r.Type != "execute_reply" || r.EName != "InternalError" {
		t.Errorf("reply is %+v", reply.Content)
	}
	for {
		m, err := pipe.Recv(t.Context(), wire.IOPub)
		if err != nil {
			t.Fatal(err)
		}
		switch c := m.Content.(type) {
		case *wire.Stream:
			if c.Name != "stderr" || !strings.Contains(c.Text, "execute_result cannot be shown") {
				t.Errorf("stream %+v", c)
			}
			return
		case *wire.Status:
			if c.State == "idle" {
				t.Fatal("nothing was said about the value")
			}
		}
	}
}
