package install

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// StableBinary returns a path of the running binary that will still be there tomorrow.
// The binary of `go run` lives in a temporary folder and is gone when the command ends:
// it is copied to the user's data folder, and copied is true.
func StableBinary() (path string, copied bool, err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", false, fmt.Errorf("find the running binary: %w", err)
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil && temporary(real) {
		exe = real
	}
	if !temporary(exe) {
		return exe, false, nil
	}
	h, err := thisHost()
	if err != nil {
		return "", false, err
	}
	target := filepath.Join(h.dataDir(), "bin", filepath.Base(exe))
	if err := copyFile(target, exe); err != nil {
		return "", false, fmt.Errorf("copy the binary to a lasting place: %w", err)
	}
	return target, true, nil
}

// goBuild matches the folder that `go run` builds in, and a folder of its cache of
// executables, wherever GOCACHE has that.
var goBuild = regexp.MustCompile(`^(go-build\d*|[0-9a-f]{64}-d)$`)

// temporary says whether path is a product of `go run`.
func temporary(path string) bool {
	for _, part := range strings.Split(filepath.ToSlash(path), "/") {
		if goBuild.MatchString(part) {
			return true
		}
	}
	return false
}

// DataDir is the folder where mole-kernel keeps files of its own between runs: the binary
// that it copied, the inputs of earlier sessions.
func DataDir() (string, error) {
	h, err := thisHost()
	if err != nil {
		return "", err
	}
	return h.dataDir(), nil
}

func (h host) dataDir() string {
	switch h.goos {
	case "darwin":
		return filepath.Join(h.home, "Library", "Application Support", "mole-kernel")
	case "windows":
		if dir := h.env("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "mole-kernel")
		}
		return filepath.Join(h.home, "AppData", "Local", "mole-kernel")
	}
	if dir := h.env("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "mole-kernel")
	}
	return filepath.Join(h.home, ".local", "share", "mole-kernel")
}

// copyFile puts an executable copy of source at target through a rename: a running
// kernel keeps the file that it was started from.
func copyFile(target, source string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	tmp, err := os.CreateTemp(filepath.Dir(target), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := io.Copy(tmp, in); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o755); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), target)
}
