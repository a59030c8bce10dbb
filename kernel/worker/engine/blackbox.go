package engine

import (
	"reflect"
	"unsafe"
)

// A BlackBox is memory outside the Go heap in which the engine notes where it is, for
// somebody who looks after the process has died. Its words are those of BlackBoxAt and
// BlackBoxPanic.
type BlackBox [BlackBoxSize / 8]int

// The words of a [BlackBox]; [Place] reads the places.
const (
	BlackBoxAt     = 0 // the place of the last statement that was entered
	BlackBoxPanic  = 1 // the number of places of the last panic, which follow, innermost first
	BlackBoxFrames = 16
	BlackBoxSize   = 8 * (BlackBoxPanic + 1 + BlackBoxFrames)
)

// Place reads a place as lowered code and the black box hold it.
func Place(at int) Frame {
	n := at / 1000
	return Frame{Cell: n / lineBase, Line: n % lineBase, Column: at % 1000}
}

func (f Frame) word() int { return (f.Cell*lineBase+f.Line)*1000 + min(f.Column, 999) }

// record moves the interpreter's variable for the current place into the black box. Where
// the variable is not found nothing changes.
func (e *Engine) record(box *BlackBox) {
	if box == nil {
		return
	}
	at := &box[BlackBoxAt]
	if e.host.move(unsafe.Pointer(e.trace.at), reflect.NewAt(reflect.TypeFor[int](), unsafe.Pointer(at)).Elem()) {
		e.trace.at, e.trace.box = at, box
	}
}

// note writes the places of the panic that unwinds into the black box.
func (b *BlackBox) note(frames []Frame) {
	if b == nil || len(frames) > BlackBoxFrames {
		return
	}
	b[BlackBoxPanic+len(frames)] = frames[len(frames)-1].word()
	b[BlackBoxPanic] = len(frames)
}

// move makes a global variable of the interpreter live at another place. No program has
// been compiled yet that knows the old one.
func (h *host) move(from unsafe.Pointer, to reflect.Value) bool {
	if h.frame == nil {
		return false
	}
	for i, v := range (*h.frame)[:h.filled] {
		if v.CanAddr() && v.Addr().UnsafePointer() == from {
			to.Set(v)
			(*h.frame)[i] = to
			return true
		}
	}
	return false
}
