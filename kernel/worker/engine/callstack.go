package engine

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"unsafe"
)

// While a panic unwinds, yaegi writes a line for each interpreted function, from a deferred
// call of runCfg. The function's variables are in a frame that runCfg holds on its stack,
// which is there still: this file finds it. So a running program need not tell anybody where
// it is but itself, in the position variable of each function: at_ and a number.

// frameRecord is where the frame of a Go function ends, and the address it returns to.
type frameRecord struct{ fp, pc uintptr }

// interpreted is what matters of an interpreter's frame.
type interpreted struct {
	data  []reflect.Value // variables
	outer *interpreted    // the frame of the function that it is a closure in
	scope reflect.Value   // of the function: the names of its variables; the zero Value for unknown
}

// frameFinder finds the interpreter's frames on the stack. The zero value finds none.
type frameFinder struct {
	root       uintptr // the frame of the global variables, which each frame points to
	rootOffset uintptr
	dataOffset uintptr
	ancOffset  uintptr

	interp       uintptr
	node         reflect.Type
	interpOffset uintptr
	globals      *[]reflect.Value
}

// maxRecords bounds how far the stack is searched.
const maxRecords = 1 << 12

// newFrameFinder reads where the fields of an interpreter's frames and nodes are; in is the
// interpreter.
func newFrameFinder(in reflect.Value, globals *[]reflect.Value) frameFinder {
	frame := in.FieldByName("frame")
	t, node := frame.Type().Elem(), in.FieldByName("roots").Type().Elem().Elem()
	root, ok := t.FieldByName("root")
	anc, ok2 := t.FieldByName("anc")
	data, ok3 := t.FieldByName("data")
	owner, ok4 := node.FieldByName("interp")
	if !haveRecords || !ok || !ok2 || !ok3 || !ok4 || data.Type != reflect.TypeFor[[]reflect.Value]() {
		return frameFinder{}
	}
	return frameFinder{
		frame.Pointer(), root.Offset, data.Offset, anc.Offset,
		in.Addr().Pointer(), node, owner.Offset, globals,
	}
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
	at, deferred := ownRecord(records[:n])
	if at < 0 {
		return nil
	}
	// The stack may have moved since: only distances on it stay.
	var words []uintptr
	for off := records[at].fp + 16 - base; off < records[at+1].fp-base; off += 8 {
		words = append(words, *(*uintptr)(unsafe.Add(unsafe.Pointer(&anchor), off)))
	}
	return ff.captured(closureWords(words, deferred))
}

// maxCaptured is how many variables the deferred function of runCfg may capture.
const maxCaptured = 4

// closureWords returns what the closure with its code at entry has captured. It lives on the
// stack among words that may be left over from anything; nil when it is not certain which it is.
func closureWords(words []uintptr, entry uintptr) []uintptr {
	at := slices.Index(words, entry)
	if at < 0 || slices.Contains(words[at+1:], entry) {
		return nil
	}
	return words[at+1 : min(at+1+maxCaptured, len(words))]
}

// captured finds the frame and the function among what the deferred function captured.
func (ff frameFinder) captured(words []uintptr) (found *interpreted) {
	for _, w := range words {
		if found = ff.frame(w); found != nil {
			break
		}
	}
	for _, w := range words {
		if found == nil {
			break
		}
		if scope, ok := ff.function(w); ok {
			found.scope = scope
			break
		}
	}
	return found
}

// ownRecord returns the index of the record behind which the frame of that runCfg begins whose
// deferred function runs, -1 for none, and where the code of that function is. Frames
// between the two have been unwound: each has its own deferred function on the stack.
func ownRecord(records []frameRecord) (at int, deferred uintptr) {
	open := 0
	for i := range len(records) - 1 {
		f := runtime.FuncForPC(records[i].pc - 1)
		if f == nil {
			continue
		}
		switch f.Name() {
		case "github.com/traefik/yaegi/interp.runCfg.func1":
			open++
			deferred = f.Entry()
		case "github.com/traefik/yaegi/interp.runCfg":
			if open--; deferred != 0 && open <= 0 {
				return i, deferred
			}
			open = max(open, 0) // the function that asks is an interpreted one
		}
	}
	return -1, 0
}

