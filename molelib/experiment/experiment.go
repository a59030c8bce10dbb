package experiment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// Run runs the plan and returns its table, also with an error: then it holds what was done.
// Runs that fail do not stop the others; their errors are those of Table.Err, joined. After
// a cancellation the error wraps that of ctx.
func Run(ctx context.Context, p Plan) (*Table, error) {
	e, err := New(p)
	if err != nil {
		return nil, err
	}
	return e.Run(ctx)
}

// Experiment is a plan at work.
type Experiment struct {
	// Observer is told about every step of every run, one call at a time. done and total
	// count thousandths of a run.
	Observer mole.Observer

	plan      Plan
	table     *Table
	results   *journal // nil without a file
	saveEvery time.Duration
	calls     sync.Mutex // held while the observer is told
}

// New prepares a plan and reads the results that its file holds. The error says what is wrong
// with the plan or the file.
func New(p Plan) (*Experiment, error) {
	p, err := p.resolved()
	if err != nil {
		return nil, err
	}
	e := &Experiment{Observer: p.Observer, plan: p, table: newTable(p), saveEvery: saveEvery}
	if p.File == "" {
		return e, nil
	}
	e.results = &journal{path: p.File, header: p.header()}
	kept, err := e.results.load()
	if err != nil {
		return nil, err
	}
	e.table.fill(kept)
	return e, nil
}

// Table returns the table, which grows with the experiment.
func (e *Experiment) Table() *Table { return e.table }

// Run runs what has no result yet, and again what failed. See the function Run. After an
// interruption it may be called again.
func (e *Experiment) Run(ctx context.Context) (*Table, error) {
	if ctx == nil {
		return e.table, errors.New("experiment: no context was given: use nb.Context() or context.Background()")
	}
	e.table.setStatus("running")
	err := e.runAll(ctx)
	over, _, all := e.table.count()
	switch {
	case err != nil:
		e.tell("stopped")
		return e.table, err
	case ctx.Err() != nil && over < all:
		e.tell("stopped")
		return e.table, errors.Join(fmt.Errorf("experiment: %s stopped after %d of %d runs: %w", e.plan.Name, over, all, ctx.Err()), e.table.Err())
	}
	e.tell("complete")
	return e.table, e.table.Err()
}

// outcome is what a run sends when it is over.
type outcome struct {
	index   int
	metrics Metrics
	err     error
}

// runAll starts runs as long as there is room for one more, and returns when all are over. The
// error is that of keeping the results, which ends the experiment.
func (e *Experiment) runAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := e.table.open()
	divided := newDivisions(e.plan, e.table, queue)
	memory := newRoom(e.plan.Memory)
	parallel := e.plan.Parallel
	if parallel == 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	ends := make(chan outcome)
	var failure error
	for active := 0; ; {
		for len(queue) > 0 && active < parallel && ctx.Err() == nil && memory.fits(active) {
			e.start(ctx, queue[0], divided, ends)
			queue = queue[1:]
			active++
		}
		if active == 0 {
			return failure
		}
		o := <-ends
		memory.look(active)
		active--
		divided.release(e.table.at(o.index).part)
		if err := e.finish(ctx, o); err != nil {
			failure = errors.Join(failure, err)
			cancel()
		}
	}
}

// start runs a trial in a goroutine, which ends by sending its outcome.
func (e *Experiment) start(ctx context.Context, i int, divided *divisions, ends chan<- outcome) {
	e.table.set(i, func(r *run) { r.state, r.share, r.err = running, 0, nil })
	go func() {
		o := outcome{index: i, err: errors.New("the method ended its goroutine")}
		defer func() { ends <- o }() // also after runtime.Goexit
		o.metrics, o.err = e.attempt(ctx, i, divided)
	}()
}

// attempt does one trial. A panic is its error: those of an experiment of hours must not
// take the other runs with them.
func (e *Experiment) attempt(ctx context.Context, i int, divided *divisions) (m Metrics, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	t := e.trial(i)
	if e.plan.Data != nil {
		if t.Train, t.Test, err = divided.of(ctx, t.Part); err != nil {
			return nil, err
		}
		t.Options.Test = t.Test
	}
	start := time.Now()
	m, err = e.plan.Methods[i%len(e.plan.Methods)].Run(ctx, t)
	if err != nil {
		return nil, err
	}
	m = measured(m)
	if _, ok := m[metricSeconds]; !ok {
		m[metricSeconds] = time.Since(start).Seconds()
	}
	return m, e.table.compare(m)
}

func (e *Experiment) trial(i int) *Trial {
	r := e.table.at(i)
	t := &Trial{Part: r.part, Method: r.method, Options: e.plan.Options, network: e.plan.Network, saveEvery: e.saveEvery}
	if e.results != nil {
		t.resume = e.results.checkpoint(r)
	}
	t.Options.Seed = r.part.Seed
	t.Options.Observer = &progress{e: e, index: i, name: fmt.Sprintf("%s, %v", r.method, r.part)}
	return t
}

// finish puts an outcome into the table and the file. What a cancelled context ended is open
// again.
func (e *Experiment) finish(ctx context.Context, o outcome) error {
	switch {
	case o.err == nil:
	case ctx.Err() != nil:
		e.table.set(o.index, func(r *run) { r.state = waiting })
		return nil
	default:
		e.table.set(o.index, func(r *run) { r.state, r.err = failed, o.err })
		e.tell("")
		return nil
	}
	e.table.set(o.index, func(r *run) { r.state, r.metrics = finished, o.metrics })
	if e.results != nil {
		if err := e.results.keep(e.table.at(o.index)); err != nil {
			return err
		}
	}
	e.tell("")
	return nil
}

// tell hands progress to the observer; an empty status leaves the last one.
func (e *Experiment) tell(status string) {
	e.calls.Lock()
	defer e.calls.Unlock()
	if status != "" {
		e.table.setStatus(status)
	}
	if e.Observer != nil {
		e.Observer.Observe(e.table.Progress())
	}
}

// progress observes the training of one run.
type progress struct {
	e     *Experiment
	index int
	name  string
}

// Observe notes how far the run is.
func (p *progress) Observe(done, total int, status string) {
	p.e.table.set(p.index, func(r *run) { r.share = min(1, float64(done)/float64(max(1, total))) })
	p.e.tell(p.name + ": " + status)
}

// divisions holds the data of the parts that are being run.
type divisions struct {
	split Split
	parts map[Part]*division
}

type division struct {
	left int // runs that need it
	mu   sync.Mutex
	done bool

	train, test mole.Examples
	err         error
}

func newDivisions(p Plan, t *Table, queue []int) *divisions {
	d := &divisions{split: p.Data, parts: map[Part]*division{}}
	for _, i := range queue {
		part := t.at(i).part
		if d.parts[part] == nil {
			d.parts[part] = &division{}
		}
		d.parts[part].left++
	}
	return d
}

// of returns the data of a part; the first run that asks makes them.
func (d *divisions) of(ctx context.Context, p Part) (train, test mole.Examples, err error) {
	one := d.parts[p]
	one.mu.Lock()
	defer one.mu.Unlock()
	if !one.done {
		one.train, one.test, one.err = d.split(ctx, p)
		one.done = true
	}
	return one.train, one.test, one.err
}

// release lets the data of a part go after its last run.
func (d *divisions) release(p Part) {
	one := d.parts[p]
	if one.left--; one.left == 0 {
		one.train, one.test = nil, nil
	}
}
