package engine

import (
	"reflect"
	"time"
	"unsafe"
)

// sizeNodes bounds how many values of a variable are visited one by one.
const sizeNodes = 20_000

// sizer adds up what a value holds: itself and what it points to, each place once.
type sizer struct {
	alone bool
	until time.Time
	left  int
	seen  map[unsafe.Pointer]bool
	flat  map[reflect.Type]bool // types whose values point to nothing
}

// sizeOf returns how many bytes a value holds, about: long slices and maps are judged by
// their first elements.
func sizeOf(v reflect.Value, alone bool, until time.Time) (size int64) {
	if !v.IsValid() {
		return 0
	}
	size = int64(v.Type().Size())
	defer func() { _ = recover() }() // a value that changes meanwhile: what was counted until then
	s := sizer{alone: alone, until: until, left: sizeNodes, seen: map[unsafe.Pointer]bool{}, flat: map[reflect.Type]bool{}}
	size += s.behind(v)
	return size
}

// behind counts what v points to, without v itself.
func (s *sizer) behind(v reflect.Value) int64 {
	if s.left--; s.left < 0 || !v.IsValid() || s.isFlat(v.Type()) || s.left%256 == 0 && time.Now().After(s.until) {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		return int64(v.Len())
	case reflect.Pointer:
		if v.IsNil() || !s.first(v.UnsafePointer()) {
			return 0
		}
		return int64(v.Type().Elem().Size()) + s.behind(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return int64(v.Elem().Type().Size()) + s.behind(v.Elem())
	case reflect.Slice:
		if v.IsNil() || !s.first(v.UnsafePointer()) {
			return 0
		}
		return int64(v.Cap())*int64(v.Type().Elem().Size()) + s.elements(v)
	case reflect.Array:
		return s.elements(v)
	case reflect.Struct:
		var sum int64
		for i := range v.NumField() {
			sum += s.behind(v.Field(i))
		}
		return sum
	case reflect.Map:
		return s.entries(v)
	case reflect.Chan:
		return int64(v.Cap()) * int64(v.Type().Elem().Size())
	}
	return 0
}

// first says whether a place is met for the first time.
func (s *sizer) first(p unsafe.Pointer) bool {
	if s.seen[p] {
		return false
	}
	s.seen[p] = true
	return true
}

// sample is how many elements stand for all of a long slice or map.
const sample = 200

func (s *sizer) elements(v reflect.Value) int64 {
	if s.isFlat(v.Type().Elem()) {
		return 0
	}
	var sum int64
	n := min(v.Len(), sample)
	for i := range n {
		sum += s.behind(v.Index(i))
	}
	return extrapolate(sum, n, v.Len())
}

func (s *sizer) entries(v reflect.Value) int64 {
	if v.IsNil() || !s.first(v.UnsafePointer()) {
		return 0
	}
	size := int64(v.Len()) * int64(v.Type().Key().Size()+v.Type().Elem().Size()+1)
	if !s.alone || s.isFlat(v.Type().Key()) && s.isFlat(v.Type().Elem()) {
		return size
	}
	var sum int64
	n := 0
	for it := v.MapRange(); n < sample && it.Next(); n++ {
		sum += s.behind(it.Key()) + s.behind(it.Value())
	}
	return size + extrapolate(sum, n, v.Len())
}

func extrapolate(sum int64, n, all int) int64 {
	if n == 0 {
		return 0
	}
	return int64(float64(sum) * float64(all) / float64(n))
}

// isFlat says whether values of t are all there is to count.
func (s *sizer) isFlat(t reflect.Type) bool {
	flat, known := s.flat[t]
	if known {
		return flat
	}
	switch t.Kind() {
	case reflect.String, reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map, reflect.Chan:
	case reflect.Array:
		flat = s.isFlat(t.Elem())
	case reflect.Struct:
		flat = true
		for i := range t.NumField() {
			flat = flat && s.isFlat(t.Field(i).Type)
		}
	default:
		flat = true
	}
	s.flat[t] = flat
	return flat
}
