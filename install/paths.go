package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// host is what the paths depend on; tests put other systems in its place.
type host struct {
	goos string
	env  func(string) string
	home string
}

func thisHost() (host, error) {
	home, err := os.UserHomeDir()
	if err != nil && os.Getenv("JUPYTER_DATA_DIR") == "" {
		return host{}, fmt.Errorf("find the user's Jupyter folder: %w (set HOME or JUPYTER_DATA_DIR)", err)
	}
	return host{goos: runtime.GOOS, env: os.Getenv, home: home}, nil
}

// UserDir is the Jupyter data folder of the current user, as jupyter_core computes it.
func UserDir() (string, error) {
	h, err := thisHost()
	if err != nil {
		return "", err
	}
	return h.userDir(), nil
}

func (h host) userDir() string {
	if dir := h.env("JUPYTER_DATA_DIR"); dir != "" {
		return dir
	}
	switch h.goos {
	case "darwin":
		return filepath.Join(h.home, "Library", "Jupyter")
	case "windows":
		if dir := h.env("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter")
		}
		return filepath.Join(h.home, "AppData", "Roaming", "jupyter")
	}
	if dir := h.env("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "jupyter")
	}
	return filepath.Join(h.home, ".local", "share", "jupyter")
}

// dataDirs lists the folders where Jupyter looks for kernels, first come first served.
func (h host) dataDirs() []string {
	var dirs []string
	dirs = append(dirs, filepath.SplitList(h.env("JUPYTER_PATH"))...)
	for _, prefix := range []string{h.env("VIRTUAL_ENV"), h.env("CONDA_PREFIX")} {
		if prefix != "" {
			dirs = append(dirs, PrefixDir(prefix)) // jupyter_core prefers an activated environment
		}
	}
	dirs = append(dirs, h.userDir())
	if h.goos == "windows" {
		if dir := h.env("PROGRAMDATA"); dir != "" {
			dirs = append(dirs, filepath.Join(dir, "jupyter"))
		}
		return dirs
	}
	return append(dirs, "/usr/local/share/jupyter", "/usr/share/jupyter")
}

// PrefixDir is the Jupyter data folder of an installation at prefix.
func PrefixDir(prefix string) string {
	return filepath.Join(prefix, "share", "jupyter")
}

// SysPrefix is the prefix of the Python environment in use: the activated virtual or
// conda environment, else what the Python on PATH says.
func SysPrefix() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := os.Getenv(name); dir != "" {
			return dir, nil
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, python := range []string{"python3", "python"} {
		out, err := exec.CommandContext(ctx, python, "-c", "import sys; print(sys.prefix)").Output()
		if err == nil {
			return strings.TrimSpace(string(out)), nil
		}
	}
	return "", errors.New("--sys-prefix: no activated environment and no python3 on PATH: activate one, or name the folder by --prefix")
}
