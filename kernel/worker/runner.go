package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

// engineRunner runs lowered cells in the interpreter.
type engineRunner struct{ engine *engine.Engine }

var _ runner = (*engineRunner)(nil)

func newEngineRunner(h *host, tables Tables) (runner, error) {
	r := new(engineRunner)
	out, err := h.out.text(stdout, r.CellOf), h.out.text(stderr, r.CellOf)
	var failure error
	r.engine, failure = engine.New(engine.Options{
		Exports:  override(tables.Exports, overrides(out, err)),
		Generic:  tables.Generic,
		Show:     h.show,
		BlackBox: h.box,
		Returned: func() { h.out.send(newFrame("returned", nil)) },
		GoPanic: func(cell int, p *engine.Panic) {
			fmt.Fprintf(err, "goroutine of cell [%d]: %v\n", cell, p)
			for _, f := range p.Frames {
				fmt.Fprintf(err, "\tcell [%d], line %d\n", f.Cell, f.Line)
			}
		},
	})
	return r, failure
}

func (r *engineRunner) Load(encoded []byte) (func(context.Context) error, error) {
	p := new(program.Program)
	if err := json.Unmarshal(encoded, p); err != nil {
		return nil, fmt.Errorf("decode the program: %w", err)
	}
	if err := r.engine.Load(p); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return interrupted(ctx, r.engine.Run(ctx, p)) }, nil
}

// interrupted recognizes a cell that ended by the error that its cancelled context gave
// to compiled code, as nb.Check(err) behind a training run does.
func interrupted(ctx context.Context, err error) error {
	var p *engine.Panic
	if ctx.Err() == nil || !errors.As(err, &p) {
		return err
	}
	if cause, ok := p.Value.(error); ok && errors.Is(cause, context.Canceled) {
		return fmt.Errorf("%w: %w", engine.ErrInterrupted, cause)
	}
	return err
}

// CellOf is asked before the engine is made when that fails to start.
func (r *engineRunner) CellOf() int {
	if r.engine == nil {
		return 0
	}
	return r.engine.CellOf()
}

func (r *engineRunner) Stopping() bool { return r.engine.Stopping() }

func (r *engineRunner) Explain(err error) *Failure {
	var p *engine.Panic
	var left engine.Exit
	var abandoned *engine.Abandoned
	switch {
	case errors.As(err, &abandoned):
		return &Failure{
			Name:   "Interrupted",
			Value:  "the cell was interrupted and left behind",
			Frames: frames([]engine.Frame{abandoned.Where}),
			Left:   true,
			Note: "A compiled call that looks at no context, or a deferred function, still runs in the background.\n" +
				"It ends when it returns; other cells can run. Interrupt again to end it now: all values are lost then.",
		}
	case errors.Is(err, engine.ErrGoexit):
		return &Failure{Name: "Exit", Value: err.Error()}
	case errors.Is(err, engine.ErrInterrupted):
		text := "the cell was interrupted"
		if more, ok := strings.CutPrefix(err.Error(), engine.ErrInterrupted.Error()+": "); ok {
			text += ": " + more
		}
		return &Failure{Name: "Interrupted", Value: text}
	case errors.As(err, &p):
		f := &Failure{Name: "Panic", Value: panicText(p)}
		if e, ok := p.Value.(error); ok && errors.As(e, &left) {
			f.Name = "Exit"
		}
		f.Frames = frames(p.Frames)
		return f
	}
	return &Failure{Name: "Internal", Value: err.Error()}
}

func frames(list []engine.Frame) []Frame {
	var frames []Frame
	for _, f := range list {
		frames = append(frames, Frame{Cell: f.Cell, Line: f.Line, Column: f.Column, Function: f.Func})
	}
	return frames
}

// maxPanicText bounds what a panic may say.
const maxPanicText = 16 << 10

func panicText(p *engine.Panic) string {
	text := strings.TrimPrefix(p.Error(), "panic: ")
	if len(text) > maxPanicText {
		text = strings.ToValidUTF8(text[:maxPanicText], "") + "…"
	}
	return text
}
