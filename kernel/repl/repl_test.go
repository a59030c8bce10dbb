package repl

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if worker.Spawned() {
		os.Exit(worker.Main(worker.Tables{Exports: symbols.Exports, Generic: symbols.Generic}))
	}
	os.Exit(m.Run())
}

// piped runs a text as mole-kernel repl does with a pipe.
func piped(t *testing.T, text string) (out, errs string, err error) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	err = Run(context.Background(), Options{
		In: strings.NewReader(text), Out: &stdout, Err: &stderr, Figures: t.TempDir(),
		Kernel: func(ctx context.Context, conn kernel.Conn) error {
			s, err := session.New(session.Options{Packages: symbols.Packages(), Command: []string{exe}, Dir: t.TempDir()})
			if err != nil {
				return err
			}
			return kernel.New(kernel.Options{Runtime: s, Assistant: s, Conn: conn}).Run(ctx)
		},
	})
	return stdout.String(), stderr.String(), err
}

func TestAPipeRunsCells(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"values":       {"x := 40\n\nx + 2\n", "42\n"},
		"one cell":     {"x := 40\nx + 1\n", "41\n"},
		"empty lines":  {"func f() int {\n\n\treturn 7\n}\n\nf()\n", "7\n"},
		"marks":        {"x := 1\nx\n// %% the next\nx + 1\n", "1\n2\n"},
		"prints":       {"fmt.Print(1)\n\nfmt.Print(2)\n", "12"},
		"print, value": {"fmt.Print(1)\n2\n", "1\n2\n"},
		"update":       {"nb.DisplayID(\"a\", 1)\nnb.Update(\"a\", 2)\n", "2\n"},
		"nothing":      {"\n\n", ""},
	} {
		out, errs, err := piped(t, c.text)
		if out != c.want || errs != "" || err != nil {
			t.Errorf("%s: got %q, %q, %v; want %q", name, out, errs, err, c.want)
		}
	}
}

func TestAFailedCellEndsAPipe(t *testing.T) {
	out, errs, err := piped(t, "1\n\nnope\n\n2\n")
	if !errors.Is(err, ErrFailed) || out != "1\n" || !strings.Contains(errs, "cell[2]:1:1: undefined: nope") {
		t.Errorf("got %q, %q, %v", out, errs, err)
	}
	if strings.Contains(errs, "\x1b") {
		t.Errorf("a pipe got colours: %q", errs)
	}
}

func TestInputIsNoQuestionInAPipe(t *testing.T) {
	_, errs, err := piped(t, "_, err := nb.Input(\"who? \")\nnb.Check(err)\n")
	if !errors.Is(err, ErrFailed) || errs == "" {
		t.Errorf("got %q, %v; want an error that says that nobody can be asked", errs, err)
	}
}

func TestPicturesAreSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	f := figures{dir: dir}
	note := f.show(map[string]any{"image/png": base64.StdEncoding.EncodeToString([]byte("picture"))})
	file := filepath.Join(dir, "figure-001.png")
	if got, err := os.ReadFile(file); err != nil || string(got) != "picture" || !strings.Contains(note, file) {
		t.Errorf("%q, %v; the note is %q", got, err, note)
	}
	if note := f.show(map[string]any{"text/plain": "x"}); note != "" {
		t.Errorf("text gives the note %q", note)
	}
}

func TestCtrlCEmptiesTheLine(t *testing.T) {
	k := &keys{in: strings.NewReader("abc\x03def")}
	got, err := io.ReadAll(k)
	if err != nil || string(got) != clearLine+"def" || !k.cancelled {
		t.Errorf("got %q, %v, cancelled %v", got, err, k.cancelled)
	}
}

func TestHistoryIsTheLatestFirst(t *testing.T) {
	var h history
	for _, code := range []string{"a", "b\nc", "b\nc", "", "d"} {
		h.add(code)
	}
	var got []string
	for i := range h.Len() {
		got = append(got, h.At(i))
	}
	if diff := cmp.Diff([]string{"d", "b⏎c", "a"}, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzSplit holds that the cells of a text are its lines, but for marks and empty ones.
func FuzzSplit(f *testing.F) {
	f.Add("x := 1\n\nfunc f() {\n\n}\n// %%\nf()")
	f.Fuzz(func(t *testing.T, text string) {
		got := lines(strings.Join(split(text, func(code string) bool { return cell.IsComplete(code).Status != "incomplete" }), "\n"))
		if diff := cmp.Diff(lines(text), got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

func lines(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); strings.TrimSpace(line) != "" && !strings.HasPrefix(strings.TrimSpace(line), cellMark) {
			list = append(list, line)
		}
	}
	return list
}
