//go:build unix

package session_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
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

func newTranscript() *kerneltest.Transcript {
	return kerneltest.NewTranscript(map[string]string{"who? ": "Ada"})
}

// notebook is a session with a counter.
type notebook struct {
	*session.Session
	t     testing.TB
	count int
}

func open(t testing.TB, change func(*session.Options)) *notebook {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	opts := session.Options{Packages: symbols.Packages(), Command: []string{exe}, Grace: 500 * time.Millisecond}
	if change != nil {
		change(&opts)
	}
	s, err := session.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &notebook{Session: s, t: t}
}

func (n *notebook) execute(ctx context.Context, code string, out kernel.Output) kernel.Result {
	n.count++
	return n.Execute(ctx, kernel.Cell{Count: n.count, Code: code, AllowInput: true}, out)
}

// run runs a cell that succeeds and returns the text of its value.
func (n *notebook) run(code string) string {
	n.t.Helper()
	return n.runTo(code, newTranscript())
}

func (n *notebook) runTo(code string, out kernel.Output) string {
	n.t.Helper()
	r := n.execute(context.Background(), code, out)
	if r.Err != nil {
		n.t.Fatalf("cell [%d] %q: %s: %s\n%s", n.count, code, r.Err.Name, r.Err.Value, strings.Join(r.Err.Traceback, "\n"))
	}
	if r.Value == nil {
		return ""
	}
	return r.Value.Data["text/plain"].(string)
}

// fail runs a cell that does not succeed.
func (n *notebook) fail(code string) *kernel.Error {
	n.t.Helper()
	r := n.execute(context.Background(), code, newTranscript())
	if r.Err == nil {
		n.t.Fatalf("cell [%d] %q succeeds", n.count, code)
	}
	return r.Err
}

