package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// binary makes a file that can pass as the kernel's binary.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mole-kernel")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWriteMakesWhatJupyterReads(t *testing.T) {
	exe, data := binary(t), t.TempDir()
	dir, err := Write(Options{Binary: exe, Dir: data, Version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(data, "kernels", DefaultName); dir != want {
		t.Errorf("folder = %s, want %s", dir, want)
	}
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv":                    []any{exe, "kernel", "-f", "{connection_file}"},
		"display_name":            DefaultDisplayName,
		"language":                "go",
		"interrupt_mode":          "message",
		"kernel_protocol_version": protocolVersion,
		"env":                     map[string]any{},
		"metadata":                map[string]any{"debugger": false, "mole_kernel": map[string]any{"version": "v1.2.3"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kernel.json (-want +got):\n%s", diff)
	}
}

func TestLogosHaveTheirSizes(t *testing.T) {
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		data, err := logos.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if img.Width != size || img.Height != size {
			t.Errorf("%s is %d×%d, want %d×%d", name, img.Width, img.Height, size, size)
		}
	}
}

func TestWriteReplacesOnlyOurOwn(t *testing.T) {
	data := t.TempDir()
	if _, err := Write(Options{Binary: binary(t), Dir: data, DisplayName: "old"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(Options{Binary: binary(t), Dir: data, DisplayName: "new"}); err != nil {
		t.Fatalf("writing our own again: %v", err)
	}
	other := filepath.Join(data, "kernels", "python3")
	if err := os.MkdirAll(other, 0o755); err != nil {
		t.Fatal(err)
	}
	foreign := []byte(`{"argv":["python","-m","ipykernel"],"display_name":"Python 3"}`)
	if err := os.WriteFile(filepath.Join(other, "kernel.json"), foreign, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(Options{Binary: binary(t), Dir: data, Name: "python3"}); err == nil {
		t.Error("Write replaced another kernel's kernelspec")
	}
	if _, err := Remove(data, "python3"); err == nil {
		t.Error("Remove removed another kernel's kernelspec")
	}
	if got, _ := os.ReadFile(filepath.Join(other, "kernel.json")); !bytes.Equal(got, foreign) {
		t.Errorf("python3's kernel.json was changed to %s", got)
	}
}

func TestNamesThatJupyterRefusesAreRefused(t *testing.T) {
	for _, name := range []string{"Mole", "a b", "../x", "ä"} {
		if _, err := Write(Options{Binary: binary(t), Dir: t.TempDir(), Name: name}); err == nil {
			t.Errorf("Write took the name %q", name)
		}
		if _, err := Remove(t.TempDir(), name); err == nil {
			t.Errorf("Remove took the name %q", name)
		}
	}
}

func TestFindSeesOursAndTheirProblems(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_PATH", "")
	t.Setenv("JUPYTER_DATA_DIR", data)
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("CONDA_PREFIX", "")
	exe := binary(t)
	for _, name := range []string{"good", "gone"} {
		if _, err := Write(Options{Binary: exe, Name: name}); err != nil {
			t.Fatal(err)
		}
		exe = filepath.Join(t.TempDir(), "nowhere")
	}
	found, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	problems := map[string]bool{}
	for _, f := range found {
		if !strings.HasPrefix(f.Dir, data) {
			continue // installed on this machine
		}
		problems[f.Name] = f.Problem != ""
	}
	if diff := cmp.Diff(map[string]bool{"good": false, "gone": true}, problems); diff != "" {
		t.Errorf("kernelspecs with a problem (-want +got):\n%s", diff)
	}
	if _, err := Remove("", "good"); err != nil {
		t.Fatal(err)
	}
	if _, err := Remove("", "good"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removing twice: %v, want ErrNotFound", err)
	}
}

func TestPathsFollowTheSystem(t *testing.T) {
	none := func(string) string { return "" }
	env := func(m map[string]string) func(string) string { return func(k string) string { return m[k] } }
	for _, c := range []struct {
		host       host
		user, data string
	}{
		{host{"linux", none, "/h"}, "/h/.local/share/jupyter", "/h/.local/share/mole-kernel"},
		{host{"linux", env(map[string]string{"XDG_DATA_HOME": "/x"}), "/h"}, "/x/jupyter", "/x/mole-kernel"},
		{host{"linux", env(map[string]string{"JUPYTER_DATA_DIR": "/j"}), "/h"}, "/j", "/h/.local/share/mole-kernel"},
		{host{"darwin", none, "/h"}, "/h/Library/Jupyter", "/h/Library/Application Support/mole-kernel"},
		{host{"windows", env(map[string]string{"APPDATA": "/a", "LOCALAPPDATA": "/l"}), "/h"}, "/a/jupyter", "/l/mole-kernel"},
	} {
		if got := filepath.ToSlash(c.host.userDir()); got != c.user {
			t.Errorf("%s: user folder %s, want %s", c.host.goos, got, c.user)
		}
		if got := filepath.ToSlash(c.host.dataDir()); got != c.data {
			t.Errorf("%s: data folder %s, want %s", c.host.goos, got, c.data)
		}
	}
}

func TestBinaryOfGoRunIsTemporary(t *testing.T) {
	for path, want := range map[string]bool{
		"/tmp/go-build123/b001/exe/mole-kernel":                    true,
		"/home/u/.cache/go-build/ab/cdef-d/mole-kernel":            true,
		"/cache/ab/" + strings.Repeat("0f", 32) + "-d/mole-kernel": true,
		"/home/u/go/bin/mole-kernel":                               false,
	} {
		if got := temporary(path); got != want {
			t.Errorf("temporary(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestCopyKeepsContentAndCanRun(t *testing.T) {
	source := binary(t)
	target := filepath.Join(t.TempDir(), "deep", "mole-kernel")
	for range 2 { // the second time over an existing file
		if err := copyFile(target, source); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(target)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v, want executable", info.Mode())
	}
}
