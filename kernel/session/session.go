// Package session joins what a notebook is made of: package cell checks a cell, package
// lower prepares it, and the worker process runs it. A [Session] is the kernel's Runtime
// and Assistant for one notebook.
package session

import (
	"context"
	"errors"
	"go/parser"
	"log/slog"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// Options say what a session works with. Packages and Command are required.
type Options struct {
	Packages    cell.Packages // what cells may import
	Command     []string      // starts a process that calls worker.Main for the same packages
	Dir         string        // working directory of the cells; "" for the kernel's
	MemoryLimit int64         // bytes the worker may hold; 0 for three quarters of the memory, below 0 for no limit
	Grace       time.Duration // how long an interrupted cell may take to stop; 0 for 2 s
	Logger      *slog.Logger  // nil for none
	NoColour    bool          // errors come without ANSI escapes
	Modules     Modules       // zero: cells import Packages and nothing else
}

// Modules say how cells come by packages that the kernel does not have.
type Modules struct {
	Builder *modules.Builder
	Cells   func() []string // the cells of the notebook's file, as far as it is known; nil for unknown
}

// Session is one notebook: its declarations, and the worker process that holds its values.
type Session struct {
	notebook *cell.Notebook
	magics   magic.Table
	worker   *worker.Supervisor
	logger   *slog.Logger
	noColour bool

	mu      sync.Mutex // held while a cell is checked, lowered and loaded
	lowerer *lower.Lowerer
	extension
	interpreted interpreted
	sources     map[int]string // by cell number, for the lines in tracebacks
	evaluated   int            // user expressions so far
	left        kernel.Output  // of the cell that was left behind last; nil for none
}

var (
	_ kernel.Runtime   = (*Session)(nil)
	_ kernel.Assistant = (*Session)(nil)
	_ kernel.Stopper   = (*Session)(nil)
)

// New starts the worker process and returns without waiting for it.
func New(opts Options) (*Session, error) {
	if opts.Packages == nil {
		return nil, errors.New("start a session: no packages are given")
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	w, err := worker.Start(worker.Options{
		Command: opts.Command, Dir: opts.Dir, MemoryLimit: opts.MemoryLimit, Grace: opts.Grace, Logger: opts.Logger,
	})
	if err != nil {
		return nil, err
	}
	x := extension{command: opts.Command, builder: opts.Modules.Builder, cells: opts.Modules.Cells}
	if x.builder != nil {
		x.set = modules.NewSet(opts.Packages, opts.Dir)
		opts.Packages = x.set
	}
	s := &Session{
		notebook: cell.New(opts.Packages), extension: x, magics: magic.Standard(), worker: w, logger: opts.Logger, noColour: opts.NoColour,
		lowerer: lower.New(), sources: map[int]string{},
	}
	s.magics = append(s.magics, s.moduleMagics()...)
	s.notebook.Value = s.value
	return s, nil
}

// Close ends the worker process. It is safe to call twice.
func (s *Session) Close() error { return s.worker.Close() }

// Execute runs a cell. A cell that does not check or cannot be loaded changes nothing.
// When the worker process dies of the cell the error names the variables that are gone;
// types and functions are there again for the next cell.
func (s *Session) Execute(ctx context.Context, c kernel.Cell, out kernel.Output) kernel.Result {
	s.remember(c)
	result := s.execute(ctx, c, c.Code, out)
	if s.noColour && result.Err != nil {
		result.Err.Traceback = uncoloured(result.Err.Traceback)
	}
	if result.Err != nil || len(c.Expressions) == 0 {
		return result
	}
	result.Expressions = make(map[string]kernel.Result, len(c.Expressions))
	for name, expression := range c.Expressions {
		result.Expressions[name] = s.evaluate(ctx, c, expression, out)
	}
	return result
}

func (s *Session) remember(c kernel.Cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sources[c.Count] = c.Code
}

// evaluate runs one user expression.
func (s *Session) evaluate(ctx context.Context, c kernel.Cell, expression string, out kernel.Output) kernel.Result {
	if _, err := parser.ParseExpr(expression); err != nil {
		return kernel.Result{Err: &kernel.Error{Name: "SyntaxError", Value: "not an expression: " + expression}}
	}
	s.mu.Lock()
	s.evaluated = s.evaluated%expressionNumbers + 1
	c.Count = expressionBase + s.evaluated
	s.sources[c.Count] = expression
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sources, c.Count)
	}()
	return s.run(ctx, c, expression, out)
}

// The numbers of user expressions: positions in them are not those of the cell that they
// came with. Positions hold four digits of a number (see package lower).
const (
	expressionBase    = 9_900
	expressionNumbers = 99
)

// run checks, loads and runs code.
func (s *Session) run(ctx context.Context, c kernel.Cell, code string, out kernel.Output) kernel.Result {
	return s.runAs(ctx, c, code, out, false)
}

// runAs is run for code whose functions may have to be compiled.
func (s *Session) runAs(ctx context.Context, c kernel.Cell, code string, out kernel.Output, compile bool) kernel.Result {
	for attempt := 1; ; attempt++ {
		program, err := s.prepare(ctx, c.Count, code, out, compile)
		if err != nil {
			return kernel.Result{Err: s.explain(err)}
		}
		if program == nil {
			return kernel.Result{}
		}
		value, failure, err := program.Run(ctx, worker.Task{Cell: c.Count, Out: out, AllowInput: c.AllowInput, Usage: usageOf(ctx)})
		var missed *worker.Missed
		if errors.As(err, &missed) && attempt < attempts {
			s.tellLoss(missed.Death, out)
			continue
		}
		var died *worker.Died
		switch {
		case errors.As(err, &died):
			return kernel.Result{Err: s.buried(died, s.lose())}
		case err != nil:
			return kernel.Result{Err: s.explain(err)}
		case failure != nil:
			if failure.Left {
				s.leave(failure, out)
			}
			return kernel.Result{Err: s.failed(failure)}
		}
		return kernel.Result{Value: value}
	}
}

// attempts is how often a cell is loaded when the worker dies before it runs.
const attempts = 3

// prepare checks and loads code; nil for code without effect. Where the worker has died
// since the last cell, the user is told what is lost and the check is made again.
func (s *Session) prepare(ctx context.Context, number int, code string, out kernel.Output, compile bool) (*worker.Program, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	revert, err := s.extend(ctx, number, code, out)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		program, err := s.load(ctx, number, code, out, compile)
		var died *worker.Died
		if !errors.As(err, &died) || attempt == attempts {
			if err != nil {
				revert()
			}
			return program, err
		}
		s.tellLoss(died, out)
	}
}

// load checks, lowers and loads code once. After an error nothing has changed.
func (s *Session) load(ctx context.Context, number int, code string, out kernel.Output, compile bool) (*worker.Program, error) {
	checked, err := s.notebook.Check(number, code)
	if err != nil {
		return nil, err
	}
	lowered, err := s.lowerWithSources(ctx, checked, compile, out)
	if err != nil {
		s.notebook.Discard(checked)
		return nil, err
	}
	var program *worker.Program
	if err = s.instantiate(ctx, s.lowerer.Instances(), out); err == nil {
		var lost []string
		if lost, err = s.adopt(ctx, s.extension.lossy); lost != nil {
			out.Stream("stderr", []byte(lossNote(lost)+"\n"))
		}
	}
	if err == nil {
		err = s.initialize(ctx, out)
	}
	if err == nil {
		program, err = s.worker.Load(ctx, lowered)
	}
	if err != nil {
		s.lowerer.Discard()
		s.notebook.Discard(checked)
		return nil, err
	}
	s.notebook.Commit(checked)
	return program, nil
}