func (n *notebook) want(code, value string) {
	n.t.Helper()
	if got := n.run(code); got != value {
		n.t.Errorf("cell [%d] %q shows %s, want %s", n.count, code, got, value)
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func traceback(e *kernel.Error) string {
	return ansi.ReplaceAllString(strings.Join(e.Traceback, "\n"), "")
}

func TestValuesLiveBetweenCells(t *testing.T) {
	n := open(t, nil)
	n.want("x := 40", "")
	n.want("x + 2", "42")
	n.want(`s := "a"; s + "b"`, `"ab"`)
	n.want("x := []string{s}\nx", `["a"]`)
	n.want("func twice(n int) int { return 2 * n }", "")
	n.want("twice(21)", "42")
	n.want("type point struct{ X, y int }\nfunc (p point) Sum() int { return p.X + p.y }", "")
	n.want("p := point{1, 2}\np", "point{X:1 y:2}")
	n.want("p.Sum()", "3")
	n.want("strconv.Atoi(\"12\")", "12")
	n.want("x[0];", "")
}

func TestACellThatDoesNotCheckChangesNothing(t *testing.T) {
	n := open(t, nil)
	n.run("x := 1")
	e := n.fail("x := 2\ny := undefinedName")
	if e.Name != "CompileError" || !strings.Contains(e.Value, "2:6: undefined: undefinedName") {
		t.Errorf("got %s: %s", e.Name, e.Value)
	}
	if tb := traceback(e); !strings.Contains(tb, "y := undefinedName") || !strings.Contains(tb, "^^^^^") {
		t.Errorf("the traceback does not show the line:\n%s", tb)
	}
	n.want("x", "1")
	if e := n.fail("y"); !strings.Contains(e.Value, "undefined: y") {
		t.Errorf("got %s", e.Value)
	}
}

func TestAPanicShowsTheCellsLines(t *testing.T) {
	n := open(t, nil)
	n.run("func pick(a []int, i int) int {\n\tb := a\n\treturn b[i]\n}")
	e := n.fail("a := []int{1, 2, 3}\ni := 5\npick(a, i)")
	if e.Name != "Panic" || !strings.HasPrefix(e.Value, "runtime error: index out of range") {
		t.Errorf("got %s: %s", e.Name, e.Value)
	}
	tb := traceback(e)
	for _, want := range []string{"cell [1], line 3", "-->    3 | \treturn b[i]"} {
		if !strings.Contains(tb, want) {
			t.Errorf("%q is not in the traceback\n%s", want, tb)
		}
	}
	n.want("len(a)", "3")
}

func TestPrintsAndDisplaysKeepTheirOrder(t *testing.T) {
	n := open(t, nil)
	out := newTranscript()
	n.runTo(`for i := 0; i < 300; i++ {
	fmt.Println("out", i)
	nb.Display(i)
	fmt.Fprintln(os.Stdout, "again", i)
}`, out)
	got := out.String()
	var expect strings.Builder
	for i := range 300 {
		if i == 0 {
			expect.WriteString("stdout:")
		}
		fmt.Fprintf(&expect, "out %d\n|display:%d|stdout:again %d\n", i, i, i)
	}
	if got != expect.String() {
		t.Errorf("got %q…", got[:min(len(got), 300)])
	}
}

func TestAHundredThousandLines(t *testing.T) {
	n := open(t, nil)
	n.run("1")
	out := newTranscript()
	begun := time.Now()
	n.runTo("for i := 0; i < 100000; i++ { fmt.Println(\"line é\", i) }", out)
	t.Logf("100,000 interpreted lines in %v", time.Since(begun))
	text := strings.TrimPrefix(out.String(), "stdout:")
	if lines := strings.Count(text, "\n"); lines != 100_000 || !strings.HasSuffix(text, "line é 99999\n") {
		t.Errorf("got %d lines", lines)
	}
}

func TestFatalCellsReplaceTheWorker(t *testing.T) {
	for _, c := range []struct{ name, code, err, value, place string }{
		{"endless recursion", "func f(n int) int { return f(n+1) + 1 }\nf(0)", "StackOverflow", "stack overflow", "line 1"},
		{"concurrent map writes", `m := map[int]int{}
for g := 0; g < 8; g++ {
	go func() { for i := 0; ; i++ { m[i%100] = i } }()
}
select {}`, "WorkerDied", "concurrent map", "line 3"},
		{"memory", `var hold [][]byte
for { hold = append(hold, bytes.Repeat([]byte{1}, 16<<20)) }`, "OutOfMemory", "out of memory", "line 2"},
		{"killed", "p, _ := os.FindProcess(os.Getpid()); p.Kill(); select {}", "WorkerDied", "killed", "line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := open(t, func(o *session.Options) {
				o.MemoryLimit = 1 << 30
				if raceDetector { // which keeps several times the stack in mind
					o.MemoryLimit = 4 << 30
				}
			})
			n.run("x, y := 1, 2\ntype point struct{ X int }\nfunc (p point) Twice() int { return 2 * p.X }")
			n.run("func helper() int { return 7 }\nconst k = 3")
			e := n.fail(c.code)
			if e.Name != c.err || !strings.Contains(e.Value, c.value) {
				t.Fatalf("got %s: %s, want %s: %s\n%s", e.Name, e.Value, c.err, c.value, traceback(e))
			}
			tb := traceback(e)
			if !strings.Contains(tb, "x, y") {
				t.Errorf("the lost variables are not named:\n%s", tb)
			}
			if runtime.GOOS == "linux" && !strings.Contains(tb, "cell [3], "+c.place) {
				t.Errorf("%s is not named:\n%s", c.place, tb)
			}
			n.want("helper() + k + point{4}.Twice()", "18")
			if e := n.fail("x + 1"); !strings.Contains(e.Value, "lost") || !strings.Contains(e.Value, "cell [1]") {
				t.Errorf("a lost variable is explained as %s", e.Value)
			}
			n.run("x := 5")
			n.want("x", "5")
		})
	}
}

func TestOsExitAndGoroutinePanicKeepTheValues(t *testing.T) {
	n := open(t, nil)
	n.run("x := 1")
	if e := n.fail("os.Exit(3)"); e.Name != "Exit" || !strings.Contains(e.Value, "os.Exit(3)") {
		t.Errorf("got %s: %s", e.Name, e.Value)
	}
	for _, code := range []string{
		"done := make(chan bool)\ngo func() {\n\tdefer close(done)\n\tpanic(\"boom\") }()\n<-done",
		"select {\ncase <-time.After(time.Hour):\ncase <-func() chan bool {\n\ttime.AfterFunc(1, func() { panic(\"boom\") })\n\treturn nil }():}",
	} {
		e := n.fail(code)
		if e.Name != "Panic" || e.Value != "boom" || !strings.Contains(traceback(e), "line 4") {
			t.Errorf("%q: got %s: %s\n%s", code, e.Name, e.Value, traceback(e))
		}
	}
	out := newTranscript()
	n.runTo("gate := make(chan bool)\ngo func() { <-gate; panic(\"late\") }();", out)
	n.run("close(gate)")
	for !strings.Contains(out.String(), "late") {
		<-out.Seen
	}
	if got := out.String(); !strings.Contains(got, "stderr:goroutine of cell [5]: panic: late") {
		t.Errorf("got %s", got)
	}
	n.want("x", "1")
}

