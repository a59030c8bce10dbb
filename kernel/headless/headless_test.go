package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/client"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// script is a Runtime whose cells are lines of commands: print, err, show, update, clear,
// value, fail, sleep.
type script struct{ running chan struct{} }

var _ kernel.Runtime = script{}

func (script) Close() error { return nil }

func (s script) Execute(ctx context.Context, cell kernel.Cell, out kernel.Output) kernel.Result {
	var result kernel.Result
	for line := range strings.Lines(cell.Code) {
		verb, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		bundle := kernel.Bundle{Data: map[string]any{"text/plain": arg}, Metadata: map[string]any{}}
		id, text, _ := strings.Cut(arg, " ")
		withID := kernel.Display{ID: id, Bundle: kernel.Bundle{Data: map[string]any{"text/plain": text}, Metadata: map[string]any{}}}
		switch verb {
		case "print":
			out.Stream("stdout", []byte(arg+"\n"))
		case "err":
			out.Stream("stderr", []byte(arg+"\n"))
		case "show":
			out.Display(kernel.Display{Bundle: bundle})
		case "display":
			out.Display(withID)
		case "update":
			withID.Update = true
			out.Display(withID)
		case "clear":
			out.Clear(arg == "wait")
		case "value":
			result.Value = &bundle
		case "fail":
			result.Err = &kernel.Error{Name: "Panic", Value: arg, Traceback: []string{"\x1b[31mPanic\x1b[0m: " + arg}}
			return result
		case "sleep":
			close(s.running)
			<-ctx.Done()
			result.Err = &kernel.Error{Name: "Interrupted", Value: "interrupted"}
			return result
		}
	}
	return result
}

// notebook writes a notebook with the given code cells and returns its path.
func notebook(t *testing.T, cells ...string) string {
	t.Helper()
	type cell struct {
		Type     string         `json:"cell_type"`
		Metadata map[string]any `json:"metadata"`
		Source   string         `json:"source"`
		Outputs  []any          `json:"outputs"`
		Count    *int           `json:"execution_count"`
	}
	var list []cell
	for _, source := range cells {
		metadata := map[string]any{}
		if tag, rest, ok := strings.Cut(source, "|"); ok {
			metadata["tags"], source = []string{tag}, rest
		}
		list = append(list, cell{Type: "code", Metadata: metadata, Source: source, Outputs: []any{}})
	}
	return file(t, map[string]any{"cells": list, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 4})
}

func file(t *testing.T, content any) string {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "in.ipynb")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// options runs notebooks by script and writes them beside nothing else.
func options(t *testing.T) Options {
	return Options{
		Out:  filepath.Join(t.TempDir(), "out.ipynb"),
		Spec: nbformat.Kernelspec{Name: "k", DisplayName: "K", Language: "go"},
		Kernel: func(ctx context.Context, conn kernel.Conn) error {
			return kernel.New(kernel.Options{
				Runtime: script{make(chan struct{})}, Conn: conn,
				Info: kernel.Info{Language: wire.LanguageInfo{Name: "go", FileExtension: ".go"}},
			}).Run(ctx)
		},
	}
}

// outputs reads the outputs of the code cells of a written notebook, one line each.
func outputs(t *testing.T, path string) [][]string {
	t.Helper()
	nb, err := nbformat.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for _, c := range nb.Cells {
		list := []string{}
		for _, o := range c.Outputs {
			switch o.Type {
			case nbformat.Stream:
				list = append(list, o.Name+" "+o.Text)
			case nbformat.Error:
				list = append(list, "error "+o.EName+" "+o.EValue)
			default:
				list = append(list, fmt.Sprint(o.Type, " ", o.Data["text/plain"]))
			}
		}
		all = append(all, list)
	}
	return all
}

func TestOutputsFollowTheRulesOfNotebooks(t *testing.T) {
	o := options(t)
	path := notebook(t,
		"print a\nprint b\nerr c\nprint d\nvalue 7",
		"display x first\nshow y\nprint z",
		"update x second",
		"print gone\nclear now\nprint kept",
		"print gone\nclear wait\nprint kept",
		"print stays\nclear wait",
		" ",
	)
	if err := Run(t.Context(), path, o); err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"stdout a\nb\n", "stderr c\n", "stdout d\n", "execute_result 7"},
		{"display_data second", "display_data y", "stdout z\n"},
		{},
		{"stdout kept\n"},
		{"stdout kept\n"},
		{"stdout stays\n"},
		{},
	}
	if diff := cmp.Diff(want, outputs(t, o.Out)); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	nb, err := nbformat.Read(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	if nb.Kernelspec().Name != "k" || nb.Language() != "go" {
		t.Errorf("the kernel is not recorded: %+v, %q", nb.Kernelspec(), nb.Language())
	}
	for i, c := range nb.Cells {
		want := i + 1
		if strings.TrimSpace(c.Source) == "" {
			want = 0
		}
		if c.Count != want {
			t.Errorf("cell %d has the number %d, want %d", i+1, c.Count, want)
		}
	}
}

