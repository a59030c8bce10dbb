package engine

import (
	"bytes"
	"encoding"
	"encoding/gob"
	"fmt"
	"reflect"
	"regexp"
	"runtime/debug"
	"time"
	"unsafe"
)

// maxCarried bounds how much memory is carried from one worker to the next.
const maxCarried = 512 << 20

// Carry encodes what variables hold, by their symbols, for an engine that has loaded the same
// programs. What several variables share is shared again there. A variable whose value is
// no plain data has a problem, in words that follow its name, and is left out. It returns false
// when a cell or a goroutine of one runs: more than the idle process has, own and the
// caller's included.
func (e *Engine) Carry(symbols []string, own int) (data []byte, problems []string, ok bool) {
	if !e.quiet.TryLock() {
		return nil, nil, false
	}
	defer e.quiet.Unlock()
	if !e.alone(own) {
		return nil, nil, false
	}
	e.host.mu.Lock()
	defer e.host.mu.Unlock()
	e.types.mu.Lock()
	defer e.types.mu.Unlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	globals := e.host.interp.Globals()
	problems = make([]string, len(symbols))
	for again := true; again; { // a problem found late leaves its variable out of the next round
		again = false
		c := e.newCarrier()
		for i, symbol := range symbols {
			if problems[i] == "" {
				problems[i] = c.variable(i, globals[symbol])
				again = again || problems[i] != ""
			}
		}
		if again {
			continue
		}
		var at int
		if data, at, problems = c.encode(problems); at >= 0 {
			again = true
		}
	}
	return data, problems, true
}

// carrier collects the memory that variables reach.
type carrier struct {
	names   *typeNames
	regions []region
	owned   []region // memory inside values that encode themselves
	globals []region // variables of compiled packages
	maps    map[unsafe.Pointer]int
	order   []reflect.Value // the maps
	seen    map[place]bool
	flat    map[reflect.Type]bool
	of      int // the variable in hand
	size    int64
	out     bytes.Buffer
}

// region is a piece of memory: n values of a type, one behind the other.
type region struct {
	at       unsafe.Pointer
	elem     reflect.Type
	n        int
	variable int // its number, -1 for other memory
	of       int // the variable that led here first
}

func (r region) start() uintptr { return uintptr(r.at) }

func (r region) end() uintptr { return uintptr(r.at) + r.elem.Size()*uintptr(r.n) }

func (e *Engine) newCarrier() *carrier {
	c := &carrier{
		names: e.newTypeNames(), maps: map[unsafe.Pointer]int{}, seen: map[place]bool{}, flat: map[reflect.Type]bool{},
	}
	for path := range e.loaded {
		for _, v := range c.names.exports(path) {
			if v.CanAddr() {
				c.globals = append(c.globals, region{at: v.Addr().UnsafePointer(), elem: v.Type(), n: 1})
			}
		}
	}
	return c
}

// variable collects what a variable reaches and returns what stands against carrying it.
func (c *carrier) variable(i int, v reflect.Value) (problem string) {
	if !v.IsValid() || !v.CanAddr() {
		return "has a form that only the interpreter knows"
	}
	defer func() {
		if r := recover(); r != nil {
			problem = fmt.Sprint(r)
		}
	}()
	c.of = i
	c.regions = append(c.regions, region{v.Addr().UnsafePointer(), v.Type(), 1, i, i})
	c.visit(v)
	return ""
}

func refuse(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// visit collects what an addressable value points to.
func (c *carrier) visit(v reflect.Value) {
	t := v.Type()
	if c.isFlat(t) || t.Kind() == reflect.String {
		return
	}
	if p := (place{v.Addr().UnsafePointer(), t}); c.seen[p] {
		return
	} else {
		c.seen[p] = true
	}
	v = reflect.NewAt(t, v.Addr().UnsafePointer()).Elem() // readable also where the field is private
	switch t.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.add(v.UnsafePointer(), t.Elem(), 1)
			c.visit(v.Elem())
		}
	case reflect.Slice:
		if all := v; v.Cap() > 0 {
			all = v.Slice(0, v.Cap())
			c.add(v.UnsafePointer(), t.Elem(), v.Cap())
			c.elements(all)
		}
	case reflect.Array:
		c.elements(v)
	case reflect.Interface:
		if !v.IsNil() {
			c.visit(copyOf(v.Elem().Interface()))
			c.names.of(v.Elem().Type())
		}
	case reflect.Map:
		c.visitMap(v)
	case reflect.Struct:
		if encodes(t) && c.names.foreign(t) {
			c.own(v, map[place]bool{})
			return
		}
		for i := range t.NumField() {
			if !t.Field(i).IsExported() && c.names.foreign(t) {
				refuse("holds a %s, whose private fields cannot be carried", t)
			}
			c.visit(v.Field(i))
		}
	default:
		if !v.IsNil() {
			refuse("holds a %s", kindText(t))
		}
	}
}

