package engine

import (
	"reflect"
	"sort"
)

// sorter sorts a slice by a comparison of elements.
type sorter struct {
	s    reflect.Value
	swap func(i, j int)
	cmp  func(a, b reflect.Value) int
}

func (s sorter) Len() int           { return s.s.Len() }
func (s sorter) Swap(i, j int)      { s.swap(i, j) }
func (s sorter) Less(i, j int) bool { return s.cmp(s.s.Index(i), s.s.Index(j)) < 0 }

func sorted(s reflect.Value, cmp func(a, b reflect.Value) int) sorter {
	return sorter{s, reflect.Swapper(s.Interface()), cmp}
}

func by(f reflect.Value) func(a, b reflect.Value) int {
	return func(a, b reflect.Value) int { return order(f, a, b) }
}

func sliceFuncs() map[string]genericFunc {
	return map[string]genericFunc{
		"slices.Sort": function(func(in []reflect.Value) any {
			sort.Sort(sorted(in[0], compareValues))
			return nil
		}),
		"slices.SortFunc": function(func(in []reflect.Value) any {
			sort.Sort(sorted(in[0], by(in[1])))
			return nil
		}),
		"slices.SortStableFunc": function(func(in []reflect.Value) any {
			sort.Stable(sorted(in[0], by(in[1])))
			return nil
		}),
		"slices.IsSorted":     function(func(in []reflect.Value) any { return sort.IsSorted(sorted(in[0], compareValues)) }),
		"slices.IsSortedFunc": function(func(in []reflect.Value) any { return sort.IsSorted(sorted(in[0], by(in[1]))) }),
		"slices.Max":          function(func(in []reflect.Value) any { return extreme(in[0], 1, "slices.Max") }),
		"slices.Min":          function(func(in []reflect.Value) any { return extreme(in[0], -1, "slices.Min") }),
		"slices.MaxFunc":      function(func(in []reflect.Value) any { return best(in[0], by(in[1]), 1, "slices.MaxFunc") }),
		"slices.MinFunc":      function(func(in []reflect.Value) any { return best(in[0], by(in[1]), -1, "slices.MinFunc") }),
	}
}

// extreme is slices.Max or slices.Min, which order NaN and negative zero as the builtins do.
func extreme(s reflect.Value, sign int, name string) reflect.Value {
	if s.Len() == 0 || !s.Index(0).CanFloat() {
		return best(s, compareValues, sign, name)
	}
	m := s.Index(0).Float()
	for i := 1; i < s.Len(); i++ {
		if x := s.Index(i).Float(); sign > 0 {
			m = max(m, x)
		} else {
			m = min(m, x)
		}
	}
	return reflect.ValueOf(m).Convert(s.Type().Elem())
}

// best returns the first of the largest (sign 1) or smallest (sign -1) elements.
func best(s reflect.Value, cmp func(a, b reflect.Value) int, sign int, name string) reflect.Value {
	if s.Len() == 0 {
		panic(name + ": empty list")
	}
	m := s.Index(0)
	for i := 1; i < s.Len(); i++ {
		if cmp(s.Index(i), m)*sign > 0 {
			m = s.Index(i)
		}
	}
	return m
}

func sliceSearch() map[string]genericFunc {
	find := func(s reflect.Value, match func(reflect.Value) bool) int {
		for i := range s.Len() {
			if match(s.Index(i)) {
				return i
			}
		}
		return -1
	}
	is := func(v reflect.Value) func(reflect.Value) bool {
		return func(x reflect.Value) bool { return equalValues(x, v) }
	}
	holds := func(f reflect.Value) func(reflect.Value) bool {
		return func(x reflect.Value) bool { return truth(f, x) }
	}
	search := func(s reflect.Value, cmp func(reflect.Value) int) []reflect.Value {
		i := sort.Search(s.Len(), func(i int) bool { return cmp(s.Index(i)) >= 0 })
		return results(i, i < s.Len() && cmp(s.Index(i)) == 0)
	}
	return map[string]genericFunc{
		"slices.Index":        function(func(in []reflect.Value) any { return find(in[0], is(in[1])) }),
		"slices.IndexFunc":    function(func(in []reflect.Value) any { return find(in[0], holds(in[1])) }),
		"slices.Contains":     function(func(in []reflect.Value) any { return find(in[0], is(in[1])) >= 0 }),
		"slices.ContainsFunc": function(func(in []reflect.Value) any { return find(in[0], holds(in[1])) >= 0 }),
		"slices.BinarySearch": func(_ reflect.Type, in []reflect.Value) []reflect.Value {
			return search(in[0], func(x reflect.Value) int { return compareValues(x, in[1]) })
		},
		"slices.BinarySearchFunc": func(_ reflect.Type, in []reflect.Value) []reflect.Value {
			return search(in[0], func(x reflect.Value) int { return order(in[2], x, in[1]) })
		},
		"slices.Equal": function(func(in []reflect.Value) any { return equalSlices(in[0], in[1], equalValues) }),
		"slices.EqualFunc": function(func(in []reflect.Value) any {
			return equalSlices(in[0], in[1], func(a, b reflect.Value) bool { return truth(in[2], a, b) })
		}),
		"slices.Compare": function(func(in []reflect.Value) any { return compareSlices(in[0], in[1], compareValues) }),
		"slices.CompareFunc": function(func(in []reflect.Value) any {
			return compareSlices(in[0], in[1], by(in[2]))
		}),
	}
}

