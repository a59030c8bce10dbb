package worker

import (
	"encoding/binary"
	"os"

	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

// blackbox is memory that the worker shares with the supervisor, so that the place where
// a process died is known when nothing in it can run any more. It is nil where the system
// has no such memory; then deaths have no place.
type blackbox struct{ file *os.File }

// wreck returns what the worker left: the place of the last statement that it entered and
// the places of the last panic, innermost first.
func (b *blackbox) wreck() (last Frame, panicked []Frame) {
	if b == nil {
		return last, nil
	}
	words := make([]byte, engine.BlackBoxSize)
	if n, err := b.file.ReadAt(words, 0); err != nil || n < len(words) {
		return last, nil
	}
	word := func(i int) int { return int(binary.NativeEndian.Uint64(words[8*i:])) }
	place := func(i int) Frame {
		f := engine.Place(word(i))
		return Frame{Cell: f.Cell, Line: f.Line, Column: f.Column}
	}
	for i := range min(max(word(engine.BlackBoxPanic), 0), engine.BlackBoxFrames) {
		panicked = append(panicked, place(engine.BlackBoxPanic+1+i))
	}
	return place(engine.BlackBoxAt), panicked
}

func (b *blackbox) close() {
	if b != nil {
		b.file.Close() // it has no name and no other use
	}
}
