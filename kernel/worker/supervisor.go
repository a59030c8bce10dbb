package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// Options say how a [Supervisor] starts and treats its worker.
type Options struct {
	Command     []string      // starts the worker: a program that calls [Main], and its arguments
	Dir         string        // working directory of the cells; "" for the kernel's
	MemoryLimit int64         // bytes the worker may hold; 0 for three quarters of the memory, below 0 for no limit
	Grace       time.Duration // how long an interrupted cell may take to stop; 0 for 2 s
	Logger      *slog.Logger  // nil for none
}

// Supervisor owns the worker process: there is always one, or one on its way. Its methods
// may be called from any goroutine, but programs must be loaded one after the other.
type Supervisor struct {
	opts Options
	stop chan struct{} // closed by Close

	mu     sync.Mutex
	slot   *slot                 // the worker in use
	death  *Died                 // of the worker before, until a call has reported it
	kept   [][]byte              // programs for the next worker
	outs   map[int]kernel.Output // by cell: goroutines may print long after it
	place  Surroundings          // of the last worker, when they were asked for
	closed bool
}

// slot is a worker that is being started, then is ready or has failed.
type slot struct {
	ready chan struct{} // closed when process or err is set
	p     *process
	err   error
}

// holds tells whether the slot's worker died this death.
func (s *slot) holds(died *Died) bool {
	return isClosed(s.ready) && s.p != nil && isClosed(s.p.gone) && s.p.death == died
}

// ErrClosed is returned after [Supervisor.Close].
var ErrClosed = errors.New("the worker has been closed")

