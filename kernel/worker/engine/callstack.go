package engine

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// While a panic unwinds, yaegi writes a line for each interpreted function, from a deferred
// call of runCfg. The function's variables are in a frame that runCfg holds on its stack,
// which is there still: this file finds it. So a running program need not tell anybody where
// it is but itself, in the variable at_ of each function.

// frameRecord is where the frame of a Go function ends, and the address it returns to.
type frameRecord struct{ fp, pc uintptr }

// interpreted is what matters of an interpreter's frame.
type interpreted struct {
	data  []reflect.Value // variables
	outer *interpreted    // the frame of the function that it is a closure in
}

// frameFinder finds the interpreter's frames on the stack. The zero value finds none.
type frameFinder struct {
	root       uintptr // the frame of the global variables, which each frame points to
	rootOffset uintptr
	dataOffset uintptr
	ancOffset  uintptr
}

// maxRecords bounds how far the stack is searched.
const maxRecords = 1 << 12

// newFrameFinder reads where the fields of an interpreter's frame are.
func newFrameFinder(frame reflect.Value) frameFinder {
	t := frame.Type().Elem()
	root, ok := t.FieldByName("root")
	anc, ok2 := t.FieldByName("anc")
	data, ok3 := t.FieldByName("data")
	if !haveRecords || !ok || !ok2 || !ok3 || data.Type != reflect.TypeFor[[]reflect.Value]() {
		return frameFinder{}
	}
	return frameFinder{frame.Pointer(), root.Offset, data.Offset, anc.Offset}
}

// unwinding returns the frame whose unwinding the caller was called from; nil when it is not
// found.
//
//go:nocheckptr
func (ff frameFinder) unwinding() (found *interpreted) {
	if ff.root == 0 {
		return nil
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	records := make([]frameRecord, maxRecords)
	var anchor [1]uintptr
	base := uintptr(unsafe.Pointer(&anchor))
	n := frameRecords(&records[0], maxRecords)
	at := ownRecord(records[:n])
	if at < 0 {
		return nil
	}
	// The stack may have moved since: only distances on it stay.
	for off := records[at].fp + 16 - base; off < records[at+1].fp-base; off += 8 {
		if f := ff.frame(*(*uintptr)(unsafe.Add(unsafe.Pointer(&anchor), off))); f != nil {
			return f
		}
	}
	return nil
}

// ownRecord returns the index of the record behind which the frame of that runCfg begins whose
// deferred function runs, -1 for none. Frames between the two have been unwound: each has
// its own deferred function on the stack.
func ownRecord(records []frameRecord) int {
	open := 0
	for i := range len(records) - 1 {
		f := runtime.FuncForPC(records[i].pc - 1)
		if f == nil {
			continue
		}
		switch f.Name() {
		case "github.com/traefik/yaegi/interp.runCfg.func1":
			open++
		case "github.com/traefik/yaegi/interp.runCfg":
			if open--; open <= 0 {
				return i
			}
		}
	}
	return -1
}

// frame returns the interpreter's frame at an address, nil when there is none.
//
//go:nocheckptr
func (ff frameFinder) frame(address uintptr) *interpreted {
	if address < 1<<16 || address%8 != 0 || address == ff.root || ff.word(address+ff.rootOffset) != ff.root {
		return nil
	}
	data := *(*[]reflect.Value)(ff.at(address + ff.dataOffset))
	return &interpreted{data, ff.frame(ff.word(address + ff.ancOffset))}
}

//go:nocheckptr
func (ff frameFinder) word(address uintptr) uintptr { return *(*uintptr)(ff.at(address)) }

// at makes a pointer of an address that may be none: reading it then is a panic that
// unwinding catches.
func (ff frameFinder) at(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// atMark is in the upper bits of the variable that says where a function is.
const atMark = 0x6d6b

// position returns the position that the function noted last, 0 for none.
func (f *interpreted) position() int {
	for _, v := range f.data {
		if v.Kind() == reflect.Int && v.Int()>>48 == atMark {
			return int(v.Int() &^ (atMark << 48))
		}
	}
	if f.outer != nil {
		return f.outer.position() // of the closure that runs the deferred calls
	}
	return 0
}
