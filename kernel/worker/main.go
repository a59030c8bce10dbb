package worker

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"reflect"
	"runtime"
	"runtime/debug"

	"github.com/mole-kernel/mole-kernel/kernel/nb"
)

// pipesVariable tells a worker process where its pipes are.
const pipesVariable = "MOLE_KERNEL_PIPES"

// maxStack bounds one goroutine's stack: endless recursion then ends the worker within a
// second instead of filling the memory. It holds some 300,000 interpreted calls.
const maxStack = 256 << 20

// Spawned tells whether a [Supervisor] started this process as a worker. A program that
// can be its own worker (a test binary, say) asks first thing in main and calls [Main].
func Spawned() bool { return os.Getenv(pipesVariable) != "" }

// Tables are the compiled packages that cells can import; package symbols has them.
type Tables struct {
	// Exports returns a package's table for the interpreter, nil for an unknown package.
	// It is asked when a package is first imported.
	Exports func(path string) map[string]reflect.Value
	// Generic returns a compiled instance of a generic function, by its type arguments.
	Generic func(path, name string, typeArgs ...string) (reflect.Value, bool)
}

// Main is the body of the worker process. It returns the exit code when the kernel is
// gone, or when it was not started by one.
func Main(tables Tables) int {
	return serve(func(h *host) (runner, error) { return newEngineRunner(h, tables) })
}

// serve connects to the supervisor and serves it with the runner that newRunner makes.
func serve(newRunner func(*host) (runner, error)) int {
	p, err := inherited(os.Getenv(pipesVariable))
	if err != nil {
		fmt.Fprintln(os.Stderr, "mole-kernel worker: it is started by the kernel, not by hand:", err)
		return 2
	}
	_ = os.Unsetenv(pipesVariable)
	signal.Ignore(os.Interrupt) // the terminal's Ctrl-C is for the kernel
	control := bufio.NewReader(p.control)
	first, err := readFrame(control)
	if err != nil {
		return 2
	}
	start := body[startBody](first)
	debug.SetMaxStack(maxStack)
	raw := os.Stderr // descriptor 2: it must stay open for the runtime's last words
	defer runtime.KeepAlive(raw)
	watchMemory(start.MemoryLimit, raw)

	out, err := newOutlet(p, start.Nonce)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mole-kernel worker:", err)
		return 2
	}
	h := newHost(out)
	h.box = mapBlackbox(p.box)
	if h.runner, err = newRunner(h); err != nil {
		out.send(newFrame("ready", readyBody{Error: err.Error()}))
		return 2
	}
	log.SetOutput(out.text(stderr, h.runner.CellOf))
	nb.Attach(h.current)
	out.send(newFrame("ready", readyBody{}))
	if err := h.serve(control); err != nil {
		fmt.Fprintln(os.Stderr, "mole-kernel worker:", err)
	}
	endGroup() // with what the cells have started
	return 0
}

// pipes are the worker's ends.
type pipes struct {
	control, messages, stderr *os.File
	box                       *os.File // the memory of a [blackbox]; nil for none
}

// newOutlet makes the process's standard error the pipe for it, and keeps duplicates of
// the text pipes, which no cell can close.
func newOutlet(p pipes, nonce string) (*outlet, error) {
	own, err := duplicate(os.Stdout)
	if err != nil {
		return nil, fmt.Errorf("duplicate standard output: %w", err)
	}
	errors, err := duplicate(p.stderr)
	if err != nil {
		return nil, fmt.Errorf("duplicate standard error: %w", err)
	}
	os.Stderr = p.stderr
	return &outlet{mark: mark(nonce), messages: p.messages, texts: [textPipes]io.Writer{own, errors}}, nil
}