func TestADeathBetweenCellsIsTold(t *testing.T) {
	n := open(t, nil)
	pid, err := strconv.Atoi(n.run("lostValue := 1\nos.Getpid()"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for deadline := time.After(10 * time.Second); ; { // until the session's end of the pipes has seen it
		out := newTranscript()
		if r := n.execute(context.Background(), "os.Getpid()", out); r.Err == nil && strings.Contains(out.String(), "lostValue") {
			break
		}
		select {
		case <-deadline:
			t.Fatal("the loss is not told")
		default:
		}
	}
	if e := n.fail("lostValue"); !strings.Contains(e.Value, "lost") {
		t.Errorf("got %s", e.Value)
	}
}

func TestInterruptKeepsValues(t *testing.T) {
	for _, c := range []struct{ name, code string }{
		{"busy loop", "for { x++ }"},
		{"empty loop", "for {}"},
		{"sleep", "time.Sleep(time.Hour)"},
		{"channel", "<-make(chan int)"},
		{"select", "select {}"},
		{"mutex", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()"},
		{"wait group", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"},
		{"read lock", "var rw sync.RWMutex\nrw.Lock()\nrw.RLock()"},
		{"condition", "c := sync.NewCond(new(sync.Mutex))\nc.L.Lock()\nc.Wait()"},
		{"once", "var o sync.Once\nin := make(chan bool)\ngo o.Do(func() { close(in); select {} })\n<-in\no.Do(func() {})"},
		{"timer", "<-time.NewTimer(time.Hour).C"},
		{"range over a channel", "for range time.Tick(time.Hour) {}"},
		{"sort", "sort.Slice([]int{2, 1}, func(a, b int) bool { for {} })"},
		{"command", "exec.CommandContext(nb.Context(), \"sleep\", \"1000\").Run()\nfor {}"},
		{"method of the value", "type P struct{}\nfunc (P) MIMEBundle() (map[string]any, error) { for {} }\nP{}"},
		{"method of a display", "type P struct{}\nfunc (P) MIMEBundle() (map[string]any, error) { for {} }\nnb.Display(P{})"},
		{"context", "<-nb.Context().Done(); for {}"},
		{"in a function", "func spin() { for { x++ } }\nspin()"},
		{"compiled call", "r, _, _ := os.Pipe()\nr.Read(make([]byte, 1))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := open(t, nil)
			n.run("x, y := 1, 2")
			out := newTranscript()
			ctx, cancel := context.WithCancel(context.Background())
			var at time.Time
			go func() { <-out.Seen; at = time.Now(); cancel() }()
			r := n.execute(ctx, "fmt.Println(\"begun\")\n"+c.code, out)
			t.Logf("stopped after %v", time.Since(at))
			if r.Err == nil || r.Err.Name != "Interrupted" {
				t.Fatalf("got %+v", r.Err)
			}
			n.want("y", "2")
			if got := out.String(); got != "stdout:begun\n" {
				t.Errorf("the cell shows %q", got)
			}
		})
	}
}

func TestASecondInterruptEndsWhatTheFirstLeftBehind(t *testing.T) {
	n := open(t, nil)
	n.run("x, y := 1, 2\nfunc helper() int { return 7 }")
	n.Stop() // nothing runs: nothing happens
	out := newTranscript()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-out.Seen; cancel() }()
	r := n.execute(ctx, "r, _, _ := os.Pipe()\nfmt.Println(\"begun\")\nr.Read(make([]byte, 1))", out)
	if r.Err == nil || r.Err.Name != "Interrupted" || !strings.HasSuffix(r.Err.Value, "left behind: r.Read(make([]byte, 1))") ||
		!strings.Contains(traceback(r.Err), "Interrupt again") {
		t.Fatalf("got %+v", r.Err)
	}
	n.want("x + y", "3")
	n.Stop()
	if got := out.String(); !strings.Contains(got, "Lost are the values of r, x, y") {
		t.Errorf("the loss is not told: %q", got)
	}
	second := newTranscript()
	if got := n.runTo("helper()", second); got != "7" || second.String() != "" {
		t.Errorf("the next cell shows %s after %q", got, second)
	}
	n.Stop()
	n.want("helper()", "7")
}

func TestASecondInterruptEndsARunningCell(t *testing.T) {
	n := open(t, func(o *session.Options) { o.Grace = time.Hour })
	n.run("x := 1")
	out := newTranscript()
	go func() { <-out.Seen; n.Stop() }()
	r := n.execute(context.Background(), "fmt.Println(\"begun\")\nfor {\n}", out)
	if r.Err == nil || r.Err.Name != "Interrupted" || !strings.Contains(r.Err.Value, "second interrupt") {
		t.Fatalf("got %+v", r.Err)
	}
	if tb := traceback(r.Err); !strings.Contains(tb, "Lost are the values of x") {
		t.Errorf("the loss is not told:\n%s", tb)
	}
}

func TestOutputOfALateGoroutineGoesToItsCell(t *testing.T) {
	n := open(t, nil)
	first, second := newTranscript(), newTranscript()
	n.runTo("gate, done := make(chan bool), make(chan bool)\ngo func() { <-gate; fmt.Println(\"late\"); nb.Display(1); close(done) }()", first)
	n.runTo("fmt.Println(\"before\"); close(gate); <-done; fmt.Println(\"after\")", second)
	if got, want := first.String(), "stdout:late\n|display:1"; got != want {
		t.Errorf("the first cell shows %q, want %q", got, want)
	}
	if got, want := second.String(), "stdout:before\nafter\n"; got != want {
		t.Errorf("the second cell shows %q, want %q", got, want)
	}
}

func TestUserExpressions(t *testing.T) {
	n := open(t, nil)
	r := n.Execute(context.Background(), kernel.Cell{
		Count: 1, Code: "x := 20", Expressions: map[string]string{"good": "x + 1", "bad": "nowhere", "panics": "[]int{}[x]", "statement": "x := 1"},
	}, newTranscript())
	if r.Err != nil || len(r.Expressions) != 4 {
		t.Fatalf("got %+v", r)
	}
	if good := r.Expressions["good"]; good.Value == nil || good.Value.Data["text/plain"] != "21" {
		t.Errorf("got %+v", good)
	}
	if bad := r.Expressions["bad"]; bad.Err == nil || bad.Err.Name != "CompileError" {
		t.Errorf("got %+v", bad)
	}
	if panics := r.Expressions["panics"]; panics.Err == nil || !strings.Contains(traceback(panics.Err), "user expression, line 1\n-->    1 | []int{}[x]") {
		t.Errorf("got %+v", panics.Err)
	}
	if statement := r.Expressions["statement"]; statement.Err == nil || statement.Err.Name != "SyntaxError" {
		t.Errorf("got %+v", statement)
	}
	n.count = 1
	n.want("x", "20")
}

func TestInputAndLargeDisplays(t *testing.T) {
	n := open(t, nil)
	n.want("name, _ := nb.Input(\"who? \")\nname", `"Ada"`)
	var size int
	out := kerneltest.Displays(func(d kernel.Display) { size = len(d.Data["text/html"].(string)) })
	n.runTo("nb.HTML(strings.Repeat(\"x\", 10<<20))", out)
	if size != 10<<20 {
		t.Errorf("a display of 10 MB arrives with %d bytes", size)
	}
}

func TestEmptyCells(t *testing.T) {
	n := open(t, nil)
	n.want("", "")
	n.want("// only a comment", "")
	n.want("1", "1")
}

func TestCompletionDoesNotWaitForARunningCell(t *testing.T) {
	n := open(t, nil)
	n.run("number := 1")
	out := newTranscript()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan kernel.Result)
	go func() { done <- n.execute(ctx, "fmt.Println(1); for {}", out) }()
	<-out.Seen
	c := n.Complete(context.Background(), "numb", 4)
	if len(c.Items) == 0 || c.Items[0].Text != "number" {
		t.Errorf("got %+v", c)
	}
	if got := n.IsComplete("for {").Status; got != "incomplete" {
		t.Errorf("got %s", got)
	}
	if !n.Inspect(context.Background(), "number", 3, 0).Found {
		t.Error("inspection finds nothing")
	}
	cancel()
	<-done
}

func BenchmarkTrivialCell(b *testing.B) {
	n := open(b, nil)
	n.run("x := 1")
	for b.Loop() {
		n.run("x + 1")
	}
}

func BenchmarkStartAndFirstResult(b *testing.B) {
	for b.Loop() {
		n := open(b, nil)
		n.run("1 + 1")
		n.Close()
	}
}
