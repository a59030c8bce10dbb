package engine

import (
	"fmt"
	"go/token"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// host owns the interpreter. Everything that compiles or declares happens under mu; user
// code runs outside, as functions fetched under mu.
type host struct {
	mu     sync.Mutex
	interp *interp.Interpreter
	frame  *[]reflect.Value // the interpreter's global slots; nil when its fields are not as expected
	types  *[]reflect.Type  // their types
	filled int
	clears []reflect.Value // fields that only grow: cleared after each compilation
	scopes reflect.Value   // map of package scopes
	finder frameFinder
}

// frameSlots is the initial number of global slots. The interpreter replaces the slice when it
// must grow, which running cells must not see.
const frameSlots = 1 << 16

func newHost(stderr *trace) *host {
	h := &host{interp: interp.New(interp.Options{Stderr: stderr, Env: []string{}})}
	h.guard()
	return h
}

// guard reaches the private fields of yaegi v0.16.1 that [host] keeps in order. When one is not
// as expected the host does without.
func (h *host) guard() {
	defer func() {
		if recover() != nil {
			h.frame, h.types, h.clears = nil, nil, nil
		}
	}()
	in := reflect.ValueOf(h.interp).Elem()
	frame := in.FieldByName("frame").Elem().FieldByName("data")
	universe := in.FieldByName("universe").Elem()
	types := universe.FieldByName("types")
	h.frame = (*[]reflect.Value)(pointerTo[[]reflect.Value](frame))
	h.types = (*[]reflect.Type)(pointerTo[[]reflect.Type](types))
	h.clears = []reflect.Value{settable(in.FieldByName("roots")), settable(universe.FieldByName("child"))}
	h.scopes = in.FieldByName("scopes")
	h.filled = len(*h.frame)
	grown := make([]reflect.Value, frameSlots)
	copy(grown, *h.frame)
	*h.frame = grown
	h.finder = newFrameFinder(in, h.frame)
}

func pointerTo[T any](v reflect.Value) unsafe.Pointer {
	if v.Type() != reflect.TypeFor[T]() {
		panic(fmt.Sprintf("field has type %s", v.Type()))
	}
	return v.Addr().UnsafePointer()
}

func settable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

// fill makes the global slots that a compilation added, in place.
func (h *host) fill() {
	if h.frame == nil {
		return
	}
	if n := len(*h.types); n > len(*h.frame) {
		grown := make([]reflect.Value, 2*n)
		copy(grown, *h.frame)
		*h.frame = grown
	}
	for ; h.filled < len(*h.types); h.filled++ {
		(*h.frame)[h.filled] = reflect.New((*h.types)[h.filled]).Elem()
	}
}

// clear drops what the interpreter keeps for its debugger only.
func (h *host) clear() {
	for _, f := range h.clears {
		f.SetZero()
	}
	if !h.scopes.IsValid() {
		return
	}
	if main := h.scopes.MapIndex(reflect.ValueOf("main")); main.IsValid() && !main.IsNil() {
		settable(main.Elem().FieldByName("child")).SetZero()
	}
}

// eval declares src, or evaluates it when it is one expression. The caller holds mu.
func (h *host) eval(src string) (v reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("interpreter: %v", r)
		}
		h.clear()
	}()
	files := h.interp.FileSet()
	base := files.Base()
	p, err := h.interp.Compile(src)
	forgetFiles(files, base, strings.Contains(src, "func"))
	if err != nil {
		return v, err
	}
	h.fill()
	return h.interp.Execute(p)
}

// forgetFiles drops the files that a compilation added from base on: yaegi reads each source
// three times. The last one has the positions of functions.
func forgetFiles(files *token.FileSet, base int, keepLast bool) {
	for base < files.Base() {
		f := files.File(token.Pos(base))
		if f == nil {
			return
		}
		base = f.Base() + f.Size() + 1
		if base < files.Base() || !keepLast {
			files.RemoveFile(f)
		}
	}
}

func (h *host) use(path, name string, symbols map[string]reflect.Value) error {
	// The doubled slash keeps the import path and skips yaegi's special treatment of "fmt/fmt".
	return h.interp.Use(interp.Exports{path + "//" + name: symbols})
}
