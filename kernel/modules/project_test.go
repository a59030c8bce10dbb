package modules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestTheModuleAboveANotebookNamesItsPackages(t *testing.T) {
	dir := t.TempDir()
	notebooks := filepath.Join(dir, "a", "notebooks")
	if err := os.MkdirAll(notebooks, 0o777); err != nil {
		t.Fatal(err)
	}
	alone := findProject(notebooks)
	write(t, filepath.Join(dir, "a", "go.mod"), "// a comment\nmodule \"example.com/a\" // another\n")
	inside := findProject(notebooks)
	write(t, filepath.Join(dir, "a", "go.mod"), "module "+ownModule+"\n")
	ours := findProject(notebooks)
	for _, c := range []struct {
		in         project
		path, want string
	}{
		{alone, "./util", scratchModule + "/util"},
		{alone, "../util", "../util"},
		{alone, "github.com/x/y", "github.com/x/y"},
		{inside, "./util", "example.com/a/notebooks/util"},
		{inside, "../util", "example.com/a/util"},
		{inside, "../../util", "../../util"},
		{inside, "example.com/a/b", "example.com/a/b"},
		{ours, "./util", scratchModule + "/util"},
	} {
		if got := c.in.resolve(c.path); got != c.want {
			t.Errorf("in %s: %s is %s, want %s", c.in.path, c.path, got, c.want)
		}
	}
}

func TestAFingerprintChangesWithTheFilesOfAFolder(t *testing.T) {
	dir := t.TempDir()
	seen := map[string]string{}
	check := func(what string) {
		t.Helper()
		f := fingerprint([]string{dir})
		if other := seen[f]; other != "" {
			t.Errorf("%s has the fingerprint of %s", what, other)
		}
		seen[f] = what
	}
	check("an empty folder")
	write(t, filepath.Join(dir, "a.go"), "package a")
	check("one file")
	write(t, filepath.Join(dir, "a.go"), "package aa")
	check("a longer file")
	write(t, filepath.Join(dir, "b.go"), "package a")
	check("two files")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	check("no folder")
}

func TestRequestsForTheSameAreTheSame(t *testing.T) {
	var a, b Request
	a.Add(Request{Imports: []string{"x.y/a", "x.y/b"}, Versions: map[string]string{"x.y": "v1.0.0"}})
	b.Add(Request{Imports: []string{"x.y/b"}})
	b.Add(Request{Imports: []string{"x.y/a"}, Versions: map[string]string{"x.y": "v1.0.0"}})
	if a.text() != b.text() {
		t.Errorf("%q differs from %q", a.text(), b.text())
	}
	if a.Add(b) {
		t.Error("what is there was added")
	}
	if !a.Add(Request{Versions: map[string]string{"x.y": "v1.0.1"}}) || a.text() == b.text() {
		t.Error("another version is no change")
	}
}

func TestSourceIsFoundWhereTheVariableSays(t *testing.T) {
	dir := t.TempDir()
	env := func(name string) string { return map[string]string{SourceVariable: dir}[name] }
	if _, err := findSource(env); err == nil || !strings.Contains(err.Error(), SourceVariable) {
		t.Errorf("a folder without go.mod: %v", err)
	}
	write(t, filepath.Join(dir, "go.mod"), "module "+ownModule+"\n")
	if s, err := findSource(env); err != nil || s.dir != dir {
		t.Errorf("got %v, %v", s, err)
	}
}

func TestReasonsAreInTheUsersTerms(t *testing.T) {
	for output, want := range map[string]string{
		`Get "https://proxy.example.com/x": dial tcp: lookup proxy.example.com: no such host`:  "network or the module proxy",
		"module lookup disabled by GOPROXY=off":                                                "downloads are switched off",
		"fatal: could not read Username for 'https://github.com': terminal prompts disabled":   "it is private",
		"use of internal package a/internal/b not allowed":                                     "internal package",
		"import \"a/b\" is a program, not an importable package":                               "program (package main)",
		"module a@latest found (v1.0.0), but does not contain package a/b":                     "no such package",
		"invalid version: unknown revision v9.9.9":                                             "no such version",
		"reading https://proxy.example.com/a/@v/list: 404 Not Found":                           "no such module",
		"build constraints exclude all Go files in /x":                                         "no Go files for",
		"cgo: C compiler \"gcc\" not found: exec: \"gcc\": executable file not found in $PATH": "no C compiler",
		"a requires go >= 1.99 (running go 1.26)":                                              "toolchain is too old",
		"go: a@v1 requires b@v2: parsing go.mod: module declares its path as: c":               "do not go together",
		"# a\nx.go:1:2: undefined: y":                                                          "does not build",
	} {
		if e := reason(output); !strings.Contains(e.Text, want) {
			t.Errorf("%s: want %q, got %q", output, want, e.Text)
		}
	}
}
