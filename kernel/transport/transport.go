// Package transport connects a kernel to its clients through five ZeroMQ sockets. It is
// the only package that knows zmq4.
//
// zmq4 is trusted with well-behaved peers only. In front of it stands a guard, through
// zmq4.RegisterTransport, that does the handshake with each peer under a deadline, hands
// on whole messages of bounded size, answers PING, welcomes subscribers, and keeps a
// bounded outbox for each peer, so that nobody waits for a peer that does not read.
package transport

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/bits"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

const (
	linger     = time.Second // how long Close delivers what was sent
	handshake  = 5 * time.Second
	queueBytes = 8 << 20 // published bytes that zmq4 may queue
)

// Conn is a kernel's connection to its clients.
type Conn struct {
	file    File // with the ports that were opened
	codec   *wire.Codec
	session *wire.Session
	log     *slog.Logger
	cancel  context.CancelFunc
	closed  chan struct{}
	once    sync.Once
	dropped atomic.Uint64

	routers   [3]zmq4.Socket // by wire.Channel: Shell, Control, Stdin
	requests  [3]chan *wire.Message
	pub, hb   zmq4.Socket
	probe     *probe
	listeners []*listener // those of routers first
}

var _ kernel.Conn = (*Conn)(nil)

// Listen reads a connection file and opens its sockets. A nil logger discards. The error
// is one line that says what to do.
func Listen(path string, logger *slog.Logger) (*Conn, error) {
	f, err := ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ListenOn(f, logger)
}

