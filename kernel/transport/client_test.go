package transport

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// limit ends a test that would hang.
const limit = 20 * time.Second

func listen(t testing.TB) *Conn {
	t.Helper()
	c, err := ListenOn(File{Transport: "tcp", IP: "127.0.0.1", Key: "secret"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func codec(t testing.TB) *wire.Codec {
	t.Helper()
	c, err := wire.NewCodec([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// dealer is a well-behaved client by zmq4.
func dealer(t testing.TB, port int) zmq4.Socket {
	t.Helper()
	s := zmq4.NewDealer(context.Background(), zmq4.WithLogger(log.New(io.Discard, "", 0)))
	if err := s.Dial("tcp://" + address(port)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// ask sends a request by a dealer, has it answered, and receives the reply.
func ask(t testing.TB, c *Conn, s zmq4.Socket) {
	t.Helper()
	session := wire.NewSession("client")
	frames, err := codec(t).Encode(session.New(&wire.KernelInfoRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		t.Fatal(err)
	}
	req := next(t, c)
	if err := c.Send(wire.Shell, c.session.Reply(req, &wire.KernelInfoReply{Reply: wire.OK()})); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		_, err := s.Recv()
		got <- err
	}()
	select {
	case err := <-got:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(limit):
		t.Fatal("no reply")
	}
}

func next(t testing.TB, c *Conn) *wire.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	m, err := c.Recv(ctx, wire.Shell)
	if err != nil {
		t.Fatalf("no request: %v", err)
	}
	return m
}

// raw is a client that speaks for itself.
type raw struct {
	net.Conn
	t  testing.TB
	in *bufio.Reader
}

func dial(t testing.TB, port int) *raw {
	t.Helper()
	c, err := net.Dial("tcp", address(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(limit))
	return &raw{c, t, bufio.NewReader(c)}
}

func (r *raw) send(b ...byte) {
	r.t.Helper()
	if _, err := r.Write(b); err != nil {
		r.t.Fatal(err)
	}
}

// shake does the client's side of the handshake.
func (r *raw) shake(socketType, identity string) *raw {
	r.t.Helper()
	r.send(greeting()...)
	r.send(appendReady(nil, ready{socketType, identity})...)
	return r.shaken()
}

// shaken takes what the kernel says in the handshake.
func (r *raw) shaken() *raw {
	r.t.Helper()
	if err := readGreeting(r.in); err != nil {
		r.t.Fatal(err)
	}
	if _, err := readReady(r.in); err != nil {
		r.t.Fatal(err)
	}
	return r
}

// subscribed subscribes to all and takes the welcome.
func (r *raw) subscribed() *raw {
	r.t.Helper()
	r.send(0, 1, 1)
	m, err := r.message()
	if err != nil {
		r.t.Fatal(err)
	}
	if _, ok := m.Content.(*wire.Welcome); !ok {
		r.t.Fatalf("first message is %s, want a welcome", m.Header.Type)
	}
	return r
}

func (r *raw) frames() ([][]byte, error) {
	var all [][]byte
	for {
		f, err := readFrame(r.in, 1<<30)
		if err != nil {
			return nil, err
		}
		all = append(all, f.body)
		if f.flags&flagMore == 0 {
			return all, nil
		}
	}
}

func (r *raw) message() (*wire.Message, error) {
	r.t.Helper()
	frames, err := r.frames()
	if err != nil {
		return nil, err
	}
	return codec(r.t).Decode(frames)
}

// dropped waits until the kernel closes the connection.
func (r *raw) dropped() {
	r.t.Helper()
	if _, err := io.Copy(io.Discard, r.in); err != nil {
		if e, ok := err.(net.Error); ok && e.Timeout() {
			r.t.Fatal("the connection is still open")
		}
	}
}
