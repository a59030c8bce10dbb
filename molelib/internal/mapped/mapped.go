// Package mapped keeps matrices that may be larger than the memory in temporary files,
// mapped into the address space: the system reads and drops their pages as needed.
//
// Nothing is left of the files: on Unix they have no name from the beginning, and Windows
// deletes them when the process ends, however it ends.
package mapped

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Writer makes a matrix in a file, row by row.
type Writer struct {
	file       *os.File
	rows, cols int
	written    int // rows
}

// Create begins a matrix of the given size in a temporary file in folder, which is made
// when it is not there. Either Matrix or Discard ends the Writer.
func Create(folder string, rows, cols int) (*Writer, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := temporary(folder)
	if err != nil {
		return nil, err
	}
	return &Writer{file: f, rows: rows, cols: cols}, nil
}

// Append writes the next rows. A full disk is an error here, and not a fault when the
// matrix is read. It panics when the width is another one or there are too many rows.
func (w *Writer) Append(rows *tensor.Matrix) error {
	if w.written += rows.Rows; rows.Cols != w.cols || w.written > w.rows {
		panic(fmt.Sprintf("mapped: %d rows of %d values for a matrix of %d×%d", w.written, rows.Cols, w.rows, w.cols))
	}
	if len(rows.Data) == 0 {
		return nil
	}
	_, err := w.file.Write(unsafe.Slice((*byte)(unsafe.Pointer(&rows.Data[0])), 4*len(rows.Data)))
	return err
}

// Matrix returns the matrix, which must not be written to. The file is let go when the
// matrix is no longer reachable by its pointer, also when views of it are.
func (w *Writer) Matrix() (*tensor.Matrix, error) {
	if w.written != w.rows {
		panic(fmt.Sprintf("mapped: %d of %d rows were written", w.written, w.rows))
	}
	m := &tensor.Matrix{Rows: w.rows, Cols: w.cols}
	if w.rows*w.cols == 0 {
		return m, w.Discard()
	}
	content, release, err := view(w.file, 4*w.rows*w.cols)
	if err != nil {
		return nil, errors.Join(err, w.Discard())
	}
	m.Data = unsafe.Slice((*float32)(unsafe.Pointer(&content[0])), w.rows*w.cols)
	runtime.AddCleanup(m, func(release func()) { release() }, release)
	return m, nil
}

// Discard gives the file up.
func (w *Writer) Discard() error {
	if err := w.file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}