// frame returns the interpreter's frame at an address, nil when there is none.
func (ff frameFinder) frame(address uintptr) *interpreted {
	if root, ok := load(address + ff.rootOffset); !ok || root != ff.root || address == ff.root {
		return nil
	}
	outer, _ := load(address + ff.ancOffset)
	return &interpreted{data: *(*[]reflect.Value)(pointerAt(address + ff.dataOffset)), outer: ff.frame(outer)}
}

// function returns the scope of the function whose code begins with the node at an address.
func (ff frameFinder) function(address uintptr) (scope reflect.Value, ok bool) {
	if owner, ok := load(address + ff.interpOffset); !ok || owner != ff.interp {
		return scope, false
	}
	n := reflect.NewAt(ff.node, pointerAt(address))
	for n = n.Elem().FieldByName("anc"); !n.IsNil(); n = n.Elem().FieldByName("anc") {
		if n.Elem().FieldByName("types").Len() == 0 {
			continue
		}
		child := n.Elem().FieldByName("child")
		begins := child.Len() > 3 && child.Index(3).Elem().FieldByName("start").Pointer() == address
		return n.Elem().FieldByName("scope"), begins
	}
	return scope, false
}

// load reads the word at an address, which may be none.
//
//go:nocheckptr
func load(address uintptr) (word uintptr, ok bool) {
	if address < 1<<16 || address%8 != 0 {
		return 0, false
	}
	defer func() { ok = recover() == nil }()
	return *(*uintptr)(pointerAt(address)), true
}

// pointerAt makes a pointer of an address that may be none: reading it then is a panic.
func pointerAt(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// variable returns a variable by its name in lowered code. It panics when the function has
// none.
func (f *interpreted) variable(name string, globals []reflect.Value) reflect.Value {
	for scope, in := range f.scopes {
		if i, ok := symbol(scope, name, scope.FieldByName("level").Int()); ok {
			if scope.FieldByName("global").Bool() {
				return globals[i]
			}
			return in.data[i]
		}
	}
	panic("no variable " + name)
}

// scopes yields the scopes around the function's body, from its own to the global one, with the
// frames that their variables are in.
func (f *interpreted) scopes(yield func(scope reflect.Value, in *interpreted) bool) {
	scope, in := f.scope, f
	for scope.IsValid() && !scope.IsNil() && yield(scope.Elem(), in) {
		outer := scope.Elem().FieldByName("anc")
		if !outer.IsNil() && outer.Elem().FieldByName("level").Int() < scope.Elem().FieldByName("level").Int() && in.outer != nil {
			in = in.outer
		}
		scope = outer
	}
}

// symbol returns the index of a variable of a scope or of the blocks in it.
func symbol(scope reflect.Value, name string, level int64) (index int64, ok bool) {
	if s := scope.FieldByName("sym").MapIndex(reflect.ValueOf(name)); s.IsValid() {
		index = s.Elem().FieldByName("index").Int()
		return index, index >= 0
	}
	blocks := scope.FieldByName("child")
	for i := range blocks.Len() {
		block := blocks.Index(i).Elem()
		if block.FieldByName("level").Int() == level && !scope.FieldByName("global").Bool() {
			if index, ok = symbol(block, name, level); ok {
				return index, true
			}
		}
	}
	return 0, false
}

// atMark is in the upper bits of the variable that says where a function is.
const atMark = 0x6d6b

func isPosition(v reflect.Value) bool { return v.Kind() == reflect.Int && v.Int()>>48 == atMark }

// position returns the position that the function noted last, 0 for none.
func (f *interpreted) position() int {
	for _, v := range f.data {
		if isPosition(v) {
			return int(v.Int() &^ (atMark << 48))
		}
	}
	if f.outer != nil {
		return f.outer.position() // of the closure that runs the deferred calls
	}
	return 0
}
