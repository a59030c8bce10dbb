package session

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"strings"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// extension is what the worker has beyond the kernel's own packages. Session.mu guards it.
type extension struct {
	command []string // starts the kernel's own worker
	builder *modules.Builder
	set     *modules.Set
	cells   func() []string // of the notebook's file; nil where it is not known

	scanned bool
	want    modules.Request // of the cells so far, and of those to come
	built   *modules.Worker // for want; nil for the kernel's own
	inUse   *modules.Worker
	lossy   bool // the cell in hand may cost values
}

// extend sees to it that the packages which code imports are known, compiling what is not
// there yet. The function that it returns takes that back, for a cell that changes nothing.
// Before the notebook's first cell it looks at all cells of its file, so that no later
// import has to replace the worker. s.mu is held.
func (s *Session) extend(ctx context.Context, number int, code string, out kernel.Output) (revert func(), err error) {
	x := &s.extension
	if x.builder == nil {
		return func() {}, nil
	}
	if !x.scanned {
		x.scanned = true
		err = s.extendAhead(ctx, out)
	}
	want, built := x.want, x.built
	if err == nil {
		err = s.extendFor(ctx, number, code, out)
	}
	return func() { s.revert(want, built) }, err
}

// extendFor is extend for one cell.
func (s *Session) extendFor(ctx context.Context, number int, code string, out kernel.Output) error {
	x := &s.extension
	var more modules.Request
	imports := modules.Imports(code)
	for i := range imports {
		imports[i].Path = x.set.Resolve(imports[i].Path)
		if x.set.Foreign(imports[i].Path) {
			more.Imports = append(more.Imports, imports[i].Path)
		}
	}
	if len(s.interpreted.loaded) > 0 {
		s.tellChanges(out)
		return s.interpret(ctx, number, code, imports, out)
	}
	want := x.want.Clone()
	if added := want.Add(more); !added && (x.built == nil || !x.built.Changed()) {
		return nil
	}
	note := newProgress(out)
	defer note.end()
	err := s.obtain(ctx, want, out, note)
	if errors.Is(err, modules.ErrNoToolchain) {
		return s.interpret(ctx, number, code, imports, out)
	}
	if err != nil {
		return importErrors(number, code, imports, err)
	}
	return nil
}

// obtain makes want what the notebook has: built, and known to the checker.
func (s *Session) obtain(ctx context.Context, want modules.Request, out kernel.Output, note *progress) error {
	x := &s.extension
	reloaded := x.built != nil && x.built.Changed()
	w, err := x.builder.Build(ctx, want, note.step)
	if err != nil {
		return err
	}
	changed, err := x.set.Use(w)
	if err != nil {
		return err
	}
	if reloaded || len(changed) > 0 {
		out.Stream("stderr", []byte(reloadNote(changed, s.notebook.Outdate(changed))))
	}
	x.want, x.built = want, w
	note.done()
	return nil
}

// reloadNote tells that packages are new, and what of the notebook that
// makes useless.
func reloadNote(changed, names []string) string {
	if len(names) == 0 {
		return "Packages have changed and were loaded again.\n"
	}
	return fmt.Sprintf("Packages have changed and were loaded again. What %s exports is not what it was: run the cells again that declare %s.\n",
		strings.Join(changed, ", "), strings.Join(names, ", "))
}

// importErrors words what is wrong with packages as errors of the cell's imports.
func importErrors(number int, code string, imports []modules.Import, err error) error {
	var wrong *modules.Error
	e := cell.Error{Name: "ImportError", Msg: err.Error()}
	switch {
	case errors.Is(err, modules.ErrNoToolchain):
		e.Msg = "this package is not part of the kernel, and " + err.Error()
		e.Hint = "install Go from https://go.dev/dl, then run the cell again: packages are compiled once and kept"
	case errors.As(err, &wrong):
		e.Msg, e.Hint = wrong.Text, wrong.Hint
	default:
		return err
	}
	for _, im := range imports {
		if wrong == nil || wrong.Path == "" || wrong.Path == im.Path {
			e.Pos = token.Position{Filename: fmt.Sprintf("cell[%d]", number), Line: im.Line, Column: im.Column}
			e.Width = im.Width
			e.Line = strings.TrimRight(strings.Split(code, "\n")[im.Line-1], "\r")
			e.Msg = fmt.Sprintf("cannot import %q: %s", im.Path, e.Msg)
			break
		}
	}
	if e.Pos.Line == 0 {
		return errors.New(err.Error())
	}
	first, more, _ := strings.Cut(e.Msg, "\n")
	e.Msg = first
	for line := range strings.Lines(more) {
		e.Notes = append(e.Notes, strings.TrimRight(line, "\n"))
	}
	return cell.Errors{e}
}

