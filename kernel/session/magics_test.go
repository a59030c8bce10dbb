//go:build unix

package session_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
)

func TestMagicsStandAmongLinesOfGo(t *testing.T) {
	n := open(t, nil)
	n.want("x := 1\n%help\nx + 1", "2")
	if got := n.run("%help"); !strings.Contains(got, "%%markdown") {
		t.Errorf("%%help shows %q", got)
	}
	e := n.fail("x = 5\n%hlp\n")
	if tb := traceback(e); e.Name != "MagicError" || !strings.Contains(tb, "cell[4]:2:1") && !strings.Contains(tb, "did you mean %help?") {
		t.Errorf("got %s: %s\n%s", e.Name, e.Value, tb)
	}
	e = n.fail("x = 5\n%help\n  y = undefinedName")
	if !strings.Contains(e.Value, "3:3: undefined: y") {
		t.Errorf("got %s", e.Value)
	}
	n.want("x", "1") // nothing of a cell that does not check has run
}

func TestMagicsAreCompletedAndInspected(t *testing.T) {
	n := open(t, nil)
	c := n.Complete(t.Context(), "x := 1\n%he", 10)
	if len(c.Items) != 1 || c.Items[0].Text != "%help" || c.Start != 7 || c.Items[0].Signature == "" {
		t.Errorf("got %+v", c)
	}
	if c := n.Complete(t.Context(), "%", 1); len(c.Items) < 4 {
		t.Errorf("%% completes to %+v", c)
	}
	if c := n.Complete(t.Context(), "%%", 2); len(c.Items) < 3 || !strings.HasPrefix(c.Items[0].Text, "%%") {
		t.Errorf("%%%% completes to %+v", c)
	}
	found := n.Inspect(t.Context(), "%help", 5, 0)
	if text, _ := found.Bundle.Data["text/plain"].(string); !strings.Contains(text, "lists the magics") {
		t.Errorf("got %+v", found)
	}
	for code, want := range map[string]string{
		"%help": "complete", "%%html\n<b>": "incomplete", "%%html\n<b>\n": "complete", "x := 1\n%help\nfor {": "incomplete",
	} {
		if got := n.IsComplete(code); got.Status != want {
			t.Errorf("%q is %s, want %s", code, got.Status, want)
		}
	}
}

// prints runs a cell and returns what it prints on standard output.
func (n *notebook) prints(code string) string {
	n.t.Helper()
	out := newTranscript()
	n.runTo(code, out)
	return stdout(out)
}

// stdout is what a cell has printed, with what it has shown left out.
func stdout(out *kerneltest.Transcript) string {
	var text strings.Builder
	for _, entry := range out.Entries() {
		if printed, ok := strings.CutPrefix(entry, "stdout:"); ok {
			text.WriteString(printed)
		}
	}
	return text.String()
}

func TestCommandsRunWhereTheCellsAre(t *testing.T) {
	n := open(t, nil)
	dir := t.TempDir()
	for _, c := range []struct{ code, want string }{
		{"!echo hello; echo there", "hello\nthere\n"},
		{"%cd " + dir, dir + "\n"},
		{"!pwd", dir + "\n"},
		{"%pwd", dir + "\n"},
		{"d, _ := os.Getwd(); fmt.Println(d)", dir + "\n"},
		{"%env GREETING=good day", ""},
		{"!echo $GREETING", "good day\n"},
		{`fmt.Println(os.Getenv("GREETING"))`, "good day\n"},
		{`os.Setenv("GREETING", "bye"); os.Mkdir("sub", 0o755); os.Chdir("sub")`, ""},
		{"!echo $GREETING; basename $(pwd)", "bye\nsub\n"},
		{"%env GREETING", "bye\n"},
		{"%unset GREETING\n!echo \"[$GREETING]\"", "[]\n"},
		{"%cd ..", dir + "\n"},
		{"%cd -", dir + "/sub\n"},
		{"%%writefile a.txt\none\ntwo", "wrote a.txt (8 B)\n"},
		{"%%writefile -a a.txt\nthree", "appended to a.txt (6 B)\n"},
		{"!cat a.txt", "one\ntwo\nthree\n"},
		{"%%bash x\necho $1\ncat <<E\ny\nE\n", "x\ny\n"},
		{"!cat; echo empty", "empty\n"},
		{"x := 1\n!echo a \\\n  b\nfmt.Println(x)", "a b\n1\n"},
	} {
		if got := n.prints(c.code); got != c.want {
			t.Errorf("%q prints %q, want %q", c.code, got, c.want)
		}
	}
}

