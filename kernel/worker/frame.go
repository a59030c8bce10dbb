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
	buf := bufio.NewWriterSize(w, 4+len(header)+min(f.size(), oneWrite))
	prefix := binary.LittleEndian.AppendUint32(nil, uint32(len(header)))
	for _, part := range append([][]byte{prefix, header}, f.attachments...) {
		if _, err := buf.Write(part); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// oneWrite is how many bytes of attachments are written at once with the header: each write may
// wake the reader.
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
