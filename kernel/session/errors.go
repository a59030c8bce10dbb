package session

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// ANSI colours, as notebooks show them.
const (
	red   = "\x1b[0;31m"
	green = "\x1b[0;32m"
	blue  = "\x1b[0;34m"
	plain = "\x1b[0m"
)

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// uncoloured returns lines without ANSI escapes.
func uncoloured(lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = escapes.ReplaceAllString(line, "")
	}
	return list
}

// explain words an error of a cell that did not run.
func (s *Session) explain(err error) *kernel.Error {
	var wrong cell.Errors
	var unsupported *lower.Error
	var refused *worker.LoadError
	var loss *lossError
	var shown *shownError
	var unready *initError
	switch {
	case errors.As(err, &wrong):
		return compileError(s.asTyped(wrong))
	case errors.As(err, &unsupported):
		at := unsupported.Pos
		if name := s.fileName(cellOf(at.Filename)); name != "" { // inside a generic function of a package
			at.Filename = name
		}
		return compileError(cell.Errors{{
			Name: "NotSupported", Pos: at, Msg: unsupported.Msg,
			Line: s.line(cellOf(unsupported.Pos.Filename), unsupported.Pos.Line),
		}})
	case errors.As(err, &refused):
		return told("NotSupported", "the interpreter did not take the cell: "+refused.Text,
			"The cell is right Go, and nothing of it has run. Please report it with its text.")
	case errors.As(err, &unready):
		return s.unready(unready)
	case errors.As(err, &shown):
		return shown.shown
	case errors.As(err, &loss):
		return told("ImportError", loss.Error(), lossAdvice)
	case errors.Is(err, context.Canceled):
		return told("Interrupted", "the cell was interrupted before it ran")
	case errors.Is(err, worker.ErrClosed):
		return told("KernelClosed", "the kernel is shutting down")
	}
	return told("WorkerError", err.Error())
}

// unready words a panic of a package that is being initialized.
func (s *Session) unready(e *initError) *kernel.Error {
	shown := s.failed(e.failure)
	shown.Traceback = append(shown.Traceback, "The package "+e.path+" could not be initialized; nothing of the cell has run.")
	return shown
}

func compileError(e cell.Errors) *kernel.Error {
	return &kernel.Error{Name: e.Name(), Value: e.Summary(), Traceback: e.Traceback(true)}
}

// cellOf reads the number out of "cell[7]".
func cellOf(file string) int {
	var n int
	_, _ = fmt.Sscanf(file, "cell[%d]", &n)
	return n
}

// told is an error without a place in a cell.
func told(name, value string, notes ...string) *kernel.Error {
	e := &kernel.Error{Name: name, Value: firstLine(value)}
	e.Traceback = append(e.Traceback, headline(name, value)...)
	for _, note := range notes {
		if note != "" {
			e.Traceback = append(e.Traceback, strings.Split(note, "\n")...)
		}
	}
	return e
}

func headline(name, value string) []string {
	return strings.Split(red+name+plain+": "+value, "\n")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// failed words a failure of running code, with the lines of the cells it was in.
func (s *Session) failed(f *worker.Failure) *kernel.Error {
	e := told(f.Name, f.Value)
	e.Traceback = append(e.Traceback, s.places(f.Frames, s.valuesAt)...)
	if f.Note != "" {
		e.Traceback = append(e.Traceback, strings.Split(f.Note, "\n")...)
	}
	return e
}

// buried words the death of the worker during a cell.
func (s *Session) buried(d *worker.Died, lost []string) *kernel.Error {
	e := told(d.Name, d.Reason)
	e.Traceback = append(e.Traceback, s.places(d.Frames, nil)...)
	e.Traceback = append(e.Traceback, "The worker process ended, and a new one has taken its place.")
	e.Traceback = append(e.Traceback, strings.Split(lossNote(lost), "\n")...)
	if trace := trim(d.Trace); len(trace) > 0 && !slices.Equal(trace, []string{d.Reason}) {
		e.Traceback = append(e.Traceback, "", "From the trace of the old one:")
		e.Traceback = append(e.Traceback, trace...)
	}
	return e
}

// lossNote says what is gone with a worker.
func lossNote(lost []string) string {
	const kept = "Imports, constants, types and functions are there again."
	if len(lost) == 0 {
		return kept + " No variables were lost."
	}
	return kept + " Lost are the values of " + strings.Join(lost, ", ") + ": run the cells again that make them."
}

// traceLines bounds how much of a trace is shown.
const traceLines = 12

// trim leaves of a Go trace what can mean something to the user: what happened, and of the
// goroutine that it happened in the functions that are neither the runtime's nor the
// interpreter's.
func trim(trace string) []string {
	var lines []string
	goroutines := 0
	for line := range strings.Lines(trace) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "runtime stack:"):
			goroutines = -1 // the runtime's own stack, before the first goroutine
		case strings.HasPrefix(line, "goroutine "):
			goroutines = max(goroutines, 0) + 1
		case goroutines > 1 || len(lines) == traceLines:
			return lines
		case goroutines < 0 || line == "" || strings.HasPrefix(line, "\t"):
		case goroutines == 0 || ours(line):
			line, _, _ = strings.Cut(line, " [recovered")
			lines = append(lines, line)
		}
	}
	return lines
}

// ours tells of a function that user code may have called.
func ours(function string) bool {
	for _, inner := range []string{"runtime.", "runtime/", "reflect.", "internal/", "main.", "panic(", "...", "exit status", "github.com/traefik/yaegi/",
		"github.com/mole-kernel/mole-kernel/kernel/", "created by "} {
		if strings.HasPrefix(function, inner) {
			return false
		}
	}
	return true
}
