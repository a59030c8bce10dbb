package mapped

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// temporary returns a file that the system deletes when its last handle is closed.
func temporary(folder string) (*os.File, error) {
	for {
		path := filepath.Join(folder, fmt.Sprintf("features-%d.tmp", rand.Uint64()))
		name, err := windows.UTF16PtrFromString(path)
		if err != nil {
			return nil, &fs.PathError{Op: "create", Path: path, Err: err}
		}
		handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, windows.FILE_SHARE_DELETE, nil,
			windows.CREATE_NEW, windows.FILE_ATTRIBUTE_TEMPORARY|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
		if errors.Is(err, windows.ERROR_FILE_EXISTS) {
			continue
		}
		if err != nil {
			return nil, &fs.PathError{Op: "create", Path: path, Err: err}
		}
		return os.NewFile(uintptr(handle), path), nil
	}
}

// view maps the file, which release closes after the mapping.
func view(f *os.File, size int) (content []byte, release func(), err error) {
	mapping, err := windows.CreateFileMapping(windows.Handle(f.Fd()), nil, windows.PAGE_READONLY, 0, 0, nil)
	if err != nil {
		return nil, nil, os.NewSyscallError("CreateFileMapping", err)
	}
	address, err := windows.MapViewOfFile(mapping, windows.FILE_MAP_READ, 0, 0, uintptr(size))
	// The view keeps the mapping.
	err = errors.Join(os.NewSyscallError("MapViewOfFile", err), windows.CloseHandle(mapping))
	if err != nil {
		return nil, nil, err
	}
	// Through a pointer to the address, because the memory is none of Go's.
	content = unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), size)
	return content, func() {
		// The address is one that MapViewOfFile gave, so there is no error to tell of.
		_ = windows.UnmapViewOfFile(address)
		_ = f.Close()
	}, nil
}
