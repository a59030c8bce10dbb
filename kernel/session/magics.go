package session

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

// execute runs code that may hold magics: its steps one after the other, up to the first
// that fails.
func (s *Session) execute(ctx context.Context, c kernel.Cell, code string, out kernel.Output) kernel.Result {
	steps := s.magics.Split(code, s.notebook.Declared)
	if steps == nil {
		return s.run(ctx, c, code, out)
	}
	if err := s.verify(ctx, c.Count, code, steps, out); err != nil {
		return kernel.Result{Err: s.explain(err)}
	}
	var last kernel.Result
	for i, step := range steps {
		r := s.step(ctx, c, code, step, out)
		if r.Err != nil {
			return r
		}
		if r.Value != nil && i < len(steps)-1 {
			// A statement between others is not shown, whatever it returns.
			if !step.IsGo() || !slices.ContainsFunc(steps[i+1:], magic.Step.IsGo) {
				out.Display(kernel.Display{Bundle: *r.Value})
			}
			r.Value = nil
		}
		if r.NextInput == nil {
			r.NextInput = last.NextInput
		}
		last = r
	}
	return last
}

// verify finds what is wrong with any step before the first one runs: a cell that does
// not check changes nothing.
func (s *Session) verify(ctx context.Context, number int, code string, steps []magic.Step, out kernel.Output) error {
	var wrong cell.Errors
	for _, step := range steps {
		if step.Wrong != nil {
			wrong = append(wrong, misplaced(number, code, step, step.Wrong))
		}
	}
	if wrong != nil {
		return wrong
	}
	if i := slices.IndexFunc(steps, func(s magic.Step) bool { return s.Magic != nil && s.Magic.Renews }); i >= 0 {
		steps = steps[:i]
	}
	if len(steps) < 2 || !slices.ContainsFunc(steps[1:], magic.Step.HoldsGo) {
		return nil // the first step checks itself
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code = magic.GoOf(code, steps...)
	revert, err := s.extend(ctx, number, code, out)
	if err != nil {
		return err
	}
	defer revert()
	checked, err := s.notebook.Check(number, code)
	if err == nil {
		s.notebook.Discard(checked)
		return nil
	}
	if errors.As(err, &wrong) {
		// The value of an expression behind a magic is shown, wherever it stands.
		wrong = slices.DeleteFunc(wrong, func(e cell.Error) bool {
			return strings.HasSuffix(e.Msg, "is not used") && slices.ContainsFunc(steps, func(s magic.Step) bool {
				return s.Magic != nil && s.Start <= e.Offset && e.Offset < s.End
			})
		})
		if len(wrong) == 0 {
			return nil
		}
		return wrong
	}
	return err
}

// step runs one step of a cell.
func (s *Session) step(ctx context.Context, c kernel.Cell, code string, step magic.Step, out kernel.Output) kernel.Result {
	if step.IsGo() {
		return s.run(ctx, c, magic.GoOf(code, step), out)
	}
	call := &magic.Call{
		Magic: step.Magic, Args: step.Args, Body: code[step.BodyAt:step.End], Line: step.Line,
		BodyLine: strings.Count(code[:step.BodyAt], "\n") + 1,
		Code:     magic.GoOf(code, step), Cell: c, Out: out, Notebook: host{s}, Table: s.magics,
	}
	begun := time.Now()
	r, err := step.Magic.Run(ctx, call)
	if used := usageOf(ctx); used != nil && !step.HoldsGo() {
		used.Wall += time.Since(begun)
	}
	var bad *magic.BadCall
	var failed *magic.Failed
	switch {
	case err == nil:
		return r
	case errors.As(err, &bad):
		return kernel.Result{Err: compileError(cell.Errors{misplaced(c.Count, code, step, bad)})}
	case errors.As(err, &failed):
		e := told(failed.Name, failed.Msg, failed.Notes...)
		return kernel.Result{Err: s.at(e, c.Count, step.Line)}
	case ctx.Err() != nil:
		return kernel.Result{Err: s.at(told("Interrupted", step.Magic.Title()+" was interrupted"), c.Count, step.Line)}
	}
	return kernel.Result{Err: s.at(told("MagicError", err.Error()), c.Count, step.Line)}
}

// at adds the line of a magic to an error.
func (s *Session) at(e *kernel.Error, number, line int) *kernel.Error {
	text := s.line(number, line)
	e.Traceback = slices.Insert(e.Traceback, 1, fmt.Sprintf("  %scell [%d]%s, line %d", green, number, plain, line),
		fmt.Sprintf("%s-->%s %s%4d |%s %s", red, plain, blue, line, plain, text))
	return e
}

// misplaced words an error about a magic as one of the cell.
func misplaced(number int, code string, step magic.Step, bad *magic.BadCall) cell.Error {
	start := strings.LastIndexByte(code[:step.Start], '\n') + 1
	line, _, _ := strings.Cut(code[start:], "\n")
	line = strings.TrimRight(line, "\r")
	return cell.Error{
		Name: "MagicError", Offset: step.Start, Width: start + len(line) - step.Start, Msg: bad.Msg, Hint: bad.Hint, Line: line,
		Pos: token.Position{Filename: fmt.Sprintf("cell[%d]", number), Offset: step.Start, Line: step.Line, Column: step.Start - start + 1},
	}
}

// asTyped gives errors the lines of the cell in place of lines with blanked magics, and
// says what to do about a magic that stands where it is Go.
func (s *Session) asTyped(wrong cell.Errors) cell.Errors {
	wrong = slices.Clone(wrong)
	for i, e := range wrong {
		if line := s.line(cellOf(e.Pos.Filename), e.Pos.Line); blanked(line, e.Line) {
			wrong[i].Line = line
		}
		if e.Hint == "" {
			wrong[i].Hint = magic.Hint(e.Line, e.Pos.Column-1)
		}
	}
	return wrong
}

// blanked tells whether text is line with something of it blanked.
func blanked(line, text string) bool {
	if len(line) != len(text) {
		return false
	}
	for i := range len(text) {
		if text[i] != line[i] && text[i] != ' ' {
			return false
		}
	}
	return true
}
