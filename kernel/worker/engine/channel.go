package engine

import (
	"reflect"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// channel makes the helpers for operations on channels of elem, which an interrupt ends.
// The channel itself comes as any, so that one helper serves all directions.
func (e *Engine) channel(kind program.HelperKind, elem reflect.Type) reflect.Value {
	elems, truth := []reflect.Type{elem}, reflect.TypeFor[bool]()
	switch kind {
	case program.Send:
		return makeFunc([]reflect.Type{anyType, elem}, nil, func(in []reflect.Value) []reflect.Value {
			e.send(in[0].Elem(), in[1])
			return nil
		})
	case program.Recv:
		return makeFunc([]reflect.Type{anyType}, elems, func(in []reflect.Value) []reflect.Value {
			v, _ := e.receive(in[0].Elem())
			return []reflect.Value{retypeValue(v, elem)}
		})
	case program.RecvOK:
		return makeFunc([]reflect.Type{anyType}, append(elems, truth), func(in []reflect.Value) []reflect.Value {
			v, ok := e.receive(in[0].Elem())
			return []reflect.Value{retypeValue(v, elem), reflect.ValueOf(ok)}
		})
	}
	t := reflect.ChanOf(reflect.BothDir, elem)
	return makeFunc([]reflect.Type{reflect.TypeFor[int]()}, []reflect.Type{t}, func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.MakeChan(t, int(in[0].Int()))}
	})
}

func (e *Engine) send(ch, v reflect.Value) {
	if !ch.IsNil() && ch.TrySend(v) {
		return
	}
	e.selectCases([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: ch, Send: v}})
}

func (e *Engine) receive(ch reflect.Value) (reflect.Value, bool) {
	if !ch.IsNil() {
		if v, ok := ch.TryRecv(); v.IsValid() {
			return v, ok
		}
	}
	_, v, ok := e.selectCases([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}})
	return v, ok
}

// selectCases waits for one of cases; an interrupt of the cell panics out of it.
func (e *Engine) selectCases(cases []reflect.SelectCase) (int, reflect.Value, bool) {
	r := e.current()
	if r == nil {
		return reflect.Select(cases)
	}
	i, v, ok := reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(r.done)}))
	if i == len(cases) {
		panic(errInterrupt)
	}
	return i, v, ok
}

// SelectCase is one case of a lowered select statement.
type SelectCase struct {
	send bool
	ch   any
	v    any
}

// selectStmt runs a select statement: the number of the case taken (-1 for default), what
// it received as a twin in an any, and whether the channel was open.
func (e *Engine) selectStmt(hasDefault bool, list ...SelectCase) (int, any, bool) {
	cases := make([]reflect.SelectCase, len(list), len(list)+1)
	for i, c := range list {
		ch := reflect.ValueOf(c.ch)
		cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch}
		if c.send {
			v := reflect.New(ch.Type().Elem()).Elem()
			if c.v != nil {
				v.Set(reflect.ValueOf(c.v))
			}
			cases[i] = reflect.SelectCase{Dir: reflect.SelectSend, Chan: ch, Send: v}
		}
	}
	var i int
	var v reflect.Value
	var ok bool
	if hasDefault {
		i, v, ok = reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
		if i == len(list) {
			return -1, nil, false
		}
	} else {
		i, v, ok = e.selectCases(cases)
	}
	if !v.IsValid() {
		return i, nil, ok
	}
	return i, v.Interface(), ok
}
