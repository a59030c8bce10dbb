//go:build (linux || darwin) && (amd64 || arm64) && !mole_static

package backend

import (
	"runtime"

	"github.com/ebitengine/purego"
)

func openLibrary(name string) (uintptr, error) {
	return purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

// closeLibrary unloads a library that nothing was computed with. When that fails, it
// stays loaded, and nothing is lost.
func closeLibrary(handle uintptr) { _ = purego.Dlclose(handle) }

func findSymbol(handle uintptr, name string) (uintptr, error) { return purego.Dlsym(handle, name) }

func libraryNames() []string {
	if runtime.GOOS == "darwin" {
		return []string{
			"/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
			"/usr/local/opt/openblas/lib/libopenblas.dylib",
			"/System/Library/Frameworks/Accelerate.framework/Accelerate",
		}
	}
	return []string{"libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0"}
}
