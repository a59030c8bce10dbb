package backend

import "runtime"

// installHint says how to get OpenBLAS on this operating system.
func installHint() string {
	switch runtime.GOOS {
	case "linux":
		return "install OpenBLAS: apt install libopenblas0-pthread, dnf install openblas, or pacman -S openblas"
	case "darwin":
		return "install OpenBLAS: brew install openblas"
	case "windows":
		return "put libopenblas.dll (github.com/OpenMathLib/OpenBLAS/releases) on the PATH"
	}
	return "install OpenBLAS as a shared library, or name it in MOLE_OPENBLAS"
}
