package modules

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// ownModule is the module that workers are made of.
const ownModule = "github.com/mole-kernel/mole-kernel"

// SourceVariable names the folder of mole-kernel's source, for binaries that do not know
// where they were built (built with -trimpath).
const SourceVariable = "MOLE_SOURCE"

// source says where the go command gets mole-kernel: from a folder or as a version.
type source struct {
	dir     string
	version string
}

// findSource looks where the running binary was built, then for its released version.
func findSource(getenv func(string) string) (source, error) {
	if dir := getenv(SourceVariable); dir != "" {
		if !isSource(dir) {
			return source{}, fmt.Errorf("%s is %q, where there is no go.mod of %s", SourceVariable, dir, ownModule)
		}
		return source{dir: dir}, nil
	}
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		if dir := filepath.Dir(filepath.Dir(filepath.Dir(file))); isSource(dir) {
			return source{dir: dir}, nil
		}
	}
	if version := ownVersion(); version != "" {
		return source{version: version}, nil
	}
	return source{}, fmt.Errorf("the source of mole-kernel is needed to compile a worker, and this binary does not know its own: "+
		"it is no released version, and the folder it was built in is gone or was trimmed from it; "+
		"set %s to a checkout of %s, or install a release: go install %[2]s/cmd/mole-kernel@latest", SourceVariable, ownModule)
}

// Describe says in lines what imports of other modules and compiled cells would use, and
// what to do about what is missing.
func Describe() string {
	var b strings.Builder
	if tool, err := findToolchain(os.Getenv); err != nil {
		fmt.Fprintf(&b, "go:      %v: cells import what is built in; install Go from https://go.dev/dl for other modules and %%%%compile\n", err)
	} else {
		fmt.Fprintf(&b, "go:      %s\n", tool.command)
	}
	switch from, err := findSource(os.Getenv); {
	case err != nil:
		fmt.Fprintf(&b, "source:  none: %v\n", err)
	case from.dir != "":
		fmt.Fprintf(&b, "source:  %s\n", from.dir)
	default:
		fmt.Fprintf(&b, "source:  %s@%s, from the module proxy\n", ownModule, from.version)
	}
	return b.String()
}

func isSource(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && modulePath(data) == ownModule
}

// ownVersion is the version that the module proxy knows; "" for a build from a checkout.
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == ownModule && m.Replace == nil && strings.HasPrefix(m.Version, "v") && !strings.Contains(m.Version, "+") {
			return m.Version
		}
	}
	return ""
}

// modulePath reads the path out of a go.mod.
func modulePath(gomod []byte) string {
	for line := range strings.Lines(string(gomod)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			path, _, _ = strings.Cut(path, "//")
			return strings.Trim(strings.TrimSpace(path), `"`)
		}
	}
	return ""
}
