//go:build unix

package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/nb"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// The test binary is its own worker. Its runner takes the name of a script for a program.
func TestMain(m *testing.M) {
	if Spawned() {
		os.Exit(serve(func(h *host) (runner, error) { return &scripted{host: h}, nil }))
	}
	if os.Getenv("WORKER_TEST_PARENT") != "" {
		parent()
	}
	os.Exit(m.Run())
}

// scripted is a runner whose programs are "cell script": compiled functions.
type scripted struct {
	host *host
	cell atomic.Int64
}

func (s *scripted) CellOf() int { return int(s.cell.Load()) }

func (s *scripted) Stopping() bool { return false }

func (s *scripted) Explain(err error) *Failure {
	if errors.Is(err, context.Canceled) {
		return &Failure{Name: "Interrupted", Value: "the cell was interrupted"}
	}
	return &Failure{Name: "Panic", Value: err.Error()}
}

func (s *scripted) Look([]string, int) ([]program.Seen, bool) { return nil, false }

var loaded []string // in the worker process: the scripts loaded so far

func (s *scripted) Load(program []byte) (func(context.Context) error, error) {
	number, name, _ := strings.Cut(string(program), " ")
	cell, err := strconv.Atoi(number)
	script := scripts[name]
	if err != nil || script == nil {
		return nil, fmt.Errorf("there is no script %q", program)
	}
	if bombs := os.Getenv("WORKER_TEST_BOMBS"); name == "bomb" && bombs != "" {
		if list, _ := filepath.Glob(filepath.Join(bombs, "*")); len(list) > 0 && os.Remove(list[0]) == nil {
			os.Exit(5) // one of the deaths of a program that is loaded again
		}
	}
	loaded = append(loaded, name)
	return func(ctx context.Context) error {
		s.cell.Store(int64(cell))
		return script(ctx, s)
	}, nil
}

var scripts = map[string]func(context.Context, *scripted) error{
	"bomb":    func(context.Context, *scripted) error { return nil },
	"nothing": func(context.Context, *scripted) error { return nil },
	"value": func(_ context.Context, s *scripted) error {
		s.host.show(s.CellOf(), []any{42})
		return nil
	},
	"loaded": func(_ context.Context, s *scripted) error {
		s.host.show(s.CellOf(), []any{strings.Join(loaded, ",")})
		return nil
	},
	"triples": func(context.Context, *scripted) error {
		for i := range 300 {
			fmt.Printf("out %d\n", i)
			fmt.Fprintf(os.Stderr, "err %d\n", i)
			nb.Display(i)
		}
		return nil
	},
	"lines": func(context.Context, *scripted) error {
		for i := range 100_000 {
			fmt.Println("line", i)
		}
		return nil
	},
	"big": func(context.Context, *scripted) error {
		nb.HTML(strings.Repeat("é", 5<<20))
		return nil
	},
	"picture": func(context.Context, *scripted) error {
		nb.PNG([]byte{1, 2, 3})
		return nil
	},
	"live": func(context.Context, *scripted) error {
		nb.Live(nb.Bundle{"text/plain": "panel"}).Observe(7, 10, "last")
		return nil
	},
	"ask": func(_ context.Context, s *scripted) error {
		name, err := nb.Input("name? ")
		s.host.show(s.CellOf(), []any{name})
		return err
	},
	"ask for ever": func(context.Context, *scripted) error {
		_, err := nb.Input("never answered? ")
		return err
	},
	"unbalanced": func(context.Context, *scripted) error {
		fmt.Print("\x00\x1b no marker \x00\x1b")
		return nil
	},
	"panic in a goroutine": func(ctx context.Context, _ *scripted) error {
		fmt.Println("before the end")
		go func() { panic("boom") }()
		select {}
	},
	"recursion": func(context.Context, *scripted) error { return recurse(new([100]int)) },
	"maps": func(context.Context, *scripted) error {
		m := map[int]int{}
		for {
			go func() {
				for i := range 1000 {
					m[i]++
				}
			}()
		}
	},
	"memory": func(context.Context, *scripted) error {
		hold := map[int][]byte{}
		for i := 0; ; i++ {
			hold[i] = bytes.Repeat([]byte{1}, 16<<20)
		}
	},
	"exit": func(context.Context, *scripted) error { os.Exit(3); return nil },
	"raw": func(context.Context, *scripted) error {
		_, err := syscall.Write(2, []byte("a library complains\n"))
		return err
	},
	"wait": func(ctx context.Context, _ *scripted) error {
		fmt.Println("waiting")
		<-ctx.Done()
		return ctx.Err()
	},
	"deaf": func(context.Context, *scripted) error {
		fmt.Println("deaf")
		select {}
	},
	"pid": func(_ context.Context, s *scripted) error {
		s.host.show(s.CellOf(), []any{os.Getpid()})
		return nil
	},
}

