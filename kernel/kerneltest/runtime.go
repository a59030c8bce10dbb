// Package kerneltest drives a kernel in tests as httptest drives a server: a Client on an
// in-memory connection whose verbs are those of the protocol, and a Runtime and an
// Assistant made of functions. What the kernel published and nobody asked for fails the
// test when it ends.
//
//	c := kerneltest.Start(t, kernel.Options{Runtime: kerneltest.Runtime(run)})
//	req := c.Execute("1 + 1")
//	c.Busy(req)
//	c.Input(req, "1 + 1")
//	c.Result(req, "2")
//	c.Idle(req)
//	c.Reply(req, "ok")
package kerneltest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Runtime runs cells by calling itself.
type Runtime func(ctx context.Context, cell kernel.Cell, out kernel.Output) kernel.Result

var _ kernel.Runtime = Runtime(nil)

// Execute calls r.
func (r Runtime) Execute(ctx context.Context, cell kernel.Cell, out kernel.Output) kernel.Result {
	return r(ctx, cell, out)
}

// Close does nothing.
func (r Runtime) Close() error { return nil }

// Text is the result of a cell whose value is text.
func Text(text string) kernel.Result {
	return kernel.Result{Value: &kernel.Bundle{Data: map[string]any{"text/plain": text}}}
}

// Interrupted is the result of a cell that was interrupted.
func Interrupted() kernel.Result { return failed("Interrupted", "interrupted") }

func failed(name, value string) kernel.Result {
	return kernel.Result{Err: &kernel.Error{Name: name, Value: value, Traceback: []string{name + ": " + value}}}
}

// Words is a Runtime with a small language, one command a line:
//
//	print TEXT        writes TEXT and a newline to stdout
//	warn TEXT         writes TEXT and a newline to stderr
//	lines N           prints the numbers below N, one a line
//	show TEXT         displays TEXT
//	input PROMPT      asks, and has the answer as the cell's value
//	wait              waits for an interrupt
//	sleep DURATION    waits so long
//	fail TEXT         ends the cell with an error
//	panic             panics in the runtime itself
//	= TEXT            is the cell's value
func Words(ctx context.Context, cell kernel.Cell, out kernel.Output) kernel.Result {
	var res kernel.Result
	for line := range strings.Lines(cell.Code) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var over bool
		if res, over = word(ctx, verb, rest, out, res); over {
			return res
		}
	}
	if len(cell.Expressions) > 0 {
		res.Expressions = make(map[string]kernel.Result)
		for name, code := range cell.Expressions {
			res.Expressions[name] = Words(ctx, kernel.Cell{Code: code}, out)
		}
	}
	return res
}

func word(ctx context.Context, verb, rest string, out kernel.Output, res kernel.Result) (_ kernel.Result, over bool) {
	switch verb {
	case "", "#":
	case "print":
		out.Stream("stdout", []byte(rest+"\n"))
	case "warn":
		out.Stream("stderr", []byte(rest+"\n"))
	case "lines":
		n, _ := strconv.Atoi(rest)
		for i := range n {
			out.Stream("stdout", fmt.Appendf(nil, "%d\n", i))
		}
	case "show":
		out.Display(kernel.Display{Bundle: *Text(rest).Value})
	case "input":
		answer, err := out.Input(ctx, rest, false)
		if err != nil {
			return failed("InputError", err.Error()), true
		}
		res = Text(answer)
	case "wait", "sleep":
		d, err := time.ParseDuration(rest)
		if err != nil {
			d = time.Hour
		}
		select {
		case <-ctx.Done():
			return Interrupted(), true
		case <-time.After(d):
		}
	case "fail":
		return failed("Failure", rest), true
	case "panic":
		panic("the runtime is broken")
	case "=":
		res = Text(rest)
	default:
		return failed("CompileError", "no such word: "+verb), true
	}
	return res, false
}
