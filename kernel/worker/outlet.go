package worker

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// The text pipes by number.
const (
	stdout = iota
	stderr
	textPipes
)

var streamNames = [textPipes]string{"stdout", "stderr"}

// outlet writes what leaves the worker process besides the plain text of cells: messages,
// and the markers that put messages and text in order. Errors of writing mean that the
// supervisor is gone; the end of the control pipe tells of that too, so they are dropped.
type outlet struct {
	mark []byte

	mu       sync.Mutex
	messages io.Writer
	texts    [textPipes]io.Writer
	order    uint64
	current  int // cell that plain text belongs to; 0 when none runs
}

// reopen gives the cells those of the standard files again that a cell has closed.
func (o *outlet) reopen() {
	for pipe, f := range []**os.File{&os.Stdout, &os.Stderr} {
		lock := lockOf(*f)
		own, ok := o.texts[pipe].(*os.File)
		if !ok || lock == nil || atomic.LoadUint64(lock)&fileClosed == 0 {
			continue
		}
		if again, err := duplicate(own); err == nil { // else it stays closed
			*f = again
		}
	}
}

// send sends a message that needs no order.
func (o *outlet) send(f frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = writeFrame(o.messages, f)
}

// sendInOrder sends a message that comes behind everything written before it.
func (o *outlet) sendInOrder(f frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.order++
	f.Order = o.order
	marker := appendMarker(nil, o.mark, markerOrder, o.order)
	for _, w := range o.texts {
		_, _ = w.Write(marker)
	}
	_ = writeFrame(o.messages, f)
}

// begin gives the plain text that follows to a cell: the supervisor does, too, when it starts
// the cell.
func (o *outlet) begin(cell int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.current = cell
}

// end takes plain text from a cell: what its goroutines print later is marked as the cell's.
func (o *outlet) end(cell int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.current == cell {
		o.current = 0
	}
}

// text returns a writer for the text of the cell that cellOf names.
func (o *outlet) text(pipe int, cellOf func() int) io.Writer { return cellWriter{o, pipe, cellOf} }

// cellWriter writes text so that it reaches the cell which the writing goroutine belongs to,
// also when another cell is running.
type cellWriter struct {
	o      *outlet
	pipe   int
	cellOf func() int
}

func (w cellWriter) Write(text []byte) (int, error) {
	w.o.mu.Lock()
	defer w.o.mu.Unlock()
	cell := w.cellOf()
	if cell == 0 || cell == w.o.current {
		return w.o.texts[w.pipe].Write(text)
	}
	buf := appendMarker(nil, w.o.mark, markerCell, uint64(cell))
	buf = append(buf, text...)
	buf = appendMarker(buf, w.o.mark, markerCell, latestCell)
	if _, err := w.o.texts[w.pipe].Write(buf); err != nil {
		return 0, err
	}
	return len(text), nil
}
