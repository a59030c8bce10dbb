package modules

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNoToolchain says that there is no go command.
var ErrNoToolchain = errors.New("there is no Go toolchain on this machine")

// toolchain is a go command.
type toolchain struct {
	command string
	root    string // its GOROOT; "" when it is not known without asking
}

// findToolchain looks in PATH, in GOROOT and where Go is usually installed.
func findToolchain(getenv func(string) string) (toolchain, error) {
	name := "go"
	if runtime.GOOS == "windows" {
		name = "go.exe"
	}
	var candidates []string
	for _, dir := range filepath.SplitList(getenv("PATH")) {
		if filepath.IsAbs(dir) {
			candidates = append(candidates, filepath.Join(dir, name))
		}
	}
	for _, root := range usualRoots(getenv) {
		candidates = append(candidates, filepath.Join(root, "bin", name))
	}
	for _, file := range candidates {
		if info, err := os.Stat(file); err != nil || info.IsDir() || runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
			continue
		}
		return toolchain{file, rootOf(file)}, nil
	}
	return toolchain{}, ErrNoToolchain
}

func usualRoots(getenv func(string) string) []string {
	var roots []string
	if root := getenv("GOROOT"); root != "" {
		roots = append(roots, root)
	}
	if home := getenv("HOME"); home != "" {
		roots = append(roots, filepath.Join(home, "go"), filepath.Join(home, "sdk", runtime.Version()))
	}
	if runtime.GOOS == "windows" {
		return append(roots, `C:\Program Files\Go`, `C:\Go`)
	}
	return append(roots, "/usr/local/go", "/usr/lib/go", "/opt/homebrew/opt/go/libexec", "/usr/local/opt/go/libexec", "/snap/go/current")
}

// rootOf follows links: /usr/bin/go often is one into the GOROOT.
func rootOf(command string) string {
	if real, err := filepath.EvalSymlinks(command); err == nil {
		command = real
	}
	root := filepath.Dir(filepath.Dir(command))
	if _, err := os.Stat(filepath.Join(root, "VERSION")); err != nil {
		return ""
	}
	return root
}

// identity tells one toolchain from another without running it.
func (t toolchain) identity() string {
	if version, err := os.ReadFile(filepath.Join(t.root, "VERSION")); t.root != "" && err == nil {
		return t.command + "\n" + string(version)
	}
	info, err := os.Stat(t.command)
	if err != nil {
		return t.command
	}
	return fmt.Sprint(t.command, info.Size(), info.ModTime().UnixNano())
}

// goError is a failed run of the go command, with what it wrote.
type goError struct {
	args   []string
	output string
	err    error
}

func (e *goError) Error() string {
	return fmt.Sprintf("go %s: %v\n%s", strings.Join(e.args, " "), e.err, strings.TrimSpace(e.output))
}

func (e *goError) Unwrap() error { return e.err }

// run runs the go command in dir and returns its standard output. line is given each line
// of its standard error, from another goroutine until run returns. Cancelling ctx ends the
// command with everything it has started.
func (t toolchain) run(ctx context.Context, dir string, env []string, line func(string), args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, t.command, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Env = append(cmd.Env, "PWD="+dir, "GOWORK=off", "GOTELEMETRY=off")
	group(cmd)
	cmd.WaitDelay = 2 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout = &stdout
	r, w := io.Pipe()
	cmd.Stderr = w
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			stderr.WriteString(lines.Text() + "\n")
			line(lines.Text())
		}
		_, _ = io.Copy(io.Discard, r) // a line that is too long
	}()
	err := cmd.Run()
	w.Close()
	<-read
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return stdout.Bytes(), &goError{args, stderr.String(), err}
	}
	return stdout.Bytes(), nil
}