// revert takes back what a cell that changed nothing has built.
func (s *Session) revert(want modules.Request, built *modules.Worker) {
	x := &s.extension
	if x.built == built {
		return
	}
	x.want, x.built = want, built
	_, _ = x.set.Use(built) // it did before
}

// adopt puts the worker that was built last into use. Values that cannot be carried over
// make it an error that changes nothing, or, when lossy, are lost and named. s.mu is held;
// no cell runs.
func (s *Session) adopt(ctx context.Context, lossy bool) (lost []string, err error) {
	x := &s.extension
	if x.built == x.inUse {
		return nil, nil
	}
	var symbols []string
	living := map[string]cell.Living{}
	for _, v := range s.notebook.Living() {
		if symbol, ok := s.lowerer.Symbol(v.Var); ok {
			symbols = append(symbols, symbol)
			living[symbol] = v
		}
	}
	command := s.command
	if x.built != nil {
		command = x.built.Command
	}
	err = s.worker.Replace(ctx, command, symbols, lossy)
	var left *worker.NotCarried
	switch {
	case err == nil:
	case !errors.As(err, &left):
		return nil, err
	case !lossy:
		return nil, newLossError(left, symbols, living)
	default:
		lost = s.leaveBehind(left, living)
	}
	x.inUse = x.built
	s.interpreted.stale.Store(true)
	return lost, nil
}

// leaveBehind notes the variables that were not carried over and returns their names.
func (s *Session) leaveBehind(left *worker.NotCarried, living map[string]cell.Living) []string {
	if left.Busy || left.Why != "" {
		return s.lose()
	}
	var gone []cell.Living
	for symbol := range left.Problems {
		gone = append(gone, living[symbol])
	}
	return s.notebook.LoseSome(gone)
}

// lossError says that a cell needs another worker, which would cost the values of variables.
type lossError struct{ text string }

func newLossError(left *worker.NotCarried, symbols []string, living map[string]cell.Living) *lossError {
	if left.Busy {
		return &lossError{"the cell needs a worker with more packages, and goroutines of earlier cells would end with the present one"}
	}
	if left.Why != "" {
		return &lossError{"the cell needs another worker, and the values cannot be carried over: " + left.Why}
	}
	const most = 12
	var parts []string
	for _, symbol := range symbols {
		if problem := left.Problems[symbol]; problem != "" {
			v := living[symbol]
			parts = append(parts, fmt.Sprintf("%s of cell [%d] %s", v.Name, v.Cell, problem))
		}
	}
	if n := len(parts); n > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more", n-most))
	}
	return &lossError{"the cell needs a worker with more packages, and these values cannot be carried over: " + strings.Join(parts, "; ")}
}

// lossAdvice says what to do.
const lossAdvice = "Nothing of the cell has run. Move the import (or the compiled cell) to the first cell and run the notebook again,\n" +
	"or accept the loss: %import and the path of the package, %%compile -lose for a compiled cell."

func (e *lossError) Error() string { return e.text }

// progress shows what happens while packages are compiled: one line that changes.
type progress struct {
	out kernel.Output

	mu      sync.Mutex
	started time.Time
	text    string
	first   string   // what is being compiled, for the last line
	built   []string // what has been compiled
	stop    chan struct{}
	ended   chan struct{}
}

// progressID makes the display of one build one that can be updated.
const progressID = "mole-kernel-modules-%d"

func newProgress(out kernel.Output) *progress { return &progress{out: out, started: time.Now()} }

// step is told what happens now.
func (p *progress) step(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	if what, ok := strings.CutPrefix(text, "compiling "); ok {
		p.first = what
	}
	if p.stop == nil {
		p.stop, p.ended = make(chan struct{}), make(chan struct{})
		p.show(false)
		go p.run()
		return
	}
	p.show(true)
}

// run counts the seconds.
func (p *progress) run() {
	defer close(p.ended)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.mu.Lock()
			p.show(true)
			p.mu.Unlock()
		}
	}
}

// show shows the present line; p.mu is held.
func (p *progress) show(update bool) {
	text := fmt.Sprintf("%s … %.0f s", p.text, time.Since(p.started).Seconds())
	p.display(text, update)
}

func (p *progress) display(text string, update bool) {
	p.out.Display(kernel.Display{
		Bundle: kernel.Bundle{Data: map[string]any{"text/plain": text}},
		ID:     fmt.Sprintf(progressID, p.started.UnixNano()), Update: update,
	})
}

// done is told that what was compiled is there.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.built = append(p.built, p.first)
}

// end writes the last line, when there was anything to wait for.
func (p *progress) end() {
	if p.stop == nil {
		return
	}
	close(p.stop)
	<-p.ended
	text := p.text + ": failed"
	if len(p.built) > 0 {
		text = fmt.Sprintf("compiled %s in %.1f s", p.built[len(p.built)-1], time.Since(p.started).Seconds())
	}
	p.display(text, true)
}
