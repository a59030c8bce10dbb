package generic

import (
	"reflect"
	"slices"
)

// slicesRead are the functions that look at slices and change nothing.
var slicesRead = map[string]body{
	"Contains": func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(index(a[0], a[1]) >= 0) },
	"ContainsFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(indexFunc(a[0], a[1]) >= 0)
	},
	"Index":     func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(index(a[0], a[1])) },
	"IndexFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value { return result(indexFunc(a[0], a[1])) },
	"Equal": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.EqualFunc(views(a[0]), views(a[1]), equal))
	},
	"EqualFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		same := predicate(a[2])
		return result(slices.EqualFunc(views(a[0]), views(a[1]), func(x, y reflect.Value) bool { return same(x, y) }))
	},
	"Compare": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.CompareFunc(views(a[0]), views(a[1]), compare))
	},
	"CompareFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.CompareFunc(views(a[0]), views(a[1]), comparison(a[2])))
	},
	"BinarySearch": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		i, found := slices.BinarySearchFunc(views(a[0]), a[1], compare)
		return result(i, found)
	},
	"BinarySearchFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		i, found := slices.BinarySearchFunc(views(a[0]), a[1], comparison(a[2]))
		return result(i, found)
	},
	"IsSorted": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.IsSortedFunc(views(a[0]), compare))
	},
	"IsSortedFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.IsSortedFunc(views(a[0]), comparison(a[1])))
	},
	"Max": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(extreme("slices.Max: empty list", a[0], 1))
	},
	"Min": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(extreme("slices.Min: empty list", a[0], -1))
	},
	"MaxFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.MaxFunc(views(a[0]), comparison(a[1])))
	},
	"MinFunc": func(_ reflect.Type, a []reflect.Value) []reflect.Value {
		return result(slices.MinFunc(views(a[0]), comparison(a[1])))
	},
}

func index(s, v reflect.Value) int {
	want := v.Interface()
	for i := range s.Len() {
		if s.Index(i).Interface() == want {
			return i
		}
	}
	return -1
}

func indexFunc(s, f reflect.Value) int {
	holds := predicate(f)
	for i := range s.Len() {
		if holds(s.Index(i)) {
			return i
		}
	}
	return -1
}

// extreme is slices.Max or Min by sign. A NaN wins over every number.
func extreme(empty string, s reflect.Value, sign int) reflect.Value {
	if s.Len() == 0 {
		panic(empty)
	}
	m := s.Index(0)
	for _, v := range views(s) {
		if v.CanFloat() && v.Float() != v.Float() {
			return v
		}
		if compare(v, m)*sign > 0 {
			m = v
		}
	}
	return m
}
