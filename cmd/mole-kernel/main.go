// Mole-kernel is a Jupyter kernel for Go with molelib compiled in. Jupyter starts it as
// "mole-kernel kernel"; "mole-kernel run" executes a notebook without Jupyter.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	os.Exit(dispatch(os.Args[1:], shell{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// shell is where a command reads and writes.
type shell struct {
	in       io.Reader
	out, err io.Writer
}

// command is one verb of the command line. Its run returns the exit code, or an error:
// then the code is 1, or 2 for a usageError.
type command struct {
	name    string
	args    string // what follows the name, for help
	about   string
	started bool // started by programs, not by people
	run     func(sh shell, args []string) (int, error)
}

// usageError is a mistake in the command line.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// commands are in the order of help.
func commands() []command {
	return []command{
		{name: "install", args: "[flags]", about: "make the kernel known to Jupyter", run: installCommand},
		{name: "uninstall", args: "[flags]", about: "remove the kernel from Jupyter", run: uninstallCommand},
		{name: "run", args: "[flags] NOTEBOOK.ipynb", about: "execute a notebook without Jupyter", run: runCommand},
		{name: "repl", args: "[flags]", about: "run cells in a terminal, or from a pipe", run: replCommand},
		{name: "export", args: "[flags] NOTEBOOK.ipynb", about: "write a notebook as a Go program", run: exportCommand},
		{name: "fmt", args: "[flags] NOTEBOOK.ipynb...", about: "lay out the cells of notebooks as gofmt does", run: fmtCommand},
		{name: "bench", args: "accuracy [flags] [ROW...]", about: "measure accuracy beside back-propagation, as in docs/accuracy.md", run: benchCommand},
		{name: "doctor", about: "show what is installed and in use, and what to do about the rest", run: doctorCommand},
		{name: "version", about: "print the version", run: versionCommand},
		{name: "help", args: "[command]", about: "print help"},
		{name: "kernel", args: "-f CONNECTION_FILE", about: "be a kernel (started by Jupyter)", started: true, run: kernelCommand},
		{name: "worker", about: "run cells (started by the kernel)", started: true, run: workerCommand},
	}
}

// dispatch runs the command that args name and returns the exit code.
func dispatch(args []string, sh shell) int {
	if len(args) == 0 {
		help(sh.err)
		return 2
	}
	name := args[0]
	switch {
	case isHelp(name):
		if len(args) > 1 && !isHelp(args[1]) {
			return dispatch([]string{args[1], "-h"}, sh)
		}
		help(sh.out)
		return 0
	case name == "-version" || name == "--version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		code, err := c.run(sh, args[1:])
		return report(sh, c, code, err)
	}
	fmt.Fprintf(sh.err, "mole-kernel: there is no command %q; mole-kernel help lists them\n", name)
	return 2
}

// isHelp tells of the ways to ask for help.
func isHelp(arg string) bool { return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg) }

// report prints what went wrong and chooses the exit code.
func report(sh shell, c command, code int, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return code
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(sh.err, "mole-kernel %s: %v\nusage: mole-kernel %s\nmore:  mole-kernel help %s\n",
			c.name, err, strings.TrimSpace(c.name+" "+c.args), c.name)
		return 2
	}
	fmt.Fprintf(sh.err, "mole-kernel %s: %v\n", c.name, err)
	if code == 0 {
		code = 1
	}
	return code
}

// flags returns a flag set that prints nothing by itself.
func flags(name string) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return set
}

// parse reads flags that stand before, between and behind the other arguments, which it
// returns. After "--" nothing is a flag.
func parse(sh shell, set *flag.FlagSet, args []string) ([]string, error) {
	var literal []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, literal = args[:i], args[i+1:]
	}
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				explain(sh, set)
				return nil, err
			}
			return nil, usagef("%v", err)
		}
		if set.NArg() == 0 {
			return append(rest, literal...), nil
		}
		rest = append(rest, set.Arg(0))
		args = set.Args()[1:]
	}
}
