package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

func TestRequestsAreAnswered(t *testing.T) {
	c := listen(t)
	s := dealer(t, c.Ports().ShellPort)
	for range 3 {
		ask(t, c, s)
	}
}

func TestBadMessagesAreDroppedAndCounted(t *testing.T) {
	c := listen(t)
	s := dealer(t, c.Ports().ShellPort)
	frames, err := codec(t).Encode(wire.NewSession("client").New(&wire.ExecuteRequest{Code: "x"}))
	if err != nil {
		t.Fatal(err)
	}
	forged := append([][]byte{frames[0], bytes.Repeat([]byte("0"), 64)}, frames[2:]...)
	for _, bad := range [][][]byte{{[]byte("x")}, {{}}, forged, frames[:3], frames, frames} {
		if err := s.SendMulti(zmq4.NewMsgFrom(bad...)); err != nil {
			t.Fatal(err)
		}
	}
	if m := next(t, c); m.Header.Type != "execute_request" {
		t.Errorf("received %s", m.Header.Type)
	}
	ask(t, c, s) // so that the replayed message has been looked at
	if got := c.Dropped(); got != 5 {
		t.Errorf("%d messages dropped, want 5: four bad ones and one replayed", got)
	}
}

func TestWelcomeGoesToTheNewSubscriberOnly(t *testing.T) {
	c := listen(t)
	first := dial(t, c.Ports().IOPubPort).shake("SUB", "").subscribed()
	dial(t, c.Ports().IOPubPort).shake("SUB", "").subscribed()
	if err := c.Send(wire.IOPub, c.session.New(&wire.Status{State: "idle"})); err != nil {
		t.Fatal(err)
	}
	m, err := first.message()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Content.(*wire.Status); !ok {
		t.Errorf("the first subscriber received %s, want status", m.Header.Type)
	}
}

func TestNothingPublishedAfterTheWelcomeIsMissed(t *testing.T) {
	c := listen(t)
	for i := range 50 {
		r := dial(t, c.Ports().IOPubPort).shake("SUB", "").subscribed()
		want := fmt.Sprint(i)
		if err := c.Send(wire.IOPub, c.session.New(&wire.Stream{Name: "stdout", Text: want})); err != nil {
			t.Fatal(err)
		}
		m, err := r.message()
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := m.Content.(*wire.Stream); !ok || s.Text != want {
			t.Fatalf("received %+v, want %s", m.Content, want)
		}
	}
}

func TestUnsubscribedTopicsStop(t *testing.T) {
	c := listen(t)
	r := dial(t, c.Ports().IOPubPort).shake("SUB", "")
	r.send(0, 2, 1, 'a')
	r.send(0, 2, 1, 'b')
	for range 2 {
		if _, err := r.message(); err != nil { // welcomes
			t.Fatal(err)
		}
	}
	r.send(0, 2, 0, 'a')
	r.send(0, 2, 1, 'c')
	if _, err := r.message(); err != nil { // the third welcome: a has ended by now
		t.Fatal(err)
	}
	for _, topic := range []string{"a", "b"} {
		m := c.session.New(&wire.Status{State: topic})
		m.Identities = [][]byte{[]byte(topic)}
		if err := c.Send(wire.IOPub, m); err != nil {
			t.Fatal(err)
		}
	}
	m, err := r.message()
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Content.(*wire.Status).State; got != "b" {
		t.Errorf("received topic %q, want b", got)
	}
}

func TestPingIsAnswered(t *testing.T) {
	c := listen(t)
	for socket, port := range map[string]int{"DEALER": c.Ports().ShellPort, "SUB": c.Ports().IOPubPort} {
		r := dial(t, port).shake(socket, "")
		r.send(appendCommand(nil, "PING", []byte("\x00\x0acontext"))...)
		got, err := r.frames()
		if want := "\x04PONGcontext"; err != nil || string(got[0]) != want {
			t.Errorf("%s: answer is %q, %v; want %q", socket, got, err, want)
		}
	}
}

func TestHeartbeatIsEchoed(t *testing.T) {
	c := listen(t)
	r := dial(t, c.Ports().HBPort).shake("REQ", "")
	for _, beat := range []string{"ping", "", strings.Repeat("x", 1000)} {
		r.send(appendMessage(nil, [][]byte{{}, []byte(beat)})...)
		got, err := r.frames()
		if err != nil || len(got) != 2 || len(got[0]) != 0 || string(got[1]) != beat {
			t.Errorf("echo of %.10q is %.10q, %v", beat, got, err)
		}
	}
}

