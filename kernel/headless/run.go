package headless

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/client"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/headless/page"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// Options say how a notebook is run. Kernel is required.
type Options struct {
	// Kernel runs a kernel on conn until it is shut down or ctx ends.
	Kernel     func(ctx context.Context, conn kernel.Conn) error
	Spec       nbformat.Kernelspec // recorded in a notebook that names no kernel
	Parameters []Parameter
	Out        string        // the executed notebook goes to this file; "" for nowhere
	HTML       string        // the page goes to this file; "" for nowhere
	Footer     string        // the last line of the page
	Timeout    time.Duration // for each cell; 0 for none
	KeepGoing  bool          // run the cells behind one that failed
	Progress   Progress      // zero for silence
}

// CellError says that a cell failed. What the notebook shows of it is in Output.
type CellError struct {
	Notebook string
	Cell, Of int // the cell's place among the code cells, from 1
	Output   *nbformat.Output
}

func (e *CellError) Error() string {
	return fmt.Sprintf("%s: code cell %d of %d failed: %s: %s", e.Notebook, e.Cell, e.Of, e.Output.EName, e.Output.EValue)
}

// ErrInterrupted says that ctx ended before the last cell did.
var ErrInterrupted = errors.New("interrupted")

// errTooLong says that a cell was stopped by the time limit.
var errTooLong = errors.New("a cell took longer")

// interruptGrace is how long an interrupted cell may take to stop.
const interruptGrace = 10 * time.Second

// Run runs the notebook at path. Cancelling ctx interrupts the running cell. Whatever
// ends the run, what was executed so far is in Options.Out and Options.HTML when Run
// returns: a *CellError for a failed cell – with KeepGoing those of all, joined –,
// ErrInterrupted after an interrupt.
func Run(ctx context.Context, path string, o Options) error {
	nb, err := load(path, o)
	if err != nil {
		return err
	}
	r := &run{Options: o, path: path, notebook: nb, record: newRecorder(), client: client.Connect("headless", o.Kernel)}
	started := time.Now()
	err = r.start(ctx)
	if err == nil {
		err = r.cells(ctx)
	}
	for _, m := range r.client.Close() {
		r.record.record(m)
	}
	written, writeErr := r.write()
	r.Progress.finish(written, time.Since(started))
	return errors.Join(err, writeErr)
}

// load reads and prepares the notebook, so that all that can be wrong with it is said
// before anything runs.
func load(path string, o Options) (*nbformat.Notebook, error) {
	nb, err := nbformat.Read(path)
	if err != nil {
		return nil, err
	}
	if language := strings.ToLower(nb.Language()); language != "" && language != "go" {
		return nil, fmt.Errorf("%s is written in %s (kernel %q), and mole-kernel runs Go: choose a Go kernel for it in Jupyter, or run it there",
			path, language, nb.Kernelspec().Name)
	}
	if err := Inject(nb, o.Parameters); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, file := range []string{o.Out, o.HTML} {
		if err := hasFolder(file); err != nil {
			return nil, err
		}
	}
	return nb, nil
}

// hasFolder returns an error when the folder of a file to be written does not exist.
func hasFolder(file string) error {
	if file == "" {
		return nil
	}
	dir := filepath.Dir(file)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write %s: there is no folder %s: make it first", file, dir)
	case err != nil:
		return fmt.Errorf("write %s: %w", file, err)
	case !info.IsDir():
		return fmt.Errorf("write %s: %s is not a folder", file, dir)
	}
	return nil
}

// run is one notebook on its way.
type run struct {
	Options
	path     string
	notebook *nbformat.Notebook
	record   *recorder
	client   *client.Client
}

// start waits for the kernel and records what it is.
func (r *run) start(ctx context.Context) error {
	info, err := r.client.Info(ctx)
	if errors.Is(err, context.Canceled) {
		return ErrInterrupted
	}
	if err != nil {
		return fmt.Errorf("start kernel: %w", err)
	}
	return r.notebook.SetKernel(r.Spec, info.LanguageInfo)
}

