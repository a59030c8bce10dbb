package data

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Array is an array of NumPy: numbers with a shape, in row-major order.
type Array struct {
	Shape  []int
	Values []float64 // the product of Shape; integers beyond 2^53 are rounded
}

// String describes the array by its shape, as in "150×4 array".
func (a *Array) String() string {
	if len(a.Shape) == 0 {
		return fmt.Sprintf("array of the number %v", a.Values)
	}
	sizes := make([]string, len(a.Shape))
	for i, n := range a.Shape {
		sizes[i] = strconv.Itoa(n)
	}
	return strings.Join(sizes, "×") + " array"
}

// Matrix returns the array as a matrix of one example a row: the first dimension counts
// the examples, the others are flattened; one dimension is one column. Values are rounded
// to float32.
func (a *Array) Matrix() *tensor.Matrix {
	rows := 1
	if len(a.Shape) > 0 {
		rows = a.Shape[0]
	}
	m := tensor.NewMatrix(rows, len(a.Values)/max(1, rows))
	for i, v := range a.Values {
		m.Data[i] = float32(v)
	}
	return m
}

// Labels returns the values as class labels, or an error that names the first that is no
// label.
func (a *Array) Labels() ([]int, error) {
	y := make([]int, len(a.Values))
	for i, v := range a.Values {
		if v != math.Trunc(v) || v < 0 || v >= mostNumbered {
			return nil, fmt.Errorf("data: value %d is %v: labels are whole numbers that count from 0", i, v)
		}
		y[i] = int(v)
	}
	return y, nil
}

// LoadNPY reads an array that numpy.save wrote. It stops with the error of ctx.
func LoadNPY(ctx context.Context, path string) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	a, err := readNPY(&cancelledReader{ctx, f})
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", path, err)
	}
	return a, nil
}

// LoadNPZ reads the arrays that numpy.savez or numpy.savez_compressed wrote, by name.
// It stops with the error of ctx.
func LoadNPZ(ctx context.Context, path string) (map[string]*Array, error) {
	z, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("data: %s: %w: it is cut off or not written by numpy.savez, save or fetch it again", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", path, err)
	}
	defer z.Close() // Only read from: an error of Close cannot lose anything.
	arrays := make(map[string]*Array)
	for _, file := range z.File {
		name, ok := strings.CutSuffix(file.Name, ".npy")
		if !ok {
			continue
		}
		if arrays[name], err = readMember(ctx, file); err != nil {
			return nil, fmt.Errorf("data: %s, array %q: %w", path, name, err)
		}
	}
	if len(arrays) == 0 {
		return nil, fmt.Errorf("data: %s holds no arrays", path)
	}
	return arrays, nil
}

func readMember(ctx context.Context, file *zip.File) (*Array, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() // Only read from: an error of Close cannot lose anything.
	return readNPY(&cancelledReader{ctx, r})
}

// ReadNPY reads one array in NumPy's format, version 1 to 3: booleans, integers and floats
// of any width, of either byte order, in C or Fortran order. Arrays of Python objects,
// texts, records and complex numbers are an error, as are data that end early or go on.
// Memory is taken as values arrive, not as the header promises.
func ReadNPY(r io.Reader) (*Array, error) {
	a, err := readNPY(r)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return a, nil
}

func readNPY(r io.Reader) (*Array, error) {
	in := bufio.NewReader(r)
	h, err := readNPYHeader(in)
	if err != nil {
		return nil, err
	}
	a := &Array{Shape: h.shape}
	if a.Values, err = h.read(in); err != nil {
		return nil, err
	}
	// In an archive the checksum is compared at the end.
	if _, err := in.ReadByte(); err == nil {
		return nil, fmt.Errorf("npy: the file goes on after the %d values of shape %v", len(a.Values), h.shape)
	} else if err != io.EOF {
		return nil, damaged(err)
	}
	if h.fortran {
		a.Values = rowMajor(a.Values, a.Shape)
	}
	return a, nil
}

type npyHeader struct {
	order   binary.ByteOrder
	kind    byte // b, i, u, f
	width   int  // bytes of a value
	fortran bool
	shape   []int
}

var (
	npyDescr   = regexp.MustCompile(`'descr':\s*('[^']*'|\[)`)
	npyFortran = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	npyShape   = regexp.MustCompile(`'shape':\s*\(([0-9,\s]*)\)`)
)

// maxNPYHeader bounds the header's text, which names a type and a shape.
const maxNPYHeader = 1 << 16

