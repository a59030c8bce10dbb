package generic

import (
	"reflect"
	"slices"
)

// slicesIterate are the functions from and to iterators.
var slicesIterate = map[string]body{
	"All": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for i := range a[0].Len() {
				if !yield(reflect.ValueOf(i), a[0].Index(i)) {
					return
				}
			}
		}))
	},
	"Backward": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for i := a[0].Len() - 1; i >= 0; i-- {
				if !yield(reflect.ValueOf(i), a[0].Index(i)) {
					return
				}
			}
		}))
	},
	"Values": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for i := range a[0].Len() {
				if !yield(a[0].Index(i)) {
					return
				}
			}
		}))
	},
	"Chunk": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		n := int(a[1].Int())
		if n < 1 {
			panic("cannot be less than 1")
		}
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for i := 0; i < a[0].Len(); i += n {
				end := min(n, a[0].Len()-i) + i
				if !yield(a[0].Slice3(i, end, end)) {
					return
				}
			}
		}))
	},
	"AppendSeq": func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(appendSeq(a[0], a[1])) },
	"Collect": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(appendSeq(reflect.Zero(f.Out(0)), a[0]))
	},
	"Sorted": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sorted(f, a[0], slices.SortFunc[[]reflect.Value], compare))
	},
	"SortedFunc": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sorted(f, a[0], slices.SortFunc[[]reflect.Value], comparison(a[1])))
	},
	"SortedStableFunc": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sorted(f, a[0], slices.SortStableFunc[[]reflect.Value], comparison(a[1])))
	},
}

func appendSeq(s, seq reflect.Value) reflect.Value {
	each(seq, func(args []reflect.Value) bool {
		s = reflect.Append(s, args[0])
		return true
	})
	return s
}

func sorted(f reflect.Type, seq reflect.Value, sort func([]reflect.Value, func(a, b reflect.Value) int),
	compare func(a, b reflect.Value) int) reflect.Value {
	s := appendSeq(reflect.Zero(f.Out(0)), seq)
	list := elements(s)
	sort(list, compare)
	store(s, list)
	return s
}

func findMaps(name string) body { return mapsAll[name] }

// mapsAll is package maps.
var mapsAll = map[string]body{
	"All": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for it := a[0].MapRange(); it.Next() && yield(it.Key(), it.Value()); {
			}
		}))
	},
	"Keys": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for it := a[0].MapRange(); it.Next() && yield(it.Key()); {
			}
		}))
	},
	"Values": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sequence(f.Out(0), func(yield func(...reflect.Value) bool) {
			for it := a[0].MapRange(); it.Next() && yield(it.Value()); {
			}
		}))
	},
	"Clone": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		if a[0].IsNil() {
			return result(a[0])
		}
		m := reflect.MakeMapWithSize(a[0].Type(), a[0].Len())
		copyMap(m, a[0])
		return result(m)
	},
	"Collect": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		m := reflect.MakeMap(f.Out(0))
		insert(m, a[0])
		return result(m)
	},
	"Copy": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		copyMap(a[0], a[1])
		return nil
	},
	"Insert": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		insert(a[0], a[1])
		return nil
	},
	"DeleteFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		drop := predicate(a[1])
		for it := a[0].MapRange(); it.Next(); {
			if key := it.Key(); drop(key, it.Value()) {
				a[0].SetMapIndex(key, reflect.Value{})
			}
		}
		return nil
	},
	"Equal": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(sameMaps(a[0], a[1], equal))
	},
	"EqualFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		same := predicate(a[2])
		return result(sameMaps(a[0], a[1], func(x, y reflect.Value) bool { return same(x, y) }))
	},
}

func copyMap(dst, src reflect.Value) {
	for it := src.MapRange(); it.Next(); {
		dst.SetMapIndex(it.Key(), it.Value())
	}
}

func insert(m, seq reflect.Value) {
	each(seq, func(args []reflect.Value) bool {
		m.SetMapIndex(args[0], args[1])
		return true
	})
}

func sameMaps(a, b reflect.Value, same func(x, y reflect.Value) bool) bool {
	if a.Len() != b.Len() {
		return false
	}
	for it := a.MapRange(); it.Next(); {
		v := b.MapIndex(it.Key())
		if !v.IsValid() || !same(it.Value(), v) {
			return false
		}
	}
	return true
}
