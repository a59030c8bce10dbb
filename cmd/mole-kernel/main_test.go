package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlagsMayStandAnywhere(t *testing.T) {
	for _, c := range []struct {
		args string
		rest []string
		out  string
	}{
		{"a.ipynb --out b", []string{"a.ipynb"}, "b"},
		{"--out b a.ipynb", []string{"a.ipynb"}, "b"},
		{"--out=b -- --a.ipynb", []string{"--a.ipynb"}, "b"},
		{"a b c -out d", []string{"a", "b", "c"}, "d"},
		{"", nil, ""},
	} {
		set := flags("run")
		out := set.String("out", "", "")
		rest, err := parse(shell{}, set, strings.Fields(c.args))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.rest, rest); diff != "" || *out != c.out {
			t.Errorf("%s: out = %q, want %q; arguments (-want +got):\n%s", c.args, *out, c.out, diff)
		}
	}
	var usage usageError
	if _, err := parse(shell{}, flags("run"), []string{"a", "--nonsense"}); !errors.As(err, &usage) {
		t.Errorf("an unknown flag is %v, want a usageError", err)
	}
}

func TestKernelIgnoresArgumentsThatFrontEndsAppend(t *testing.T) {
	for args, want := range map[string]struct {
		file    string
		unknown []string
	}{
		"-f c.json":                       {"c.json", nil},
		"-f=c.json":                       {"c.json", nil},
		"--connection-file c.json x.go":   {"c.json", []string{"x.go"}},
		"--App.x=1 -f c.json --debug a b": {"c.json", []string{"--App.x=1", "--debug", "a", "b"}},
		"-f":                              {"", nil},
		"x.go":                            {"", []string{"x.go"}},
	} {
		file, unknown := connectionFile(strings.Fields(args))
		if diff := cmp.Diff(want.unknown, unknown); diff != "" || file != want.file {
			t.Errorf("%s: file %q, want %q; unknown (-want +got):\n%s", args, file, want.file, diff)
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, c := range commands() {
		if c.name == "help" {
			continue
		}
		var out, errs strings.Builder
		if code := dispatch([]string{"help", c.name}, shell{out: &out, err: &errs}); code != 0 || !strings.Contains(out.String(), "usage: mole-kernel "+c.name) {
			t.Errorf("help %s: code %d, %s%s", c.name, code, out.String(), errs.String())
		}
	}
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands() {
		if c.started || c.name == "help" {
			continue
		}
		if len(examples[c.name]) == 0 || details[c.name] == "" {
			t.Errorf("the help of %s has no example or says nothing", c.name)
		}
		if !strings.Contains(string(page), "\n$ mole-kernel "+c.name) && !strings.Contains(string(page), "| mole-kernel "+c.name) {
			t.Errorf("docs/commands.md has no example of %s", c.name)
		}
	}
	for _, args := range []string{"--help", "help", "help help", "help -h", "-h --help", "help worker", "worker -h"} {
		var out strings.Builder
		if code := dispatch(strings.Fields(args), shell{out: &out, err: &out}); code != 0 || !strings.Contains(out.String(), "usage: mole-kernel") {
			t.Errorf("%s: code %d, %s", args, code, out.String())
		}
	}
}