func readNPYHeader(in *bufio.Reader) (npyHeader, error) {
	var magic [8]byte
	if _, err := io.ReadFull(in, magic[:]); err != nil {
		return npyHeader{}, fmt.Errorf("npy header: %w", early(err))
	}
	if string(magic[:6]) != "\x93NUMPY" {
		return npyHeader{}, errors.New("not an npy file: it does not begin with \\x93NUMPY")
	}
	width := 4
	switch magic[6] {
	case 1:
		width = 2
	case 2, 3:
	default:
		return npyHeader{}, fmt.Errorf("npy version %d: versions 1 to 3 are known", magic[6])
	}
	size := make([]byte, 4)
	if _, err := io.ReadFull(in, size[:width]); err != nil {
		return npyHeader{}, fmt.Errorf("npy header: %w", early(err))
	}
	length := binary.LittleEndian.Uint32(size)
	if length > maxNPYHeader {
		return npyHeader{}, fmt.Errorf("npy header of %d bytes: the file is damaged or holds records", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(in, text); err != nil {
		return npyHeader{}, fmt.Errorf("npy header: %w", early(err))
	}
	return parseNPYHeader(string(text))
}

func parseNPYHeader(text string) (npyHeader, error) {
	descr, fortran, shape := npyDescr.FindStringSubmatch(text), npyFortran.FindStringSubmatch(text), npyShape.FindStringSubmatch(text)
	if descr == nil || fortran == nil || shape == nil {
		return npyHeader{}, fmt.Errorf("npy header %q: the file is damaged", strings.TrimSpace(text))
	}
	h := npyHeader{order: binary.LittleEndian, fortran: fortran[1] == "True"}
	kind := strings.Trim(descr[1], "'")
	if kind == "|O" {
		return h, errors.New("npy: arrays of Python objects cannot be read, such as rows of different lengths: save numbers, as with a.astype(float)")
	}
	if len(kind) < 3 {
		return h, errors.New("npy: arrays of records cannot be read: save the columns one by one")
	}
	if kind[0] == '>' {
		h.order = binary.BigEndian
	}
	h.kind = kind[1]
	width, err := strconv.Atoi(kind[2:])
	if err != nil || !npyReadable(h.kind, width) {
		return h, fmt.Errorf("npy: values of type %q cannot be read: save numbers, as with a.astype(float)", kind)
	}
	h.width = width
	size := 1
	for _, field := range strings.FieldsFunc(shape[1], func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 0 || n > 0 && size > maxIDX/n {
			return h, fmt.Errorf("npy: shape (%s): the file is damaged", shape[1])
		}
		h.shape, size = append(h.shape, n), size*n
	}
	return h, nil
}

func npyReadable(kind byte, width int) bool {
	switch kind {
	case 'b':
		return width == 1
	case 'i', 'u':
		return width == 1 || width == 2 || width == 4 || width == 8
	case 'f':
		return width == 2 || width == 4 || width == 8
	}
	return false
}

func (h npyHeader) read(in io.Reader) ([]float64, error) {
	size := 1
	for _, n := range h.shape {
		size *= n
	}
	const block = 1 << 16
	values := make([]float64, 0, min(size, block))
	buffer := make([]byte, min(size, block)*h.width)
	for len(values) < size {
		chunk := buffer[:min(size-len(values), block)*h.width]
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, fmt.Errorf("npy: within the %d values of shape %v: %w", size, h.shape, damaged(err))
		}
		for at := 0; at < len(chunk); at += h.width {
			values = append(values, h.value(chunk[at:at+h.width]))
		}
	}
	return values, nil
}

// value decodes one number.
func (h npyHeader) value(b []byte) float64 {
	var bits uint64
	switch h.width {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(h.order.Uint16(b))
	case 4:
		bits = uint64(h.order.Uint32(b))
	case 8:
		bits = h.order.Uint64(b)
	}
	switch {
	case h.kind == 'i':
		shift := 64 - 8*h.width
		return float64(int64(bits<<shift) >> shift)
	case h.kind != 'f':
		return float64(bits)
	case h.width == 8:
		return math.Float64frombits(bits)
	case h.width == 4:
		return float64(math.Float32frombits(uint32(bits)))
	}
	return float64(tensor.Float16(uint16(bits)))
}

// damaged says what to do about the error of an archive.
func damaged(err error) error {
	if errors.Is(err, zip.ErrChecksum) || errors.As(err, new(flate.CorruptInputError)) {
		return fmt.Errorf("%w: the file is damaged, save or fetch it again", err)
	}
	return early(err)
}

// rowMajor brings values in Fortran order, first index fastest, into C order.
func rowMajor(values []float64, shape []int) []float64 {
	out := make([]float64, len(values))
	index := make([]int, len(shape))
	for at := range out {
		from, stride := 0, 1
		for d, i := range index {
			from, stride = from+i*stride, stride*shape[d]
		}
		out[at] = values[from]
		for d := len(index) - 1; d >= 0; d-- {
			if index[d]++; index[d] < shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return out
}

// WriteNPY writes p as NumPy's format, version 1: float32 for a *tensor.Matrix, float64
// for other matrices, in C order.
func WriteNPY(w io.Writer, p tensor.Points) error {
	rows, cols := p.Dims()
	m, single := p.(*tensor.Matrix)
	descr := "<f8"
	if single {
		descr = "<f4"
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }", descr, rows, cols)
	// Values begin at a multiple of 64 bytes, after a line's end.
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	var out bytes.Buffer
	out.WriteString("\x93NUMPY\x01\x00")
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	out.WriteString(header)
	for i := range rows {
		for j := range cols {
			if single {
				out.Write(binary.LittleEndian.AppendUint32(out.AvailableBuffer(), math.Float32bits(m.Row(i)[j])))
			} else {
				out.Write(binary.LittleEndian.AppendUint64(out.AvailableBuffer(), math.Float64bits(p.At(i, j))))
			}
		}
		if out.Len() > 1<<16 || i == rows-1 {
			if _, err := out.WriteTo(w); err != nil {
				return fmt.Errorf("data: write npy: %w", err)
			}
		}
	}
	_, err := out.WriteTo(w)
	return err
}
