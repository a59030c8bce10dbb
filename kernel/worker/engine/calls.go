package engine

import (
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// Bounds of a call's text.
const (
	callParams = 8
	callRunes  = 60                    // of a value
	callTime   = 20 * time.Millisecond // for the values of a call
)

// calls words the calls of a panic's stack, while it unwinds: g(k = 7). The interpreter's
// frames hold the parameters as they are at that moment.
type calls struct {
	functions map[string]program.Function // by position variable
	types     *types
	alone     func() bool // no other goroutine runs code of cells
}

func (c *calls) note(list []program.Function) {
	if c.functions == nil {
		c.functions = map[string]program.Function{}
	}
	for _, f := range list {
		c.functions[f.Where] = f
	}
}

// text returns the call that a frame is of, "" when it is not known or a cell's own code. It
// calls no method and waits for nothing: the goroutine may hold any lock.
func (c *calls) text(in *interpreted) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	f, ok := c.functions[in.where()]
	if !ok {
		return ""
	}
	alone := c.alone()
	p := looker{unwinding: true, alone: alone, until: time.Now().Add(callTime), fieldName: c.types.fieldName}
	var parts []string
	for i, param := range f.Params {
		if i == callParams {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, param.Name+" = "+c.value(&p, in, param))
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ")"
}

// value writes what a parameter holds, "…" when that cannot be known for certain.
func (c *calls) value(p *looker, in *interpreted, param program.Param) (text string) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a value torn by its writer
	defer func() {
		if recover() != nil {
			text = "…"
		}
	}()
	if param.Shared && !p.alone || !c.types.mu.TryRLock() {
		return "…"
	}
	defer c.types.mu.RUnlock()
	v := in.local(param.Var)
	if param.Shared {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "…"
	}
	text = strings.ReplaceAll(p.text(v), "\n", "⏎")
	if r := []rune(text); len(r) > callRunes {
		text = string(r[:callRunes]) + "…"
	}
	return text
}

// local is variable without the global scope, which a cell that is loaded meanwhile writes to.
func (f *interpreted) local(name string) reflect.Value {
	for scope, in := range f.scopes {
		if scope.FieldByName("global").Bool() {
			break
		}
		if i, ok := symbol(scope, name, scope.FieldByName("level").Int()); ok {
			return in.data[i]
		}
	}
	panic("no variable " + name)
}

// where returns the name of the position variable of the function, of the one around for a
// closure without one; "" when it is not found. It is right when it holds a position.
func (f *interpreted) where() string {
	for scope, in := range f.scopes {
		if scope.FieldByName("global").Bool() {
			break
		}
		if name, i := positionSymbol(scope, scope.FieldByName("level").Int()); name != "" {
			if i < int64(len(in.data)) && isPosition(in.data[i]) {
				return name
			}
			break
		}
	}
	return ""
}

// positionSymbol finds the position variable of a function's scope or of the blocks in it.
func positionSymbol(scope reflect.Value, level int64) (name string, index int64) {
	for it := scope.FieldByName("sym").MapRange(); it.Next(); {
		if key := it.Key().String(); strings.HasPrefix(key, "at_") {
			return key, it.Value().Elem().FieldByName("index").Int()
		}
	}
	blocks := scope.FieldByName("child")
	for i := range blocks.Len() {
		if block := blocks.Index(i).Elem(); block.FieldByName("level").Int() == level {
			if name, index = positionSymbol(block, level); name != "" {
				return name, index
			}
		}
	}
	return "", 0
}

// aloneInPanic says whether the calling goroutine is the only one that runs code of cells.
func (e *Engine) aloneInPanic() bool { return e.runs.lone(e.current()) }
