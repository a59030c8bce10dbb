package layout_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/layout"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

// odd is a notebook as no program writes it: its layout is to stay.
const odd = `{"nbformat":4,  "metadata": {"z":1.50, "a":"\u00e9"},
 "cells": [
  {"cell_type":"code", "source": [
     "x:=1\n",
     "s := \"\u00e9\"\n",
     "f( x )"  ], "outputs":[{"output_type":"stream","name":"stdout","text":"x:=1"}], "execution_count":3, "metadata":{}},
  {"source":"y:=2\nz","cell_type":"code","metadata":{},"outputs":[],"execution_count":null},
  {"cell_type":"markdown","metadata":{},"source":["a:=1"]},
  {"cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"source":["a:=(\n"]}
 ], "nbformat_minor":4}`

func TestOnlyTheSourcesOfChangedCellsChange(t *testing.T) {
	got, changes, problems, err := layout.Notebook([]byte(odd), magic.Standard())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(`"x:=1\n",`, `"x := 1\n",`, `"f( x )"`, `"f(x)"`, `"y:=2\nz"`, `"y := 2\nz"`).Replace(odd)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(changes) != 2 || changes[0].Cell != 1 || changes[1].Cell != 2 {
		t.Errorf("changes are %+v", changes)
	}
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "code cell 3, line 1:") {
		t.Errorf("problems are %v, want one in code cell 3, line 1", problems)
	}
}

func TestNewLinesTakeTheFormOfTheOthers(t *testing.T) {
	const before = "{\"nbformat\": 4, \"nbformat_minor\": 4, \"metadata\": {}, \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"if x {y()} // é\"\n   ]\n  }\n]}\n"
	got, _, _, err := layout.Notebook([]byte(before), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(before, "    \"if x {y()} // é\"\n", "    \"if x {\\n\",\n    \"\\ty()\\n\",\n    \"} // é\"\n", 1)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMagicsStay(t *testing.T) {
	for code, want := range map[string]string{
		"x:=1\n%help\ny:=2":          "x := 1\n%help\ny := 2",
		"%help":                      "%help",
		"%%html\n<b>x:=1</b>\n":      "%%html\n<b>x:=1</b>\n",
		"!ls   -l\nf( )":             "!ls   -l\nf()",
		"for {\nx%=2\n}\n!echo a:=1": "for {\n\tx %= 2\n}\n!echo a:=1",
	} {
		got, err := layout.Cell(code, magic.Standard())
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", code, got, err, want)
		}
	}
}

// FuzzNotebook holds that formatting keeps a notebook a notebook, whose formatted cells
// are as formatting each by itself makes them.
func FuzzNotebook(f *testing.F) {
	f.Add([]byte(odd))
	f.Add([]byte(`{"nbformat":4,"cells":[{"cell_type":"code","source":null},{"cell_type":"code","source":[]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		before, err := nbformat.Parse(text)
		if err != nil {
			return
		}
		formatted, changes, _, err := layout.Notebook(text, nil)
		if err != nil {
			return
		}
		if len(changes) == 0 && !bytes.Equal(text, formatted) {
			t.Fatalf("nothing changed, but\n%s\nbecame\n%s", text, formatted)
		}
		after, err := nbformat.Parse(formatted)
		if err != nil || len(after.Cells) != len(before.Cells) {
			t.Fatalf("%v:\n%s\nbecame\n%s", err, text, formatted)
		}
		for i, c := range before.Cells {
			want := c.Source
			if c.Type == "code" && strings.TrimSpace(want) != "" {
				if formatted, err := cell.Format(want); err == nil {
					want = formatted
				}
			}
			if got := after.Cells[i].Source; got != want {
				t.Fatalf("cell %d: got %q, want %q", i, got, want)
			}
		}
	})
}
