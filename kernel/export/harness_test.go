package export_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/export"
	"github.com/mole-kernel/mole-kernel/kernel/headless"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// The test binary is the worker of the notebooks that it runs.
func TestMain(m *testing.M) {
	if worker.Spawned() {
		os.Exit(worker.Main(worker.Tables{Exports: symbols.Exports, Generic: symbols.Generic}))
	}
	os.Exit(m.Run())
}

// root is the checkout, which exported programs use in place of a release.
func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// notebook makes a notebook of code cells.
func notebook(t testing.TB, sources ...string) *nbformat.Notebook {
	t.Helper()
	nb, err := nbformat.Parse([]byte(`{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		c, err := nb.NewCode(source)
		if err != nil {
			t.Fatal(err)
		}
		nb.Cells = append(nb.Cells, c)
	}
	return nb
}

// play runs a notebook in the kernel and returns it with its outputs.
func play(t testing.TB, nb *nbformat.Notebook, parameters ...headless.Parameter) *nbformat.Notebook {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.ipynb"), filepath.Join(dir, "out.ipynb")
	if err := nb.Write(in); err != nil {
		t.Fatal(err)
	}
	err = headless.Run(context.Background(), in, headless.Options{
		Kernel: func(ctx context.Context, conn kernel.Conn) error {
			s, err := session.New(session.Options{Packages: symbols.Packages(), Command: []string{exe}, Dir: dir})
			if err != nil {
				return err
			}
			return kernel.New(kernel.Options{Runtime: s, Assistant: s, Conn: conn}).Run(ctx)
		},
		Parameters: parameters, Out: out, KeepGoing: true, Timeout: 5 * time.Minute,
	})
	if _, statErr := os.Stat(out); statErr != nil {
		t.Fatal(err)
	}
	done, err := nbformat.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// shown is what the code cells print and show as text, and whether one failed.
func shown(nb *nbformat.Notebook) (text string, failed []bool) {
	var b strings.Builder
	for _, c := range nb.Cells {
		if c.Type != "code" {
			continue
		}
		bad := false
		for _, o := range c.Outputs {
			switch o.Type {
			case nbformat.Stream:
				if o.Name == "stdout" {
					b.WriteString(o.Text)
				}
			case nbformat.Error:
				bad = true
			default:
				b.WriteString(plain(o) + "\n")
			}
		}
		failed = append(failed, bad)
	}
	return b.String(), failed
}

// plain is the text of an output.
func plain(o *nbformat.Output) string {
	b, err := json.Marshal(o.Data["text/plain"])
	if err != nil {
		return err.Error()
	}
	var lines []string
	if json.Unmarshal(b, &lines) == nil {
		return strings.Join(lines, "")
	}
	var text string
	_ = json.Unmarshal(b, &text) // no text is an empty one
	return text
}

// options export for this checkout.
func options(t testing.TB, name string) export.Options {
	return export.Options{
		Packages: symbols.Packages(), Magics: session.Magics(), Name: name, Go: "1.26", Version: "v0.0.0", Replace: root(t),
	}
}

// programs are exported notebooks that are built together, in a folder inside this module,
// which has all that they require.
type programs struct {
	t    testing.TB
	dir  string // of their folders
	bin  string // of what was built
	main map[string]string
}

func newPrograms(t testing.TB) *programs {
	t.Helper()
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("testdata", "programs-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return &programs{t: t, dir: dir, bin: t.TempDir(), main: map[string]string{}}
}

func (p *programs) add(name string, program *export.Program) {
	p.t.Helper()
	p.main[name] = program.Main
	dir := filepath.Join(p.dir, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program.Main), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// build builds all of them and returns what go vet says.
func (p *programs) build() (vet string) {
	p.t.Helper()
	all := "./" + filepath.ToSlash(p.dir) + "/..."
	if out, err := exec.Command("go", "build", "-o", p.bin+"/", all).CombinedOutput(); err != nil {
		p.t.Errorf("go build: %v\n%s", err, out)
	}
	out, err := exec.Command("go", "vet", all).CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out)
}

// run runs one of them.
func (p *programs) run(name string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name))
	cmd.Dir = p.t.TempDir()
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}
