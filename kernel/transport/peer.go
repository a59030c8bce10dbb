package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	topicsLimit = 1000 // subscriptions that a peer may hold
	topicLimit  = 1024 // bytes of one
	goodbye     = 10 * time.Millisecond
)

// peer is a connection as zmq4 sees it: the handshake is over before zmq4 gets it, Read
// brings whole well-formed messages only, and Write never waits for the other side.
type peer struct {
	net.Conn
	listener *listener
	ready    ready
	in       *bufio.Reader
	box      *outbox
	gone     chan struct{} // closed when nothing more can be read
	end      sync.Once

	// Owned by the goroutine that reads:
	pending net.Buffers
	topics  map[string]bool
	welcome []string // subscriptions that zmq4 has taken when it reads again

	mu  sync.Mutex // guards out: zmq4 writes from several goroutines
	out assembler
}

// shake does the handshake with a peer that has just connected.
func shake(c net.Conn, l *listener) (*peer, error) {
	if err := c.SetDeadline(time.Now().Add(l.kind.handshake)); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(c, 16<<10)
	if _, err := c.Write(greeting()); err != nil {
		return nil, err
	}
	if err := readGreeting(in); err != nil {
		return nil, err
	}
	if _, err := c.Write(appendReady(nil, ready{socketType: l.kind.name})); err != nil {
		return nil, err
	}
	rd, err := readReady(in)
	if err != nil {
		return nil, err
	}
	if !l.kind.takes(rd.socketType) {
		return nil, fmt.Errorf("a %s socket cannot connect to %s", rd.socketType, l.kind.name)
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	p := &peer{
		Conn: c, listener: l, ready: rd, in: in, box: newOutbox(l.kind.outbox),
		gone: make(chan struct{}), topics: make(map[string]bool),
	}
	p.pending = net.Buffers{greeting(), appendReady(nil, rd)} // for zmq4's own handshake
	return p, nil
}

// Read brings zmq4 the next bytes of whole messages. When it is called again, zmq4 has
// dealt with the message before; so subscriptions are in force and welcomed.
func (p *peer) Read(b []byte) (int, error) {
	for len(p.pending) == 0 {
		p.greet()
		if err := p.fill(); err != nil {
			p.endRead(err)
			return 0, io.EOF
		}
	}
	return p.pending.Read(b)
}

func (p *peer) greet() {
	for _, topic := range p.welcome {
		if frames := p.listener.kind.welcome(topic); frames != nil {
			p.box.put(appendMessage(nil, frames))
		}
	}
	p.welcome = nil
}

// fill reads one message, or a command that it answers itself.
func (p *peer) fill() error {
	var frames []frame
	left := p.listener.kind.message
	for {
		f, err := readFrame(p.in, left)
		if err != nil {
			return err
		}
		if f.flags&flagCommand != 0 {
			return p.command(f.body)
		}
		left -= len(f.body)
		frames = append(frames, f)
		if len(frames) > framesLimit {
			return errors.New("message of too many frames")
		}
		if f.flags&flagMore == 0 {
			return p.accept(frames)
		}
	}
}

func (p *peer) accept(frames []frame) error {
	if p.listener.kind.subscribers {
		if len(frames) != 1 || len(frames[0].body) == 0 {
			return nil // subscribers have nothing else to say
		}
		return p.subscribe(frames[0].body[0], frames[0].body[1:])
	}
	for _, f := range frames {
		p.pending = append(p.pending, appendHead(nil, f.flags&flagMore, len(f.body)))
		if len(f.body) > 0 {
			p.pending = append(p.pending, f.body)
		}
	}
	return nil
}

// subscribe passes a subscription (1) or its end (0) on to zmq4.
func (p *peer) subscribe(verb byte, topic []byte) error {
	if verb > 1 {
		return nil
	}
	if len(topic) > topicLimit || len(p.topics) >= topicsLimit {
		return errors.New("too many subscriptions")
	}
	name := string(topic)
	switch {
	case verb == 0:
		delete(p.topics, name)
	case !p.topics[name]:
		p.topics[name] = true
		p.welcome = append(p.welcome, name)
	}
	p.pending = net.Buffers{appendHead(nil, 0, 1+len(topic)), append([]byte{verb}, topic...)}
	return nil
}

func (p *peer) command(body []byte) error {
	name, data, err := splitCommand(body)
	if err != nil {
		return err
	}
	switch name {
	case "PING": // two bytes of time to live, then the context that PONG returns
		if len(data) < 2 || len(data) > 2+16 {
			return errors.New("malformed PING")
		}
		p.box.put(appendCommand(nil, "PONG", data[2:]))
	case "SUBSCRIBE":
		return p.subscribe(1, data)
	case "CANCEL":
		return p.subscribe(0, data)
	case "ERROR":
		return fmt.Errorf("peer reports %q", data)
	}
	return nil
}

// Write takes what zmq4 sends. Whole messages go to the outbox; a peer that leaves it
// full is cut off.
func (p *peer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.out.write(b) {
		if isBarrier(m) {
			continue
		}
		if !p.box.put(m) {
			p.listener.report("peer does not read, cut off", p.Conn, nil)
			p.Close()
			return 0, net.ErrClosed
		}
	}
	return len(b), nil
}

// send writes the outbox until the connection ends.
func (p *peer) send() {
	if err := p.box.writeTo(p.Conn); err != nil {
		p.Close()
	}
}

func (p *peer) endRead(err error) {
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		p.listener.report("connection dropped", p.Conn, err)
	}
	p.Close()
	p.end.Do(func() { close(p.gone) })
}

// Close ends the connection at once. It may be called more than once.
func (p *peer) Close() error {
	p.listener.forget(p)
	p.box.close()
	return p.Conn.Close()
}

// finish delivers what is in the outbox and says goodbye.
func (p *peer) finish(deadline <-chan struct{}) {
	if !p.box.drain(deadline) {
		return
	}
	half, ok := p.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	// Closing with unread input would reset the connection and lose what is on its way:
	// let the peer hang up first.
	select {
	case <-p.gone:
	case <-time.After(goodbye):
	case <-deadline:
	}
}

// barrier is a message that the guard keeps from peers: when it comes by, everything
// sent before it has reached their outboxes.
var barrier = []byte("\x00mole barrier")

func isBarrier(message []byte) bool {
	return len(message) > 2 && bytes.Equal(message[2:], barrier)
}
