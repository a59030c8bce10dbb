package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/mole-kernel/mole-kernel/install"
	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/headless"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

// interruptedCode is the exit code after Ctrl-C, as shells have it.
const interruptedCode = 130

// runFlags are the flags of mole-kernel run.
type runFlags struct {
	out, html  string
	parameters []headless.Parameter
	timeout    time.Duration
	memory     string
	keepGoing  bool
	quiet      bool
}

func (f *runFlags) declare(set *flag.FlagSet) {
	set.StringVar(&f.out, "out", "", "write the executed notebook to `FILE`")
	set.StringVar(&f.html, "html", "", "write a page to look at to `FILE`")
	set.Func("p", "set a variable of the cell tagged \"parameters\": `name=value` (may be repeated)", func(text string) error {
		p, err := headless.ParseParameter(text)
		f.parameters = append(f.parameters, p)
		return err
	})
	set.DurationVar(&f.timeout, "timeout", 0, "stop a cell that takes longer, e.g. 10m (default: never)")
	set.StringVar(&f.memory, "memory", "", memoryHelp)
	set.BoolVar(&f.keepGoing, "keep-going", false, "run the cells behind one that failed")
	set.BoolVar(&f.quiet, "q", false, "do not print what the cells print")
}

func runCommand(sh shell, args []string) (int, error) {
	set := flags("run")
	var f runFlags
	f.declare(set)
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if _, err := memoryLimit(f.memory); err != nil {
		return 0, usagef("%v", err)
	}
	if len(rest) != 1 {
		return 0, usagef("give one notebook, got %d: %q", len(rest), rest)
	}
	ctx, stop := interruptible()
	defer stop()
	err = headless.Run(ctx, rest[0], f.options(sh, rest[0]))
	return runOutcome(sh, err)
}

// options wires a headless run: the notebook's folder is the cells' working directory.
func (f *runFlags) options(sh shell, notebook string) headless.Options {
	progress := headless.Progress{Log: sh.err, Width: terminalWidth(sh.err)}
	if !f.quiet {
		progress.Text = sh.out
	}
	return headless.Options{
		Kernel: func(ctx context.Context, conn kernel.Conn) error {
			dir, err := filepath.Abs(filepath.Dir(notebook))
			if err != nil {
				return err
			}
			log := logger(sh)
			s, err := newSession(dir, f.memory, cellsOf(notebook, log), log)
			if err != nil {
				return err
			}
			return kernel.New(kernel.Options{Runtime: s, Assistant: s, Conn: conn, Info: kernelInfo(), Logger: log}).Run(ctx)
		},
		Spec:       nbformat.Kernelspec{Name: install.DefaultName, DisplayName: install.DefaultDisplayName, Language: "go"},
		Parameters: f.parameters,
		Out:        f.out,
		HTML:       f.html,
		Footer:     fmt.Sprintf("Executed by mole-kernel %s with Go %s on %s.", version(), goVersion(), time.Now().Format("2 January 2006, 15:04")),
		Timeout:    f.timeout,
		KeepGoing:  f.keepGoing,
		Progress:   progress,
	}
}

// interruptible returns a context that the first Ctrl-C ends; the second ends the process
// at once. What is written by then is whole: files are replaced, never edited.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, terminating...)
	go func() {
		for range 2 {
			if _, ok := <-signals; !ok {
				return
			}
			if ctx.Err() != nil {
				os.Exit(interruptedCode)
			}
			cancel()
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}

// runOutcome prints the failed cells as the notebook would show them and chooses the exit code.
func runOutcome(sh shell, err error) (int, error) {
	if errors.Is(err, headless.ErrInterrupted) {
		return interruptedCode, errors.New("interrupted")
	}
	for _, failed := range failures(err) {
		text := strings.Join(failed.Output.Traceback, "\n")
		if terminalWidth(sh.err) == 0 {
			text = colours.ReplaceAllString(text, "")
		}
		if text != "" {
			fmt.Fprintf(sh.err, "\n%s\n\n", text)
		}
	}
	return 0, err
}

// failures lists the failed cells of a run; there are several with --keep-going.
func failures(err error) []*headless.CellError {
	var all []*headless.CellError
	if failed := (*headless.CellError)(nil); errors.As(err, &failed) {
		all = append(all, failed)
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = nil
		for _, one := range joined.Unwrap() {
			all = append(all, failures(one)...)
		}
	}
	return all
}

// colours matches what a file or a pipe should not get.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// terminalWidth is the number of columns of the terminal that w is; 0 when it is none.
func terminalWidth(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 20 {
		return 80
	}
	return width
}
