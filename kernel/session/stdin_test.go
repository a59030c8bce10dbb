//go:build unix

package session_test

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
)

// typist is an Output whose reader types the given lines, one for each question.
type typist struct {
	*kerneltest.Transcript
	mu    sync.Mutex
	lines []string
}

func types(lines ...string) *typist { return &typist{Transcript: newTranscript(), lines: lines} }

func (ty *typist) Input(ctx context.Context, prompt string, password bool) (string, error) {
	ty.mu.Lock()
	defer ty.mu.Unlock()
	if len(ty.lines) == 0 {
		return ty.Transcript.Input(ctx, prompt, password)
	}
	line := ty.lines[0]
	ty.lines = ty.lines[1:]
	return line, nil
}

func TestStandardInputIsAskedForLineByLine(t *testing.T) {
	const ctrlD = "\x04"
	for _, c := range []struct {
		name, code, out string
		lines           []string
	}{
		{"Scan", "var a, b int\nfmt.Scan(&a, &b)\nfmt.Println(a + b)", "42\n", []string{"40", "2"}},
		{"Scanln", "var w string\nn, err := fmt.Scanln(&w)\nfmt.Println(n, err, w)", "1 <nil> é😀\n", []string{"é😀"}},
		{"Sscanf", "var n int\nfmt.Scanf(\"%d!\", &n)\nfmt.Println(n)", "7\n", []string{"7!"}},
		{"Fscan", "var n int\nfmt.Fscan(os.Stdin, &n)\nfmt.Println(n)", "7\n", []string{"7"}},
		{"Scanner", "s := bufio.NewScanner(os.Stdin)\nfor s.Scan() { fmt.Print(\"<\", s.Text(), \">\") }", "<a b><><c>", []string{"a b", "", "c", ctrlD}},
		{"Reader", "r := bufio.NewReader(os.Stdin)\nline, err := r.ReadString('\\n')\nfmt.Printf(\"%q %v\", line, err)", `"x\n" <nil>`, []string{"x"}},
		{"ReadAll", "all, err := io.ReadAll(os.Stdin)\nfmt.Printf(\"%q %v\", all, err)", `"1\n2\n" <nil>`, []string{"1", "2", ctrlD}},
		{"Read", "b := make([]byte, 2)\nn, err := os.Stdin.Read(b)\nfmt.Println(n, err, string(b))", "2 <nil> he\n", []string{"hello"}},
		{"long line", "all, _ := bufio.NewReader(os.Stdin).ReadString('\\n')\nfmt.Print(len(all))", "200001", []string{strings.Repeat("x", 200_000)}},
		{"end of input", "var w string\n_, err := fmt.Scan(&w)\nfmt.Println(err)", "EOF\n", []string{ctrlD}},
		{"end of nb.Input", "_, err := nb.Input(\"\")\nfmt.Println(err == io.EOF)", "true\n", []string{ctrlD}},
		{"goroutine", "got := make(chan string)\ngo func() { var w string; fmt.Scan(&w); got <- w }()\nfmt.Println(<-got)", "w\n", []string{"w"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := open(t, nil)
			out := types(c.lines...)
			n.runTo(c.code+";", out)
			if got := strings.TrimPrefix(out.String(), "stdout:"); got != c.out {
				t.Errorf("got %q, want %q", got, c.out)
			}
			again := types("again")
			n.runTo("var later string\nfmt.Fscan(os.Stdin, &later)\nfmt.Println(later);", again)
			if got := again.String(); c.name != "Read" && got != "stdout:again\n" {
				t.Errorf("the next cell reads %q", got)
			}
		})
	}
}

func TestAnInterruptEndsTheWaitForInput(t *testing.T) {
	n := open(t, nil)
	n.run("x := 1")
	out := newTranscript()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-out.Seen; cancel() }()
	r := n.execute(ctx, "for { var w string; fmt.Scan(&w) }", out)
	if r.Err == nil || r.Err.Name != "Interrupted" {
		t.Fatalf("got %+v", r.Err)
	}
	n.want("x", "1")
	n.runTo("var w string\nfmt.Scan(&w)\nfmt.Println(w);", types("later"))
}

func TestStandardInputWithoutAFrontEndIsAnError(t *testing.T) {
	n := open(t, nil)
	for _, code := range []string{"var w string\nfmt.Scan(&w)", "bufio.NewScanner(os.Stdin).Scan()", "for { io.ReadAll(os.Stdin) }"} {
		n.count++
		r := n.Execute(context.Background(), kernel.Cell{Count: n.count, Code: code}, newTranscript())
		if r.Err == nil || r.Err.Name != "InputError" || !strings.Contains(r.Err.Value, "front end cannot ask for input") {
			t.Errorf("%q ends with %+v", code, r.Err)
		}
	}
}

func TestAClosedStandardFileIsOpenInTheNextCell(t *testing.T) {
	n := open(t, nil)
	n.run("os.Stdin.Close(); os.Stdout.Close(); os.Stderr.Close();")
	out := types("line")
	n.runTo("var w string\n_, err := fmt.Scan(&w)\nfmt.Println(w, err)\nfmt.Fprintln(os.Stderr, \"told\")\nos.Stdout.WriteString(\"written\\n\");", out)
	if got := out.String(); !strings.Contains(got, "stdout:line <nil>\n") || !strings.Contains(got, "written\n") || !strings.Contains(got, "stderr:told\n") {
		t.Errorf("got %q", got)
	}
	if _, err := exec.LookPath("cat"); err != nil {
		t.Skip("there is no cat")
	}
	n.want("text, _ := exec.Command(\"cat\").Output()\nlen(text)", "0")
}
