// Package safetensors reads and writes float32 tensors in the safetensors format
// (version 0.4 of its specification), which PyTorch, JAX and many others read: eight bytes
// with the length of a JSON header, the header, and the values in little-endian order.
package safetensors

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Tensor is a named array of float32 in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32 // the product of Shape
}

func (t Tensor) size() int {
	size := 1
	for _, n := range t.Shape {
		size *= n
	}
	return size
}

// entry is a tensor in the header.
type entry struct {
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

const metadataKey = "__metadata__"

// Write writes tensors, in the given order, and metadata, which may be nil. A name that
// stands twice, or a shape that does not fit its data, is an error.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	header := make(map[string]any, len(tensors)+1)
	if len(metadata) > 0 {
		header[metadataKey] = metadata
	}
	end := int64(0)
	for _, t := range tensors {
		if _, twice := header[t.Name]; twice || t.Name == metadataKey || t.Name == "" {
			return fmt.Errorf("safetensors: the name %q is there twice, empty or reserved", t.Name)
		}
		if t.size() != len(t.Data) {
			return fmt.Errorf("safetensors: %s: shape %v has %d values, the data %d", t.Name, t.Shape, t.size(), len(t.Data))
		}
		size := 4 * int64(len(t.Data))
		header[t.Name] = entry{"F32", append([]int{}, t.Shape...), [2]int64{end, end + size}}
		end += size
	}
	text, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	// The values are to begin at a multiple of 8 bytes; spaces are allowed after the header.
	text = append(text, bytes.Repeat([]byte{' '}, (8-len(text)%8)%8)...)
	out := bufio.NewWriter(w)
	out.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
	out.Write(text)
	for _, t := range tensors {
		for _, v := range t.Data {
			// A bufio.Writer keeps its first error until Flush.
			out.Write(binary.LittleEndian.AppendUint32(out.AvailableBuffer(), math.Float32bits(v)))
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}

// maxHeader is the largest header that the format allows.
const maxHeader = 100 << 20

// Read reads all tensors, in the order of the file, and the metadata. Floats (F64 to BF16),
// integers and booleans become float32, rounded; other types are an error, as are overlaps,
// holes and data that end early or go on. Memory is taken as values arrive, not as the header promises.
func Read(r io.Reader) ([]Tensor, map[string]string, error) {
	in := bufio.NewReader(r)
	header, metadata, err := readHeader(in)
	if err != nil {
		return nil, nil, err
	}
	tensors, end := make([]Tensor, 0, len(header)), int64(0)
	for _, h := range header {
		if h.Offsets[0] != end {
			return nil, nil, fmt.Errorf("safetensors: %s begins at byte %d of the data, not at %d: the file is damaged", h.name, h.Offsets[0], end)
		}
		t, err := h.read(in)
		if err != nil {
			return nil, nil, err
		}
		tensors, end = append(tensors, t), h.Offsets[1]
	}
	if _, err := in.ReadByte(); err == nil {
		return nil, nil, errors.New("safetensors: the file goes on after its last tensor: it is damaged")
	}
	return tensors, metadata, nil
}

type named struct {
	entry
	name string
}

// readHeader returns the entries in the order of their data.
func readHeader(in io.Reader) ([]named, map[string]string, error) {
	var length [8]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", early(err))
	}
	size := binary.LittleEndian.Uint64(length[:])
	if size > maxHeader {
		return nil, nil, fmt.Errorf("safetensors: a header of %d bytes: this is no safetensors file", size)
	}
	var text bytes.Buffer
	if n, err := io.CopyN(&text, in, int64(size)); err != nil {
		return nil, nil, fmt.Errorf("safetensors: the file ends after %d of the header's %d bytes: %w", n, size, early(err))
	}
	raw := make(map[string]json.RawMessage)
	if err := json.Unmarshal(text.Bytes(), &raw); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	var header []named
	var metadata map[string]string
	for name, value := range raw {
		if name == metadataKey {
			if err := json.Unmarshal(value, &metadata); err != nil {
				return nil, nil, fmt.Errorf("safetensors: metadata: %w", err)
			}
			continue
		}
		h := named{name: name}
		if err := json.Unmarshal(value, &h.entry); err != nil {
			return nil, nil, fmt.Errorf("safetensors: %s: %w", name, err)
		}
		header = append(header, h)
	}
	slices.SortFunc(header, func(a, b named) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]), cmp.Compare(a.name, b.name))
	})
	return header, metadata, nil
}

var widths = map[string]int64{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2,
	"I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}

func (h named) read(in io.Reader) (Tensor, error) {
	width, ok := widths[h.Type]
	if !ok {
		return Tensor{}, fmt.Errorf("safetensors: %s has type %s: floats of 64, 32 and 16 bits, BF16, integers and booleans can be read", h.name, h.Type)
	}
	size := int64(1)
	for _, n := range h.Shape {
		if n < 0 || n > 0 && size > math.MaxInt32*256/int64(n) {
			return Tensor{}, fmt.Errorf("safetensors: %s: shape %v: the file is damaged", h.name, h.Shape)
		}
		size *= int64(n)
	}
	if h.Offsets[1]-h.Offsets[0] != width*size {
		return Tensor{}, fmt.Errorf("safetensors: %s: shape %v of %s needs %d bytes and has %d: the file is damaged",
			h.name, h.Shape, h.Type, width*size, h.Offsets[1]-h.Offsets[0])
	}
	t := Tensor{Name: h.name, Shape: h.Shape, Data: make([]float32, 0, min(size, 1<<16))}
	block := make([]byte, min(size, 1<<16)*width)
	for int64(len(t.Data)) < size {
		chunk := block[:min(size-int64(len(t.Data)), 1<<16)*width]
		if _, err := io.ReadFull(in, chunk); err != nil {
			return Tensor{}, fmt.Errorf("safetensors: the file ends within %s: %w", h.name, early(err))
		}
		for at := int64(0); at < int64(len(chunk)); at += width {
			t.Data = append(t.Data, decode(h.Type, chunk[at:at+width]))
		}
	}
	return t, nil
}

func decode(kind string, b []byte) float32 {
	switch kind {
	case "F64":
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case "F32":
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	case "F16":
		return tensor.Float16(binary.LittleEndian.Uint16(b))
	case "BF16":
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	}
	var whole [8]byte
	copy(whole[:], b)
	bits := binary.LittleEndian.Uint64(whole[:])
	if kind[0] == 'I' {
		shift := 64 - 8*len(b)
		return float32(int64(bits<<shift) >> shift)
	}
	return float32(bits)
}

// early says what the end of the input means, which is never welcome inside a file.
func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: the file is cut off, save or fetch it again", io.ErrUnexpectedEOF)
	}
	return err
}
