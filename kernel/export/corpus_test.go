package export_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/export"
)

const corpus = "../worker/engine/testdata/corpus"

// TestExportedSnippetsPrintWhatTheNotebookShows exports the snippets of the corpus and
// runs them. Those in testdata/differ.txt cannot be said in a Go program, each with its
// reason.
func TestExportedSnippetsPrintWhatTheNotebookShows(t *testing.T) {
	if testing.Short() {
		t.Skip("each snippet is built and run")
	}
	files, err := filepath.Glob(corpus + "/*/*.go-cell")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	differ := reasons(t)
	all := newPrograms(t)
	wants := map[string]string{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.ToSlash(file)[len(corpus)+1:], ".go-cell")
		p, want, err := exported(t, file)
		switch {
		case err == nil:
			all.add(folder(name), p)
			wants[name] = want
		case differ[name] == "":
			t.Errorf("%s: %v", name, err)
		}
	}
	vet := all.build()
	same := 0
	for name, want := range wants {
		got, errs, err := all.run(folder(name))
		switch got = strings.ToValidUTF8(got, "\uFFFD"); {
		case got == want && differ[name] != "":
			t.Errorf("%s prints the same, but is listed: %s", name, differ[name])
		case got == want:
			same++
		case differ[name] == "":
			t.Errorf("%s: got:\n%s\nwant:\n%s\nprogram (%v, %s):\n%s", name, got, want, err, errs, all.main[folder(name)])
		}
	}
	t.Logf("%d of %d snippets print the same as a program, %d of them pass go vet", same, len(files), len(wants)-vetted(vet))
	if bad := vetted(vet); bad > len(files)/10 {
		t.Errorf("go vet complains about %d programs:\n%s", bad, vet)
	}
}

// folder is the name of a snippet's program.
func folder(name string) string { return strings.ReplaceAll(name, "/", "-") }

// vetted counts the programs that go vet complains about: snippets hold what vet warns of.
func vetted(vet string) int {
	var names []string
	for line := range strings.Lines(vet) {
		if name, ok := strings.CutPrefix(line, "# "); ok && !strings.HasPrefix(name, "[") {
			names = append(names, name)
		}
	}
	return len(slices.Compact(names))
}

// exported runs a snippet as a notebook and exports it: want is what the notebook shows.
func exported(t *testing.T, file string) (p *export.Program, want string, err error) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(b), "-- want --\n")
	sources := strings.Split(text, "-- cell --\n")
	want, failed := shown(play(t, notebook(t, sources...)))
	var cells []export.Cell
	for i, source := range sources {
		cells = append(cells, export.Cell{Source: source, MayPanic: failed[i]})
	}
	for {
		p, err = export.Export(cells, options(t, "snippet"))
		var bad *export.CellError
		// A cell that does not check has run in the notebook neither.
		if !errors.As(err, &bad) || !failed[bad.Cell-1] || cells[bad.Cell-1].Skip {
			return p, want, err
		}
		cells[bad.Cell-1].Skip = true
	}
}

// reasons are the snippets that differ.
func reasons(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/differ.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if name, reason, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(line, "#") {
			list[name] = reason
		}
	}
	return list
}
