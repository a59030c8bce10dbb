package kernel

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

const (
	streamDelay = 50 * time.Millisecond // printed text waits at most so long to be joined with what follows
	lineDelay   = 30 * time.Millisecond // an unfinished line waits so long: it may be the prompt of a question
	streamJoin  = 1 << 20               // bytes of printed text that leave at once
	promptLimit = 1 << 10               // bytes of an unfinished line that can be a prompt
	queueLimit  = 4 << 20               // bytes queued before whoever prints has to wait
)

// publisher is the one writer of IOPub. Events leave in the order in which they came;
// neighbouring text of one stream and one request leaves as one message.
type publisher struct {
	conn    Conn
	session *wire.Session
	log     *slog.Logger
	wake    chan struct{} // something may have to leave; capacity 1
	done    chan struct{} // closed when run has ended

	mu     sync.Mutex
	room   *sync.Cond // size has fallen, or closed
	queue  []event
	size   int       // bytes in queue
	urgent bool      // queue holds more than text
	since  time.Time // when the first text of the queue came
	closed bool

	// Owned by run:
	flushed time.Time                  // when text last left
	rest    map[streamKey][]byte       // the beginning of a character whose end is not there yet
	running map[*wire.Message]struct{} // requests that hold the kernel busy
}

type event struct {
	parent  *wire.Message
	content wire.Content // nil for text and barriers
	stream  string       // of text
	text    []byte
	cell    bool          // the status of a request that runs a cell
	barrier chan struct{} // closed when everything before has left
}

type streamKey struct {
	parent *wire.Message
	name   string
}

func newPublisher(conn Conn, session *wire.Session, log *slog.Logger) *publisher {
	p := &publisher{
		conn: conn, session: session, log: log,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		rest: make(map[streamKey][]byte), running: make(map[*wire.Message]struct{}),
	}
	p.room = sync.NewCond(&p.mu)
	return p
}

// run publishes until close. It must be running for flush to return.
func (p *publisher) run() {
	defer close(p.done)
	for {
		batch := p.take()
		if batch == nil {
			return
		}
		for i := range batch {
			p.publish(&batch[i])
		}
	}
}

// print queues text of the given stream. It waits while too much is queued.
func (p *publisher) print(parent *wire.Message, stream string, text []byte) {
	if len(text) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.await()
	if p.closed {
		return
	}
	n := len(p.queue)
	if n == 0 {
		p.since = time.Now()
	}
	if n > 0 && p.queue[n-1].stream == stream && p.queue[n-1].parent == parent {
		p.queue[n-1].text = append(p.queue[n-1].text, text...)
	} else {
		p.queue = append(p.queue, event{parent: parent, stream: stream, text: append([]byte(nil), text...)})
	}
	p.size += len(text)
	if n == 0 || p.size >= streamJoin {
		p.signal()
	}
}

// show queues output of a cell, of about size bytes. It waits while too much is queued.
func (p *publisher) show(parent *wire.Message, c wire.Content, size int) {
	p.mu.Lock()
	p.await()
	p.size += size
	p.mu.Unlock()
	p.put(event{parent: parent, content: c})
}

// status queues the state of the kernel; it never waits. A request that runs a cell keeps
// the kernel busy: when another one is answered meanwhile, its idle is followed by busy.
func (p *publisher) status(parent *wire.Message, state string, cell bool) {
	p.put(event{parent: parent, content: &wire.Status{State: state}, cell: cell})
}

// flush returns when everything queued before has been handed to the connection.
func (p *publisher) flush() {
	barrier := make(chan struct{})
	p.put(event{barrier: barrier})
	select {
	case <-barrier:
	case <-p.done:
	}
}

// close publishes what is queued and ends run.
func (p *publisher) close() {
	p.mu.Lock()
	p.closed = true
	p.room.Broadcast()
	p.signal()
	p.mu.Unlock()
	<-p.done
}

func (p *publisher) put(e event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.queue = append(p.queue, e)
	p.urgent = true
	p.signal()
}

// await waits for room in the queue; the caller holds mu.
func (p *publisher) await() {
	for p.size >= queueLimit && !p.closed {
		p.room.Wait()
	}
}

