package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/nb"
	"github.com/mole-kernel/mole-kernel/kernel/program"
	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

// runner runs programs. The engine is one; the tests of the pipes have another.
type runner interface {
	// Load declares what the encoded program declares and returns what runs its
	// statements. It is not called twice at once.
	Load(program []byte) (run func(ctx context.Context) error, err error)
	// CellOf returns the cell that the calling goroutine belongs to, 0 for none.
	CellOf() int
	// Stopping tells of an interrupt of the calling goroutine's cell that its code has not
	// noticed.
	Stopping() bool
	// Explain says what an error of run means to the user.
	Explain(err error) *Failure
	// Look returns what variables hold, false while a program runs. More than own
	// goroutines are others that may write to them.
	Look(symbols []string, own int) ([]program.Seen, bool)
}

// host serves one supervisor: it loads and runs what comes in at the control pipe.
type host struct {
	runner runner
	out    *outlet
	box    *engine.BlackBox
	stdin  stdin

	mu        sync.Mutex
	programs  map[uint64]func(context.Context) error // loaded, not yet run
	running   map[uint64]context.CancelCauseFunc     // by program
	cells     map[int]*cell                          // by number, the latest
	questions map[uint64]chan answerBody
	asked     uint64
	value     map[int]shownValue // the last expression's value of a running cell
}

type shownValue struct{ data, metadata map[string]any }

func newHost(out *outlet) *host {
	return &host{
		out:       out,
		programs:  map[uint64]func(context.Context) error{},
		running:   map[uint64]context.CancelCauseFunc{},
		cells:     map[int]*cell{},
		questions: map[uint64]chan answerBody{},
		value:     map[int]shownValue{},
	}
}

// serve handles frames until the control pipe ends.
func (h *host) serve(control *bufio.Reader) error {
	loads := make(chan func(), 1)
	go func() {
		for load := range loads {
			load()
		}
	}()
	defer close(loads)
	own := runtime.NumGoroutine()
	for {
		f, err := readFrame(control)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the control pipe: %w", err)
		}
		switch f.Type {
		case "load":
			loads <- func() { h.load(f) }
		case "run":
			r := body[runBody](f)
			h.start(r, h.enter(r), h.loaded(r.Program))
		case "execute":
			r := body[runBody](f)
			c := h.enter(r) // now: an interrupt may come before it is loaded
			loads <- func() { h.execute(r, c, f.attachments) }
		case "interrupt":
			h.interrupt(body[interruptBody](f).Program)
		case "answer":
			h.answer(body[answerBody](f))
		case "change":
			h.change(body[changeBody](f))
		case "look":
			go h.look(body[lookBody](f), own)
		case "carry":
			go h.carry(body[carryBody](f), own)
		case "restore":
			h.restore(body[restoreBody](f), f.attachments)
		case "barrier":
			go h.out.sendInOrder(newFrame("passed", passedBody(body[barrierBody](f))))
		}
	}
}

// load loads a program. Programs are loaded one after the other, apart from serve: an
// interrupt must not wait for a compilation.
func (h *host) load(f frame) {
	reply := loadedBody{Program: body[loadBody](f).Program}
	run, err := h.loadOne(f.attachments)
	if err != nil {
		reply.Error = err.Error()
	} else {
		h.mu.Lock()
		h.programs[reply.Program] = run
		h.mu.Unlock()
	}
	h.out.send(newFrame("loaded", reply))
}

// execute loads a program and runs it.
func (h *host) execute(r runBody, c *cell, attachments [][]byte) {
	run, err := h.loadOne(attachments)
	if err != nil {
		c.end()
		h.finish(r, doneBody{Program: r.Program, LoadError: err.Error()})
		return
	}
	h.out.send(newFrame("begun", begunBody{Program: r.Program}))
	h.start(r, c, run)
}

// loadOne returns what runs the statements of a program.
func (h *host) loadOne(attachments [][]byte) (run func(context.Context) error, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the interpreter failed while it compiled the cell: %v", r)
		}
	}()
	if len(attachments) != 1 {
		return nil, fmt.Errorf("a load has %d attachments, not one", len(attachments))
	}
	return h.runner.Load(attachments[0])
}

// loaded takes a program that load has loaded; nil when there is none.
func (h *host) loaded(id uint64) (run func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	run = h.programs[id]
	delete(h.programs, id)
	return run
}

// enter makes the cell that a program runs for; it can be interrupted from now on.
func (h *host) enter(r runBody) *cell {
	ctx, cancel := context.WithCancelCause(context.Background())
	c := &cell{host: h, number: r.Cell, ctx: ctx, stop: cancel, mayAsk: r.AllowInput}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running[r.Program] = cancel
	h.cells[r.Cell] = c
	return c
}

// start runs a program in a goroutine of its own.
func (h *host) start(r runBody, c *cell, run func(context.Context) error) {
	h.out.begin(r.Cell)
	h.out.reopen()
	h.stdin.begin(c)
	go func() {
		done := doneBody{Program: r.Program}
		used := func() *Usage { return nil }
		if r.Measure {
			used = measure()
		}
		done.Failure = h.run(c.ctx, run)
		done.Usage = used()
		h.stdin.end(c)
		c.end()
		h.finish(r, done)
	}()
}

func (h *host) run(ctx context.Context, run func(context.Context) error) (failure *Failure) {
	defer func() {
		if r := recover(); r != nil {
			failure = &Failure{Name: "Panic", Value: fmt.Sprint(r)}
		}
	}()
	if run == nil {
		return &Failure{Name: "Internal", Value: "the program was not loaded"}
	}
	err := run(ctx)
	var input inputError
	if errors.As(context.Cause(ctx), &input) {
		return &Failure{Name: "InputError", Value: input.Error()}
	}
	if err != nil {
		return h.runner.Explain(err)
	}
	return nil
}

func (h *host) finish(r runBody, done doneBody) {
	h.mu.Lock()
	delete(h.running, r.Program)
	value, shown := h.value[r.Cell]
	delete(h.value, r.Cell)
	h.mu.Unlock()
	var attachments [][]byte
	if shown && done.Failure == nil {
		var p parts
		p, attachments = pack(value.data, value.metadata)
		done.Value = &p
	}
	h.out.end(r.Cell)
	h.out.sendInOrder(newFrame("done", done, attachments...))
}

// show keeps the value of a cell's last expression; the engine calls it in the cell.
func (h *host) show(number int, values []any) {
	data, metadata := nb.RenderAll(values)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.value[number] = shownValue{data, metadata}
}

func (h *host) interrupt(program uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cancel := h.running[program]; cancel != nil {
		cancel(nil)
	}
}

// current returns the cell of the calling goroutine, for package nb.
func (h *host) current() nb.Cell {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.cells[h.runner.CellOf()]; c != nil {
		return c
	}
	return nil
}

// body decodes the body of a frame. Both ends are this package: a wrong one is a bug, and
// the zero value is as good as any.
func body[T any](f frame) (b T) {
	if err := json.Unmarshal(f.Body, &b); err != nil {
		var zero T
		return zero
	}
	return b
}
