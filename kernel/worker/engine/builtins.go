package engine

import (
	"fmt"
	"log"
	"maps"
	"reflect"
	"unicode/utf8"
)

// builtins are the symbols of package k, which lowered code imports, besides types and helpers.
func (e *Engine) builtins() map[string]reflect.Value {
	list := map[string]any{
		"NewDefers":    func() *Defers { return new(Defers) },
		"RunDefers":    e.runDefers,
		"Recover":      e.recover,
		"RecoverLater": e.recoverLater,
		"Deferred":     e.deferred,
		"Panic":        func(v any) { panic(v) },
		"Check":        e.check,
		"Go":           e.spawn,
		"Select":       e.selectStmt,
		"SendCase":     func(ch, v any) SelectCase { return SelectCase{send: true, ch: ch, v: v} },
		"RecvCase":     func(ch any) SelectCase { return SelectCase{ch: ch} },
		"RangeChan":    func(ch any) (any, bool) { return rangeChan(e, ch) },
		"Sleep":        e.sleep,
		"Lock":         e.lock,
		"LockRW":       e.lockRW,
		"RLockRW":      e.rlockRW,
		"Wait":         e.wait,
		"GoFor":        e.spawnFor,
		"Once":         e.once,
		"WaitCond":     e.waitCond,
		"IsNil":        func(v any) bool { return v == nil },
		"Eq":           func(a, b any) bool { return e.types.modern(a) == e.types.modern(b) },
		"NilPointer":   func() { panic(nilDereference()) },
		"String":       func(p *string) string { return *p },
		"Show":         e.show,
		"Clear":        clearValue,
		"Print":        func(list ...any) { builtinPrint(list, "", "") },
		"Println":      func(list ...any) { builtinPrint(list, " ", "\n") },
		"Second":       func(_ any, n int) int { return n },
		"Face":         func(v any) Face { return Face{v} },
		"RangeFunc":    rangeFunc,
		"LostPanic":    lostPanic,
		"DecodeRune":   decodeRune,
		"ShiftCount":   shiftCount,
		"Room":         room,
		"ToInt8":       func(x float64) int8 { return int8(x) },
		"ToInt16":      func(x float64) int16 { return int16(x) },
		"ToInt32":      func(x float64) int32 { return int32(x) },
		"ToUint8":      func(x float64) uint8 { return uint8(x) },
		"ToUint16":     func(x float64) uint16 { return uint16(x) },
		"ToUint32":     func(x float64) uint32 { return uint32(x) },
	}
	symbols := make(map[string]reflect.Value, len(list)+2)
	for name, v := range list {
		symbols[name] = reflect.ValueOf(v)
	}
	symbols["Defers"] = reflect.ValueOf((*Defers)(nil))
	symbols["Panicking"] = reflect.ValueOf((*Panicking)(nil))
	symbols["SelectCase"] = reflect.ValueOf((*SelectCase)(nil))
	return symbols
}

func rangeChan(e *Engine, ch any) (any, bool) {
	v, ok := e.receive(reflect.ValueOf(ch))
	return v.Interface(), ok
}

// decodeRune returns the rune of s at i and where the next one begins.
func decodeRune(s string, i int) (rune, int) {
	r, n := utf8.DecodeRuneInString(s[i:])
	return r, i + n
}

// shiftCount is a signed shift count, which must not be negative.
func shiftCount(n int64) uint {
	if n < 0 {
		panic(runtimeError("negative shift amount"))
	}
	return uint(n)
}

// rangeFunc guards the body of a range over a function against use after the loop.
func rangeFunc(state int) {
	if state == -2 {
		panic(runtimeError("range function continued iteration after loop body panic"))
	}
	if state < 0 {
		panic(runtimeError("range function continued iteration after whole loop exit"))
	}
	if state != 0 {
		panic(runtimeError("range function continued iteration after function for loop body returned false"))
	}
}

// lostPanic is called after a range over a function that swallowed a panic of the body.
func lostPanic() {
	panic(runtimeError("range function recovered a loop body panic and did not resume panicking"))
}

func (e *Engine) show(values ...any) {
	if e.opts.Show == nil {
		return
	}
	e.opts.Show(e.CellOf(), values)
	e.check() // a method that represents a value may have been interrupted
}

// clearValue is the builtin clear for a map or a slice.
func clearValue(v any) {
	if r := reflect.ValueOf(v); r.IsValid() {
		r.Clear()
	}
}

// Exit is the panic with which os.Exit ends a cell instead of the process.
type Exit int

func (x Exit) Error() string {
	return fmt.Sprintf("os.Exit(%d): a cell cannot end the kernel; restart or shut it down instead", int(x))
}

// exports are the symbols of a compiled package, without those that would end the process.
func (e *Engine) exports(path string) map[string]reflect.Value {
	symbols := e.opts.Exports(path)
	switch path {
	case "os":
		return with(symbols, map[string]any{"Exit": func(code int) { panic(Exit(code)) }})
	case "errors":
		return with(symbols, map[string]any{"As": e.errorsAs, "Is": e.errorsIs})
	case "log":
		return with(symbols, map[string]any{
			"Fatal":   func(v ...any) { fatal(fmt.Sprint(v...)) },
			"Fatalf":  func(format string, v ...any) { fatal(fmt.Sprintf(format, v...)) },
			"Fatalln": func(v ...any) { fatal(fmt.Sprintln(v...)) },
		})
	case "time":
		return with(symbols, map[string]any{"AfterFunc": e.afterFunc})
	case "context":
		return with(symbols, map[string]any{"AfterFunc": e.afterContext})
	}
	return symbols
}

// fatal logs a message and leaves the program.
func fatal(text string) {
	_ = log.Output(3, text) // as package log does
	panic(Exit(1))
}

func isExit(v any) bool {
	_, ok := unwrapPanic(v).(Exit)
	return ok
}

func with(symbols map[string]reflect.Value, changes map[string]any) map[string]reflect.Value {
	if symbols == nil {
		return nil
	}
	symbols = maps.Clone(symbols)
	for name, v := range changes {
		symbols[name] = reflect.ValueOf(v)
	}
	return symbols
}
