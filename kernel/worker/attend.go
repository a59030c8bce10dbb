package worker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Bounds of what is taken from a dying process.
const (
	maxTrace = 64 << 10 // of what it writes to descriptor 2
	// lastWords is how long the pipes of an ended process are read: a command that it
	// started in a session of its own may keep them open for ever.
	lastWords = 500 * time.Millisecond
	// settle is how long text on descriptor 2 is held back, to see it as a whole.
	settle = 200 * time.Millisecond
)

// attend starts the goroutines that read what the process writes. They end with it.
func (p *process) attend() {
	var readers sync.WaitGroup
	for pipe := range p.ends.texts {
		readers.Go(func() { p.readText(pipe) })
	}
	ended := make(chan struct{})
	var trace bytes.Buffer
	readers.Go(func() { p.readCrash(&trace, ended) })
	go func() {
		p.readMessages()
		p.order.close()
		killGroup(p.cmd.Process) // what its cells have started, and itself if it only closed the pipe
		_ = p.cmd.Wait()         // the state says more than the error
		close(ended)
		for _, f := range []*os.File{p.ends.texts[stdout], p.ends.texts[stderr], p.ends.crash} {
			_ = f.SetReadDeadline(time.Now().Add(lastWords))
		}
		readers.Wait()
		p.mu.Lock()
		p.death = autopsy(p.cmd.ProcessState, p.killed, trace.String())
		p.death.locate(p.box.wreck())
		p.box.close()
		for _, cancel := range p.questions {
			cancel()
		}
		p.mu.Unlock()
		p.ends.close()
		close(p.gone)
	}()
}

// readText reads a text pipe to its end.
func (p *process) readText(pipe int) {
	cell := latestCell
	s := splitter{mark: p.mark}
	s.text = func(text []byte) {
		owner := cell
		if owner == latestCell {
			owner = int(p.running.Load())
		}
		if out := p.out(owner); out != nil {
			out.Stream(streamNames[pipe], bytes.Clone(text))
		}
	}
	s.marker = func(kind byte, n uint64) {
		switch kind {
		case markerCell:
			cell = int(n)
		case markerOrder:
			p.order.arrive(pipe, n)
		}
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := p.ends.texts[pipe].Read(buf)
		s.feed(buf[:n])
		if err != nil {
			break
		}
	}
	s.end()
	p.order.end(pipe)
}

// readCrash reads descriptor 2. What tells of the process's death is left in trace; other
// text, from C libraries for example, is shown as the running cell's.
func (p *process) readCrash(trace *bytes.Buffer, ended <-chan struct{}) {
	buf := make([]byte, 16<<10)
	for {
		n, err := p.ends.crash.Read(buf)
		trace.Write(buf[:min(n, maxTrace-trace.Len())])
		switch {
		case err == nil && !isClosed(ended):
			_ = p.ends.crash.SetReadDeadline(time.Now().Add(settle))
		case errors.Is(err, os.ErrDeadlineExceeded) && !isClosed(ended):
			if !fatal(trace.String()) {
				p.showRaw(trace)
			}
			_ = p.ends.crash.SetReadDeadline(time.Time{})
			if isClosed(ended) { // its deadline may have been the one just taken back
				_ = p.ends.crash.SetReadDeadline(time.Now().Add(lastWords))
			}
		case err != nil:
			return
		}
	}
}

func (p *process) showRaw(text *bytes.Buffer) {
	if out := p.out(int(p.running.Load())); out != nil {
		out.Stream(streamNames[stderr], bytes.Clone(text.Bytes()))
	}
	text.Reset()
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// readMessages handles the worker's messages until they end.
func (p *process) readMessages() {
	r := bufio.NewReaderSize(p.ends.messages, 64<<10)
	for {
		f, err := readFrame(r)
		if err != nil {
			if err != io.EOF {
				p.opts.Logger.Debug("read the worker's messages", "error", err)
			}
			return
		}
		if f.Order > 0 {
			p.order.handle(f.Order, func() { p.handle(f) })
		} else {
			p.handle(f)
		}
	}
}

func (p *process) handle(f frame) {
	switch f.Type {
	case "ready":
		p.ready <- readyError(body[readyBody](f))
	case "loaded":
		p.answered(body[loadedBody](f).Program, f)
	case "begun":
		p.begun.Store(body[begunBody](f).Program)
	case "done":
		p.answered(body[doneBody](f).Program, f)
	case "changed":
		p.answered(body[changedBody](f).Number, f)
	case "seen":
		p.answered(body[seenBody](f).Look, f)
	case "carried":
		p.answered(body[carriedBody](f).Carry, f)
	case "restored":
		p.answered(body[restoredBody](f).Restore, f)
	case "passed":
		p.answered(body[passedBody](f).Barrier, f)
	case "display":
		d := body[displayBody](f)
		if out := p.out(d.Cell); out != nil {
			out.Display(kernel.Display{Bundle: d.Shown.unpack(f.attachments), ID: d.ID, Update: d.Update})
		}
	case "clear":
		c := body[clearBody](f)
		if out := p.out(c.Cell); out != nil {
			out.Clear(c.Wait)
		}
	case "returned":
		p.mu.Lock()
		p.behind--
		p.mu.Unlock()
	case "question":
		p.ask(body[questionBody](f))
	case "withdraw":
		p.withdraw(body[withdrawBody](f).Question)
	}
}

func readyError(b readyBody) error {
	if b.Error != "" {
		return errors.New(b.Error)
	}
	return nil
}

// ask passes a question on to the front end, and its answer back when there is one.
func (p *process) ask(q questionBody) {
	out := p.out(q.Cell)
	if out == nil {
		p.tell(newFrame("answer", answerBody{Question: q.Question, Error: "the cell has no front end"}))
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	p.questions[q.Question] = cancel
	p.mu.Unlock()
	go func() {
		defer p.withdraw(q.Question)
		answer := answerBody{Question: q.Question}
		text, err := out.Input(ctx, q.Prompt, q.Password)
		if errors.Is(err, context.Canceled) && !stillAsked(ctx) {
			return
		}
		answer.Text = text
		if err != nil {
			answer.Error = err.Error()
		}
		p.tell(newFrame("answer", answer))
	}()
}

// stillAsked gives the interrupt that has cancelled a question time to reach the worker, which
// then withdraws it. A question that is left is that of a cell which has ended.
func stillAsked(question context.Context) bool {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-question.Done():
		return false
	case <-timer.C:
		return true
	}
}

// withdraw ends a question that nobody waits for any more.
func (p *process) withdraw(question uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cancel := p.questions[question]; cancel != nil {
		cancel()
		delete(p.questions, question)
	}
}
