package worker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// maxFrame bounds what one frame may hold, against a corrupt length.
const maxFrame = 1 << 30

// frame is one message in a pipe: a JSON header, then the attachments as they are.
type frame struct {
	Type  string          // decides what Body is
	Order uint64          `json:",omitempty"` // the marker that goes before it in the text pipes; 0 for none
	Body  json.RawMessage `json:",omitempty"`
	Sizes []int           `json:",omitempty"` // of the attachments

	attachments [][]byte
}

// newFrame panics when body cannot be encoded, which only a programmer can bring about.
func newFrame(kind string, body any, attachments ...[]byte) frame {
	encoded, err := json.Marshal(body)
	if err != nil {
		panic("worker: encode " + kind + ": " + err.Error())
	}
	f := frame{Type: kind, Body: encoded, attachments: attachments}
	for _, a := range attachments {
		f.Sizes = append(f.Sizes, len(a))
	}
	return f
}

// writeFrame writes f: four bytes with the header's length, the header, the attachments.
func writeFrame(w io.Writer, f frame) error {
	header, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode frame %s: %w", f.Type, err)
	}
	buf := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(header)+min(f.size(), oneWrite)), uint32(len(header)))
	buf = append(buf, header...)
	for _, a := range f.attachments {
		if len(buf)+len(a) <= oneWrite {
			buf = append(buf, a...)
			continue
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		if buf = buf[:0]; len(a) > oneWrite {
			if _, err := w.Write(a); err != nil {
				return err
			}
			continue
		}
		buf = append(buf, a...)
	}
	if len(buf) == 0 {
		return nil
	}
	_, err = w.Write(buf)
	return err
}

// oneWrite is how many bytes are copied together to be written at once: each write may wake
// the reader.
const oneWrite = 16 << 10

func (f frame) size() int {
	sum := 0
	for _, n := range f.Sizes {
		sum += n
	}
	return sum
}

// readFrame reads one frame. It returns io.EOF when r ends between two frames.
func readFrame(r *bufio.Reader) (frame, error) {
	var f frame
	var prefix [4]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return f, err
	}
	header, err := readPart(r, int(binary.LittleEndian.Uint32(prefix[:])))
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(header, &f); err != nil {
		return f, fmt.Errorf("decode the header of a frame: %w", err)
	}
	for _, n := range f.Sizes {
		a, err := readPart(r, n)
		if err != nil {
			return f, err
		}
		f.attachments = append(f.attachments, a)
	}
	return f, nil
}

// readPart reads n bytes, allocating as they come: a wrong length costs no memory.
func readPart(r io.Reader, n int) ([]byte, error) {
	if n < 0 || n > maxFrame {
		return nil, fmt.Errorf("a part of %d bytes is above the limit of %d", n, maxFrame)
	}
	const step = 16 << 20
	part := make([]byte, 0, min(n, step))
	for len(part) < n {
		chunk := min(n-len(part), step)
		from := len(part)
		part = append(part, make([]byte, chunk)...)
		if _, err := io.ReadFull(r, part[from:]); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
	return part, nil
}
