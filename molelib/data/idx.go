package data

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// maxIDX bounds the values of an idx file, 16 GB: a header that asks for more is
// damaged.
const maxIDX = 1 << 34

// ReadIDX reads an idx file of unsigned bytes, the format of MNIST: two zero
// bytes, type 8, the number of dimensions, each dimension as four bytes with the
// highest first, then the values in row-major order. It returns the dimensions
// and the values. Data that end early, follow the values or have another type are
// an error. Memory is taken as the values arrive, not as the header promises.
func ReadIDX(r io.Reader) (shape []int, values []byte, err error) {
	if shape, values, err = readIDX(r); err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	return shape, values, nil
}

// LoadIDX reads examples and their labels, each an idx file, such as those of EMNIST, KMNIST
// or QMNIST; files whose names end in .gz are unpacked. The values are scaled to [0, 1]. The
// first dimension counts the examples, the others become Shape. The labels name the classes.
// It stops with the error of ctx.
func LoadIDX(ctx context.Context, examples, labels string) (*Dataset, error) {
	shape, values, err := loadIDX(ctx, examples)
	if err != nil {
		return nil, err
	}
	counted, marks, err := loadIDX(ctx, labels)
	if err != nil {
		return nil, err
	}
	if len(shape) < 2 {
		return nil, fmt.Errorf("data: %s has the shape %v: examples have two dimensions and more", examples, shape)
	}
	if len(counted) != 1 || counted[0] != shape[0] {
		return nil, fmt.Errorf("data: %s has the shape %v: it does not hold one label for each of the %d examples of %s", labels, counted, shape[0], examples)
	}
	classes := numbered(1 + int(slices.Max(marks)))
	return fromIDX(filepath.Base(examples), shape, values, marks, classes), nil
}

// loadIDX reads one file.
func loadIDX(ctx context.Context, path string) (shape []int, values []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	var r io.Reader = bufio.NewReader(&cancelledReader{ctx, f})
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, nil, fmt.Errorf("data: %s is no gzip file: %w", path, early(err))
		}
	}
	if shape, values, err = readIDX(r); err != nil {
		return nil, nil, fmt.Errorf("data: %s: %w", path, err)
	}
	return shape, values, nil
}

// fromIDX makes examples of bytes: of each shape[1:], scaled to [0, 1].
func fromIDX(name string, shape []int, values, labels []byte, classes []string) *Dataset {
	d := &Dataset{
		Name:    name,
		X:       tensor.NewMatrix(shape[0], len(values)/shape[0]),
		Y:       make([]int, len(labels)),
		Classes: classes,
		Shape:   slices.Clone(shape[1:]),
	}
	var level [256]float32
	for p := range level {
		level[p] = float32(p) / 255
	}
	for i, p := range values {
		d.X.Data[i] = level[p]
	}
	for i, m := range labels {
		d.Y[i] = int(m)
	}
	return d
}

func readIDX(r io.Reader) (shape []int, values []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, fmt.Errorf("idx header: %w", early(err))
	}
	if head[0] != 0 || head[1] != 0 {
		return nil, nil, fmt.Errorf("not an idx file: it begins with %x %x, not with two zero bytes", head[0], head[1])
	}
	if head[2] != 8 {
		return nil, nil, fmt.Errorf("idx type %#x: only unsigned bytes (0x8) can be read", head[2])
	}
	size := 1
	for i := range int(head[3]) {
		var dim [4]byte
		if _, err := io.ReadFull(r, dim[:]); err != nil {
			return nil, nil, fmt.Errorf("idx dimension %d: %w", i, early(err))
		}
		n := int(binary.BigEndian.Uint32(dim[:]))
		if n == 0 || size > maxIDX/n {
			return nil, nil, fmt.Errorf("idx dimension %d is %d: the file is damaged", i, n)
		}
		size *= n
		shape = append(shape, n)
	}
	if len(shape) == 0 {
		return nil, nil, errors.New("idx file without dimensions")
	}
	values, err = readValues(r, size)
	return shape, values, err
}

func readValues(r io.Reader, size int) ([]byte, error) {
	const block = 4 << 20
	values := make([]byte, 0, min(size, block))
	for len(values) < size {
		if len(values) == cap(values) {
			grown := make([]byte, len(values), min(size, 2*cap(values)))
			copy(grown, values)
			values = grown
		}
		n, err := io.ReadFull(r, values[len(values):cap(values)])
		values = values[:len(values)+n]
		if err != nil {
			return nil, fmt.Errorf("idx values: %d of %d: %w", len(values), size, early(err))
		}
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 {
		return nil, fmt.Errorf("idx values: the file goes on after the %d values it announces", size)
	} else if err != nil && err != io.EOF {
		return nil, fmt.Errorf("idx values: %w", err)
	}
	return values, nil
}

// errCut is the end of the input where it is not welcome: inside a file.
var errCut = fmt.Errorf("%w: the file is cut off, save or fetch it again", io.ErrUnexpectedEOF)

// early turns the end of the input into errCut.
func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errCut
	}
	return err
}
