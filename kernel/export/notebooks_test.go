package export_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/export"
	"github.com/mole-kernel/mole-kernel/kernel/headless"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

// smaller are the parameters with which a notebook takes seconds.
var smaller = map[string][]headless.Parameter{
	"quickstart": {{Name: "epochs", Value: "4"}},
	"fashion":    {{Name: "epochs", Value: "1"}, {Name: "examples", Value: "500"}},
}

// needsData are the notebooks that read more than the binary holds.
var needsData = map[string]bool{"fashion": true}

func TestExportedNotebooksPrintWhatTheyShow(t *testing.T) {
	if testing.Short() {
		t.Skip("each notebook is run twice")
	}
	files, err := filepath.Glob("../../notebooks/*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatal("no notebooks", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".ipynb")
		t.Run(name, func(t *testing.T) {
			if needsData[name] && os.Getenv("MOLE_DATA_MIRROR") == "" && os.Getenv("MOLE_E2E") != "required" {
				t.Skip("MOLE_DATA_MIRROR names no folder with the data")
			}
			compareNotebook(t, file, name)
		})
	}
}

func compareNotebook(t *testing.T, file, name string) {
	nb, err := nbformat.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	done := play(t, nb, smaller[name]...)
	want, failed := shown(done)
	if i := slices.Index(failed, true); i >= 0 {
		t.Fatalf("code cell %d of the notebook failed:\n%s", i+1, want)
	}
	p, err := export.Export(cells(done), options(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Notes) > 0 {
		t.Errorf("notes: %q", p.Notes)
	}
	all := newPrograms(t)
	all.add(name, p)
	if vet := all.build(); vet != "" {
		t.Errorf("go vet: %s", vet)
	}
	got, errs, err := all.run(name)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	if diff := cmp.Diff(timeless(want), timeless(got)); diff != "" {
		t.Errorf("(-notebook +program):\n%s", diff)
	}
	if n := strings.Count(got, "\n"); n < 30 {
		t.Errorf("the program printed %d lines only:\n%s", n, got)
	}
}

// cells are the cells of a notebook without tags.
func cells(nb *nbformat.Notebook) []export.Cell {
	var list []export.Cell
	for _, c := range nb.Cells {
		list = append(list, export.Cell{Text: c.Type != "code", Source: c.Source})
	}
	return list
}

var (
	progressLine = regexp.MustCompile(`(?m)^[█░]{24} .*elapsed.*\n`)
	seconds      = regexp.MustCompile(` *\b\d+(\.\d+)? ?m?s\b`)
	timeColumn   = regexp.MustCompile(`(?m)^(.* %  +-?[\d.]+) +\d+\.\d\d( +[\d.]+)$`) // of a report: seconds, before the memory
)

// timeless takes the times out of a text: the lines of progress, which only a notebook
// redraws, go as a whole, and the seconds that something took become "~ s".
func timeless(text string) []string {
	text = progressLine.ReplaceAllString(text, "")
	text = timeColumn.ReplaceAllString(text, "$1 ~ s$2")
	return strings.Split(seconds.ReplaceAllString(text, " ~ s"), "\n")
}
