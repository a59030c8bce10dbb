// Package repl runs cells in a terminal, or from a pipe, through the same kernel as
// notebooks.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/client"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// Options say where the cells come from and where their output goes. Kernel, In, Out and
// Err are required.
type Options struct {
	// Kernel runs a kernel on conn until it is shut down or ctx ends.
	Kernel     func(ctx context.Context, conn kernel.Conn) error
	In         io.Reader
	Out, Err   io.Writer
	Terminal   *os.File         // In, when it is a terminal; nil for a pipe
	Interrupts <-chan os.Signal // stop the running cell, or between cells of a pipe the run
	Figures    string           // folder for pictures; "" for a new one among the temporary files
	Colour     bool             // of errors
}

// ErrFailed says that a cell of a pipe failed; what it said is in Options.Err.
var ErrFailed = errors.New("a cell failed")

// ErrInterrupted says that an interrupt ended the run.
var ErrInterrupted = errors.New("interrupted")

// Run reads cells and runs them until the input ends. In a terminal a failed cell is shown
// and the next one read; from a pipe it ends the run with ErrFailed.
func Run(ctx context.Context, o Options) error {
	c := client.Connect("repl", o.Kernel)
	defer c.Close()
	info, err := c.Info(ctx)
	if err != nil {
		return fmt.Errorf("start kernel: %w", err)
	}
	r := &repl{Options: o, client: c, figures: figures{dir: o.Figures, out: o.Out, terminal: o.Terminal != nil}}
	if o.Terminal == nil {
		return r.pipe(ctx)
	}
	fmt.Fprintf(o.Out, "%s\nTab completes, Ctrl-C stops, Ctrl-D ends, %%help lists the magics.\n", info.Banner)
	return r.converse(ctx)
}

// repl is one conversation. One goroutine runs it.
type repl struct {
	Options
	client  *client.Client
	editor  *editor // nil for a pipe
	figures figures
	midLine bool // the last output did not end its line
}

// converse reads cells from a terminal.
func (r *repl) converse(ctx context.Context) error {
	r.editor = newEditor(r.Terminal, r.In, r.Out, r.client)
	r.editor.remember(ctx)
	for {
		code, err := r.editor.cell(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case strings.TrimSpace(code) == "":
			continue
		}
		if _, err := r.run(ctx, code); err != nil {
			return err
		}
	}
}

// pipe runs the cells of a text. A cell ends at an empty line where it is complete, or at
// a line "// %%".
func (r *repl) pipe(ctx context.Context) error {
	text, err := io.ReadAll(r.In)
	if err != nil {
		return fmt.Errorf("read cells: %w", err)
	}
	for _, code := range split(string(text), func(code string) bool { return r.complete(ctx, code) }) {
		select {
		case <-r.Interrupts:
			return ErrInterrupted
		default:
		}
		ok, err := r.run(ctx, code)
		if err != nil {
			return err
		}
		if !ok {
			return ErrFailed
		}
	}
	return nil
}

// cellMark is the line between two cells that editors know.
const cellMark = "// %%"

// split cuts a text into cells.
func split(text string, complete func(code string) bool) []string {
	var cells []string
	var cell strings.Builder
	end := func() {
		if code := strings.Trim(cell.String(), "\n"); strings.TrimSpace(code) != "" {
			cells = append(cells, code)
		}
		cell.Reset()
	}
	for line := range strings.Lines(text) {
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, cellMark):
			end()
			continue
		case trimmed == "" && strings.TrimSpace(cell.String()) != "" && complete(cell.String()):
			end()
			continue
		}
		cell.WriteString(line)
	}
	end()
	return cells
}

// complete asks the kernel whether code could be run as it stands; what no further line
// can save is run as well, to hear why.
func (r *repl) complete(ctx context.Context, code string) bool {
	status, _ := isComplete(ctx, r.client, code)
	return status != "incomplete"
}

func isComplete(ctx context.Context, c *client.Client, code string) (status, indent string) {
	reply, err := c.Ask(ctx, &wire.IsCompleteRequest{Code: code})
	if answer, ok := reply.(*wire.IsCompleteReply); ok && err == nil {
		return answer.Status, answer.Indent
	}
	return "unknown", ""
}

// run runs a cell and shows what it says. ok says that it did not fail.
func (r *repl) run(ctx context.Context, code string) (ok bool, err error) {
	asks, stops := r.editor != nil, false
	id, err := r.client.Execute(&wire.ExecuteRequest{Code: code, AllowStdin: &asks, StopOnError: &stops})
	if err != nil {
		return false, err
	}
	held := displays{texts: map[string]string{}}
	for idle := false; !idle; {
		select {
		case m, open := <-r.client.IOPub:
			if !open {
				return false, r.client.Err()
			}
			idle = r.show(m, &held) && m.Parent.ID == id
		case m := <-r.client.Stdin:
			r.ask(m)
		case <-r.Interrupts:
			r.client.Interrupt()
		}
	}
	for _, text := range held.final() {
		r.line(text)
	}
	if r.editor != nil { // behind the last cell of a pipe the output stays as it is
		r.freshLine()
	}
	reply, err := r.client.Reply(ctx, id)
	if err != nil {
		return false, err
	}
	return reply.Status == "ok", nil
}

// ask answers an input request; an interrupt at the question is one of the cell.
func (r *repl) ask(m *wire.Message) {
	request, ok := m.Content.(*wire.InputRequest)
	if !ok || r.editor == nil {
		return
	}
	r.midLine = false
	answer, err := r.editor.answer(request.Prompt, request.Password)
	if err != nil {
		r.client.Interrupt()
		return
	}
	r.client.Answer(m, answer)
}
