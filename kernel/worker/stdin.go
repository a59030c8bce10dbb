package worker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
)

// glance is the time between two looks at who reads standard input while a cell runs.
const glance = 5 * time.Millisecond

// endOfInput is what front ends send when the reader types Ctrl-D.
const endOfInput = "\x04"

// stdin is the standard input of the cells: os.Stdin is a pipe, and when somebody waits
// for it while a cell runs, the front end is asked for a line. Whoever reads it – package
// fmt, a bufio.Reader, compiled code – is seen by the lock that a read of an os.File holds.
type stdin struct {
	mu     sync.Mutex
	r, w   *os.File
	lock   *uint64 // the state of r's lock; nil when it cannot be found
	cell   *cell   // asks; nil when none runs
	timer  *time.Timer
	waited bool // somebody waited at the last look
	asking bool
	ended  bool // a reader has been given the end of input or an error
}

// inputError ends a cell that reads standard input where nobody can be asked.
type inputError struct{ err error }

func (e inputError) Error() string { return "standard input: " + e.err.Error() }

// begin makes c the cell that asks.
func (s *stdin) begin(c *cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
	s.cell = c
	if s.timer == nil {
		s.timer = time.AfterFunc(glance, s.look)
	} else {
		s.timer.Reset(glance)
	}
}

// end is called when c has ended.
func (s *stdin) end(c *cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cell == c {
		s.cell = nil
		s.timer.Stop()
	}
}

// renew gives a cell an open standard input. An end of input holds for one cell, as
// Ctrl-D in a terminal holds for one read.
func (s *stdin) renew() {
	if s.r != nil && !s.ended && atomic.LoadUint64(s.lock)&fileClosed == 0 {
		return
	}
	r, w, err := os.Pipe()
	if err != nil {
		return // what was there stays
	}
	lock := lockOf(r)
	if lock == nil {
		r.Close()
		w.Close()
		return
	}
	if s.w != nil {
		s.w.Close()
	}
	s.r, s.w, s.lock, s.ended, s.waited = r, w, lock, false, false
	os.Stdin = r
}

// look asks when somebody waits. A read that was seen once may be about to return.
func (s *stdin) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cell == nil || s.r == nil {
		return
	}
	s.timer.Reset(glance)
	waits := !s.asking && !s.ended && atomic.LoadUint64(s.lock)&(fileReading|fileClosed) == fileReading && pending(s.r) == 0
	if !waits || !s.waited {
		s.waited = waits
		return
	}
	s.waited, s.asking = false, true
	go s.ask(s.cell)
}

// ask asks for one line and puts it into the pipe.
func (s *stdin) ask(c *cell) {
	text, err := c.Input("", false)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asking = false
	switch {
	case err == nil:
		w := s.w
		go func() { _, _ = w.WriteString(text + "\n") }() // a long line waits for its reader
	case c.ctx.Err() != nil:
		s.ended = true
		if s.r.SetReadDeadline(time.Now()) != nil {
			s.w.Close()
		}
	case errors.Is(err, io.EOF):
		s.ended = true
		s.w.Close()
	default:
		s.ended = true
		c.stop(inputError{err})
		s.w.Close()
	}
}

// The bits of the lock of an os.File.
const (
	fileClosed  = 1 << 0
	fileReading = 1 << 1
)

// lockOf finds the lock that a read of f holds. It is private to the standard library:
// a test fails when a new release moves it, and cells then have an empty input.
func lockOf(f *os.File) (state *uint64) {
	defer func() {
		if recover() != nil {
			state = nil
		}
	}()
	v := reflect.ValueOf(f).Elem().FieldByName("file").Elem().FieldByName("pfd").FieldByName("fdmu").FieldByName("state")
	if v.Kind() != reflect.Uint64 {
		panic(fmt.Sprintf("the state is a %s", v.Kind()))
	}
	return (*uint64)(v.Addr().UnsafePointer())
}
