package generic

import (
	"reflect"
	"slices"
)

// slicesOrder are the functions that put a slice in order, in place.
var slicesOrder = map[string]body{
	"Sort": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		sorted := elements(a[0])
		slices.SortFunc(sorted, compare)
		store(a[0], sorted)
		return nil
	},
	"SortFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		sorted := elements(a[0])
		slices.SortFunc(sorted, comparison(a[1]))
		store(a[0], sorted)
		return nil
	},
	"SortStableFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		sorted := elements(a[0])
		slices.SortStableFunc(sorted, comparison(a[1]))
		store(a[0], sorted)
		return nil
	},
	"Reverse": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		reversed := elements(a[0])
		slices.Reverse(reversed)
		store(a[0], reversed)
		return nil
	},
}

// slicesChange are the functions that return a slice, of the same memory where the
// compiled ones do.
var slicesChange = map[string]body{
	"Clip":  func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(clip(a[0])) },
	"Clone": func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(clone(a[0])) },
	"Compact": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(shrink(a[0], slices.CompactFunc(elements(a[0]), equal)))
	},
	"CompactFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		same := predicate(a[1])
		kept := slices.CompactFunc(elements(a[0]), func(x, y reflect.Value) bool { return same(x, y) })
		return result(shrink(a[0], kept))
	},
	"Concat": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		n := 0
		for _, s := range views(a[0]) {
			n += s.Len()
		}
		all := reflect.Zero(f.Out(0))
		if n > 0 {
			all = reflect.MakeSlice(f.Out(0), 0, n)
		}
		for _, s := range views(a[0]) {
			all = reflect.AppendSlice(all, s)
		}
		return result(all)
	},
	"Delete": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		i, j := bounds(a[0], a[1], a[2])
		if i == j {
			return result(a[0])
		}
		return result(shrink(a[0], slices.Delete(elements(a[0]), i, j)))
	},
	"DeleteFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		drop := predicate(a[1])
		return result(shrink(a[0], slices.DeleteFunc(elements(a[0]), func(v reflect.Value) bool { return drop(v) })))
	},
	"Grow": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		n := int(a[1].Int())
		if n < 0 {
			panic("cannot be negative")
		}
		return result(grow(a[0], n))
	},
	"Insert": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		i, _ := bounds(a[0], a[1], reflect.ValueOf(a[0].Len()))
		return result(replace(a[0], i, i, a[2]))
	},
	"Replace": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		i, j := bounds(a[0], a[1], a[2])
		return result(replace(a[0], i, j, a[3]))
	},
	"Repeat": func(f reflect.Type, a []reflect.Value) []reflect.Value {
		n := int(a[1].Int())
		if n < 0 {
			panic("cannot be negative")
		}
		all := reflect.MakeSlice(f.Out(0), 0, a[0].Len()*n)
		for range n {
			all = reflect.AppendSlice(all, a[0])
		}
		return result(all)
	},
}

func clip(s reflect.Value) reflect.Value {
	if s.IsNil() {
		return s
	}
	return s.Slice3(0, s.Len(), s.Len())
}

func clone(s reflect.Value) reflect.Value {
	if s.IsNil() {
		return s
	}
	c := reflect.MakeSlice(s.Type(), s.Len(), s.Len())
	reflect.Copy(c, s)
	return c
}

// shrink stores what is kept at the beginning of s and clears the rest.
func shrink(s reflect.Value, kept []reflect.Value) reflect.Value {
	if len(kept) == s.Len() {
		return s
	}
	store(s, kept)
	for i := len(kept); i < s.Len(); i++ {
		s.Index(i).SetZero()
	}
	return s.Slice(0, len(kept))
}

// bounds returns i and j, and panics as s[i:j] does when they are out of range.
func bounds(s, i, j reflect.Value) (int, int) {
	from, to := int(i.Int()), int(j.Int())
	_ = make([]struct{}, s.Len())[from:to]
	return from, to
}

// grow makes room for n more elements. Grown memory is not shared.
func grow(s reflect.Value, n int) reflect.Value {
	if s.Cap()-s.Len() >= n {
		return s
	}
	g := reflect.New(s.Type()).Elem()
	g.Set(s)
	g.Grow(n)
	return g
}

// replace puts the elements of v in the place of s[i:j].
func replace(s reflect.Value, i, j int, v reflect.Value) reflect.Value {
	if i == j && v.Len() == 0 {
		return s
	}
	inserted, tail := elements(v), elements(s.Slice(j, s.Len()))
	n := i + len(inserted) + len(tail)
	out, old := s, s.Len()
	if n > s.Cap() {
		out = grow(clone(s.Slice(0, i)), n-i)
	}
	out = out.Slice(0, n)
	store(out.Slice(i, n), inserted)
	store(out.Slice(i+len(inserted), n), tail)
	for k := n; k < old && n <= s.Cap(); k++ {
		s.Index(k).SetZero()
	}
	return out
}
