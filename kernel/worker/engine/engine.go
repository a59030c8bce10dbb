// Package engine runs lowered cells: it makes their run-time types and compiled helpers and
// hosts the yaegi interpreter. It and its parent are the only importers of yaegi.
package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// Options says what an engine works with.
type Options struct {
	// Exports returns the symbols of a compiled package in the form of yaegi's tables: values,
	// functions and pointers to variables by name, types as nil pointers to them.
	Exports func(path string) map[string]reflect.Value
	// Generic returns a compiled instance of a generic function, by the type arguments as package
	// reflect spells them. It may be nil.
	Generic func(path, name string, typeArgs ...string) (reflect.Value, bool)
	// Show takes the values of a cell's last expression.
	Show func(cell int, values []any)
	// GoPanic is told of a panic that ended a goroutine of a cell.
	GoPanic func(cell int, p *Panic)
	// Returned is told that the call of an [Abandoned] cell has returned after all.
	Returned func()
	// BlackBox takes the places where code is and panics; nil for nowhere.
	BlackBox *BlackBox
}

// Engine holds the values of one notebook. Load is called for one program at a time; Run may
// overlap with everything.
type Engine struct {
	opts   Options
	types  *types
	host   *host
	trace  trace
	panics panics
	runs   runs
	bound  sync.Map                    // slot → reflect.Value of the bound func
	bodies map[*program.Program]func() // compiled statements of programs that have not run; host.mu guards it
	loaded map[string]bool
	quiet  sync.RWMutex // read-locked while a cell runs
}

// A Panic is a cell that panicked.
type Panic struct {
	Value  any
	Frames []Frame // innermost first
	Stack  string  // Go's own trace, for reports of faults in the kernel
}

func (p *Panic) Error() string { return "panic: " + panicText(p.Value) }

// New makes an engine without declarations. It tests first that run-time types work with the
// Go release of this binary; where they do not, methods of user types are not seen by compiled
// code and a program that needs that is refused by Load.
func New(opts Options) (*Engine, error) {
	e := &Engine{opts: opts, loaded: map[string]bool{}, bodies: map[*program.Program]func(){}}
	e.types = newTypes(e.exports, !haveStubs || selfTest(func() {}) != nil)
	e.types.generic = opts.Generic
	e.host = newHost(&e.trace)
	e.trace.finder = e.host.finder
	e.trace.calls = calls{types: e.types, alone: e.aloneInPanic}
	if err := e.host.use("k", "k", e.builtins()); err != nil {
		return nil, fmt.Errorf("start interpreter: %w", err)
	}
	_, err := e.host.eval("import \"k\"\nvar stop bool\nvar at int\n")
	if err != nil {
		return nil, fmt.Errorf("start interpreter: %w", err)
	}
	if e.runs.flag, err = fetch[*bool](e.host, "&stop"); err != nil {
		return nil, err
	}
	if e.trace.at, err = fetch[*int](e.host, "&at"); err != nil {
		return nil, err
	}
	e.record(opts.BlackBox)
	return e, nil
}

func fetch[T any](h *host, expr string) (t T, err error) {
	v, err := h.eval(expr)
	if err != nil {
		return t, fmt.Errorf("start interpreter: %w", err)
	}
	t, ok := v.Interface().(T)
	if !ok {
		return t, fmt.Errorf("start interpreter: %s has type %s", expr, v.Type())
	}
	return t, nil
}

// Load declares what a program declares: types, variables, functions, methods. It compiles the
// statements and runs none. Programs are loaded in the order in which they were lowered, once
// each. After an error nothing of the program is in use, and the next one may have its numbers.
func (e *Engine) Load(p *program.Program) error {
	e.host.mu.Lock()
	defer e.host.mu.Unlock()
	if err := e.load(p); err != nil {
		return fmt.Errorf("load cell %d: %w", p.Cell, err)
	}
	return nil
}

func (e *Engine) load(p *program.Program) error {
	bind, body, err := e.compile(p)
	if err != nil {
		return err
	}
	if err := e.types.extend(p.Methods); err != nil {
		return err
	}
	if len(p.Methods) > 0 {
		e.renewVariables()
	}
	if bind != nil {
		if err := protect(bind); err != nil {
			return err
		}
	}
	if body != nil {
		e.bodies[p] = body
	}
	e.trace.note(p)
	return nil
}