// cells runs the code cells one after another. Cells tagged skip-execution stay as they
// are, the others lose their old outputs first: no output is of another run.
func (r *run) cells(ctx context.Context) error {
	var code []*nbformat.Cell
	for _, c := range r.notebook.Cells {
		if c.Type != "code" || c.HasTag("skip-execution") {
			continue
		}
		c.Outputs, c.Count = nil, 0
		if strings.TrimSpace(c.Source) != "" {
			code = append(code, c)
		}
	}
	var all []error
	for i, c := range code {
		r.Progress.begin(i+1, len(code), c)
		err := r.cell(ctx, c)
		r.Progress.end(err)
		var failed *CellError
		if errors.As(err, &failed) {
			failed.Notebook, failed.Cell, failed.Of = filepath.Base(r.path), i+1, len(code)
		}
		if err == nil || failed != nil && c.HasTag("raises-exception") {
			continue
		}
		if !r.KeepGoing || failed == nil && !errors.Is(err, errTooLong) {
			return err
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}

// cell runs one cell to its end, or to the end of the patience with it.
func (r *run) cell(ctx context.Context, c *nbformat.Cell) error {
	skipRest := !r.KeepGoing
	id, err := r.client.Execute(&wire.ExecuteRequest{Code: c.Source, AllowStdin: new(bool), StopOnError: &skipRest})
	if err != nil {
		return err
	}
	r.record.begin(id, c)
	stop, err := r.follow(ctx, id)
	if err != nil {
		return err
	}
	patience, cancel := context.WithTimeout(context.Background(), interruptGrace)
	defer cancel()
	reply, err := r.client.Reply(patience, id)
	if err != nil {
		return err
	}
	if stop != nil {
		return stop
	}
	if reply.Status == "ok" {
		return nil
	}
	return &CellError{Output: outcome(c, reply)}
}

// outcome is the error of a failed cell, from its outputs or, when it published none,
// from the reply.
func outcome(c *nbformat.Cell, reply *wire.ExecuteReply) *nbformat.Output {
	if o := failure(c); o != nil {
		return o
	}
	o := &nbformat.Output{Type: nbformat.Error, EName: "Error", EValue: "the cell was not run"}
	if reply.Failure != nil {
		o.EName, o.EValue, o.Traceback = reply.EName, reply.EValue, reply.Traceback
	}
	c.Outputs = append(c.Outputs, o)
	return o
}

// follow records what the kernel publishes until the request is over. An interrupt or the
// time limit stops the cell: stop then says which it was, and err that even the interrupt
// did not end it.
func (r *run) follow(ctx context.Context, id string) (stop, err error) {
	var limit, grace <-chan time.Time
	if r.Timeout > 0 {
		limit = time.After(r.Timeout)
	}
	interrupts := ctx.Done()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case m, open := <-r.client.IOPub:
			if !open {
				return stop, r.client.Err()
			}
			idle := r.record.record(m)
			r.Progress.message(m.Content)
			if idle && m.Parent.ID == id {
				return stop, nil
			}
			continue
		case <-tick.C:
			r.Progress.tick()
			continue
		case <-interrupts:
			stop = ErrInterrupted
		case <-limit:
			stop = fmt.Errorf("%s: %w than %v (--timeout)", filepath.Base(r.path), errTooLong, r.Timeout)
		case <-grace:
			return stop, fmt.Errorf("%w: the cell did not stop within %v", stop, interruptGrace)
		}
		interrupts, limit, grace = nil, nil, time.After(interruptGrace)
		r.client.Interrupt()
	}
}

// write stores the notebook and the page and lists what it wrote.
func (r *run) write() (written []string, err error) {
	if r.Out != "" {
		if err := r.notebook.Write(r.Out); err != nil {
			return nil, err
		}
		written = append(written, r.Out)
	}
	if r.HTML != "" {
		text := page.Render(r.notebook, page.Options{
			Title: strings.TrimSuffix(filepath.Base(r.path), ".ipynb"), Dir: filepath.Dir(r.path), Footer: r.Footer,
		})
		if err := nbformat.WriteFile(r.HTML, text); err != nil {
			return written, err
		}
		written = append(written, r.HTML)
	}
	return written, nil
}