func TestARemovedDirectoryCanBeLeft(t *testing.T) {
	n := open(t, nil)
	dir := t.TempDir()
	n.run("os.Mkdir(\"" + dir + "/gone\", 0o700); os.Chdir(\"" + dir + "/gone\"); os.Remove(\"" + dir + "/gone\");")
	for _, code := range []string{"!pwd", "%pwd"} {
		if e := n.fail(code); !strings.Contains(e.Value, "has been removed") {
			t.Errorf("%q: %s", code, e.Value)
		}
	}
	if got := n.prints("%cd " + dir + "\n!pwd"); got != dir+"\n"+dir+"\n" {
		t.Errorf("got %q", got)
	}
}

func TestTheSurroundingsOutliveTheWorker(t *testing.T) {
	n := open(t, nil)
	dir := t.TempDir()
	n.prints("%cd " + dir + "\n%env GREETING=hello")
	if e := n.fail("func f(n int) int { return f(n+1) + 1 }\nf(0)"); e.Name == "CompileError" {
		t.Fatal(e.Value)
	}
	if got := n.prints("d, _ := os.Getwd(); fmt.Println(d, os.Getenv(\"GREETING\"))"); got != dir+" hello\n" {
		t.Errorf("got %q, want %s", got, dir)
	}
}

func TestAFailingCommandIsAnErrorWithItsLine(t *testing.T) {
	n := open(t, nil)
	for _, c := range []struct{ code, name, value, trace string }{
		{"x := 1\n!exit 3\nx = 2", "ShellError", "exit 3: exit status 3", "line 2"},
		{"%%bash\n\nnonexistent-command", "ShellError", "%%bash: exit status 127", "line 1"},
		{"%cd /nonexistent-folder", "MagicError", "1:1: there is no directory /nonexistent-folder", "usage: %cd"},
		{"!kill -9 $$", "ShellError", "kill -9 $$: signal: killed", "line 1"},
		{"%time", "MagicError", "needs code", "for example %time f(10)"},
		{"%%writefile\nx", "MagicError", "needs the path", "%%writefile notes.txt"},
		{"%env A B=", "", "", ""},
		{"%time 1 + \"a\"", "CompileError", "1:7: ", "   1 | %time 1 + \"a\"\n     |       ^^^^^^^"},
		{"%time f()", "CompileError", "1:7: undefined: f", ""},
	} {
		r := n.execute(t.Context(), c.code, newTranscript())
		if r.Err == nil {
			if c.name != "" {
				t.Errorf("%q succeeds", c.code)
			}
			continue
		}
		if r.Err.Name != c.name || !strings.Contains(r.Err.Value, c.value) || !strings.Contains(traceback(r.Err), c.trace) {
			t.Errorf("%q: %s: %s\n%s", c.code, r.Err.Name, r.Err.Value, traceback(r.Err))
		}
	}
	n.want("x", "1")
}