func kindText(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Func:
		return "function"
	case reflect.Chan:
		return "channel"
	}
	return t.String()
}

func (c *carrier) elements(v reflect.Value) {
	if c.isFlat(v.Type().Elem()) || v.Type().Elem().Kind() == reflect.String {
		return
	}
	for i := range v.Len() {
		c.visit(v.Index(i))
	}
}

func (c *carrier) visitMap(m reflect.Value) {
	if m.IsNil() {
		return
	}
	if _, known := c.maps[m.UnsafePointer()]; known {
		return
	}
	c.names.of(m.Type())
	c.maps[m.UnsafePointer()] = len(c.order)
	c.order = append(c.order, m)
	for it := m.MapRange(); it.Next(); {
		c.visit(copied(it.Key()))
		c.visit(copied(it.Value()))
	}
}

// copied returns an addressable copy of v with v's own type, also of an interface.
func copied(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

func (c *carrier) add(at unsafe.Pointer, elem reflect.Type, n int) {
	if elem.Size() == 0 {
		return
	}
	c.names.of(elem)
	if c.size += int64(elem.Size()) * int64(n); c.size > maxCarried {
		refuse("holds more than %d MB with what comes before it", maxCarried>>20)
	}
	c.regions = append(c.regions, region{at, elem, n, -1, c.of})
}

// encodes tells of types that write and read themselves.
func encodes(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[regexp.Regexp]() ||
		p.Implements(reflect.TypeFor[gob.GobEncoder]()) && p.Implements(reflect.TypeFor[gob.GobDecoder]()) ||
		p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}

// own collects the memory inside a value that encodes itself: nobody else may see it.
func (c *carrier) own(v reflect.Value, seen map[place]bool) {
	t := v.Type()
	if t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[regexp.Regexp]() {
		return // what they share nobody can change
	}
	p := place{v.Addr().UnsafePointer(), t}
	if seen[p] || c.isFlat(t) {
		return
	}
	seen[p] = true
	v = reflect.NewAt(t, p.at).Elem()
	add := func(at unsafe.Pointer, elem reflect.Type, n int) {
		c.owned = append(c.owned, region{at, elem, n, -1, c.of})
	}
	switch t.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			add(v.UnsafePointer(), t.Elem(), 1)
			c.own(v.Elem(), seen)
		}
	case reflect.Slice:
		if v.Cap() > 0 {
			add(v.UnsafePointer(), t.Elem(), v.Cap())
			for i := 0; i < v.Len() && !c.isFlat(t.Elem()); i++ {
				c.own(v.Index(i), seen)
			}
		}
	case reflect.Array:
		for i := 0; i < v.Len() && !c.isFlat(t.Elem()); i++ {
			c.own(v.Index(i), seen)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			c.own(v.Field(i), seen)
		}
	}
}

// isFlat says whether values of t are all there is of them: their bytes.
func (c *carrier) isFlat(t reflect.Type) bool {
	flat, known := c.flat[t]
	if known {
		return flat
	}
	switch t.Kind() {
	case reflect.String, reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
	case reflect.Array:
		flat = c.isFlat(t.Elem())
	case reflect.Struct:
		flat = true
		for i := range t.NumField() {
			f := t.Field(i)
			flat = flat && c.isFlat(f.Type) && (f.IsExported() || !c.names.foreign(t))
		}
	default:
		flat = true
	}
	c.flat[t] = flat
	return flat
}
