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
