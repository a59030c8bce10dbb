package worker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// startTime is how long a worker may take until it can load programs.
const startTime = 30 * time.Second

// process is one worker process.
type process struct {
	opts  Options
	cmd   *exec.Cmd
	ends  ends
	mark  []byte
	order *order
	box   *blackbox
	out   func(cell int) kernel.Output

	ready chan error    // the worker's first message
	gone  chan struct{} // closed when the process has ended and all it wrote was handled
	death *Died         // set before gone is closed
	fresh atomic.Bool   // nothing has run since it was started

	running atomic.Int64  // the cell that was started last
	begun   atomic.Uint64 // the program that was executed last and had no error of loading

	mu        sync.Mutex
	waiting   map[uint64]chan frame // for the answer to a load, a run or a barrier
	questions map[uint64]context.CancelFunc
	last      uint64 // number of the last of them
	left      int    // interrupted cells that did not stop
	behind    int    // calls that interrupted cells have left behind in a worker that answers
	active    int    // programs that run
	killed    string // why it was killed; "" when it was not

	writing sync.Mutex // held while a frame goes into the control pipe
}

// ends are the supervisor's ends of the pipes.
type ends struct {
	control, messages, crash *os.File
	texts                    [textPipes]*os.File
}

// startProcess starts a worker and waits until it can load programs. env is its
// environment; out finds the output of a cell; closing stop ends the wait and the process.
func startProcess(opts Options, env []string, out func(int) kernel.Output, stop <-chan struct{}) (*process, error) {
	p := &process{
		opts: opts, out: out, order: newOrder(textPipes),
		ready: make(chan error, 1), gone: make(chan struct{}), waiting: map[uint64]chan frame{},
		questions: map[uint64]context.CancelFunc{},
	}
	nonce := make([]byte, 8)
	_, _ = rand.Read(nonce) // never fails
	p.mark = mark(hex.EncodeToString(nonce))
	if err := p.spawn(env); err != nil {
		return nil, err
	}
	p.attend()
	p.tell(newFrame("start", startBody{Nonce: hex.EncodeToString(nonce), MemoryLimit: opts.MemoryLimit}))
	timeout := time.NewTimer(startTime)
	defer timeout.Stop()
	select {
	case err := <-p.ready:
		if err != nil {
			p.kill()
		}
		return p, err
	case <-p.gone:
		return nil, fmt.Errorf("%w\n%s", p.death, p.death.Trace)
	case <-stop:
		p.kill()
		return nil, ErrClosed
	case <-timeout.C:
		p.kill()
		return nil, fmt.Errorf("it is not ready after %v", startTime)
	}
}

// spawn starts the process with new pipes.
func (p *process) spawn(env []string) error {
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
	}()
	var failed error
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		failed = errors.Join(failed, err)
		return r, w
	}
	p.box = newBlackbox()
	controlR, controlW := pipe()
	messagesR, messagesW := pipe()
	outR, outW := pipe()
	errR, errW := pipe()
	crashR, crashW := pipe()
	theirs = []*os.File{controlR, messagesW, outW, errW, crashW}
	p.ends = ends{control: controlW, messages: messagesR, crash: crashR, texts: [textPipes]*os.File{outR, errR}}
	if failed != nil {
		p.ends.close()
		p.box.close()
		return fmt.Errorf("make the pipes: %w", failed)
	}
	p.cmd = exec.Command(p.opts.Command[0], p.opts.Command[1:]...)
	p.cmd.Dir = p.opts.Dir
	p.cmd.Stdout, p.cmd.Stderr = outW, crashW
	p.cmd.Env = append(slices.Clone(env), traceVariable+"=single")
	given := pipes{control: controlR, messages: messagesW, stderr: errW}
	if p.box != nil {
		given.box = p.box.file
	}
	hand(p.cmd, given)
	if err := p.cmd.Start(); err != nil {
		p.ends.close()
		p.box.close()
		return err
	}
	return nil
}

func (e ends) close() {
	for _, f := range []*os.File{e.control, e.messages, e.crash, e.texts[stdout], e.texts[stderr]} {
		f.Close() // nil when it was not made
	}
}

// tell sends a frame. An error means that the process is ending; its end is told elsewhere.
func (p *process) tell(f frame) {
	p.writing.Lock()
	defer p.writing.Unlock()
	_ = writeFrame(p.ends.control, f)
}

func (p *process) kill() { p.killFor("") }

// killFor ends the process; why is told to the user.
func (p *process) killFor(why string) {
	p.mu.Lock()
	if why != "" {
		p.killed = why
	}
	p.mu.Unlock()
	select {
	case <-p.gone:
	default:
		killGroup(p.cmd.Process)
	}
}

