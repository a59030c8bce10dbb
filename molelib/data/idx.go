package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, fmt.Errorf("data: idx header: %w", early(err))
	}
	if head[0] != 0 || head[1] != 0 {
		return nil, nil, fmt.Errorf("data: not an idx file: it begins with %x %x, not with two zero bytes", head[0], head[1])
	}
	if head[2] != 8 {
		return nil, nil, fmt.Errorf("data: idx type %#x: only unsigned bytes (0x8) can be read", head[2])
	}
	size := 1
	for i := range int(head[3]) {
		var dim [4]byte
		if _, err := io.ReadFull(r, dim[:]); err != nil {
			return nil, nil, fmt.Errorf("data: idx dimension %d: %w", i, early(err))
		}
		n := int(binary.BigEndian.Uint32(dim[:]))
		if n == 0 || size > maxIDX/n {
			return nil, nil, fmt.Errorf("data: idx dimension %d is %d: the file is damaged", i, n)
		}
		size *= n
		shape = append(shape, n)
	}
	if len(shape) == 0 {
		return nil, nil, errors.New("data: idx file without dimensions")
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
			return nil, fmt.Errorf("data: idx values: %d of %d: %w", len(values), size, early(err))
		}
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 {
		return nil, fmt.Errorf("data: idx values: the file goes on after the %d values it announces", size)
	} else if err != nil && err != io.EOF {
		return nil, fmt.Errorf("data: idx values: %w", err)
	}
	return values, nil
}

// early turns the end of the input, which is never welcome inside a file, into
// io.ErrUnexpectedEOF.
func early(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
