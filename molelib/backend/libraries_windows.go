//go:build windows && (amd64 || arm64) && !mole_static

package backend

import "syscall"

func openLibrary(name string) (uintptr, error) {
	handle, err := syscall.LoadLibrary(name)
	return uintptr(handle), err
}

// closeLibrary unloads a library that nothing was computed with. When that fails, it
// stays loaded, and nothing is lost.
func closeLibrary(handle uintptr) { _ = syscall.FreeLibrary(syscall.Handle(handle)) }

func findSymbol(handle uintptr, name string) (uintptr, error) {
	return syscall.GetProcAddress(syscall.Handle(handle), name)
}

func libraryNames() []string { return []string{"libopenblas.dll", "openblas.dll"} }
