package worker

import (
	"fmt"
	"os"
	"strings"
)

// Died reports that the worker process ended and took all values with it.
type Died struct {
	Name   string // WorkerDied, OutOfMemory, StackOverflow, Exit
	Reason string // one line: "fatal error: concurrent map writes"
	Trace  string // what the Go runtime wrote about it; "" for nothing
	// Frames are the places that the process died in, innermost first: those of the panic,
	// or else the statement that was entered last. None are known on some systems.
	Frames []Frame
}

func (d *Died) Error() string { return "the worker process ended: " + d.Reason }

// Missed reports that the worker process had ended before a program began in it: the death
// is not the program's doing, which may be loaded again.
type Missed struct{ Death *Died }

func (m *Missed) Error() string { return m.Death.Error() }

// Unwrap returns the death.
func (m *Missed) Unwrap() error { return m.Death }

// interruptedName is the name of a death that the user asked for.
const interruptedName = "Interrupted"

// autopsy says why a process ended, from its state and what it wrote to descriptor 2.
func autopsy(state *os.ProcessState, killed, trace string) *Died {
	d := &Died{Name: "WorkerDied", Trace: trace}
	first, _, _ := strings.Cut(trace, "\n")
	switch {
	case killed != "":
		d.Reason, d.Trace = killed, ""
		if killed == stopReason {
			d.Name = interruptedName
		}
	case state != nil && state.ExitCode() == exitMemory && strings.Contains(trace, "out of memory:"):
		d.Name, d.Reason, d.Trace = "OutOfMemory", lineWith(trace, "out of memory:"), ""
	case strings.Contains(trace, "goroutine stack exceeds"):
		d.Name, d.Trace = "StackOverflow", "" // it shows the interpreter, a hundred times
		d.Reason = fmt.Sprintf("stack overflow: endless recursion? (a goroutine's stack went over %d MB)", maxStack>>20)
	case strings.Contains(trace, "runtime: out of memory") || strings.Contains(trace, "fatal error: out of memory"):
		d.Name, d.Reason = "OutOfMemory", "out of memory: the system gave no more"
	case lineWith(trace, "fatal error: ") != "":
		d.Reason = lineWith(trace, "fatal error: ")
	case lineWith(trace, "panic: ") != "":
		// The interpreter panics again at each of its calls.
		d.Reason, _, _ = strings.Cut(lineWith(trace, "panic: "), " [recovered")
	case state != nil && state.Exited() && trace == "":
		d.Name, d.Reason = "Exit", fmt.Sprintf("the process was left with exit code %d", state.ExitCode())
	case state != nil:
		d.Reason = strings.TrimSpace(state.String() + " " + first)
	default:
		d.Reason = "its state is not known"
	}
	return d
}

// interpreter marks the interpreter's functions in a trace.
const interpreter = "github.com/traefik/yaegi/"

// locate says where the process died, by what it left in the black box.
func (d *Died) locate(last Frame, panicked []Frame) {
	panics := lineWith(d.Trace, "panic: ") != ""
	switch {
	case panics && !strings.Contains(d.Trace, interpreter):
		// No code of a cell was in it: the last statement has nothing to do with it.
	case panics && len(panicked) > 0:
		d.Frames = panicked
	case last.Cell > 0:
		d.Frames = []Frame{last}
	}
}

// lineWith returns the first line that begins with prefix.
func lineWith(text, prefix string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, prefix) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// fatal tells whether the text announces the end of the process, which may take a while:
// memory is given back first.
func fatal(text string) bool {
	for _, prefix := range []string{"panic: ", "fatal error: ", "runtime: ", "out of memory: ", "unexpected fault ", "SIG"} {
		if lineWith(text, prefix) != "" {
			return true
		}
	}
	return false
}
