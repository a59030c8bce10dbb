package cell

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Typing must not wait: a completion is to take 5 ms at most, the first of a process 50.

func BenchmarkTyping(b *testing.B) {
	n := notebookOf(b, 500)
	for _, marked := range []string{"x49|", "fmt.Print|", "fmt.|", "|", "str|", "make9(|", "func f() {\n\tfor i := range 3 {\n\t\tx499.a|", "x9.Sum().|"} {
		code, cursor := at(b, marked)
		b.Run(fmt.Sprintf("complete/%q", marked), func(b *testing.B) {
			for b.Loop() {
				n.Complete(code, cursor)
			}
		})
		b.Run(fmt.Sprintf("inspect/%q", marked), func(b *testing.B) {
			for b.Loop() {
				n.Inspect(code, cursor, 0)
			}
		})
	}
}

// The first completion of a process reads what later ones have: it is measured in
// processes of their own, whose start counts, too ("start" is a process that completes
// nothing).
func BenchmarkFirstCompletion(b *testing.B) {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for _, marked := range []string{"start", "fmt.Pri|", "str|", "http.Get(|", "mat.New|"} {
		b.Run(fmt.Sprintf("%q", marked), func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(exe, "-test.run=^TestCompleteOnce$")
				cmd.Env = append(os.Environ(), firstCompletion+"="+marked)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}

const firstCompletion = "CELL_TEST_FIRST_COMPLETION"

// TestCompleteOnce is what the processes of BenchmarkFirstCompletion run: a completion in
// a notebook that has not seen one yet finds something.
func TestCompleteOnce(t *testing.T) {
	marked := os.Getenv(firstCompletion)
	switch marked {
	case "start":
		return
	case "":
		marked = "fmt.Pri|"
	}
	code, cursor := at(t, marked)
	if items := New(packages()).Complete(code, cursor).Items; len(items) == 0 {
		t.Errorf("%q: no completion", marked)
	}
}
