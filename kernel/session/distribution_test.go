//go:build unix

package session_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"go/build/constraint"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/session"
)

// programTime is how long one program of the distribution may take.
var programTime = flag.Duration("program-time", time.Minute, "limit for one program of the Go distribution's test directory")

// slowTime is the limit for those that are listed as slow.
const slowTime = 10 * time.Second

// listFile names the programs that are not right, each with its reason:
//
//	name: class: reason
//
// Programs of the classes in notCounted do not ask for what cells promise; the rest counts.
const listFile = "testdata/distribution.txt"

// generatedFile holds the SHA-256 sums of what the programs print that generate other programs.
const generatedFile = "testdata/distribution_generated.txt"

var notCounted = map[string]string{
	"unsafe":   "unsafe and what lies behind it",
	"flags":    "flags of the compiler or the command line",
	"runtime":  "internals of the runtime: stack frames, heap, finalizers, the scheduler's traces",
	"packages": "a folder of packages, not one program",
	"platform": "another operating system or processor",
}

// TestDistributionPrograms runs the programs that the Go distribution tests its compiler
// with: the text of each as a cell, then main() as a second one. Those that fail are in
// listFile. A program that ends normally with another output than real Go's fails the test in
// any case.
func TestDistributionPrograms(t *testing.T) {
	if raceDetector {
		t.Skip("some of the programs have races, which are what they test")
	}
	names := distributionPrograms(t)
	t.Setenv("GOROOT", filepath.Dir(filepath.Dir(names[0])))
	if testing.Short() {
		names = every(8, names)
	}
	listed := readList(t, listFile)
	sums := readList(t, generatedFile)
	var tally tally
	var group sync.WaitGroup
	queue := make(chan string)
	for range min(runtime.GOMAXPROCS(0), 4) {
		group.Go(func() {
			for file := range queue {
				p := readProgram(t, file)
				began := time.Now()
				limit := *programTime
				if strings.HasPrefix(listed[p.name], "slow:") {
					limit = slowTime
				}
				got := p.run(t, sums[p.name], limit)
				if d := time.Since(began); d > 2*time.Second {
					t.Logf("%s took %.1f s", p.name, d.Seconds())
				}
				tally.judge(t, p, got, listed[p.name])
			}
		})
	}
	for _, file := range names {
		queue <- file
	}
	close(queue)
	group.Wait()
	t.Logf("%s", tally.String())
}

// distributionPrograms lists the files of the distribution's test directory with a run comment.
func distributionPrograms(t *testing.T) []string {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	dir := filepath.Join(strings.TrimSpace(string(root)), "test")
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		const text = "the test directory of a Go distribution is not there: %v"
		if os.Getenv("MOLE_E2E") == "required" {
			t.Fatalf(text, err)
		}
		t.Skipf(text, err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(file string) bool { return !runLine.MatchString(readFile(t, file)) })
}

func every(n int, list []string) []string {
	var some []string
	for i := 0; i < len(list); i += n {
		some = append(some, list[i])
	}
	return some
}

func readFile(t *testing.T, file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

// readList reads lines "name: text".
func readList(t *testing.T, file string) map[string]string {
	list := map[string]string{}
	for line := range strings.Lines(readFile(t, file)) {
		if name, text, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && line[0] != '#' {
			list[name] = text
		}
	}
	return list
}

var runLine = regexp.MustCompile(`(?m)^// (run\w*)(?: +(.*))?$`)

// goProgram is one program of the distribution.
type goProgram struct {
	name   string
	dir    string
	text   string
	action string // run, runoutput, rundir
	want   string
	native bool // for this operating system and processor
}

func readProgram(t *testing.T, file string) *goProgram {
	text := readFile(t, file)
	p := &goProgram{name: filepath.Base(file), dir: filepath.Dir(file), text: text, native: true}
	m := runLine.FindStringSubmatch(text)
	p.action = m[1]
	for word := range strings.FieldsSeq(m[2]) {
		if strings.HasSuffix(word, ".go") {
			p.text += readFile(t, filepath.Join(p.dir, word))
		}
	}
	want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	p.want = string(want)
	for line := range strings.Lines(text) {
		if x, err := constraint.Parse(strings.TrimSpace(line)); err == nil {
			p.native = p.native && x.Eval(holds)
		}
	}
	return p
}

func holds(tag string) bool {
	return slices.Contains([]string{runtime.GOOS, runtime.GOARCH, "gc", "cgo", "unix"}, tag) || strings.HasPrefix(tag, "go1.")
}

// outcome is how a program ended as a cell: it is right, silently wrong, or ended with an error.
type outcome struct {
	right bool
	wrong string // what it printed
	err   string
}

// run runs the program in a notebook of its own; sum is of the output of one that generates.
func (p *goProgram) run(t *testing.T, sum string, limit time.Duration) outcome {
	switch {
	case !p.native:
		return outcome{err: "not for " + runtime.GOOS + "/" + runtime.GOARCH}
	case p.action == "rundir" || p.action == "runindir":
		return outcome{err: "a folder of packages"}
	}
	n := open(t, func(o *session.Options) { o.Dir, o.MemoryLimit = p.dir, 3<<30 })
	defer n.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out := &printed{}
	for _, code := range []string{p.text, "main()"} {
		r := n.execute(ctx, code, out)
		if r.Err != nil && !strings.HasPrefix(r.Err.Value, "os.Exit(0)") {
			if ctx.Err() != nil {
				return outcome{err: fmt.Sprintf("does not end within %s", limit)}
			}
			return outcome{err: r.Err.Name + ": " + traceback(r.Err)}
		}
	}
	got := out.String()
	if p.action == "runoutput" {
		got, p.want = fmt.Sprintf("%x", sha256.Sum256([]byte(got))), sum
	}
	if got != p.want {
		return outcome{wrong: got}
	}
	return outcome{right: true}
}

// printed is an Output that joins the streams.
type printed struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *printed) Stream(_ string, text []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.b.Write(text)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

func (*printed) Clear(bool)             {}
func (*printed) Display(kernel.Display) {}

func (*printed) Input(context.Context, string, bool) (string, error) { return "", kernel.ErrNoInput }

// tally counts outcomes and holds them against the list.
type tally struct {
	mu                     sync.Mutex
	right, failed, skipped int
}

func (a *tally) judge(t *testing.T, p *goProgram, got outcome, reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	class, _, _ := strings.Cut(reason, ":")
	_, exempt := notCounted[class]
	switch {
	case got.right && reason != "":
		t.Errorf("%s is right, but is listed: %s", p.name, reason)
	case got.right:
		a.right++
	case got.err == "":
		t.Errorf("%s is SILENTLY WRONG: it prints\n%.600s\nwant\n%.600s", p.name, got.wrong, p.want)
	case reason == "":
		t.Errorf("%s: %s", p.name, got.err)
	case exempt:
		a.skipped++
		return
	}
	if !got.right {
		a.failed++
	}
}

func (a *tally) String() string {
	counted := a.right + a.failed
	return fmt.Sprintf("%d of %d programs are right (%.1f %%), %d more are not counted",
		a.right, counted, 100*float64(a.right)/float64(max(counted, 1)), a.skipped)
}
