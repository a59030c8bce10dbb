package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
	zmqtransport "github.com/go-zeromq/zmq4/transport"
)

// kind is what differs between the sockets of a kernel.
type kind struct {
	name        string   // this side's socket type
	peers       []string // socket types that may connect
	message     int      // bytes of a received message
	outbox      int      // bytes that may wait for one peer
	connections int
	handshake   time.Duration
	subscribers bool
	welcome     func(topic string) [][]byte // nil frames: no welcome
}

func (k kind) takes(peer string) bool { return slices.Contains(k.peers, peer) }

// listener accepts connections and gives zmq4 those whose handshake is over. It stands
// in front of zmq4 because there a silent peer blocks all others, a frame may claim any
// length, and a write waits for its reader.
type listener struct {
	net.Listener
	kind     kind
	log      *slog.Logger
	accepted chan net.Conn
	stopped  chan struct{} // no more connections are accepted
	closed   chan struct{} // zmq4 is done
	stop     sync.Once
	end      sync.Once
	used     atomic.Bool // zmq4 gets a peer

	mu    sync.Mutex
	open  int                // connections, with those in their handshake
	peers map[*peer]struct{} // after their handshake
	names map[string]*peer   // by identity
}

func newListener(l net.Listener, k kind, log *slog.Logger) *listener {
	return &listener{
		Listener: l, kind: k, log: log,
		accepted: make(chan net.Conn, 16), stopped: make(chan struct{}), closed: make(chan struct{}),
		peers: make(map[*peer]struct{}), names: make(map[string]*peer),
	}
}

// serve accepts connections until Close.
func (l *listener) serve() {
	const least, most = 5 * time.Millisecond, time.Second
	pause := least
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			pause = least
			if l.admit() {
				go l.enter(c)
			} else {
				l.report("too many connections, one refused", c, nil)
				c.Close()
			}
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		// Out of file descriptors, most likely: others will be freed.
		l.log.Warn("accept", "socket", l.kind.name, "err", err)
		select {
		case <-time.After(pause):
			pause = min(2*pause, most)
		case <-l.stopped:
			return
		}
	}
}

func (l *listener) admit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.kind.connections {
		return false
	}
	l.open++
	return true
}

func (l *listener) release() {
	l.mu.Lock()
	l.open--
	l.mu.Unlock()
}

// enter takes one connection through its handshake.
func (l *listener) enter(c net.Conn) {
	p, err := shake(c, l)
	if err != nil {
		l.report("handshake", c, err)
		c.Close()
		l.release()
		return
	}
	l.remember(p)
	go p.send()
	l.used.Store(true)
	select {
	case l.accepted <- p:
	case <-l.stopped:
		p.Close()
	}
}

// remember adds a peer. One that comes with the identity of another takes its place: it
// is the same client, whose old connection died unnoticed.
func (l *listener) remember(p *peer) {
	l.mu.Lock()
	l.peers[p] = struct{}{}
	var old *peer
	if id := p.ready.identity; id != "" && !l.kind.subscribers {
		old = l.names[id]
		l.names[id] = p
	}
	l.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

func (l *listener) forget(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.peers[p]; !ok {
		return
	}
	delete(l.peers, p)
	l.open--
	if l.names[p.ready.identity] == p {
		delete(l.names, p.ready.identity)
	}
}

// finish stops accepting, delivers what waits for the peers, and says goodbye to them.
func (l *listener) finish(deadline <-chan struct{}) {
	l.refuse()
	l.mu.Lock()
	var all sync.WaitGroup
	for p := range l.peers {
		all.Go(func() {
			p.finish(deadline)
			p.Close()
		})
	}
	l.mu.Unlock()
	all.Wait()
}

// Accept gives zmq4 the next connection. It returns an error only after Close: zmq4
// tries again after each, without a pause.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// refuse stops accepting. It may be called more than once.
func (l *listener) refuse() (err error) {
	l.stop.Do(func() {
		close(l.stopped)
		err = l.Listener.Close()
	})
	return err
}

// Close stops accepting and ends Accept. It may be called more than once.
func (l *listener) Close() error {
	err := l.refuse()
	l.end.Do(func() { close(l.closed) })
	return err
}

func (l *listener) report(what string, c net.Conn, err error) {
	l.log.Debug(what, "socket", l.kind.name, "peer", c.RemoteAddr().String(), "err", err)
}

// guard is the zmq4 transport through which zmq4 gets our listeners. A listener is made
// before zmq4 asks for it, and waits here under a number.
type guard struct {
	mu      sync.Mutex
	next    int
	waiting map[string]*listener
}

var theGuard = sync.OnceValue(func() *guard {
	g := &guard{waiting: make(map[string]*listener)}
	if err := zmq4.RegisterTransport("guard", g); err != nil {
		panic("transport: " + err.Error()) // somebody else took the name
	}
	return g
})

var _ zmqtransport.Transport = (*guard)(nil)

// endpoint returns the address under which zmq4 may listen to l once.
func (g *guard) endpoint(l *listener) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next++
	name := strconv.Itoa(g.next)
	g.waiting[name] = l
	return "guard://" + name
}

// Listen returns the listener that waits under the name.
func (g *guard) Listen(_ context.Context, name string) (net.Listener, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.waiting[name]
	if !ok {
		return nil, errors.New("no such listener")
	}
	delete(g.waiting, name)
	return l, nil
}

// Dial always fails: a kernel is connected to.
func (g *guard) Dial(context.Context, zmqtransport.Dialer, string) (net.Conn, error) {
	return nil, errors.New("the guard only listens")
}

// Addr returns the name as it is.
func (g *guard) Addr(name string) (string, error) { return name, nil }
