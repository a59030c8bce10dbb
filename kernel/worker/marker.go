package worker

import (
	"bytes"
	"fmt"
	"strconv"
)

// A marker in a text pipe is the mark (NUL, ESC and the nonce), a kind and 16 hexadecimal
// digits. It is written by one write below the pipe's atomic size.
const (
	markerOrder = 'o' // an ordered message of this number follows on the message pipe
	markerCell  = 'c' // the text that follows belongs to the cell of this number
	markerTail  = 1 + 16

	latestCell = 0 // stands for the cell that was started last
)

func mark(nonce string) []byte { return []byte("\x00\x1b" + nonce) }

func appendMarker(buf, mark []byte, kind byte, n uint64) []byte {
	return fmt.Appendf(append(buf, mark...), "%c%016x", kind, n)
}

// splitter finds the markers in a stream of text.
type splitter struct {
	mark   []byte
	text   func(text []byte) // text belongs to the callee until it returns
	marker func(kind byte, n uint64)
	held   []byte // the beginning of what may become a marker
}

// feed takes what was read next.
func (s *splitter) feed(data []byte) {
	if len(s.held) > 0 {
		data = append(s.held, data...)
		s.held = nil
	}
	for {
		i := bytes.Index(data, s.mark)
		if i < 0 {
			break
		}
		if len(data) < i+len(s.mark)+markerTail {
			s.emit(data[:i])
			s.held = bytes.Clone(data[i:])
			return
		}
		s.emit(data[:i])
		tail := data[i+len(s.mark):]
		if n, err := strconv.ParseUint(string(tail[1:markerTail]), 16, 64); err == nil {
			s.marker(tail[0], n)
		}
		data = tail[markerTail:]
	}
	keep := partial(data, s.mark)
	s.emit(data[:len(data)-keep])
	s.held = bytes.Clone(data[len(data)-keep:])
}

// end gives out what was held back.
func (s *splitter) end() {
	s.emit(s.held)
	s.held = nil
}

func (s *splitter) emit(text []byte) {
	if len(text) > 0 {
		s.text(text)
	}
}

// partial returns the length of the longest end of data that mark begins with.
func partial(data, mark []byte) int {
	for n := min(len(data), len(mark)-1); n > 0; n-- {
		if bytes.HasSuffix(data, mark[:n]) {
			return n
		}
	}
	return 0
}
