package nbformat

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func odd(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/odd.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func parse(t *testing.T, text []byte) *Notebook {
	t.Helper()
	nb, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUntouchedNotebookKeepsItsTokens(t *testing.T) {
	text := odd(t)
	got, err := parse(t, text).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(compact(t, text), compact(t, got)); diff != "" {
		t.Errorf("written notebook (-want +got):\n%s", diff)
	}
}

func TestCellsAreRead(t *testing.T) {
	nb := parse(t, odd(t))
	code := nb.Cells[1]
	if code.Type != "code" || code.Source != "x := 1\nx" || code.Count != 7 || code.ID() != "a2" {
		t.Errorf("cell = %q %q %d %q", code.Type, code.Source, code.Count, code.ID())
	}
	if !code.HasTag("parameters") || code.HasTag("other") {
		t.Error("tags are not read")
	}
	if got := code.Outputs[0].Text; got != "a\nb" {
		t.Errorf("stream text = %q", got)
	}
	if nb.Language() != "go" || nb.Kernelspec().Name != "k" {
		t.Errorf("kernel = %q %+v", nb.Language(), nb.Kernelspec())
	}
}

func TestNewOutputsAreWrittenByTheRules(t *testing.T) {
	for _, c := range []struct {
		output Output
		want   string
	}{
		{Output{Type: Stream, Name: "stdout", Text: "a\nb\n"}, `{"name":"stdout","output_type":"stream","text":["a\n","b\n"]}`},
		{Output{Type: Error, EName: "Panic", EValue: "<boom>"}, `{"ename":"Panic","evalue":"<boom>","output_type":"error","traceback":[]}`},
		{Output{Type: ExecuteResult, Count: 3, Data: map[string]any{"text/plain": "1\n2"}},
			`{"data":{"text/plain":["1\n","2"]},"execution_count":3,"metadata":{},"output_type":"execute_result"}`},
		{Output{Type: DisplayData, Data: map[string]any{"image/png": "AAA=\n", "application/json": []int{1}, "image/svg+xml": "<svg>\n</svg>"}},
			`{"data":{"application/json":[1],"image/png":"AAA=\n","image/svg+xml":["<svg>\n","</svg>"]},"metadata":{},"output_type":"display_data"}`},
	} {
		got, err := c.output.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != c.want {
			t.Errorf("output\n got %s\nwant %s", got, c.want)
		}
	}
}

func TestSetKernelKeepsTheNotebooksChoice(t *testing.T) {
	nb := parse(t, odd(t))
	if err := nb.SetKernel(Kernelspec{Name: "other"}, map[string]string{"name": "go"}); err != nil {
		t.Fatal(err)
	}
	if got := nb.Kernelspec().Name; got != "k" {
		t.Errorf("kernelspec = %q, want the notebook's own k", got)
	}
	text, err := nb.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(compact(t, text), `"own":true,"language_info":{"name":"go"}`) {
		t.Errorf("metadata is not kept and extended:\n%s", text)
	}
}

func TestOtherFilesAreRefusedWithAReason(t *testing.T) {
	for text, reason := range map[string]string{
		"":                                      "unexpected end",
		"hello":                                 "invalid",
		"[]":                                    "want an object",
		"{}":                                    "no nbformat number",
		`{"nbformat": 3}`:                       "format 3",
		`{"nbformat": 4, "cells": 1}`:           "cells",
		`{"nbformat":4,"cells":[null]}`:         "null",
		`{"nbformat": "four"}`:                  "nbformat",
		`{"nbformat":4,"cells":[7]}`:            "cells",
		`{"nbformat":4,"cells":[{"source":3}]}`: "source",
	} {
		_, err := Parse([]byte(text))
		if !errors.Is(err, ErrNotNotebook) || !strings.Contains(err.Error(), reason) {
			t.Errorf("Parse(%s) = %v, want ErrNotNotebook with %q", text, err, reason)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.ipynb")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("Read of nothing: %v", err)
	}
}

func TestWriteReplacesTheFileAndKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "n.ipynb")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := parse(t, odd(t)).Write(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, want 0600", info.Mode())
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %v, want the notebook alone", entries)
	}
}

func TestNewCodeCellHasWhatItsFormatNeeds(t *testing.T) {
	nb := parse(t, odd(t))
	c, err := nb.NewCode("x := 2", "injected-parameters")
	if err != nil {
		t.Fatal(err)
	}
	if c.ID() == "" || !c.HasTag("injected-parameters") {
		t.Errorf("id %q, tag %v", c.ID(), c.HasTag("injected-parameters"))
	}
	nb.minor = 4
	if c, _ := nb.NewCode("x"); c.ID() != "" {
		t.Errorf("a 4.4 notebook got the cell id %q", c.ID())
	}
}

func FuzzNotebook(f *testing.F) {
	f.Add(odd(f))
	f.Add([]byte(`{"nbformat":4,"cells":[{"cell_type":"code","source":null,"outputs":[{"data":{"a":null}}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		nb, err := Parse(text)
		if err != nil {
			return
		}
		once, err := nb.Bytes()
		if err != nil {
			t.Fatalf("a notebook that was read cannot be written: %v", err)
		}
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("a notebook that was written cannot be read: %v\n%s", err, once)
		}
		twice, err := again.Bytes()
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("writing is not stable (%v):\n%s\n%s", err, once, twice)
		}
	})
}
