// Package install writes, finds and removes the kernelspec: the folder by which Jupyter
// front ends learn that mole-kernel exists and how to start it.
package install

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Defaults of a kernelspec.
const (
	DefaultName        = "mole-kernel"
	DefaultDisplayName = "Go (mole-kernel)"
)

// protocolVersion is the Jupyter message protocol that the kernel speaks.
const protocolVersion = "5.5"

//go:embed logo-32x32.png logo-64x64.png logo-svg.svg
var logos embed.FS

// ErrNotFound says that no kernelspec of the wanted name stands in the wanted place.
var ErrNotFound = errors.New("no such kernelspec")

// Options describe one kernelspec. The zero value of all but Binary is usable.
type Options struct {
	Binary      string // absolute path of the mole-kernel binary
	Dir         string // data folder that gets kernels/NAME; "" for the user's own
	Name        string // folder and --kernel name; "" for DefaultName
	DisplayName string // what the launcher shows; "" for DefaultDisplayName
	Version     string // recorded in the metadata
	Env         map[string]string
}

// Spec is the content of kernel.json.
type Spec struct {
	Argv            []string          `json:"argv"`
	DisplayName     string            `json:"display_name"`
	Language        string            `json:"language"`
	InterruptMode   string            `json:"interrupt_mode"`
	ProtocolVersion string            `json:"kernel_protocol_version"`
	Env             map[string]string `json:"env"`
	Metadata        Metadata          `json:"metadata"`
}

// Metadata is the part of kernel.json that Jupyter passes through.
type Metadata struct {
	Debugger bool  `json:"debugger"`
	Mole     *Mole `json:"mole_kernel,omitempty"`
}

// Mole marks a kernelspec as ours, whatever its name.
type Mole struct {
	Version string `json:"version"`
}

// validName is what jupyter_client accepts as a kernel name.
var validName = regexp.MustCompile(`^[a-z0-9._-]+$`)

// Write writes the kernelspec folder and returns its path. An older one of the same name
// is replaced as a whole; one that belongs to another kernel is left alone with an error.
func Write(o Options) (string, error) {
	if o.Name == "" {
		o.Name = DefaultName
	}
	if o.DisplayName == "" {
		o.DisplayName = DefaultDisplayName
	}
	if !validName.MatchString(o.Name) {
		return "", fmt.Errorf("kernel name %q: use lower-case letters, digits, '.', '_' and '-' only", o.Name)
	}
	if !filepath.IsAbs(o.Binary) {
		return "", fmt.Errorf("binary %q: the kernelspec needs an absolute path", o.Binary)
	}
	if o.Dir == "" {
		dir, err := UserDir()
		if err != nil {
			return "", err
		}
		o.Dir = dir
	}
	kernels := filepath.Join(o.Dir, "kernels")
	dir := filepath.Join(kernels, o.Name)
	if err := mayReplace(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(kernels, 0o755); err != nil {
		return "", fmt.Errorf("make kernels folder: %w", err)
	}
	return dir, replaceDir(dir, func(tmp string) error { return fill(tmp, o) })
}

// mayReplace refuses to overwrite the kernelspec of another kernel.
func mayReplace(dir string) error {
	spec, err := read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !spec.ours() {
		return fmt.Errorf("%s belongs to another kernel (%s): choose another --name, or remove it first", dir, spec.DisplayName)
	}
	return nil // ours, or too broken to start anything
}

// replaceDir builds a folder beside dir and moves it into place, so that Jupyter never
// sees half a kernelspec.
func replaceDir(dir string, fill func(tmp string) error) error {
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".new-")
	if err != nil {
		return fmt.Errorf("make kernelspec: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fmt.Errorf("make kernelspec: %w", err)
	}
	if err := fill(tmp); err != nil {
		return fmt.Errorf("write kernelspec: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("replace kernelspec: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("write kernelspec: %w", err)
	}
	return nil
}

// fill writes kernel.json and the logos into dir.
func fill(dir string, o Options) error {
	env := o.Env
	if env == nil {
		env = map[string]string{}
	}
	spec := Spec{
		Argv:            []string{o.Binary, "kernel", "-f", "{connection_file}"},
		DisplayName:     o.DisplayName,
		Language:        "go",
		InterruptMode:   "message",
		ProtocolVersion: protocolVersion,
		Env:             env,
		Metadata:        Metadata{Mole: &Mole{Version: o.Version}},
	}
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	files, err := logos.ReadDir(".")
	if err != nil {
		return err
	}
	for _, f := range files {
		data, err := logos.ReadFile(f.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read loads the kernel.json of the kernelspec folder dir.
func read(dir string) (Spec, error) {
	var s Spec
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s: %w", filepath.Join(dir, "kernel.json"), err)
	}
	return s, nil
}

// ours says whether the kernelspec starts a mole-kernel, also one whose metadata a wheel
// or a hand has written.
func (s Spec) ours() bool {
	if s.Metadata.Mole != nil {
		return true
	}
	if len(s.Argv) == 0 {
		return false
	}
	base := strings.TrimSuffix(filepath.Base(s.Argv[0]), ".exe")
	return base == "mole-kernel"
}