func TestRepeatedIdentityTakesOver(t *testing.T) {
	c := listen(t)
	old := dial(t, c.Ports().ShellPort).shake("DEALER", "me")
	again := dial(t, c.Ports().ShellPort).shake("DEALER", "me")
	old.dropped()
	frames, err := codec(t).Encode(wire.NewSession("client").New(&wire.KernelInfoRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	again.send(appendMessage(nil, frames)...)
	if err := c.Send(wire.Shell, c.session.Reply(next(t, c), &wire.KernelInfoReply{Reply: wire.OK()})); err != nil {
		t.Fatal(err)
	}
	if m, err := again.message(); err != nil || m.Header.Type != "kernel_info_reply" {
		t.Errorf("received %+v, %v", m, err)
	}
}

func TestCloseDeliversWhatWasSent(t *testing.T) {
	c := listen(t)
	r := dial(t, c.Ports().IOPubPort).shake("SUB", "").subscribed()
	const messages = 500
	text := strings.Repeat("x", 20_000) // together less than an outbox
	received := make(chan int)
	go func() {
		n := 0
		for {
			if _, err := r.frames(); err != nil {
				received <- n
				return
			}
			n++
		}
	}()
	for range messages {
		if err := c.Send(wire.IOPub, c.session.New(&wire.Stream{Name: "stdout", Text: text})); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	if got := <-received; got != messages {
		t.Errorf("%d of %d messages arrived", got, messages)
	}
}

func TestCloseEndsReceiving(t *testing.T) {
	c := listen(t)
	var waiting sync.WaitGroup
	for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		waiting.Go(func() {
			if _, err := c.Recv(context.Background(), ch); !errors.Is(err, kernel.ErrClosed) {
				t.Errorf("%s: %v, want %v", ch, err, kernel.ErrClosed)
			}
		})
	}
	c.Close()
	waiting.Wait()
	if err := c.Send(wire.IOPub, c.session.New(&wire.Status{})); !errors.Is(err, kernel.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
}

func TestSendingWhereNobodyEverConnectedDoesNotWait(t *testing.T) {
	c := listen(t)
	m := c.session.New(&wire.InputRequest{Prompt: "?"})
	m.Identities = [][]byte{[]byte("nobody")}
	sent := make(chan error, 1)
	go func() { sent <- c.Send(wire.Stdin, m) }()
	select {
	case err := <-sent:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(limit):
		t.Error("Send waits for a peer")
	}
}

func TestSamePortsCanBeOpenedAgain(t *testing.T) {
	c := listen(t)
	ask(t, c, dealer(t, c.Ports().ShellPort))
	f := c.file
	c.Close()
	again, err := ListenOn(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	ask(t, again, dealer(t, again.Ports().ShellPort))
}

func TestPortInUseIsExplained(t *testing.T) {
	c := listen(t)
	if _, err := ListenOn(c.file, nil); err == nil || !strings.Contains(err.Error(), "bind shell socket") {
		t.Errorf("error is %v", err)
	}
}

func TestIPC(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "k")
	f := File{Transport: "ipc", IP: prefix, Key: "secret", ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5}
	c, err := ListenOn(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ListenOn(f, nil); err == nil {
		t.Error("a second kernel took the same paths")
	}
	s := zmq4.NewDealer(context.Background())
	defer s.Close()
	if err := s.Dial("ipc://" + prefix + "-1"); err != nil {
		t.Fatal(err)
	}
	ask(t, c, s)
	c.Close()
	if left, _ := filepath.Glob(prefix + "-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBadConnectionFilesAreExplainedInOneLine(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ content, want string }{
		"empty":     {"", "not what Jupyter writes"},
		"no JSON":   {"hello", "not what Jupyter writes"},
		"wrong":     {`{"ip":"127.0.0.1","shell_port":"x"}`, "not what Jupyter writes"},
		"no ip":     {`{"key":"k"}`, "ip is missing"},
		"no key":    {`{"ip":"127.0.0.1","key":""}`, "only signed messages"},
		"scheme":    {`{"ip":"127.0.0.1","key":"k","signature_scheme":"hmac-md5"}`, "hmac-sha256"},
		"transport": {`{"ip":"127.0.0.1","key":"k","transport":"udp"}`, "use tcp or ipc"},
		"port":      {`{"ip":"127.0.0.1","key":"k","shell_port":70000}`, "shell_port is 70000"},
		"curve":     {`{"ip":"127.0.0.1","key":"k","curve_publickey":"x"}`, "encryption is not supported"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Listen(path, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v; want %q and the path in one line", name, err, test.want)
		}
	}
	if _, err := Listen(filepath.Join(dir, "none"), nil); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("missing file: %v", err)
	}
}