func TestFailedCellEndsTheRunAndIsWritten(t *testing.T) {
	o := options(t)
	path := notebook(t, "print a", "fail boom", "print never")
	err := Run(t.Context(), path, o)
	var failed *CellError
	if !errors.As(err, &failed) || failed.Cell != 2 || failed.Of != 3 || failed.Output.EValue != "boom" {
		t.Fatalf("error = %v, want the CellError of cell 2 of 3", err)
	}
	want := [][]string{{"stdout a\n"}, {"error Panic boom"}, {}}
	if diff := cmp.Diff(want, outputs(t, o.Out)); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func TestErrorsThatAreWantedDoNotEndTheRun(t *testing.T) {
	o := options(t)
	if err := Run(t.Context(), notebook(t, "raises-exception|fail boom", "print on"), o); err != nil {
		t.Fatalf("a cell tagged raises-exception ended the run: %v", err)
	}
	if got := outputs(t, o.Out)[1]; len(got) != 1 {
		t.Errorf("the next cell shows %q", got)
	}
	o.KeepGoing = true
	var failed *CellError
	err := Run(t.Context(), notebook(t, "fail boom", "print on", "fail again"), o)
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "boom") || !strings.Contains(err.Error(), "again") {
		t.Errorf("error = %v, want those of both failed cells", err)
	}
	if got := outputs(t, o.Out)[1]; len(got) != 1 {
		t.Errorf("with KeepGoing the next cell shows %q", got)
	}
}

func TestInterruptLeavesAWholeNotebook(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t)
	running := make(chan struct{})
	o.Kernel = func(kernelCtx context.Context, conn kernel.Conn) error {
		return kernel.New(kernel.Options{Runtime: script{running}, Conn: conn}).Run(kernelCtx)
	}
	go func() {
		<-running
		cancel()
	}()
	if err := Run(ctx, notebook(t, "print a", "sleep", "print never"), o); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error = %v, want ErrInterrupted", err)
	}
	want := [][]string{{"stdout a\n"}, {"error Interrupted interrupted"}, {}}
	if diff := cmp.Diff(want, outputs(t, o.Out)); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func TestKeepGoingOutlivesTheTimeLimit(t *testing.T) {
	o := options(t)
	o.Timeout, o.KeepGoing = 10*time.Millisecond, true
	err := Run(context.Background(), notebook(t, "sleep", "value behind"), o)
	if err == nil || !strings.Contains(err.Error(), "--timeout") {
		t.Errorf("error = %v, want one that names --timeout", err)
	}
	nb, err := nbformat.Read(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	if got := nb.Cells[1].Outputs; len(got) != 1 || got[0].Type != nbformat.ExecuteResult {
		t.Errorf("the cell behind the one that took too long has the outputs %+v", got)
	}
}

func TestTimeoutStopsACell(t *testing.T) {
	o := options(t)
	o.Timeout = 10 * time.Millisecond
	err := Run(t.Context(), notebook(t, "sleep"), o)
	if err == nil || !strings.Contains(err.Error(), "--timeout") {
		t.Errorf("error = %v, want one that names --timeout", err)
	}
}

func TestKernelThatEndsIsAnError(t *testing.T) {
	o := options(t)
	o.Kernel = func(context.Context, kernel.Conn) error { return errors.New("no worker") }
	err := Run(t.Context(), notebook(t, "print a"), o)
	if !errors.Is(err, client.ErrEnded) || !strings.Contains(err.Error(), "no worker") {
		t.Errorf("error = %v, want client.ErrEnded with its reason", err)
	}
}

func TestNotebooksThatCannotRunSayWhy(t *testing.T) {
	python := file(t, map[string]any{"cells": []any{}, "nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{
		"kernelspec": map[string]any{"name": "python3", "display_name": "Python 3", "language": "python"}}})
	for path, reason := range map[string]string{
		filepath.Join(t.TempDir(), "none.ipynb"): "no such file",
		python:                                   "written in python",
		file(t, "text"):                          "not a Jupyter notebook",
	} {
		if err := Run(t.Context(), path, options(t)); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("error = %v, want one with %q", err, reason)
		}
	}
}