// recurse goes as deep as p says: for ever, as nobody ends it.
func recurse(p *[100]int) error {
	next := *p
	if next[0]++; next[0] < 0 {
		return nil
	}
	if err := recurse(&next); err != nil {
		return fmt.Errorf("%v %w", p, err)
	}
	return nil
}

func newTranscript() *kerneltest.Transcript {
	return kerneltest.NewTranscript(map[string]string{"name? ": "Ada"})
}

func start(t *testing.T, change func(*Options)) *Supervisor {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Command: []string{exe}, Grace: 100 * time.Millisecond}
	if change != nil {
		change(&opts)
	}
	s, err := Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func run(t *testing.T, s *Supervisor, program string, out kernel.Output) (*kernel.Bundle, *Failure, error) {
	t.Helper()
	return runUntil(t, context.Background(), s, program, out)
}

func runUntil(t *testing.T, ctx context.Context, s *Supervisor, program string, out kernel.Output) (*kernel.Bundle, *Failure, error) {
	t.Helper()
	p, err := s.load(context.Background(), []byte(program), []byte(program))
	if err != nil {
		t.Fatalf("load %q: %v", program, err)
	}
	number, _, _ := strings.Cut(program, " ")
	cell, _ := strconv.Atoi(number)
	return p.Run(ctx, Task{Cell: cell, Out: out, AllowInput: true})
}

// mustRun runs a program that succeeds and returns the text of its value.
func mustRun(t *testing.T, s *Supervisor, program string, out kernel.Output) string {
	t.Helper()
	value, failure, err := run(t, s, program, out)
	if err != nil || failure != nil {
		t.Fatalf("run %q: %v %v", program, failure, err)
	}
	if value == nil {
		return ""
	}
	return value.Data["text/plain"].(string)
}

func TestPrintsAndDisplaysKeepTheirOrder(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	mustRun(t, s, "1 triples", out)
	entries, n := out.Entries(), 0
	for i := range 300 {
		want := []string{fmt.Sprintf("stdout:out %d\n", i), fmt.Sprintf("stderr:err %d\n", i), fmt.Sprintf("display:%d", i)}
		got := entries[n : n+3]
		if got[0] == want[1] { // the two text pipes are ordered only by what stands between
			got[0], got[1] = got[1], got[0]
		}
		for j := range want {
			if got[j] != want[j] {
				t.Fatalf("triple %d: got %q, want %q", i, got, want)
			}
		}
		n += 3
	}
}

func TestHundredThousandLinesArriveWhole(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	begun := time.Now()
	mustRun(t, s, "1 lines", out)
	t.Logf("100,000 lines in %v", time.Since(begun))
	text := strings.TrimPrefix(out.String(), "stdout:")
	if lines := strings.Count(text, "\n"); lines != 100_000 || !strings.HasSuffix(text, "line 99999\n") {
		t.Errorf("got %d lines, the last %q", lines, text[len(text)-20:])
	}
}

func TestTextThatLooksLikeAMarkerIsText(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	mustRun(t, s, "1 unbalanced", out)
	if got, want := out.String(), "stdout:\x00\x1b no marker \x00\x1b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLargeAndBinaryDisplays(t *testing.T) {
	s := start(t, nil)
	var shown kernel.Display
	out := kerneltest.Displays(func(d kernel.Display) { shown = d })
	mustRun(t, s, "1 big", out)
	if html := shown.Data["text/html"].(string); len(html) != 10<<20 || !utf8.ValidString(html) {
		t.Errorf("a display of 10 MB arrives with %d bytes", len(html))
	}
	mustRun(t, s, "2 picture", out)
	if shown.Data["image/png"] != "AQID" {
		t.Errorf("a PNG arrives as %v, want base64", shown.Data)
	}
}

