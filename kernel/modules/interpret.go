package modules

import (
	"bytes"
	"errors"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A Source is the Go files of a package that is interpreted, because there is no toolchain to
// compile it.
type Source struct {
	Path  string // as it is imported
	From  string // the version and where it was found, for people
	Dir   string
	Fixed bool     // the module cache has it: its files do not change
	Files []string // base names of those that belong to this machine
	Texts []string
}

// Source finds the files of a package: beside the notebook, in a vendor folder, where a replace
// line of the notebook's go.mod says, or in the module cache, there by the version of go.mod,
// the newest one without it. The error is an [*Error].
func (b *Builder) Source(importPath string) (*Source, error) {
	s, err := b.locate(importPath)
	if err != nil {
		return nil, &Error{Path: importPath, Text: err.Error(), Hint: "install Go from https://go.dev/dl: then any package is fetched and compiled"}
	}
	if err := s.read(); err != nil {
		return nil, &Error{Path: importPath, Text: err.Error(), Hint: NeedsToolchain}
	}
	return s, nil
}

// NeedsToolchain is the advice for packages that cannot be interpreted.
const NeedsToolchain = "with a Go toolchain (https://go.dev/dl) the package is compiled, which works for all of Go"

func (b *Builder) locate(importPath string) (*Source, error) {
	p := b.project
	root := p.root
	if root == "" {
		root = p.notebook
	}
	if p.owns(importPath) {
		dir := filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(importPath, p.path), "/")))
		return &Source{Path: importPath, Dir: dir, From: "from the folder beside the notebook"}, nil
	}
	if isRelative(importPath) {
		return nil, errors.New("it lies outside of the notebook's module")
	}
	for _, at := range []string{p.notebook, root} {
		if dir := filepath.Join(at, "vendor", filepath.FromSlash(importPath)); isFolder(dir) {
			return &Source{Path: importPath, Dir: dir, From: "from the vendor folder"}, nil
		}
	}
	versions, err := p.versions()
	if err != nil {
		return nil, err
	}
	for mod := importPath; mod != "."; mod = path.Dir(mod) {
		rel := filepath.FromSlash(strings.TrimPrefix(importPath, mod))
		v, wanted := versions[mod]
		if !wanted {
			v = module.Version{Path: mod}
		}
		dir, err := b.moduleDir(root, v)
		if err != nil {
			return nil, err
		}
		if dir != "" && isFolder(dir+rel) {
			from := "from the module cache"
			if v.Version == "" && !wanted || modfile.IsDirectoryPath(v.Path) {
				_, version, _ := strings.Cut(filepath.Base(dir), "@")
				v.Version = version
			}
			if modfile.IsDirectoryPath(v.Path) {
				from = "from " + v.Path
			}
			return &Source{Path: importPath, Dir: dir + rel, From: strings.TrimSpace(v.Version + " " + from), Fixed: !modfile.IsDirectoryPath(v.Path)}, nil
		}
		if wanted {
			return nil, fmt.Errorf("there is no Go toolchain on this machine, and %s %s of go.mod is not in the module cache", v.Path, v.Version)
		}
	}
	return nil, errors.New("this package is not part of the kernel, there is no Go toolchain on this machine, and neither the module cache nor a vendor folder has its source")
}

// versions are the modules that the notebook's go.mod names, with its replace lines applied.
func (p project) versions() (map[string]module.Version, error) {
	list := map[string]module.Version{}
	if p.root == "" {
		return list, nil
	}
	name := filepath.Join(p.root, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the notebook's go.mod: %w", err)
	}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return nil, fmt.Errorf("read the notebook's go.mod: %w", err)
	}
	for _, r := range f.Require {
		list[r.Mod.Path] = r.Mod
	}
	full, err := modfile.Parse(name, data, nil) // replace lines are not read laxly
	if err != nil {
		return nil, fmt.Errorf("read the notebook's go.mod: %w", err)
	}
	for _, r := range full.Replace {
		if now := list[r.Old.Path]; r.Old.Version == "" || r.Old.Version == now.Version {
			list[r.Old.Path] = r.New
		}
	}
	return list, nil
}

// moduleDir is the folder of a module, of its newest version where none is given; "" when it is
// not there.
func (b *Builder) moduleDir(root string, v module.Version) (string, error) {
	if modfile.IsDirectoryPath(v.Path) {
		if filepath.IsAbs(v.Path) {
			return v.Path, nil
		}
		return filepath.Join(root, filepath.FromSlash(v.Path)), nil
	}
	escaped, err := module.EscapePath(v.Path)
	if err != nil {
		return "", nil // no module's path: the package's module has a shorter one
	}
	base := filepath.Join(b.moduleCache(), filepath.FromSlash(escaped))
	if v.Version != "" {
		version, err := module.EscapeVersion(v.Version)
		if dir := base + "@" + version; err == nil && isFolder(dir) {
			return dir, nil
		}
		return "", nil
	}
	entries, err := os.ReadDir(filepath.Dir(base))
	if err != nil {
		return "", nil
	}
	newest, dir := "", ""
	for _, e := range entries {
		version, ok := strings.CutPrefix(e.Name(), filepath.Base(base)+"@")
		if ok && e.IsDir() && semver.IsValid(version) && (newest == "" || newer(version, newest)) {
			newest, dir = version, filepath.Join(filepath.Dir(base), e.Name())
		}
	}
	return dir, nil
}

// newer compares versions as "latest" does: releases come before pre-releases.
func newer(a, b string) bool {
	if pre := semver.Prerelease(a) != ""; pre != (semver.Prerelease(b) != "") {
		return !pre
	}
	return semver.Compare(a, b) > 0
}

func (b *Builder) moduleCache() string {
	if dir := b.opts.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(b.opts.Getenv("GOPATH")); len(list) > 0 {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home := b.opts.Getenv("HOME")
	if runtime.GOOS == "windows" {
		home = b.opts.Getenv("USERPROFILE")
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// read chooses and reads the files, and refuses what only a toolchain can compile.
func (s *Source) read() error {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return fmt.Errorf("read the package: %w", err)
	}
	constraints := build.Default
	constraints.CgoEnabled = false
	constraints.BuildTags = []string{"purego"}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		match, err := constraints.MatchFile(s.Dir, name)
		if err != nil {
			return err
		}
		if !match {
			continue
		}
		data, err := os.ReadFile(filepath.Join(s.Dir, name))
		if err != nil {
			return fmt.Errorf("read the package: %w", err)
		}
		if err := refuse(name, data); err != nil {
			return err
		}
		s.Files = append(s.Files, name)
		s.Texts = append(s.Texts, string(data))
	}
	if len(s.Files) == 0 {
		return fmt.Errorf("%s has no Go files for this machine that need no C compiler", s.Dir)
	}
	return nil
}

// refuse finds what cannot be interpreted: directives of the compiler, and those that
// would move positions.
func refuse(name string, data []byte) error {
	for i, line := range slices.Collect(bytes.Lines(data)) {
		for directive, what := range map[string]string{
			"//go:embed ":    "embeds files",
			"//go:linkname ": "links to private names of other packages",
			"//line ":        "is generated, with positions of another file",
		} {
			if bytes.HasPrefix(line, []byte(directive)) {
				return fmt.Errorf("%s:%d: the file %s, which cannot be interpreted", name, i+1, what)
			}
		}
	}
	for _, im := range Imports(string(data)) {
		if im.Path == "unsafe" || im.Path == "C" {
			return fmt.Errorf("%s:%d: the file imports %q, which cannot be interpreted", name, im.Line, im.Path)
		}
	}
	return nil
}