func equalSlices(a, b reflect.Value, eq func(a, b reflect.Value) bool) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !eq(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func compareSlices(a, b reflect.Value, cmp func(a, b reflect.Value) int) int {
	for i := range min(a.Len(), b.Len()) {
		if c := cmp(a.Index(i), b.Index(i)); c != 0 {
			return c
		}
	}
	return compare(int64(a.Len()), int64(b.Len()))
}

func sliceChange() map[string]genericFunc {
	clone := func(s reflect.Value) reflect.Value {
		if s.IsNil() {
			return s
		}
		return reflect.AppendSlice(reflect.MakeSlice(s.Type(), 0, s.Len()), s)
	}
	remove := func(s reflect.Value, i, j int) reflect.Value {
		_ = s.Slice3(i, j, s.Len())
		old := s.Len()
		r := reflect.AppendSlice(s.Slice(0, i), s.Slice(j, old))
		s.Slice(r.Len(), old).Clear()
		return r
	}
	keep := func(s reflect.Value, wanted func(i int) bool) reflect.Value {
		n := 0
		for i := range s.Len() {
			if wanted(i) {
				s.Index(n).Set(s.Index(i))
				n++
			}
		}
		s.Slice(n, s.Len()).Clear()
		return s.Slice(0, n)
	}
	compact := func(s reflect.Value, eq func(a, b reflect.Value) bool) reflect.Value {
		if s.Len() == 0 {
			return s
		}
		n := 1
		for i := 1; i < s.Len(); i++ {
			if !eq(s.Index(n-1), s.Index(i)) {
				s.Index(n).Set(s.Index(i))
				n++
			}
		}
		s.Slice(n, s.Len()).Clear()
		return s.Slice(0, n)
	}
	return map[string]genericFunc{
		"slices.Reverse": function(func(in []reflect.Value) any {
			swap := reflect.Swapper(in[0].Interface())
			for i, j := 0, in[0].Len()-1; i < j; i, j = i+1, j-1 {
				swap(i, j)
			}
			return nil
		}),
		"slices.Clone":  function(func(in []reflect.Value) any { return clone(in[0]) }),
		"slices.Insert": function(func(in []reflect.Value) any { return replace(in[0], int(in[1].Int()), int(in[1].Int()), in[2]) }),
		"slices.Replace": function(func(in []reflect.Value) any {
			return replace(in[0], int(in[1].Int()), int(in[2].Int()), in[3])
		}),
		"slices.Delete": function(func(in []reflect.Value) any { return remove(in[0], int(in[1].Int()), int(in[2].Int())) }),
		"slices.DeleteFunc": function(func(in []reflect.Value) any {
			return keep(in[0], func(i int) bool { return !truth(in[1], in[0].Index(i)) })
		}),
		"slices.Compact": function(func(in []reflect.Value) any { return compact(in[0], equalValues) }),
		"slices.CompactFunc": function(func(in []reflect.Value) any {
			return compact(in[0], func(a, b reflect.Value) bool { return truth(in[1], a, b) })
		}),
		"slices.Clip": function(func(in []reflect.Value) any { return in[0].Slice3(0, in[0].Len(), in[0].Len()) }),
		"slices.Grow": function(func(in []reflect.Value) any {
			return grow(in[0], int(in[1].Int()))
		}),
		"slices.Concat": function(func(in []reflect.Value) any {
			r := reflect.Zero(in[0].Type().Elem())
			for i := range in[0].Len() {
				r = reflect.AppendSlice(r, in[0].Index(i))
			}
			return r
		}),
		"slices.Repeat": function(func(in []reflect.Value) any {
			r := reflect.MakeSlice(in[0].Type(), 0, in[0].Len()*int(in[1].Int()))
			for range in[1].Int() {
				r = reflect.AppendSlice(r, in[0])
			}
			return r
		}),
	}
}

// replace puts vs, which may overlap with s, in the place of s[i:j], in the memory of s where it
// is large enough.
func replace(s reflect.Value, i, j int, vs reflect.Value) reflect.Value {
	_ = s.Slice(i, s.Len()).Slice(0, j-i)
	n := s.Len() - (j - i) + vs.Len()
	switch {
	case i == j && vs.Len() == 0:
		return s
	case j == s.Len():
		r := reflect.AppendSlice(s.Slice(0, i), vs)
		clearBehind(r.Len(), s)
		return r
	case n > s.Cap():
		r := reflect.AppendSlice(s.Slice(0, i), reflect.MakeSlice(s.Type(), n-i, n-i))
		reflect.Copy(r.Slice(i, n), vs)
		reflect.Copy(r.Slice(i+vs.Len(), n), s.Slice(j, s.Len()))
		return r
	}
	held := reflect.AppendSlice(reflect.Zero(vs.Type()), vs)
	r := s.Slice(0, n)
	reflect.Copy(r.Slice(i+vs.Len(), n), s.Slice(j, s.Len()))
	reflect.Copy(r.Slice(i, n), held)
	clearBehind(n, s)
	return r
}

// clearBehind zeroes what s has behind its first n elements.
func clearBehind(n int, s reflect.Value) {
	if n < s.Len() {
		s.Slice(n, s.Len()).Clear()
	}
}

// grow is slices.Grow.
func grow(s reflect.Value, n int) reflect.Value {
	if n < 0 {
		panic("cannot be negative")
	}
	n -= s.Cap() - s.Len()
	if n <= 0 {
		return s
	}
	return reflect.AppendSlice(s.Slice(0, s.Cap()), reflect.MakeSlice(s.Type(), n, n)).Slice(0, s.Len())
}