// ListenOn opens the sockets of a connection. Port 0 takes a free one, which Ports tells.
func ListenOn(f File, logger *slog.Logger) (*Conn, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	codec, err := wire.NewCodec([]byte(f.Key))
	if err != nil {
		return nil, err
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Conn{
		file: f, codec: codec, session: wire.NewSession("kernel"), log: logger,
		cancel: cancel, closed: make(chan struct{}), probe: newProbe(queueBytes),
	}
	if err := c.open(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// open opens the five sockets and starts their goroutines.
func (c *Conn) open(ctx context.Context) error {
	requests := kind{
		name: "ROUTER", peers: []string{"DEALER", "REQ", "ROUTER"}, message: 64 << 20, outbox: 64 << 20,
		connections: 1024, handshake: handshake, welcome: noWelcome,
	}
	beats := requests
	beats.message, beats.outbox = 64<<10, 1<<20
	subscribers := requests
	subscribers.name, subscribers.peers = "PUB", []string{"SUB", "XSUB"}
	subscribers.message, subscribers.outbox = 4<<10, 32<<20
	subscribers.subscribers, subscribers.welcome = true, c.welcome

	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0)) // the guard has reported what there is to report
	for ch, port := range []*int{&c.file.ShellPort, &c.file.ControlPort, &c.file.StdinPort} {
		c.routers[ch] = zmq4.NewRouter(ctx, quiet)
		c.requests[ch] = make(chan *wire.Message, 64)
		if err := c.bind(c.routers[ch], wire.Channel(ch).String(), port, requests); err != nil {
			return err
		}
		go c.read(wire.Channel(ch))
	}
	c.hb = zmq4.NewRouter(ctx, quiet)
	if err := c.bind(c.hb, "heartbeat", &c.file.HBPort, beats); err != nil {
		return err
	}
	go c.beat()
	c.pub = zmq4.NewPub(ctx, quiet)
	if err := c.bind(c.pub, "iopub", &c.file.IOPubPort, subscribers); err != nil {
		return err
	}
	<-c.probe.ready
	return nil
}

func (c *Conn) bind(s zmq4.Socket, name string, port *int, k kind) error {
	inner, err := c.file.listen(*port)
	if err != nil {
		return fmt.Errorf("bind %s socket: %w", name, err)
	}
	if tcp, ok := inner.Addr().(*net.TCPAddr); ok {
		*port = tcp.Port
	}
	l := newListener(inner, k, c.log)
	c.listeners = append(c.listeners, l)
	if k.subscribers {
		l.accepted <- c.probe // before any other
	}
	if err := s.Listen(theGuard().endpoint(l)); err != nil {
		return fmt.Errorf("bind %s socket: %w", name, err)
	}
	go l.serve()
	return nil
}

// read decodes the requests of one socket until the connection is closed.
func (c *Conn) read(ch wire.Channel) {
	for {
		msg, err := c.routers[ch].Recv()
		if err != nil {
			select {
			case <-c.closed:
				return
			default:
				continue // of one peer
			}
		}
		m, err := c.codec.Decode(msg.Frames)
		if err != nil {
			c.drop(ch, err)
			continue
		}
		select {
		case c.requests[ch] <- m:
		case <-c.closed:
			return
		}
	}
}

// drop counts a bad message, and reports ever fewer of them.
func (c *Conn) drop(ch wire.Channel, err error) {
	if n := c.dropped.Add(1); bits.OnesCount64(n) == 1 {
		c.log.Warn("dropped a message", "channel", ch.String(), "err", err, "dropped so far", n)
	}
}

// Dropped is the number of received messages that were no signed messages, or not for
// the first time.
func (c *Conn) Dropped() uint64 { return c.dropped.Load() }

// beat echoes heartbeats.
func (c *Conn) beat() {
	for {
		msg, err := c.hb.Recv()
		if err == nil {
			err = c.hb.SendMulti(msg)
		}
		if err != nil {
			select {
			case <-c.closed:
				return
			default:
			}
		}
	}
}

// Recv waits for the next request.
func (c *Conn) Recv(ctx context.Context, ch wire.Channel) (*wire.Message, error) {
	select {
	case m := <-c.requests[ch]:
		return m, nil
	case <-c.closed:
		return nil, kernel.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Send hands over a message. It waits while much is queued for IOPub.
func (c *Conn) Send(ch wire.Channel, m *wire.Message) error {
	frames, err := c.codec.Encode(m)
	if err != nil {
		return err
	}
	select {
	case <-c.closed:
		return kernel.ErrClosed
	default:
	}
	if ch == wire.IOPub {
		c.probe.add(messageSize(frames))
		return c.pub.Send(zmq4.NewMsgFrom(frames...))
	}
	if !c.listeners[ch].used.Load() {
		return nil // zmq4 would wait for the first peer
	}
	// zmq4 reports peers that are gone, among them old connections of one that is back.
	if err := c.routers[ch].Send(zmq4.NewMsgFrom(frames...)); err != nil {
		c.log.Debug("send", "channel", ch.String(), "err", err)
	}
	return nil
}

func noWelcome(string) [][]byte { return nil }

// welcome makes the message that tells a subscriber that it misses nothing from now on.
func (c *Conn) welcome(topic string) [][]byte {
	m := c.session.New(&wire.Welcome{Subscription: topic})
	m.Identities = [][]byte{[]byte(topic)}
	frames, err := c.codec.Encode(m)
	if err != nil {
		c.log.Error("welcome", "err", err)
		return nil
	}
	return frames
}

// Ports tells the ports that were opened.
func (c *Conn) Ports() wire.ConnectReply {
	return wire.ConnectReply{
		ShellPort: c.file.ShellPort, ControlPort: c.file.ControlPort, StdinPort: c.file.StdinPort,
		IOPubPort: c.file.IOPubPort, HBPort: c.file.HBPort,
	}
}

// Close delivers what was sent, for a second at most, and closes the sockets.
func (c *Conn) Close() error {
	c.once.Do(c.close)
	return nil
}

func (c *Conn) close() {
	deadline := make(chan struct{})
	timer := time.AfterFunc(linger, func() { close(deadline) })
	defer timer.Stop()
	c.flush(deadline)
	var all sync.WaitGroup
	for _, l := range c.listeners {
		all.Go(func() { l.finish(deadline) })
	}
	all.Wait()
	close(c.closed)
	c.cancel()
	c.probe.Close()
	for _, s := range append(c.routers[:], c.hb, c.pub) {
		if s != nil {
			s.Close() // the error is that of a peer who left before
		}
	}
}

// flush waits until what was published has reached the outboxes.
func (c *Conn) flush(deadline <-chan struct{}) {
	if c.pub == nil || len(c.listeners) < 5 {
		return
	}
	if c.pub.Send(zmq4.NewMsg(barrier)) != nil {
		return
	}
	select {
	case <-c.probe.passed:
	case <-deadline:
	}
}