func TestParametersAreInjectedBehindTheirCell(t *testing.T) {
	path := notebook(t, "print first", "parameters|epochs := 5\nvar name = \"a\"\nvar rate float64\nok := true", "print last")
	o := options(t)
	for _, text := range []string{"epochs=7", "name=3", "rate=-1e-3", "ok=false"} {
		p, err := ParseParameter(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Parameters = append(o.Parameters, p)
	}
	for range 2 { // the second time into its own output
		if err := Run(t.Context(), path, o); err != nil {
			t.Fatal(err)
		}
		path = o.Out
	}
	nb, err := nbformat.Read(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	if len(nb.Cells) != 4 || !nb.Cells[2].HasTag(injectedTag) {
		t.Fatalf("%d cells, want 4 with the injected one third", len(nb.Cells))
	}
	want := "// Parameters\nepochs = 7\nname = \"3\"\nrate = -1e-3\nok = false"
	if diff := cmp.Diff(want, nb.Cells[2].Source); diff != "" {
		t.Errorf("injected cell (-want +got):\n%s", diff)
	}
}

func TestParametersThatCannotBeMeantAreRefused(t *testing.T) {
	for _, text := range []string{"epochs", "2x=1", "a.b=1", "func=1", "_=1", "=1", "a b=1"} {
		if _, err := ParseParameter(text); err == nil {
			t.Errorf("ParseParameter(%q) is no error", text)
		}
	}
	o := options(t)
	o.Parameters = []Parameter{{"epoch", "1"}}
	if err := Run(t.Context(), notebook(t, "parameters|epochs := 5"), o); err == nil || !strings.Contains(err.Error(), "declares epochs") {
		t.Errorf("unknown parameter: %v", err)
	}
	if err := Run(t.Context(), notebook(t, "epochs := 5"), o); err == nil || !strings.Contains(err.Error(), "no code cell tagged") {
		t.Errorf("no cell for parameters: %v", err)
	}
}

func TestLiterals(t *testing.T) {
	for in, want := range map[string]string{
		"1": "1", "-2.5": "-2.5", "1e3": "1e3", "0x1f": "0x1f", "true": "true", `"a"`: `"a"`,
		"hello": `"hello"`, "a b": `"a b"`, "os.Exit(1)": `"os.Exit(1)"`, "": `""`, "1+1": `"1+1"`,
		"[]int{64, 128}": "[]int{64, 128}", `map[string]int{"a": 1}`: `map[string]int{"a": 1}`, "[]int{f()}": `"[]int{f()}"`,
	} {
		if got := literal(in, false); got != want {
			t.Errorf("literal(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestProgressTellsCellsAndTexts(t *testing.T) {
	var log, text bytes.Buffer
	o := options(t)
	o.Progress = Progress{Log: &log, Text: &text}
	path := notebook(t, "print a\nvalue 7", "display d one\nupdate d two", "// comment\nfail boom")
	if err := Run(t.Context(), path, o); err == nil {
		t.Fatal("the failing notebook passed")
	}
	if want := "a\n7\ntwo\n"; text.String() != want {
		t.Errorf("text = %q, want %q", text.String(), want)
	}
	for _, want := range []string{"[1/3]", "print a", "[3/3]", "fail boom  failed", "wrote " + o.Out} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("progress lacks %q:\n%s", want, log.String())
		}
	}
}

func TestStatusLineIsWipedBeforeText(t *testing.T) {
	var screen bytes.Buffer
	p := Progress{Log: &screen, Text: &screen, Width: 40}
	p.begin(1, 2, &nbformat.Cell{Source: "a cell with a long first line that does not fit"})
	p.message(&wire.Stream{Name: "stdout", Text: "hello\n"})
	p.tick()
	p.end(nil)
	for _, line := range strings.Split(screen.String(), "\r\x1b[2K") {
		if strings.Contains(line, "hello") && line != "hello\n" {
			t.Errorf("text shares its line with the status: %q", line)
		}
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n >= 40 {
			t.Errorf("a line of %d characters on a terminal of 40: %q", n, line)
		}
	}
}

func TestMissingFolderOfAnOutputIsSaidBeforeAnythingRuns(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone", "file")
	for flag, set := range map[string]func(*Options){
		"out":  func(o *Options) { o.Out = gone },
		"html": func(o *Options) { o.HTML = gone },
	} {
		o := options(t)
		set(&o)
		o.Kernel = func(context.Context, kernel.Conn) error {
			t.Errorf("%s: the kernel was started", flag)
			return nil
		}
		if err := Run(t.Context(), notebook(t, "print hello"), o); err == nil || !strings.Contains(err.Error(), "there is no folder") {
			t.Errorf("%s: error = %v, want one that names the folder", flag, err)
		}
	}
}

func TestPageIsWrittenBesideTheNotebook(t *testing.T) {
	o := options(t)
	o.HTML = filepath.Join(t.TempDir(), "page.html")
	o.Progress = Progress{Log: io.Discard}
	if err := Run(t.Context(), notebook(t, "print hello"), o); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(o.HTML)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "hello") {
		t.Error("the page lacks what the cell printed")
	}
	if strings.Contains(string(text), "<title></title>") || strings.Contains(string(text), "<title>Notebook</title>") {
		t.Error("the page of a notebook without a heading does not have its name as the title")
	}
}
