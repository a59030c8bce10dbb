//go:build unix

package mapped

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// temporary returns a file without a name: the system frees it with its last user.
func temporary(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, "features-*.tmp")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// view maps the file and closes it; release undoes the mapping.
func view(f *os.File, size int) (content []byte, release func(), err error) {
	content, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	if err := f.Close(); err != nil {
		return nil, nil, errors.Join(err, unix.Munmap(content))
	}
	// The range is one that Mmap gave, so there is no error to tell of.
	return content, func() { _ = unix.Munmap(content) }, nil
}
