// Command gen writes what cells may import: interpreter tables, export data and
// documentation. Run it by "go generate ./kernel/symbols".
//
//	gen [-check] [directory]
//
// directory is kernel/symbols, by default the current one or, at the module's root,
// kernel/symbols. With -check it writes nothing and fails when the files there are not what
// it would write. A package that does not type-check stops it before it writes anything.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail when the files are not up to date")
	flag.Parse()
	dir := flag.Arg(0)
	if dir == "" {
		dir = "."
		if _, err := os.Stat("kernel/symbols/gen"); err == nil {
			dir = "kernel/symbols"
		}
	}
	if err := run(dir, *check); err != nil {
		fmt.Fprintf(os.Stderr, "gen: %v\n", err)
		os.Exit(1)
	}
}

func run(dir string, check bool) error {
	if _, err := os.Stat(filepath.Join(dir, "gen", "packages.go")); err != nil {
		return fmt.Errorf("%s is not kernel/symbols: run gen there", dir)
	}
	out, err := generate(dir)
	if err != nil {
		return err
	}
	if check {
		return out.compare(dir)
	}
	return out.write(dir)
}

// generate returns all files.
func generate(dir string) (outputs, error) {
	l := &loader{dir: dir, fset: token.NewFileSet(), files: map[string]*ast.File{}}
	version, err := l.goCommand(platforms[0], "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	if err := l.standard(); err != nil {
		return nil, err
	}
	var paths []string
	for _, g := range groups {
		paths = append(paths, g.Paths...)
	}
	slices.Sort(paths)
	var all []*loaded
	for _, p := range platforms {
		loaded, err := l.load(p, paths)
		if err != nil {
			return nil, err
		}
		all = append(all, loaded)
	}
	out := outputs{}
	for _, g := range groups {
		if err := tables(out, g, all); err != nil {
			return nil, err
		}
		if err := archives(out, g, all); err != nil {
			return nil, err
		}
	}
	if err := instances(out, all[0]); err != nil {
		return nil, err
	}
	return out, embedding(out, strings.TrimSpace(string(version)))
}

// standard fills in the packages of the standard library.
func (l *loader) standard() error {
	list, err := l.goCommand(platforms[0], "list", "std")
	if err != nil {
		return err
	}
	for i := range groups {
		if groups[i].Paths != nil {
			continue
		}
		for _, path := range strings.Fields(string(list)) {
			if importable(path) {
				groups[i].Paths = append(groups[i].Paths, path)
			}
		}
	}
	return nil
}

// outputs are generated files by their path below kernel/symbols.
type outputs map[string][]byte

func (out outputs) write(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(out)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, out[name]) {
			continue // an untouched file is not compiled again
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, out[name], 0o666); err != nil {
			return err
		}
	}
	stale, err := out.stale(dir)
	for _, name := range stale {
		err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
	}
	return err
}

// compare says which files in dir are not the generated ones.
func (out outputs) compare(dir string) error {
	differ, err := out.stale(dir)
	if err != nil {
		return err
	}
	for name, want := range out {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(got, want) {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	slices.Sort(differ)
	return fmt.Errorf("not up to date (run \"go generate ./kernel/symbols\" with the Go version of version.go):\n\t%s",
		strings.Join(differ, "\n\t"))
}

// stale lists generated files in dir that would not be generated any more.
func (out outputs) stale(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if _, ok := out[name]; ok {
			return nil
		}
		if strings.HasPrefix(name, "data/") || generated(path) {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

func generated(path string) bool {
	if filepath.Ext(path) != ".go" {
		return false
	}
	data, err := os.ReadFile(path)
	return err == nil && bytes.HasPrefix(data, []byte(header))
}
