package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/layout"
	"github.com/mole-kernel/mole-kernel/kernel/session"
)

// fmtFlags are the flags of mole-kernel fmt, which are gofmt's.
type fmtFlags struct{ list, diff, write bool }

func (f *fmtFlags) declare(set *flag.FlagSet) {
	set.BoolVar(&f.list, "l", false, "list the notebooks whose cells are laid out differently")
	set.BoolVar(&f.diff, "d", false, "show what would change")
	set.BoolVar(&f.write, "w", false, "write the notebooks back")
}

// fmtCommand formats notebooks. Without flags the result goes to standard output. The
// exit code is 1 when a cell does not parse.
func fmtCommand(sh shell, args []string) (int, error) {
	set := flags("fmt")
	var f fmtFlags
	f.declare(set)
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if len(rest) == 0 {
		return 0, usagef("give notebooks, or - for standard input")
	}
	var failed error
	for _, path := range rest {
		if err := f.file(sh, path); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return 0, failed
}

// file formats one notebook. Its error lists the cells that were left alone.
func (f *fmtFlags) file(sh shell, path string) error {
	text, err := f.read(sh, path)
	if err != nil {
		return err
	}
	formatted, changes, problems, err := layout.Notebook(text, session.Magics())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := f.tell(sh, path, formatted, changes); err != nil {
		return err
	}
	for _, p := range problems {
		err = errors.Join(err, fmt.Errorf("%s: %w", path, p))
	}
	return err
}

// read returns the bytes of a notebook whose cells are Go.
func (f *fmtFlags) read(sh shell, path string) ([]byte, error) {
	var text []byte
	var err error
	if path == "-" {
		if f.write {
			return nil, usagef("-w cannot write standard input back")
		}
		text, err = io.ReadAll(sh.in)
	} else {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	nb, err := nbformat.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if language := nb.Language(); language != "" && language != "go" {
		return nil, fmt.Errorf("%s: it is written in %s", path, language)
	}
	return text, nil
}

// tell shows or writes the result as the flags want it.
func (f *fmtFlags) tell(sh shell, path string, formatted []byte, changes []layout.Change) error {
	if f.list && len(changes) > 0 {
		fmt.Fprintln(sh.out, path)
	}
	if f.diff {
		for _, c := range changes {
			name := fmt.Sprintf("%s: code cell %d", filepath.ToSlash(path), c.Cell)
			sh.out.Write(diff.Diff(name, line(c.Before), name+", formatted", line(c.After)))
		}
	}
	if f.write && len(changes) > 0 {
		return nbformat.WriteFile(path, formatted)
	}
	if !f.list && !f.diff && !f.write {
		_, err := io.Copy(sh.out, bytes.NewReader(formatted))
		return err
	}
	return nil
}

// line ends a cell's text as a file ends.
func line(text string) []byte { return []byte(text + "\n") }