func (p *publisher) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take waits until something has to leave, and returns it; nil when closed and empty.
func (p *publisher) take() []event {
	for {
		p.mu.Lock()
		if len(p.queue) == 0 && p.closed {
			p.mu.Unlock()
			return nil
		}
		wait, now := p.due()
		if now {
			batch := p.queue
			p.queue, p.size, p.urgent = nil, 0, false
			p.room.Broadcast()
			p.mu.Unlock()
			return batch
		}
		p.mu.Unlock()
		p.sleep(wait)
	}
}

// due says whether the queue has to leave now, or how long it may wait; 0 is for ever.
func (p *publisher) due() (wait time.Duration, now bool) {
	if len(p.queue) == 0 {
		return 0, false
	}
	if p.urgent || p.closed || p.size >= streamJoin {
		return 0, true
	}
	wait = streamDelay - time.Since(p.flushed)
	if _, ok := unfinished(&p.queue[len(p.queue)-1]); ok {
		wait = max(wait, lineDelay-time.Since(p.since))
	}
	return wait, wait <= 0
}

// unfinished says where the line that printed text ends with begins, if it has no end yet
// and can be a prompt.
func unfinished(e *event) (begin int, ok bool) {
	begin = bytes.LastIndexByte(e.text, '\n') + 1
	return begin, e.stream == "stdout" && begin < len(e.text) && len(e.text)-begin <= promptLimit
}

// prompt takes back the unfinished last line that parent has printed, if it has not left.
func (p *publisher) prompt(parent *wire.Message) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		return ""
	}
	last := &p.queue[len(p.queue)-1]
	begin, ok := unfinished(last)
	if !ok || last.parent != parent || !utf8.Valid(last.text[begin:]) {
		return ""
	}
	line := string(last.text[begin:])
	last.text = last.text[:begin]
	p.size -= len(line)
	return line
}

func (p *publisher) sleep(wait time.Duration) {
	if wait == 0 {
		<-p.wake
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-p.wake:
	case <-timer.C:
	}
}

func (p *publisher) publish(e *event) {
	switch {
	case e.barrier != nil:
		close(e.barrier)
	case e.content == nil:
		p.flushed = time.Now()
		p.sendText(streamKey{e.parent, e.stream}, e.text, false)
	default:
		p.publishContent(e)
	}
}

func (p *publisher) publishContent(e *event) {
	status, isStatus := e.content.(*wire.Status)
	if isStatus && status.State == "idle" {
		p.sendText(streamKey{e.parent, "stdout"}, nil, true)
		p.sendText(streamKey{e.parent, "stderr"}, nil, true)
		delete(p.running, e.parent)
	}
	p.send(e.parent, e.content)
	if !isStatus {
		return
	}
	if e.cell && status.State == "busy" {
		p.running[e.parent] = struct{}{}
		p.flushed = time.Time{} // the first text of a cell does not wait
	}
	if status.State == "idle" {
		for parent := range p.running {
			p.send(parent, &wire.Status{State: "busy"})
		}
	}
}

// sendText sends text up to the end of its last whole character, and keeps the rest for
// the next call. The last call sends the rest as it is.
func (p *publisher) sendText(key streamKey, text []byte, last bool) {
	if rest := p.rest[key]; len(rest) > 0 {
		text = append(rest, text...)
		delete(p.rest, key)
	}
	if !last {
		whole := wholeRunes(text)
		if whole < len(text) {
			p.rest[key] = append([]byte(nil), text[whole:]...)
		}
		text = text[:whole]
	}
	if len(text) > 0 {
		p.send(key.parent, &wire.Stream{Name: key.name, Text: string(text)})
	}
}

// wholeRunes is the length of text without a character that begins but does not end in it.
func wholeRunes(text []byte) int {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if utf8.FullRune(text[i:]) {
				return len(text)
			}
			return i
		}
	}
	return len(text)
}

func (p *publisher) send(parent *wire.Message, c wire.Content) {
	m := p.session.Child(parent, c)
	m.Identities = [][]byte{[]byte(topic(c))}
	err := p.conn.Send(wire.IOPub, m)
	if err == nil || errors.Is(err, ErrClosed) {
		return
	}
	p.log.Warn("message was not published", "type", c.MsgType(), "err", err)
	if _, text := c.(*wire.Stream); !text { // a value without a JSON form, most likely
		p.send(parent, &wire.Stream{Name: "stderr", Text: fmt.Sprintf("%s cannot be shown: %v\n", c.MsgType(), err)})
	}
}

func topic(c wire.Content) string {
	if s, ok := c.(*wire.Stream); ok {
		return "stream." + s.Name
	}
	return c.MsgType()
}
