//go:build !((linux || darwin || windows) && (amd64 || arm64) && !mole_static)

package backend

import "errors"

// vendor cannot be loaded in this build: the platform is not supported, or the
// build tag mole_static asked for a binary without a dynamic loader.
type vendor struct{ pureGo }

func openBLAS() (*vendor, error) {
	return nil, errors.New("OpenBLAS cannot be loaded in this build")
}
