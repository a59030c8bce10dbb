package engine

import (
	"reflect"
	"strings"
)

// A runtimeError is a panic of the Go runtime that the interpreter worded otherwise.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError marks it as a runtime.Error.
func (e runtimeError) RuntimeError() {}

// A plainError is a runtimeError whose text has no prefix.
type plainError string

func (e plainError) Error() string { return string(e) }

// RuntimeError marks it as a runtime.Error.
func (e plainError) RuntimeError() {}

// translations maps texts of package reflect, through which yaegi computes, to those of
// the Go runtime.
var translations = []struct{ text, goText string }{
	{"reflect: slice index out of range", "index out of range"},
	{"reflect: array index out of range", "index out of range"},
	{"reflect: string index out of range", "index out of range"},
	{"reflect.Value.Slice: slice index out of bounds", "slice bounds out of range"},
	{"reflect.Value.Slice: string slice index out of bounds", "slice bounds out of range"},
	{"reflect.Value.Slice3: slice index out of bounds", "slice bounds out of range"},
	{"on zero Value", "invalid memory address or nil pointer dereference"},
	{"using zero Value", "invalid memory address or nil pointer dereference"},
	{"Method on nil interface value", "invalid memory address or nil pointer dereference"},
	{"call of nil function", "invalid memory address or nil pointer dereference"},
	{"reflect: call of reflect.Value.Call on nil", "invalid memory address or nil pointer dereference"},
	{"slice overflow", "growslice: len out of range"},
	{"negative len", "makeslice: len out of range"},
	{"reflect.MakeSlice: len > cap", "makeslice: cap out of range"},
	{"reflect: negative shift", "negative shift amount"},
}

func translate(text string) error {
	if s, ok := strings.CutPrefix(text, "hash of unhashable type: "); ok {
		return runtimeError("hash of unhashable type " + s)
	}
	if !strings.Contains(text, "reflect") {
		return nil
	}
	if s, ok := strings.CutPrefix(text, "reflect: cannot convert slice"); ok {
		s = strings.Replace(s, "to pointer to array", "to array", 1)
		return runtimeError("cannot convert slice" + strings.Replace(s, "to array", "to array or pointer to array", 1))
	}
	if text == "reflect.MakeChan: negative buffer size" {
		return plainError("makechan: size out of range")
	}
	for _, t := range translations {
		if strings.Contains(text, t.text) {
			if strings.HasPrefix(t.goText, "invalid memory") {
				return nilDereference().(error)
			}
			return runtimeError(t.goText)
		}
	}
	return nil
}

// unwrapPanic removes the reflect.Value that yaegi may put around a panic's value.
func unwrapPanic(v any) any {
	for {
		r, ok := v.(reflect.Value)
		if !ok {
			return v
		}
		if !r.IsValid() || !r.CanInterface() {
			return nil
		}
		v = r.Interface()
	}
}
