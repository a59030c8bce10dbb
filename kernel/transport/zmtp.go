package transport

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What this package speaks itself: ZMTP 3.0 with the NULL mechanism,
// https://rfc.zeromq.org/spec/23/. A peer that offers more is answered with 3.0, so
// subscriptions arrive as messages and not as commands.

const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4

	greetingSize = 64
	readyLimit   = 16 << 10 // bytes of a peer's READY
	framesLimit  = 1024     // frames of a message
	chunk        = 64 << 10 // a body grows by no more than it has already brought, and at least by this
)

// greeting is what both sides send first.
func greeting() []byte {
	g := make([]byte, greetingSize)
	g[0], g[9] = 0xff, 0x7f
	g[10] = 3
	copy(g[12:], "NULL")
	return g
}

func readGreeting(r io.Reader) error {
	var g [greetingSize]byte
	// The first ten bytes are enough to turn away what is no ZMTP.
	if _, err := io.ReadFull(r, g[:10]); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if g[0] != 0xff || g[9]&1 != 1 {
		return errors.New("not a ZMTP greeting")
	}
	if _, err := io.ReadFull(r, g[10:]); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if g[10] < 3 {
		return fmt.Errorf("ZMTP version %d.%d is too old", g[10], g[11])
	}
	if mechanism := strings.TrimRight(string(g[12:32]), "\x00"); mechanism != "NULL" {
		return fmt.Errorf("security mechanism %q is not supported", mechanism)
	}
	return nil
}

// frame is one frame of a message, or a command.
type frame struct {
	flags byte
	body  []byte
}

// readFrame reads a frame of at most limit bytes. Memory is taken as the bytes arrive,
// not as they are promised.
func readFrame(r *bufio.Reader, limit int) (frame, error) {
	flags, err := r.ReadByte()
	if err != nil {
		return frame{}, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 {
		return frame{}, fmt.Errorf("frame with flags %#x", flags)
	}
	var head [8]byte
	size := head[7:]
	if flags&flagLong != 0 {
		size = head[:]
	}
	if _, err := io.ReadFull(r, size); err != nil {
		return frame{}, err
	}
	n := binary.BigEndian.Uint64(head[:])
	if n > uint64(limit) {
		return frame{}, fmt.Errorf("frame of %d bytes, allowed are %d", n, limit)
	}
	body, err := readBody(r, int(n))
	return frame{flags, body}, err
}

func readBody(r io.Reader, n int) ([]byte, error) {
	body := make([]byte, 0, min(n, chunk))
	for len(body) < n {
		if len(body) == cap(body) {
			grown := make([]byte, len(body), min(n, 2*cap(body)))
			copy(grown, body)
			body = grown
		}
		k, err := io.ReadFull(r, body[len(body):cap(body)])
		body = body[:len(body)+k]
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

// appendHead appends the header of a frame whose body has n bytes.
func appendHead(dst []byte, flags byte, n int) []byte {
	if n <= 255 {
		return append(dst, flags, byte(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, flags|flagLong), uint64(n))
}

// appendMessage appends the frames of a message.
func appendMessage(dst []byte, frames [][]byte) []byte {
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		dst = append(appendHead(dst, flags, len(f)), f...)
	}
	return dst
}

// messageSize is the length of what appendMessage appends.
func messageSize(frames [][]byte) int {
	n := 0
	for _, f := range frames {
		n += 2 + len(f)
		if len(f) > 255 {
			n += 7
		}
	}
	return n
}

func appendCommand(dst []byte, name string, data []byte) []byte {
	dst = appendHead(dst, flagCommand, 1+len(name)+len(data))
	dst = append(append(dst, byte(len(name))), name...)
	return append(dst, data...)
}

// splitCommand takes the body of a command apart.
func splitCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || len(body) < 1+int(body[0]) {
		return "", nil, errors.New("malformed command")
	}
	n := 1 + int(body[0])
	return string(body[1:n]), body[n:], nil
}

// ready is what a peer tells in its READY command.
type ready struct {
	socketType string
	identity   string
}

func readReady(r *bufio.Reader) (ready, error) {
	f, err := readFrame(r, readyLimit)
	if err != nil {
		return ready{}, fmt.Errorf("read READY: %w", err)
	}
	if f.flags&flagCommand == 0 {
		return ready{}, errors.New("a message instead of READY")
	}
	name, data, err := splitCommand(f.body)
	if err != nil {
		return ready{}, err
	}
	if name != "READY" {
		return ready{}, fmt.Errorf("command %q instead of READY", name)
	}
	return parseReady(data)
}

func parseReady(data []byte) (ready, error) {
	var rd ready
	for len(data) > 0 {
		nameEnd := 1 + int(data[0])
		if len(data) < nameEnd+4 {
			return rd, errors.New("malformed READY")
		}
		name := string(data[1:nameEnd])
		n := binary.BigEndian.Uint32(data[nameEnd:])
		data = data[nameEnd+4:]
		if uint64(n) > uint64(len(data)) {
			return rd, errors.New("malformed READY")
		}
		switch {
		case strings.EqualFold(name, "Socket-Type"):
			rd.socketType = string(data[:n])
		case strings.EqualFold(name, "Identity"):
			rd.identity = string(data[:n])
		}
		data = data[n:]
	}
	if len(rd.identity) > 255 {
		return rd, errors.New("identity longer than 255 bytes")
	}
	return rd, nil
}

func appendReady(dst []byte, rd ready) []byte {
	var data []byte
	for _, p := range [][2]string{{"Socket-Type", rd.socketType}, {"Identity", rd.identity}} {
		data = append(append(data, byte(len(p[0]))), p[0]...)
		data = binary.BigEndian.AppendUint32(data, uint32(len(p[1])))
		data = append(data, p[1]...)
	}
	return appendCommand(dst, "READY", data)
}

// assembler finds the messages in the bytes that zmq4 writes to a connection: its own
// greeting and commands, which the guard has already spoken for, and messages.
type assembler struct {
	greeted bool
	buf     []byte // begins with the unfinished message
	scan    int    // where its next frame begins
}

// write takes bytes and returns the messages that are complete with them, headers and
// all; they are the caller's.
func (a *assembler) write(p []byte) (messages [][]byte) {
	a.buf = append(a.buf, p...)
	if !a.greeted {
		if len(a.buf) < greetingSize {
			return nil
		}
		a.greeted = true
		a.buf = a.buf[greetingSize:]
	}
	for {
		flags, end := a.next()
		if end < 0 {
			return messages
		}
		a.scan = end
		if flags&flagMore != 0 {
			continue
		}
		if flags&flagCommand == 0 {
			messages = append(messages, a.buf[:end:end])
		}
		a.buf, a.scan = a.buf[end:], 0
		if len(a.buf) == 0 {
			a.buf = nil // the message owns the memory now
		}
	}
}

// next returns flags and end of the frame at scan; the end is negative when the frame is
// not complete.
func (a *assembler) next() (flags byte, end int) {
	rest := a.buf[a.scan:]
	if len(rest) < 2 {
		return 0, -1
	}
	head, n := 2, uint64(rest[1])
	if rest[0]&flagLong != 0 {
		if len(rest) < 9 {
			return 0, -1
		}
		head, n = 9, binary.BigEndian.Uint64(rest[1:])
	}
	if uint64(len(rest)-head) < n {
		return 0, -1
	}
	return rest[0], a.scan + head + int(n)
}
