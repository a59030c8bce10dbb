package generic

import "reflect"

// mapFunctions is package maps.
var mapFunctions = map[string]body{
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