func TestLiveViewSendsItsLastStateBeforeTheResult(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	mustRun(t, s, "1 live", out)
	if got := out.String(); !strings.HasPrefix(got, "display:panel|display:") || !strings.HasSuffix(got, "last") || !strings.Contains(got, "70 %") {
		t.Errorf("got %q", got)
	}
}

func TestInputIsAskedOfTheFrontEnd(t *testing.T) {
	s := start(t, nil)
	if got := mustRun(t, s, "1 ask", newTranscript()); got != `"Ada"` {
		t.Errorf("got %s", got)
	}
}

func TestAnInterruptWithdrawsTheQuestion(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-out.Seen; cancel() }()
	_, failure, err := runUntil(t, ctx, s, "1 ask for ever", out)
	if err != nil || failure == nil || failure.Name != "Interrupted" {
		t.Errorf("got %v, %v", failure, err)
	}
	for !strings.HasSuffix(out.String(), "withdrawn") {
		<-out.Seen
	}
}

func TestADeadWorkerIsReplaced(t *testing.T) {
	for _, c := range []struct{ script, name, reason string }{
		{"panic in a goroutine", "WorkerDied", "panic: boom"},
		{"recursion", "StackOverflow", "stack overflow"},
		{"maps", "WorkerDied", "fatal error: concurrent map"},
		{"memory", "OutOfMemory", "its limit is 400 MB"},
		{"exit", "Exit", "exit code 3"},
	} {
		t.Run(c.script, func(t *testing.T) {
			if raceEnabled && (c.script == "maps" || c.script == "recursion") {
				t.Skip("the race detector reports it first, or takes half a minute")
			}
			s := start(t, func(o *Options) {
				if c.script == "memory" {
					o.MemoryLimit = 400 << 20
				}
			})
			out := newTranscript()
			mustRun(t, s, "1 nothing", out)
			_, _, err := run(t, s, "2 "+c.script, out)
			var died *Died
			if !errors.As(err, &died) || died.Name != c.name || !strings.Contains(died.Reason, c.reason) {
				t.Fatalf("got %#v, want %s %q", err, c.name, c.reason)
			}
			if got := out.String(); strings.Contains(got, "goroutine ") {
				t.Errorf("the trace is shown as output: %q", got)
			}
			if got, want := mustRun(t, s, "3 loaded", out), strconv.Quote("nothing,"+c.script+",loaded"); got != want {
				t.Errorf("the new worker has loaded %s, want %s", got, want)
			}
		})
	}
}

func TestAWorkerThatDiesInReplayIsReplaced(t *testing.T) {
	for deaths, want := range map[int]string{1: `"nothing,bomb,loaded"`, 2: `"nothing,loaded"`} {
		dir := t.TempDir()
		t.Setenv("WORKER_TEST_BOMBS", dir)
		s := start(t, nil)
		out := newTranscript()
		mustRun(t, s, "1 nothing", out)
		mustRun(t, s, "2 bomb", out)
		for i := range deaths {
			if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.load(context.Background(), []byte("3 exit"), nil)
		if err != nil {
			t.Fatal(err)
		}
		var died *Died
		if _, _, err := p.Run(context.Background(), Task{Cell: 3, Out: out}); !errors.As(err, &died) || died.Name != "Exit" {
			t.Fatalf("got %v", err)
		}
		if got := mustRun(t, s, "4 loaded", out); got != want {
			t.Errorf("after %d deaths in replay %s is loaded, want %s", deaths, got, want)
		}
	}
}

func TestOutputBeforeADeathIsShown(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	_, _, err := run(t, s, "1 panic in a goroutine", out)
	if err == nil || out.String() != "stdout:before the end\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestADeathBetweenCellsIsReportedOnce(t *testing.T) {
	s := start(t, nil)
	pid, err := strconv.Atoi(mustRun(t, s, "1 pid", newTranscript()))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.gone
	var died *Died
	if _, err := s.load(context.Background(), []byte("2 value"), []byte("2 value")); !errors.As(err, &died) {
		t.Fatalf("got %v, want the death", err)
	}
	if got := mustRun(t, s, "3 value", newTranscript()); got != "42" {
		t.Errorf("got %s", got)
	}
}

func TestRawDescriptorTwoIsShownWhenTheWorkerLives(t *testing.T) {
	s := start(t, nil)
	out := newTranscript()
	mustRun(t, s, "1 raw", out)
	<-out.Seen
	if got := out.String(); got != "stderr:a library complains\n" {
		t.Errorf("got %q", got)
	}
}

func TestInterruptStopsACellAndKeepsTheWorker(t *testing.T) {
	s := start(t, nil)
	before := mustRun(t, s, "1 pid", newTranscript())
	out := newTranscript()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-out.Seen; cancel() }()
	_, failure, err := runUntil(t, ctx, s, "2 wait", out)
	if err != nil || failure == nil || failure.Name != "Interrupted" {
		t.Errorf("got %v, %v", failure, err)
	}
	if after := mustRun(t, s, "3 pid", out); after != before {
		t.Errorf("the worker was replaced: %s, before %s", after, before)
	}
}