// compile makes the types of a program, its declarations and the functions that bind its
// methods and run its statements, nil for none.
func (e *Engine) compile(p *program.Program) (bind, body func(), err error) {
	if err := e.refuse(p); err != nil {
		return nil, nil, err
	}
	if err := e.types.add(p.Types); err != nil {
		return nil, nil, err
	}
	if err := e.useTypes(p); err != nil {
		return nil, nil, err
	}
	if err := e.useImports(p.Imports); err != nil {
		return nil, nil, err
	}
	if p.Decls != "" {
		if _, err := e.host.eval(p.Decls); err != nil {
			return nil, nil, err
		}
	}
	if p.Bind != "" {
		if bind, err = e.function("Bind", p.Bind); err != nil {
			return nil, nil, err
		}
	}
	if p.Run != "" {
		body, err = e.function("Run", p.Run)
	}
	return bind, body, err
}

// refuse looks for methods that there is no room for. In the fallback no type can have any:
// without method tables compiled code would miss them.
func (e *Engine) refuse(p *program.Program) error {
	if !e.types.erased {
		return outOfSlots(p)
	}
	for _, t := range p.Types {
		if t.Kind == program.User && len(t.Methods) > 0 {
			return fmt.Errorf("type %s has methods, which this build of the kernel cannot show to compiled code "+
				"(the memory layout of Go's types is not the known one): build the kernel with Go 1.26 for amd64 or arm64", t.Name)
		}
	}
	return nil
}

func (e *Engine) useTypes(p *program.Program) error {
	symbols := map[string]reflect.Value{}
	for _, t := range p.Types {
		if t.Kind >= program.User || len(t.Targs) > 0 {
			symbols[fmt.Sprintf("T%d", t.ID)] = reflect.Zero(reflect.PointerTo(e.types.twin(t.ID)))
		}
	}
	for _, h := range p.Helpers {
		fn, err := e.helper(h)
		if err != nil {
			return err
		}
		symbols[h.Symbol] = fn
	}
	if len(symbols) == 0 {
		return nil
	}
	return e.host.use("k", "k", symbols)
}

func (e *Engine) useImports(list []program.Import) error {
	var b strings.Builder
	for _, im := range list {
		if !e.loaded[im.Path] {
			symbols := e.exports(im.Path)
			if symbols == nil {
				return fmt.Errorf("package %q is not compiled into the kernel", im.Path)
			}
			if err := e.host.use(im.Path, im.Alias, symbols); err != nil {
				return err
			}
			e.loaded[im.Path] = true
		}
		fmt.Fprintf(&b, "import %s %q\n", im.Alias, im.Path)
	}
	if b.Len() == 0 {
		return nil
	}
	_, err := e.host.eval(b.String())
	return err
}

// function declares a function without parameters and fetches it.
func (e *Engine) function(name, body string) (func(), error) {
	if _, err := e.host.eval("func " + name + "() {\n" + body + "\n}\n"); err != nil {
		return nil, err
	}
	v, err := e.host.eval(name)
	if err != nil {
		return nil, err
	}
	f, ok := v.Interface().(func())
	if !ok {
		return nil, fmt.Errorf("%s is a %s", name, v.Type())
	}
	return f, nil
}

func protect(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("bind: %v", unwrapPanic(r))
		}
	}()
	f()
	return nil
}

// Run executes the statements of a loaded program, once. It returns a *Panic when they panic,
// ErrGoexit, and ErrInterrupted or *Abandoned soon after ctx is cancelled, also when compiled
// code does not return: its goroutine then ends at its next check.
func (e *Engine) Run(ctx context.Context, p *program.Program) error {
	e.quiet.RLock()
	defer e.quiet.RUnlock()
	e.host.mu.Lock()
	f := e.bodies[p]
	delete(e.bodies, p)
	e.runs.begin()
	e.host.mu.Unlock()
	if f == nil {
		return nil
	}
	result := make(chan error, 1)
	started := make(chan *run, 1)
	go func() {
		r := e.runs.enter(ctx, p.Cell)
		started <- r
		e.execute(r, f, result)
	}()
	r := <-started
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		e.runs.interrupt(r)
		return e.abandon(r, result)
	case <-r.failing:
		if err := e.abandon(r, result); !errors.Is(err, ErrInterrupted) {
			return err
		}
		return r.failed
	}
}

// execute runs f as the main goroutine of r and sends how it ended, also when f ends the
// goroutine.
func (e *Engine) execute(r *run, f func(), result chan<- error) {
	err := ErrGoexit
	defer func() {
		switch v := recover(); {
		case v != nil && isInterrupt(v):
			err = ErrInterrupted
		case v != nil:
			e.panics.leaving.Delete(getg())
			err = &Panic{Value: goPanic(e.told(v)), Frames: e.trace.take(), Stack: string(debug.Stack())}
		}
		e.settle(r)
		if p := r.end(); p != nil {
			err = p
		}
		e.runs.leave(r)
		result <- err
	}()
	f()
	err = nil
}
