package worker

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/nb"
)

// cell is a running cell for the code in it.
type cell struct {
	host   *host
	number int
	ctx    context.Context // cancelled by an interrupt only: it outlives the cell for its goroutines
	stop   context.CancelCauseFunc
	mayAsk bool

	mu    sync.Mutex
	atEnd []func()
	ended bool
}

var _ nb.Cell = (*cell)(nil)

func (c *cell) Context() context.Context { return c.ctx }

// Display leaves out what was made while the cell was interrupted: a method that
// represents a value may have ended early.
func (c *cell) Display(s nb.Shown) {
	if c.host.runner.Stopping() {
		return
	}
	shown, attachments := pack(s.Data, s.Metadata)
	c.host.out.sendInOrder(newFrame("display",
		displayBody{Cell: c.number, ID: s.ID, Update: s.Update, Shown: shown}, attachments...))
}

func (c *cell) Clear(wait bool) {
	c.host.out.sendInOrder(newFrame("clear", clearBody{Cell: c.number, Wait: wait}))
}

func (c *cell) AtEnd(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.atEnd = append(c.atEnd, f)
	}
}

func (c *cell) end() {
	c.mu.Lock()
	c.ended = true
	last := c.atEnd
	c.atEnd = nil
	c.mu.Unlock()
	for _, f := range last {
		f()
	}
}

func (c *cell) Input(prompt string, password bool) (string, error) {
	if !c.mayAsk {
		return "", errors.New("the front end cannot ask for input; give the value in the code or as a parameter")
	}
	question, reply := c.host.ask()
	c.host.out.sendInOrder(newFrame("question",
		questionBody{Question: question, Cell: c.number, Prompt: prompt, Password: password}))
	select {
	case a := <-reply:
		switch {
		case a.Error != "":
			return "", errors.New(a.Error)
		case a.Text == endOfInput:
			return "", io.EOF
		}
		return a.Text, nil
	case <-c.ctx.Done():
		c.host.forget(question)
		c.host.out.send(newFrame("withdraw", withdrawBody{Question: question}))
		return "", c.ctx.Err()
	}
}

func (h *host) ask() (question uint64, reply <-chan answerBody) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
	answered := make(chan answerBody, 1)
	h.questions[h.asked] = answered
	return h.asked, answered
}

func (h *host) forget(question uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.questions, question)
}

func (h *host) answer(a answerBody) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if answered := h.questions[a.Question]; answered != nil {
		answered <- a
		delete(h.questions, a.Question)
	}
}
