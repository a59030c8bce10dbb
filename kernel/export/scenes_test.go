package export_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/export"
)

var update = flag.Bool("update", false, "write the programs of the scenes")

// TestScenes holds what exported programs look like, and that they print what the notebook
// shows.
func TestScenes(t *testing.T) {
	files, err := filepath.Glob("testdata/scenes/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenes", err)
	}
	all := newPrograms(t)
	wants := map[string]string{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		cells, golden := scene(t, file)
		var sources []string
		for _, c := range cells {
			if !c.Text {
				sources = append(sources, c.Source)
			}
		}
		wants[name], _ = shown(play(t, notebook(t, sources...)))
		p, err := export.Export(cells, options(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all.add(name, p)
		got := p.Main
		for _, note := range p.Notes {
			got += "// note: " + note + "\n"
		}
		switch {
		case *update:
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, _, _ := strings.Cut(string(text), "-- main.go --\n")
			if err := os.WriteFile(file, []byte(before+"-- main.go --\n"+got), 0o644); err != nil {
				t.Fatal(err)
			}
		case got != golden:
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(golden, got))
		}
	}
	if vet := all.build(); vet != "" {
		t.Errorf("go vet: %s", vet)
	}
	for name, want := range wants {
		got, errs, err := all.run(name)
		if err != nil || got != withoutTimes(want) {
			t.Errorf("%s prints:\n%s%s(%v)\nthe notebook shows:\n%s", name, got, errs, err, want)
		}
	}
}

// withoutTimes leaves out what %time tells.
func withoutTimes(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "wall ") && !strings.HasPrefix(line, "Wall time") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// scene reads cells and the program that they become.
func scene(t *testing.T, file string) (cells []export.Cell, main string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, main, _ := strings.Cut(string(b), "-- main.go --\n")
	for _, part := range strings.Split("\n"+text, "\n-- ")[1:] {
		kind, source, _ := strings.Cut(part, " --\n")
		cells = append(cells, export.Cell{Text: kind == "markdown", Source: source})
	}
	return cells, main
}

func TestErrorsNameTheCell(t *testing.T) {
	for name, c := range map[string]struct {
		sources []string
		cell    int
		text    string
	}{
		"check":   {[]string{"x := 1", "", "y := x +\nnope"}, 2, "cell[2]:2:1: undefined: nope"},
		"magic":   {[]string{"x := 1\n%nonsense"}, 1, "line 2: "},
		"generic": {[]string{"func f[T any](t T) T { return t }\nfunc g() int { return f(1) }", "func f[T any](t T) T { var zero T; return zero }"}, 2, "generic function f"},
		"method":  {[]string{"type T int\nfunc (t T) M() {}", "func (t *T) M() {}"}, 2, "another kind of receiver"},
	} {
		var cells []export.Cell
		for _, source := range c.sources {
			cells = append(cells, export.Cell{Source: source})
		}
		_, err := export.Export(cells, options(t, name))
		var bad *export.CellError
		if !errors.As(err, &bad) || bad.Cell != c.cell || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, want an error in code cell %d with %q", name, err, c.cell, c.text)
		}
	}
}

func TestSkippedCellsAreComments(t *testing.T) {
	p, err := export.Export([]export.Cell{{Source: "x := nowhere", Skip: true}, {Source: "1"}}, options(t, "skips"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Main, "\t// x := nowhere\n") || len(p.Notes) != 1 {
		t.Errorf("notes %q, program:\n%s", p.Notes, p.Main)
	}
}

func TestModFileNamesTheModules(t *testing.T) {
	o := options(t, "A notebook (1)")
	o.Version, o.Replace = "v1.2.3", ""
	p, err := export.Export([]export.Cell{{Source: "nb.Display(mi.Options{})"}}, o)
	if err != nil {
		t.Fatal(err)
	}
	want := "module A-notebook--1\n\ngo 1.26\n\nrequire (\n\tgithub.com/mole-kernel/mole-kernel v1.2.3\n)\n"
	if p.Mod != want || !p.Tidy {
		t.Errorf("got:\n%s\nwant:\n%s", p.Mod, want)
	}
	o.Replace = "/a folder"
	p, err = export.Export([]export.Cell{{Source: "nb.Display(1)"}}, o)
	if err != nil || !strings.Contains(p.Mod, "replace github.com/mole-kernel/mole-kernel => \"/a folder\"\n") {
		t.Errorf("%v:\n%s", err, p.Mod)
	}
	if p, err := export.Export([]export.Cell{{Source: "1 + 1"}}, o); err != nil || strings.Contains(p.Mod, "require") || p.Tidy {
		t.Errorf("plain Go requires something: %v\n%s", err, p.Mod)
	}
}