// number returns a new number for a request.
func (p *process) number() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	return p.last
}

// expect returns where the frame that answers the request of a number will arrive.
func (p *process) expect(number uint64) <-chan frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := make(chan frame, 1)
	p.waiting[number] = answer
	return answer
}

// call sends a request with a number of its own and waits for the answer to it. The error is
// the death of the worker, or that of ctx.
func (p *process) call(ctx context.Context, request func(number uint64) frame) (frame, error) {
	number := p.number()
	answer := p.expect(number)
	p.tell(request(number))
	select {
	case f := <-answer:
		return f, nil
	case <-p.gone:
		return frame{}, p.death
	case <-ctx.Done():
		return frame{}, ctx.Err()
	}
}

// answered hands a frame to who waits for it.
func (p *process) answered(number uint64, f frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if waiting := p.waiting[number]; waiting != nil {
		waiting <- f
		delete(p.waiting, number)
	}
}

// load is over in milliseconds and therefore not interruptible: a program that is loaded
// in the worker and not in the books of the supervisor would confuse both.
func (p *process) load(encoded []byte) (uint64, error) {
	p.fresh.Store(false)
	var id uint64
	f, err := p.call(context.Background(), func(number uint64) frame {
		id = number
		return newFrame("load", loadBody{Program: id}, encoded)
	})
	if err != nil {
		return 0, err
	}
	if text := body[loadedBody](f).Error; text != "" {
		return 0, &LoadError{text}
	}
	return id, nil
}

// runCounted runs the loaded program of that number, or else loads and runs the encoded one.
func (p *process) runCounted(ctx context.Context, id uint64, encoded []byte, task Task) (*kernel.Bundle, *Failure, error) {
	kind, attachments := "run", [][]byte(nil)
	if encoded != nil {
		kind, attachments = "execute", [][]byte{encoded}
		id = p.number()
		p.fresh.Store(false)
	}
	answer := p.expect(id)
	p.running.Store(int64(task.Cell))
	request := runBody{Program: id, Cell: task.Cell, AllowInput: task.AllowInput, Measure: task.Usage != nil}
	p.tell(newFrame(kind, request, attachments...))
	select {
	case f := <-answer:
		return outcome(f, task)
	case <-p.gone:
		if encoded != nil && p.begun.Load() != id && p.death.Name != interruptedName {
			return nil, nil, &Missed{p.death}
		}
		return nil, nil, p.death
	case <-ctx.Done():
		return p.interrupt(id, task, answer)
	}
}

func outcome(f frame, task Task) (*kernel.Bundle, *Failure, error) {
	done := body[doneBody](f)
	if done.LoadError != "" {
		return nil, nil, &LoadError{done.LoadError}
	}
	if task.Usage != nil && done.Usage != nil {
		task.Usage.Add(*done.Usage)
	}
	if done.Value == nil {
		return nil, done.Failure, nil
	}
	value := done.Value.unpack(f.attachments)
	return &value, done.Failure, nil
}

// interrupt stops a running program, or leaves it behind, or kills the process.
func (p *process) interrupt(id uint64, task Task, answer <-chan frame) (*kernel.Bundle, *Failure, error) {
	p.tell(newFrame("interrupt", interruptBody{Program: id}))
	grace := time.NewTimer(p.opts.Grace)
	defer grace.Stop()
	select {
	case f := <-answer:
		return outcome(f, task)
	case <-p.gone:
		return nil, nil, p.death
	case <-grace.C:
	}
	p.mu.Lock()
	p.left++
	again := p.left > 1
	p.mu.Unlock()
	if again || !p.passBarrier() {
		p.killFor("the worker was replaced because the cell did not stop when it was interrupted")
		<-p.gone
		return nil, nil, p.death
	}
	go func() {
		select {
		case <-answer:
			p.mu.Lock()
			p.left--
			p.mu.Unlock()
		case <-p.gone:
		}
	}()
	return nil, &Failure{
		Name:  "Interrupted",
		Value: "the cell was interrupted and left behind",
		Note: fmt.Sprintf("It is inside a compiled function that does not look at a context, and did not stop within %v.\n"+
			"It ends when that function returns; other cells can run. Interrupt again to end it now: all values are lost then.", p.opts.Grace),
	}, nil
}

// passBarrier waits until everything printed and shown so far has been handled. It tells
// whether the worker still answers.
func (p *process) passBarrier() bool {
	ctx, cancel := context.WithTimeout(context.Background(), p.opts.Grace)
	defer cancel()
	_, err := p.call(ctx, func(number uint64) frame { return newFrame("barrier", barrierBody{Barrier: number}) })
	return err == nil
}
