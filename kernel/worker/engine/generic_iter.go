package engine

import (
	"reflect"
	"sync"
)

// sequence makes an iterator of type t (func(yield)) that pushes what each yields.
func sequence(t reflect.Type, each func(yield func(...reflect.Value) bool)) reflect.Value {
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		each(func(v ...reflect.Value) bool { return in[0].Call(v)[0].Bool() })
		return nil
	})
}

// collect runs an iterator.
func collect(seq reflect.Value, take func(v []reflect.Value)) {
	yield := reflect.MakeFunc(seq.Type().In(0), func(in []reflect.Value) []reflect.Value {
		take(in)
		return []reflect.Value{reflect.ValueOf(true)}
	})
	seq.Call([]reflect.Value{yield})
}

func collected(t reflect.Type, start, seq reflect.Value) reflect.Value {
	s := start
	if !s.IsValid() {
		s = reflect.Zero(t)
	}
	collect(seq, func(v []reflect.Value) { s = reflect.Append(s, v[0]) })
	return s
}

func iterFuncs() map[string]genericFunc {
	indexed := func(sig reflect.Type, in []reflect.Value, yield func(s reflect.Value, f func(...reflect.Value) bool)) []reflect.Value {
		return results(sequence(sig.Out(0), func(f func(...reflect.Value) bool) { yield(in[0], f) }))
	}
	return map[string]genericFunc{
		"slices.All": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			return indexed(sig, in, func(s reflect.Value, f func(...reflect.Value) bool) {
				for i := 0; i < s.Len() && f(reflect.ValueOf(i), s.Index(i)); i++ {
				}
			})
		},
		"slices.Backward": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			return indexed(sig, in, func(s reflect.Value, f func(...reflect.Value) bool) {
				for i := s.Len() - 1; i >= 0 && f(reflect.ValueOf(i), s.Index(i)); i-- {
				}
			})
		},
		"slices.Values": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			return indexed(sig, in, func(s reflect.Value, f func(...reflect.Value) bool) {
				for i := 0; i < s.Len() && f(s.Index(i)); i++ {
				}
			})
		},
		"slices.Chunk": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			n := int(in[1].Int())
			if n < 1 {
				panic("cannot be less than 1")
			}
			return indexed(sig, in, func(s reflect.Value, f func(...reflect.Value) bool) {
				for i := 0; i < s.Len(); i += n {
					end := min(n, s.Len()-i) + i
					if !f(s.Slice3(i, end, end)) {
						return
					}
				}
			})
		},
		"slices.Collect": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			return results(collected(sig.Out(0), reflect.Value{}, in[0]))
		},
		"slices.AppendSeq": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			return results(collected(sig.Out(0), in[0], in[1]))
		},
		"slices.Sorted":           sortedSeq(func([]reflect.Value) func(a, b reflect.Value) int { return compareValues }),
		"slices.SortedFunc":       sortedSeq(func(in []reflect.Value) func(a, b reflect.Value) int { return by(in[1]) }),
		"slices.SortedStableFunc": sortedSeq(func(in []reflect.Value) func(a, b reflect.Value) int { return by(in[1]) }),
	}
}

func sortedSeq(cmp func(in []reflect.Value) func(a, b reflect.Value) int) genericFunc {
	return func(sig reflect.Type, in []reflect.Value) []reflect.Value {
		s := collected(sig.Out(0), reflect.Value{}, in[0])
		stable(s, cmp(in))
		return results(s)
	}
}

func mapFuncs() map[string]genericFunc {
	pairs := func(pick func(k, v reflect.Value) []reflect.Value) genericFunc {
		return func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			return results(sequence(sig.Out(0), func(f func(...reflect.Value) bool) {
				for it := in[0].MapRange(); it.Next() && f(pick(it.Key(), it.Value())...); {
				}
			}))
		}
	}
	same := func(a, b reflect.Value, eq func(a, b reflect.Value) bool) bool {
		if a.Len() != b.Len() {
			return false
		}
		for it := a.MapRange(); it.Next(); {
			if v := b.MapIndex(it.Key()); !v.IsValid() || !eq(it.Value(), v) {
				return false
			}
		}
		return true
	}
	into := func(m, from reflect.Value) {
		for it := from.MapRange(); it.Next(); {
			m.SetMapIndex(it.Key(), it.Value())
		}
	}
	return map[string]genericFunc{
		"maps.Keys":   pairs(func(k, _ reflect.Value) []reflect.Value { return []reflect.Value{k} }),
		"maps.Values": pairs(func(_, v reflect.Value) []reflect.Value { return []reflect.Value{v} }),
		"maps.All":    pairs(func(k, v reflect.Value) []reflect.Value { return []reflect.Value{k, v} }),
		"maps.Clone": function(func(in []reflect.Value) any {
			if in[0].IsNil() {
				return in[0]
			}
			m := reflect.MakeMap(in[0].Type())
			into(m, in[0])
			return m
		}),
		"maps.Copy": function(func(in []reflect.Value) any { into(in[0], in[1]); return nil }),
		"maps.Collect": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			m := reflect.MakeMap(sig.Out(0))
			collect(in[0], func(v []reflect.Value) { m.SetMapIndex(v[0], v[1]) })
			return results(m)
		},
		"maps.Insert": function(func(in []reflect.Value) any {
			collect(in[1], func(v []reflect.Value) { in[0].SetMapIndex(v[0], v[1]) })
			return nil
		}),
		"maps.Equal": function(func(in []reflect.Value) any { return same(in[0], in[1], equalValues) }),
		"maps.EqualFunc": function(func(in []reflect.Value) any {
			return same(in[0], in[1], func(a, b reflect.Value) bool { return truth(in[2], a, b) })
		}),
		"maps.DeleteFunc": function(func(in []reflect.Value) any {
			for it := in[0].MapRange(); it.Next(); {
				if truth(in[1], it.Key(), it.Value()) {
					in[0].SetMapIndex(it.Key(), reflect.Value{})
				}
			}
			return nil
		}),
	}
}

func otherFuncs() map[string]genericFunc {
	once := func(sig reflect.Type, in []reflect.Value) []reflect.Value {
		call := sync.OnceValue(func() []reflect.Value { return in[0].Call(nil) })
		return results(reflect.MakeFunc(sig.Out(0), func([]reflect.Value) []reflect.Value { return call() }))
	}
	return map[string]genericFunc{
		"cmp.Compare": function(func(in []reflect.Value) any { return compareValues(in[0], in[1]) }),
		"cmp.Less":    function(func(in []reflect.Value) any { return compareValues(in[0], in[1]) < 0 }),
		"cmp.Or": func(sig reflect.Type, in []reflect.Value) []reflect.Value {
			for i := range in[0].Len() {
				if v := in[0].Index(i); !v.IsZero() {
					return results(v)
				}
			}
			return results(reflect.Zero(sig.Out(0)))
		},
		"sync.OnceValue":  once,
		"sync.OnceValues": once,
		"iter.Pull":       pull,
		"iter.Pull2":      pull,
	}
}