func TestACellThatCannotBeStoppedIsLeftBehindOnce(t *testing.T) {
	s := start(t, nil)
	before := mustRun(t, s, "1 pid", newTranscript())
	interrupted := func(cell int) (*Failure, error) {
		out := newTranscript()
		ctx, cancel := context.WithCancel(context.Background())
		go func() { <-out.Seen; cancel() }()
		_, failure, err := runUntil(t, ctx, s, fmt.Sprintf("%d deaf", cell), out)
		return failure, err
	}
	failure, err := interrupted(2)
	if err != nil || failure == nil || failure.Name != "Interrupted" || failure.Note == "" {
		t.Fatalf("first: got %v, %v", failure, err)
	}
	if after := mustRun(t, s, "3 pid", newTranscript()); after != before {
		t.Errorf("the worker was replaced: %s, before %s", after, before)
	}
	var died *Died
	if _, err = interrupted(4); !errors.As(err, &died) {
		t.Fatalf("second: got %v, want a replaced worker", err)
	}
	if after := mustRun(t, s, "5 pid", newTranscript()); after == before {
		t.Error("the worker was not replaced")
	}
}

func TestAFailedLoadIsNoDeath(t *testing.T) {
	s := start(t, nil)
	var refused *LoadError
	if _, err := s.load(context.Background(), []byte("1 unknown"), []byte("1 unknown")); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	mustRun(t, s, "2 nothing", newTranscript())
}

func TestACommandThatIsNoWorkerIsAnError(t *testing.T) {
	s := start(t, func(o *Options) { o.Command = []string{"/bin/sh", "-c", "echo wrong program >&2; exit 1"} })
	if err := s.Ready(context.Background()); err == nil || !strings.Contains(err.Error(), "wrong program") {
		t.Errorf("got %v", err)
	}
}

func TestCloseDoesNotWaitForACommandThatHangs(t *testing.T) {
	s := start(t, func(o *Options) { o.Command = []string{"/bin/sh", "-c", "sleep 3600"} })
	begun := time.Now()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > startTime/2 {
		t.Errorf("Close took %v", took)
	}
}

// parent is a kernel that will be killed: it prints its worker's process number.
func parent() {
	exe, _ := os.Executable()
	_ = os.Unsetenv("WORKER_TEST_PARENT")
	s, err := Start(Options{Command: []string{exe}})
	if err != nil {
		os.Exit(1)
	}
	p, err := s.acquire(context.Background())
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(p.cmd.Process.Pid)
	select {}
}

func TestNoOrphanWhenTheKernelIsKilled(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "WORKER_TEST_PARENT=1")
	r, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(r, &pid); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	deadline := time.After(10 * time.Second)
	for tick := time.Tick(time.Millisecond); ; {
		select {
		case <-tick:
			if gone(pid) {
				return
			}
		case <-deadline:
			t.Fatalf("the worker %d lives on", pid)
		}
	}
}

// gone tells of a process that has ended, also when nobody has waited for it.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.Contains(stat, []byte(") Z "))
}

func TestCloseEndsTheWorker(t *testing.T) {
	s := start(t, nil)
	pid, _ := strconv.Atoi(mustRun(t, s, "1 pid", newTranscript()))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !gone(pid) {
		t.Errorf("the worker %d lives on", pid)
	}
	if _, err := s.load(context.Background(), nil, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	exe, _ := os.Executable()
	s, err := Start(Options{Command: []string{exe}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	out := newTranscript()
	for b.Loop() {
		p, err := s.load(context.Background(), []byte("1 value"), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := p.Run(context.Background(), Task{Cell: 1, Out: out}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReplace(b *testing.B) {
	exe, _ := os.Executable()
	for b.Loop() {
		s, err := Start(Options{Command: []string{exe}})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Ready(context.Background()); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
