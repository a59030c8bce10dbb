package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/mole-kernel/mole-kernel/"

// rule forbids the packages below Room to import what lies below Never, except for the
// rooms below Except. Paths of this module are relative to it; "std" stands for all
// packages outside of the standard library.
type rule struct {
	room   string
	never  []string
	except []string
	why    string
}

var rules = []rule{
	{"", []string{"github.com/go-zeromq/"}, []string{"kernel/transport"}, "only transport knows the sockets"},
	{"", []string{"github.com/traefik/yaegi"}, []string{"kernel/worker", "kernel/symbols/gen"}, "only the worker process knows the interpreter"},
	{"", []string{"kernel/symbols"}, []string{"cmd", "kernel/symbols"}, "what cells may import is wired in main"},
	{"", []string{"github.com/chromedp/"}, nil, "the browser belongs to tests"},
	{"", []string{"cmd"}, []string{"cmd"}, "a command is no library"},
	{"kernel", []string{"molelib", "plotting", "gonum.org/"}, []string{"kernel/symbols", "kernel/nb"}, "the kernel knows no mathematics"},
	{"kernel/nb", []string{"kernel", "molelib", "plotting"}, nil, "nb works in a plain Go program"},
	{"kernel/wire", []string{"std", "kernel"}, []string{}, "wire needs the standard library only"},
	{"kernel/cell", []string{"kernel/transport", "kernel/worker", "kernel/session"}, nil, "checking a cell runs nothing"},
	{"kernel/magic", []string{"kernel/transport", "kernel/worker", "kernel/session", "kernel/cell"}, nil, "a magic knows what Notebook offers"},
	{"kernel/transport", []string{"kernel/cell", "kernel/worker", "kernel/session"}, nil, "the sockets know no cells"},
	{"kernel/worker", []string{"kernel/transport", "kernel/session"}, nil, "the worker knows no sockets"},
	{"molelib", []string{"kernel", "plotting", "install"}, nil, "molelib is a library of its own"},
	{"plotting", []string{"kernel", "molelib", "install"}, nil, "plotting draws whatever has the shape"},
	{"install", []string{"kernel", "molelib", "plotting"}, nil, "a kernelspec is a folder"},
}

func TestRoomsKnowOnlyWhomTheyMay(t *testing.T) {
	for dir, imports := range packages(t, filepath.Join("..", "..")) {
		for _, r := range rules {
			if !below(dir, r.room) || slices.ContainsFunc(r.except, func(e string) bool { return below(dir, e) }) {
				continue
			}
			for file, paths := range imports {
				for _, path := range paths {
					if r.forbids(dir, path) {
						t.Errorf("%s imports %s: %s", filepath.ToSlash(filepath.Join(dir, file)), path, r.why)
					}
				}
			}
		}
	}
}

// forbids says whether the rule forbids a package in dir to import path.
func (r rule) forbids(dir, path string) bool {
	ours, isOurs := strings.CutPrefix(path, module)
	if isOurs && ours == r.room {
		return false
	}
	for _, never := range r.never {
		switch {
		case never == "std":
			if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
				return true
			}
		case isOurs && below(ours, never) && !(r.room != "" && below(ours, r.room)):
			return true
		case !isOurs && strings.HasPrefix(path, never):
			return true
		}
	}
	return false
}

// below says whether path is room or lies inside it; everything is below "".
func below(path, room string) bool {
	return room == "" || path == room || strings.HasPrefix(path, room+"/")
}

// packages reads the imports of all Go files that are no tests: folder, file, paths.
func packages(t *testing.T, root string) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "build") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(files, path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		if all[dir] == nil {
			all[dir] = map[string][]string{}
		}
		for _, spec := range parsed.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all[dir][name] = append(all[dir][name], target)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages were found below %s", len(all), root)
	}
	return all
}

func TestRulesCatchWhatTheyName(t *testing.T) {
	for _, c := range []struct {
		dir, path string
		caught    bool
	}{
		{"kernel", module + "molelib/nn", true},
		{"kernel/worker", module + "molelib/experiment/accuracy", true},
		{"kernel/session", "gonum.org/v1/gonum/mat", true},
		{"kernel/symbols", module + "molelib", false},
		{"kernel/headless", "github.com/go-zeromq/zmq4", true},
		{"kernel/transport", "github.com/go-zeromq/zmq4", false},
		{"kernel/wire", "github.com/google/go-cmp/cmp", true},
		{"kernel/wire", "encoding/json", false},
		{"kernel/session", module + "kernel/cell/lower", false},
		{"kernel/cell/lower", module + "kernel/cell", false},
		{"kernel/cell", module + "kernel/worker/engine", true},
		{"molelib/nn", module + "molelib/tensor", false},
		{"molelib", module + "kernel/nb", true},
		{"plotting", module + "molelib", true},
		{"kernel/session", module + "kernel/symbols", true},
		{"cmd/mole-kernel", module + "kernel/symbols", false},
	} {
		caught := slices.ContainsFunc(rules, func(r rule) bool {
			exempt := slices.ContainsFunc(r.except, func(e string) bool { return below(c.dir, e) })
			return below(c.dir, r.room) && !exempt && r.forbids(c.dir, c.path)
		})
		if caught != c.caught {
			t.Errorf("%s imports %s: caught = %v, want %v", c.dir, c.path, caught, c.caught)
		}
	}
}