// Start starts a worker and returns at once: the first call waits for it. An error says
// that the options are wrong.
func Start(opts Options) (*Supervisor, error) {
	if len(opts.Command) == 0 {
		return nil, errors.New("start a worker: no command is given")
	}
	if opts.Grace == 0 {
		opts.Grace = 2 * time.Second
	}
	if opts.MemoryLimit == 0 {
		opts.MemoryLimit = defaultMemoryLimit()
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Supervisor{opts: opts, stop: make(chan struct{}), outs: map[int]kernel.Output{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.launch()
	return s, nil
}

// Close ends the worker process and waits for its end. It is safe to call twice.
func (s *Supervisor) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
	current := s.slot
	s.mu.Unlock()
	if current == nil {
		return nil
	}
	<-current.ready
	if current.p != nil {
		current.p.kill()
		<-current.p.gone
	}
	return nil
}

// Program is a program that has been loaded into the present worker, or is loaded when it
// runs: what declares nothing costs one exchange with the worker and not two.
type Program struct {
	s       *Supervisor
	p       *process
	id      uint64
	encoded []byte // to be loaded; nil: it is
}

// LoadError says that the interpreter did not take a program.
type LoadError struct{ Text string }

func (e *LoadError) Error() string { return "load the cell into the interpreter: " + e.Text }

// Load declares what a program declares; it is loaded again into each later worker. The
// error is a [*LoadError], or a [*Died]: then a new worker with the loaded programs is there
// or on its way, all values are gone, and nothing was loaded. Each death is returned by one
// call, which may be one made after it.
func (s *Supervisor) Load(ctx context.Context, lowered *program.Program) (*Program, error) {
	encoded, err := json.Marshal(lowered)
	if err != nil {
		return nil, fmt.Errorf("encode cell %d: %w", lowered.Cell, err)
	}
	if !declares(lowered) {
		p, err := s.acquire(ctx)
		if err != nil {
			return nil, err
		}
		return &Program{s: s, p: p, encoded: encoded}, nil
	}
	again := *lowered
	again.Run = "" // later workers only declare
	kept, err := json.Marshal(&again)
	if err != nil {
		return nil, fmt.Errorf("encode cell %d: %w", lowered.Cell, err)
	}
	return s.load(ctx, encoded, kept)
}

// declares tells whether later programs can need p.
func declares(p *program.Program) bool {
	return len(p.Types)+len(p.Helpers)+len(p.Imports)+len(p.Decls)+len(p.Bind) > 0
}

// load loads a program; later workers load kept.
func (s *Supervisor) load(ctx context.Context, encoded, kept []byte) (*Program, error) {
	p, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	id, err := p.load(encoded)
	if err != nil {
		return nil, s.reported(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, kept)
	return &Program{s: s, p: p, id: id}, nil
}

// Task says for whom a program runs.
type Task struct {
	Cell       int           // the number in positions
	Out        kernel.Output // takes the cell's output, also that of its goroutines after its end
	AllowInput bool
	Usage      *Usage // what the program took is added to it; nil not to measure
}

// Run runs the statements of a loaded program, once. Everything that the cell has printed
// and shown has gone to the task's Out when it returns. When ctx is cancelled the cell is
// interrupted; if it does not stop within the grace period it is left behind, and when
// there are two of that kind the worker is replaced. The error is a [*Died], in a
// [*Missed] when the program did not begin, or the [*LoadError] of a program that declares
// nothing.
func (l *Program) Run(ctx context.Context, task Task) (*kernel.Bundle, *Failure, error) {
	l.s.mu.Lock()
	l.s.outs[task.Cell] = task.Out
	l.s.mu.Unlock()
	value, failure, err := l.p.run(ctx, l.id, l.encoded, task)
	return value, failure, l.s.reported(err)
}

// Ready waits until a worker can take programs. Its error is that of [Supervisor.Load].
func (s *Supervisor) Ready(ctx context.Context) error {
	_, err := s.acquire(ctx)
	return err
}

// acquire returns the worker in use, or the death that nobody has heard of.
func (s *Supervisor) acquire(ctx context.Context) (*process, error) {
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil, ErrClosed
		}
		if death := s.death; death != nil {
			s.death = nil
			s.mu.Unlock()
			return nil, death
		}
		if s.slot == nil {
			s.launch()
		}
		current := s.slot
		s.mu.Unlock()

		select {
		case <-current.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if current.err != nil {
			s.drop(current)
			return nil, fmt.Errorf("start the worker process: %w", current.err)
		}
		select {
		case <-current.p.gone:
			s.bury(current)
		default:
			return current.p, nil
		}
	}
}

// drop forgets a worker that did not start; the next call tries again.
func (s *Supervisor) drop(failed *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slot == failed {
		s.slot = nil
	}
}

// launch starts a worker; s.mu is held.
func (s *Supervisor) launch() {
	next := &slot{ready: make(chan struct{})}
	s.slot = next
	command, kept := s.opts.Command, s.kept[:len(s.kept):len(s.kept)]
	go func() {
		next.p, next.err = s.start(command, kept)
		close(next.ready)
		if next.err == nil {
			<-next.p.gone
			s.bury(next)
		}
	}()
}

// bury takes a dead worker out of use and starts another, unless the dead one never did
// anything: then the next call starts it, for fear of doing nothing else.
func (s *Supervisor) bury(dead *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slot != dead || s.closed {
		return
	}
	s.opts.Logger.Info("the worker process has ended", "reason", dead.p.death.Reason)
	s.slot = nil
	s.death = dead.p.death
	if !dead.p.fresh.Load() {
		s.launch()
	}
}

// reported sees to it that a death which a call returns is not returned again.
func (s *Supervisor) reported(err error) error {
	var died *Died
	if !errors.As(err, &died) {
		return err
	}
	s.mu.Lock()
	current := s.slot
	s.mu.Unlock()
	if current != nil && current.holds(died) {
		s.bury(current)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.death == died {
		s.death = nil
	}
	if s.closed {
		return ErrClosed
	}
	return err
}

// output returns where the text of a cell goes.
func (s *Supervisor) output(cell int) kernel.Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outs[cell]
}
