package transport

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

func TestSilentPeersBlockNobody(t *testing.T) {
	c := listen(t)
	for range 10 {
		dial(t, c.Ports().ShellPort)
	}
	half := dial(t, c.Ports().ShellPort)
	half.send(greeting()[:30]...)
	ask(t, c, dealer(t, c.Ports().ShellPort))
}

func TestSilentPeerIsDroppedAtTheDeadline(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newListener(inner, kind{name: "ROUTER", connections: 1, handshake: 10 * time.Millisecond}, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { l.Close() })
	go l.serve()
	dial(t, inner.Addr().(*net.TCPAddr).Port).dropped()
}

func TestGarbageIsDropped(t *testing.T) {
	c := listen(t)
	old := greeting()
	old[10] = 2
	curve := greeting()
	copy(curve[12:], "CURVE")
	hello := append(greeting(), appendCommand(nil, "HELLO", nil)...)
	pub := append(greeting(), appendReady(nil, ready{socketType: "SUB"})...)
	for name, b := range map[string][]byte{
		"HTTP":                []byte("GET / HTTP/1.1\r\n\r\n"),
		"old ZMTP":            old,
		"CURVE":               curve,
		"HELLO":               hello,
		"SUB at a ROUTER":     pub,
		"message for READY":   append(greeting(), 0, 1, 'x'),
		"endless READY":       append(greeting(), flagCommand|flagLong, 0x40, 0, 0, 0, 0, 0, 0, 0),
		"empty command":       append(greeting(), flagCommand, 0),
		"short READY":         append(greeting(), appendCommand(nil, "READY", []byte{200, 'x'})...),
		"READY with 4 GiB":    append(greeting(), appendCommand(nil, "READY", []byte{1, 'x', 255, 255, 255, 255})...),
		"reserved frame bits": append(greeting(), 0xf8, 1, 'x'),
	} {
		t.Run(name, func(t *testing.T) {
			r := dial(t, c.Ports().ShellPort)
			r.send(b...)
			r.dropped()
		})
	}
	ask(t, c, dealer(t, c.Ports().ShellPort))
}

func TestHugeFrameIsRefusedBeforeItIsAllocated(t *testing.T) {
	c := listen(t)
	for _, port := range []int{c.Ports().ShellPort, c.Ports().HBPort} {
		r := dial(t, port).shake("DEALER", "")
		r.send(binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<62)...)
		r.dropped()
	}
	r := dial(t, c.Ports().IOPubPort).shake("SUB", "")
	r.send(binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<20)...)
	r.dropped()
	ask(t, c, dealer(t, c.Ports().ShellPort))
}

func TestMessageOfTooManyFramesIsRefused(t *testing.T) {
	c := listen(t)
	r := dial(t, c.Ports().ShellPort).shake("DEALER", "")
	r.Write([]byte(strings.Repeat("\x01\x00", framesLimit+1))) // may fail once the kernel hangs up
	r.dropped()
}

func TestTooManySubscriptionsAreRefused(t *testing.T) {
	c := listen(t)
	r := dial(t, c.Ports().IOPubPort).shake("SUB", "")
	var b []byte
	for i := range topicsLimit + 1 {
		b = append(b, 0, 3, 1, byte(i), byte(i>>8))
	}
	r.Write(b) // may fail once the kernel hangs up
	r.dropped()
}

func TestHandshakeMayComeInPieces(t *testing.T) {
	c := listen(t)
	r := dial(t, c.Ports().HBPort)
	b := append(greeting(), appendReady(nil, ready{"DEALER", strings.Repeat("x", 250)})...) // a READY of more than 255 bytes
	for i := range b {
		r.send(b[i])
	}
	r.shaken()
	for _, b := range appendMessage(nil, [][]byte{{}, []byte("beat")}) {
		r.send(b)
	}
	if got, err := r.frames(); err != nil || len(got) != 2 || string(got[1]) != "beat" {
		t.Errorf("echo is %q, %v", got, err)
	}
}

func TestPeerThatDoesNotReadIsCutOffAndOthersMissNothing(t *testing.T) {
	c := listen(t)
	stuck := dial(t, c.Ports().IOPubPort).shake("SUB", "").subscribed()
	good := dial(t, c.Ports().IOPubPort).shake("SUB", "").subscribed()
	const messages, size = 60, 1 << 20
	text := strings.Repeat("x", size)
	var sender sync.WaitGroup
	sender.Go(func() {
		for range messages {
			if err := c.Send(wire.IOPub, c.session.New(&wire.Stream{Name: "stdout", Text: text})); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range messages {
		if _, err := good.frames(); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	sender.Wait()
	stuck.dropped()
}

func TestClientThatDoesNotReadItsRepliesIsCutOff(t *testing.T) {
	c := listen(t)
	stuck := dial(t, c.Ports().ShellPort).shake("DEALER", "stuck")
	frames, err := codec(t).Encode(wire.NewSession("client").New(&wire.KernelInfoRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	stuck.send(appendMessage(nil, frames)...)
	req := next(t, c)
	big := &wire.KernelInfoReply{Reply: wire.OK(), Banner: strings.Repeat("x", 1<<20)}
	for range 90 {
		if err := c.Send(wire.Shell, c.session.Reply(req, big)); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, c, dealer(t, c.Ports().ShellPort))
	stuck.dropped()
}

func TestManyConnectionsComeAndGo(t *testing.T) {
	c := listen(t)
	for range 4 {
		var all [50]*raw
		for i := range all {
			all[i] = dial(t, c.Ports().ShellPort).shake("DEALER", "")
		}
		ask(t, c, dealer(t, c.Ports().ShellPort))
		for _, r := range all {
			r.Close()
		}
	}
	shell := c.listeners[wire.Shell]
	for end := time.Now().Add(limit); ; {
		shell.mu.Lock()
		open, peers := shell.open, len(shell.peers)
		shell.mu.Unlock()
		if open <= 4 && peers == open { // the dealers are still there
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d connections and %d peers are left", open, peers)
		}
	}
}

func TestAcceptGoesOnAfterErrors(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	flaky := &flakyListener{Listener: inner, failures: 3}
	k := kind{name: "ROUTER", peers: []string{"DEALER"}, message: 1 << 10, outbox: 1 << 10, connections: 2, handshake: limit, welcome: noWelcome}
	l := newListener(flaky, k, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { l.Close() })
	go l.serve()
	dial(t, inner.Addr().(*net.TCPAddr).Port).shake("DEALER", "")
	if c, err := l.Accept(); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
}

// flakyListener fails as it does when there are no file descriptors left.
type flakyListener struct {
	net.Listener
	failures int
}

func (l *flakyListener) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, errors.New("too many open files")
	}
	return l.Listener.Accept()
}
