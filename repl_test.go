//go:build unix

package molekernel_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is a mole-kernel repl in a terminal of its own.
type terminal struct {
	t    *testing.T
	file *os.File
	cmd  *exec.Cmd

	mu    sync.Mutex
	seen  bytes.Buffer // everything that stood on the screen
	fresh chan struct{}
}

func openTerminal(t *testing.T, home string) *terminal {
	t.Helper()
	cmd := exec.Command(binary(t), "repl")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "data"), "TERM=xterm", "TERM_PROGRAM=", "NO_COLOR=")
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	s := &terminal{t: t, file: file, cmd: cmd, fresh: make(chan struct{}, 1)}
	go s.read()
	t.Cleanup(func() {
		file.Close()
		_ = cmd.Process.Kill() // it has ended, or the test has failed
		_ = cmd.Wait()
	})
	s.wait("go> ")
	return s
}

func (s *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := s.file.Read(buf)
		s.mu.Lock()
		s.seen.Write(buf[:n])
		s.mu.Unlock()
		select {
		case s.fresh <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *terminal) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// typed sends keys and waits until want has come after them.
func (s *terminal) typed(keys, want string) {
	s.t.Helper()
	s.mu.Lock()
	s.seen.Reset()
	s.mu.Unlock()
	if _, err := s.file.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
	s.wait(want)
}

func (s *terminal) wait(want string) {
	s.t.Helper()
	limit := time.After(30 * time.Second)
	for !strings.Contains(s.text(), want) {
		select {
		case <-s.fresh:
		case <-limit:
			s.t.Fatalf("%q does not come; the screen has %q", want, s.text())
		}
	}
}

// ended waits for the end of the process and returns its exit code.
func (s *terminal) ended() int {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		s.t.Fatal("the repl does not end")
	}
	return s.cmd.ProcessState.ExitCode()
}

const ready = "\x1b[?2004hgo> " // the prompt, behind what switches pasting on

func TestReplInATerminal(t *testing.T) {
	home := t.TempDir()
	s := openTerminal(t, home)
	s.typed("x := 40\r", ready)
	s.typed("x + 2\r", "42\r\n"+ready)
	s.typed("func f() int {\r", "... ")
	s.typed("return x\r", "... ")
	s.typed("}\r", ready)
	s.typed("f()\r", "40\r\n"+ready)
	s.typed("fmt.Printl\t", "fmt.Println")
	s.typed("(\"hi\")\r", "hi\r\n"+ready)
	s.typed("strings.Has\t", "HasSuffix                function   func(s string, suffix string) bool")
	s.typed("\x03", ready)
	s.typed("half typed\x03", ready)
	s.typed("x\r", "40\r\n"+ready)
	s.typed("nope\r", "\x1b[0;31mCompileError\x1b[0m")
	s.wait(ready)
	s.typed("name, _ := nb.Input(\"who? \")\r", "who? ")
	s.typed("Ada\r", ready)
	s.typed("name\r", "\"Ada\"\r\n"+ready)
	s.typed("%help time\r", "%time")
	s.wait(ready)
	s.typed("fmt.Println(\"begun\"); for {}\r", "begun\r\n")
	s.typed("\x03", "Interrupted")
	s.wait(ready)
	s.typed("x\r", "40\r\n"+ready)
	if _, err := s.file.WriteString("\x04"); err != nil {
		t.Fatal(err)
	}
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d after Ctrl-D", code)
	}
	again := openTerminal(t, home)
	again.typed("\x1b[A\x1b[A", "for {}")
	again.typed("\x03", ready)
	if err := again.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	again.ended()
}
