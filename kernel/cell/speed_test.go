package cell

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Bars of completion and inspection: typing must not wait. The least of several times is
// what the code takes on a busy machine.
const (
	warmBar  = 5 * time.Millisecond
	firstBar = 50 * time.Millisecond
)

func TestTypingIsFast(t *testing.T) {
	n := notebookOf(t, 500)
	for _, marked := range []string{"x49|", "fmt.Print|", "fmt.|", "|", "str|", "make9(|", "func f() {\n\tfor i := range 3 {\n\t\tx499.a|", "x9.Sum().|"} {
		code, cursor := at(t, marked)
		complete, inspect := time.Hour, time.Hour
		for range 10 {
			began := time.Now()
			n.Complete(code, cursor)
			complete = min(complete, time.Since(began))
			began = time.Now()
			n.Inspect(code, cursor, 0)
			inspect = min(inspect, time.Since(began))
		}
		if t.Logf("%q: completion %v, inspection %v", marked, complete, inspect); max(complete, inspect) > warmBar {
			t.Errorf("%q: completion takes %v, inspection %v, want %v at most", marked, complete, inspect, warmBar)
		}
	}
}

// The first completion of a process reads what later ones have: it is measured in
// processes of their own.
func TestTheFirstCompletionIsFast(t *testing.T) {
	const ask = "CELL_TEST_FIRST_COMPLETION"
	if marked := os.Getenv(ask); marked != "" {
		code, cursor := at(t, marked)
		began := time.Now()
		New(packages()).Complete(code, cursor)
		fmt.Printf("took %v\n", time.Since(began))
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, marked := range []string{"fmt.Pri|", "str|", "http.Get(|", "mat.New|"} {
		least := time.Hour
		for range 3 {
			cmd := exec.Command(exe, "-test.run=^"+t.Name()+"$")
			cmd.Env = append(os.Environ(), ask+"="+marked)
			out, err := cmd.CombinedOutput()
			_, text, ok := strings.Cut(string(out), "took ")
			text, _, _ = strings.Cut(text, "\n")
			took, bad := time.ParseDuration(text)
			if err != nil || !ok || bad != nil {
				t.Fatalf("%v %v\n%s", err, bad, out)
			}
			least = min(least, took)
		}
		if t.Logf("%q: %v", marked, least); least > firstBar {
			t.Errorf("%q: the first completion takes %v, want %v at most", marked, least, firstBar)
		}
	}
}
