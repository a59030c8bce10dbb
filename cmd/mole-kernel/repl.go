package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/term"

	"github.com/mole-kernel/mole-kernel/install"
	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/repl"
)

// replCommand runs cells in a terminal, or those that a pipe brings.
func replCommand(sh shell, args []string) (int, error) {
	set := flags("repl")
	figures := set.String("figures", "", "save pictures in the folder `DIR` (default: a temporary one)")
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, usagef("it takes no arguments, got %q: cells come from standard input", rest)
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	o := repl.Options{
		In: sh.in, Out: sh.out, Err: sh.err, Interrupts: interrupts, Figures: *figures,
		Colour: terminalWidth(sh.err) > 0 && os.Getenv("NO_COLOR") == "",
		Kernel: func(ctx context.Context, conn kernel.Conn) error { return replKernel(ctx, sh, conn) },
	}
	if file, ok := sh.in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		o.Terminal = file
	}
	err = repl.Run(context.Background(), o)
	switch {
	case errors.Is(err, repl.ErrFailed): // it has been shown
		return 1, nil
	case errors.Is(err, repl.ErrInterrupted):
		return interruptedCode, err
	}
	return 0, err
}

// replKernel runs the kernel of a conversation; that of a pipe has no history.
func replKernel(ctx context.Context, sh shell, conn kernel.Conn) error {
	log := logger(sh)
	s, err := newSession("", "", nil, log)
	if err != nil {
		return err
	}
	o := kernel.Options{Runtime: s, Assistant: s, Conn: conn, Info: kernelInfo(), Logger: log}
	if file, ok := sh.in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		if dir, err := install.DataDir(); err == nil && os.MkdirAll(dir, 0o700) == nil {
			o.History = filepath.Join(dir, "repl_history.jsonl")
		}
	}
	return kernel.New(o).Run(ctx)
}