func TestAnInterruptEndsACommandWithItsChildren(t *testing.T) {
	n := open(t, nil)
	dir := t.TempDir()
	for _, code := range []string{
		"!cd " + dir + "; (trap '' INT; echo begun; sleep 60; touch survived) & sleep 60",
		"%%bash\ncd " + dir + "\ntrap '' INT\necho begun\nsleep 60 & wait; wait; wait\ntouch survived",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		out := newTranscript()
		result := make(chan kernel.Result, 1)
		go func() { result <- n.execute(ctx, code, out) }()
		for stdout(out) == "" {
			<-out.Seen
		}
		cancel()
		select {
		case r := <-result:
			if r.Err == nil || r.Err.Name != "Interrupted" {
				t.Errorf("%q: %+v", code, r.Err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%q does not stop", code)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "survived")); err == nil {
		t.Error("a child went on")
	}
	n.want("1 + 1", "2")
}

func TestABackgroundProcessDoesNotHoldTheCell(t *testing.T) {
	n := open(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out := newTranscript()
	if r := n.execute(ctx, "!echo first; sleep 30 &", out); r.Err != nil || stdout(out) != "first\n" {
		t.Errorf("%+v, %q", r.Err, stdout(out))
	}
}

func TestTimeShowsTheValueAndWhatItTook(t *testing.T) {
	n := open(t, nil)
	out := newTranscript()
	if got := n.runTo("x := 20\n%time x + 1", out); got != "21" {
		t.Errorf("%%time shows %s", got)
	}
	if text := stdout(out); !strings.HasPrefix(text, "wall ") || !strings.Contains(text, "allocations") {
		t.Errorf("%%time prints %q", text)
	}
	if got := n.prints("%%time\ny := make([]byte, 10_000_000)\n!:\n_ = y"); !strings.Contains(got, "10.0 MB") {
		t.Errorf("%%%%time prints %q", got)
	}
	n.want("len(y)", "10000000")
	if got := n.prints("%time z := x"); !strings.HasPrefix(got, "wall ") {
		t.Errorf("%%time prints %q", got)
	}
	n.want("z", "20")
	e := n.fail("%%time\n\nx + undefinedName")
	if !strings.Contains(e.Value, "3:5: undefined") {
		t.Errorf("got %s", e.Value)
	}
	if got := n.prints("%bench strings.Repeat(\"a\", 1000)"); !strings.Contains(got, " ns/op ") || !strings.Contains(got, "allocs/op") {
		t.Errorf("%%bench prints %q", got)
	}
}

func TestResetDropsEverything(t *testing.T) {
	n := open(t, nil)
	n.run("x := 1\nfunc f() int { return x }\ntype point struct{}")
	got := n.prints("%reset")
	for _, want := range []string{"functions f", "types point", "variables x"} {
		if !strings.Contains(got, want) {
			t.Errorf("%%reset prints %q, want %s", got, want)
		}
	}
	if e := n.fail("x"); !strings.Contains(e.Value, "undefined: x") {
		t.Errorf("got %s", e.Value)
	}
	n.want("x := \"a\"\nx", `"a"`)
	n.want("func f() string { return x }\nf()", `"a"`)
	n.want("%reset\nx := 2.5\nx", "2.5")
}

func TestLoadPutsTheTextIntoTheCell(t *testing.T) {
	n := open(t, nil)
	file := filepath.Join(t.TempDir(), "a b.go")
	if err := os.WriteFile(file, []byte("x := 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := n.execute(t.Context(), "%load \""+file+"\"", newTranscript())
	if r.Err != nil || r.NextInput == nil || !strings.HasSuffix(r.NextInput.Text, "\nx := 1\n") || !r.NextInput.Replace {
		t.Errorf("%+v", r)
	}
	if e := n.fail("%load /nonexistent"); !strings.Contains(e.Value, "there is no file") {
		t.Errorf("got %s", e.Value)
	}
}

func TestLoadReadsAnAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/x.go" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, "x := 1\r\n")
	}))
	defer server.Close()
	n := open(t, nil)
	r := n.execute(t.Context(), "%load "+server.URL+"/x.go", newTranscript())
	if r.Err != nil || !strings.HasSuffix(r.NextInput.Text, "x.go\nx := 1\n") {
		t.Errorf("%+v", r)
	}
	if e := n.fail("%load " + server.URL + "/y.go"); !strings.Contains(e.Value, "the server answers 404") {
		t.Errorf("got %s", e.Value)
	}
}

func TestAMagicInABlockIsExplained(t *testing.T) {
	n := open(t, nil)
	for code, want := range map[string]string{
		"func f() {\n\t%time x\n}":      "a magic stands at the top",
		"a := 1\n% b":                   "operator at the end of the line",
		"for range 2 {\n\t!uname\n}":    "a shell command stands at the top",
		"x := `\n%time\n!ls\n`; len(y)": "undefined: y",
	} {
		if e := n.fail(code); !strings.Contains(traceback(e), want) {
			t.Errorf("%q: %s", code, traceback(e))
		}
	}
}

func TestDocShowsTheDocumentation(t *testing.T) {
	n := open(t, nil)
	if got := n.run("%doc strings.Cut"); !strings.Contains(got, "func strings.Cut") || !strings.Contains(got, "first instance of sep") {
		t.Errorf("got %s", got)
	}
	if got := n.run("%doc strings"); !strings.Contains(got, "manipulate UTF-8") || !strings.Contains(got, "\nfunc Cut(s string, sep string) (before string,") ||
		!strings.Contains(got, "\ntype Builder struct") {
		t.Errorf("got %s", got)
	}
	if e := n.fail("%doc noSuchName"); !strings.Contains(e.Value, "nothing is known of noSuchName") {
		t.Errorf("got %s", e.Value)
	}
}

func TestWhoListsTheVariables(t *testing.T) {
	n := open(t, nil)
	if got := n.prints("%who"); got != "There are no variables.\n" {
		t.Errorf("got %q", got)
	}
	n.run("x := 42\nnames := []string{\"<a>\", \"b\"}\nbig := make([]float64, 1000)")
	r := n.execute(t.Context(), "%who", newTranscript())
	text, _ := r.Value.Data["text/plain"].(string)
	for _, want := range []string{"name   type       value", "big    []float64  ", "names  []string   ", "x      int        42", " kB"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if html, _ := r.Value.Data["text/html"].(string); !strings.Contains(html, "&lt;a&gt;") {
		t.Errorf("got %s", html)
	}
}

func TestWordsOfMagicsAreCompleted(t *testing.T) {
	n := open(t, nil)
	dir := t.TempDir()
	for _, name := range []string{"data", "docs"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "data.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n.prints("%cd " + dir + "\n%env GREETING=x")
	n.run("velocity := 1")
	for _, c := range []struct{ code, want string }{
		{"%cd d", "data/ docs/"},
		{"%load da", "data/ data.csv"},
		{"!cat data.c", "data.csv"},
		{"%%writefile -a da", "data/ data.csv"},
		{"%env GREET", "GREETING"},
		{"%time velo", "velocity"},
		{"%bench velo", "velocity"},
		{"%%time\nvelo", "velocity"},
		{"%doc strings.CutP", "CutPrefix"},
		{"%help %%wr", "%%writefile"},
		{"%%html\nvelo", ""},
		{"!ls\nvelo", "velocity"},
	} {
		found := n.Complete(t.Context(), c.code, len(c.code))
		var words []string
		for _, item := range found.Items {
			words = append(words, item.Text)
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%q completes to %q, want %q", c.code, got, c.want)
		}
	}
	found := n.Inspect(t.Context(), "%time velocity", 10, 0)
	if text, _ := found.Bundle.Data["text/plain"].(string); !strings.Contains(text, "var velocity int") {
		t.Errorf("got %+v", found)
	}
	found = n.Inspect(t.Context(), "%time velocity", 2, 0)
	if text, _ := found.Bundle.Data["text/plain"].(string); !strings.Contains(text, "%time code") {
		t.Errorf("got %+v", found)
	}
}
