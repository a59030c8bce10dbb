package nb

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// terminal is the front end of a program that no notebook runs.
type terminal struct{}

var _ Cell = terminal{}

// typed reads standard input for Input; it is shared so that no line is lost in the
// buffer of a reader that was thrown away.
var typed = sync.OnceValue(func() *bufio.Reader { return bufio.NewReader(os.Stdin) })

func (terminal) Context() context.Context { return context.Background() }

func (terminal) Display(s Shown) {
	text, _ := s.Data["text/plain"].(string)
	fmt.Fprintln(os.Stdout, text)
	if f := figures.Load(); f != nil {
		if err := f.save(s); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func (terminal) Clear(bool) {}

func (terminal) AtEnd(func()) {}

func (terminal) Input(prompt string, _ bool) (string, error) {
	fmt.Fprint(os.Stdout, prompt)
	line, err := typed().ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("read an answer from standard input: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// progress rewrites the last line of a terminal; elsewhere only the final state is printed.
func (terminal) progress(line string, final bool) {
	info, err := os.Stdout.Stat()
	live := err == nil && info.Mode()&os.ModeCharDevice != 0
	switch {
	case live && final:
		fmt.Fprintf(os.Stdout, "\r%-78s\n", line)
	case live:
		fmt.Fprintf(os.Stdout, "\r%-78s", line)
	case final:
		fmt.Fprintln(os.Stdout, line)
	}
}
