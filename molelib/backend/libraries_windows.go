//go:build windows && (amd64 || arm64) && !mole_static

package backend

import "syscall"

func openLibrary(name string) (uintptr, error) {
	handle, err := syscall.LoadLibrary(name)
	return uintptr(handle), err
}

func findSymbol(handle uintptr, name string) (uintptr, error) {
	return syscall.GetProcAddress(syscall.Handle(handle), name)
}

func libraryNames() []string { return []string{"libopenblas.dll", "openblas.dll"} }
