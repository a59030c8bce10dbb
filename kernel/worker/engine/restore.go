package engine

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"unsafe"
)

// Restore gives variables the values that Carry has encoded for the same symbols. After an
// error they have any values: the engine is of no use.
func (e *Engine) Restore(symbols []string, data []byte) (err error) {
	e.host.mu.Lock()
	defer e.host.mu.Unlock()
	e.types.mu.Lock()
	defer e.types.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decode the values: %v", r)
		}
	}()
	r := &restorer{names: e.newTypeNames(), data: data}
	r.flat = &carrier{names: r.names, flat: map[reflect.Type]bool{}}
	r.allocate(symbols, e.host.interp.Globals())
	r.fill()
	return nil
}

// restorer reads what a carrier wrote.
type restorer struct {
	names  *typeNames
	flat   *carrier
	data   []byte
	places []memory
	maps   []reflect.Value
	counts []int
}

// memory is a region in this process.
type memory struct {
	at   unsafe.Pointer
	elem reflect.Type
	n    int
}

func (r *restorer) number() int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		panic("they end too early")
	}
	r.data = r.data[size:]
	return int(n)
}

func (r *restorer) bytes(n int) []byte {
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *restorer) text() string { return string(r.bytes(r.number())) }

func (r *restorer) typ() reflect.Type {
	t, _ := r.names.find(r.text())
	return t
}

// allocate makes all memory and all maps, so that pointers can be set in any order.
func (r *restorer) allocate(symbols []string, globals map[string]reflect.Value) {
	for range r.number() {
		if i := r.number(); i > 0 {
			v := globals[symbols[i-1]]
			r.places = append(r.places, memory{v.Addr().UnsafePointer(), v.Type(), 1})
			continue
		}
		t := r.typ()
		n := r.number()
		r.places = append(r.places, memory{reflect.MakeSlice(reflect.SliceOf(t), n, n).UnsafePointer(), t, n})
	}
	for range r.number() {
		t := r.typ()
		n := r.number()
		r.maps, r.counts = append(r.maps, reflect.MakeMapWithSize(t, n)), append(r.counts, n)
	}
}

// fill reads the contents.
func (r *restorer) fill() {
	for _, m := range r.places {
		if size := m.elem.Size() * uintptr(m.n); r.flat.isFlat(m.elem) {
			copy(unsafe.Slice((*byte)(m.at), size), r.bytes(int(size)))
			continue
		}
		for i := range m.n {
			r.value(reflect.NewAt(m.elem, unsafe.Add(m.at, uintptr(i)*m.elem.Size())).Elem())
		}
	}
	for i, m := range r.maps {
		for range r.counts[i] {
			key, elem := reflect.New(m.Type().Key()).Elem(), reflect.New(m.Type().Elem()).Elem()
			r.value(key)
			r.value(elem)
			m.SetMapIndex(key, elem)
		}
	}
}

// value reads into an addressable value.
func (r *restorer) value(v reflect.Value) {
	t := v.Type()
	v = reflect.NewAt(t, v.Addr().UnsafePointer()).Elem()
	if r.flat.isFlat(t) {
		copy(unsafe.Slice((*byte)(v.Addr().UnsafePointer()), t.Size()), r.bytes(int(t.Size())))
		return
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Pointer:
		*(*unsafe.Pointer)(v.Addr().UnsafePointer()) = r.pointer(t.Elem())
	case reflect.Slice:
		h := (*sliceHeader)(v.Addr().UnsafePointer())
		h.data, h.len, h.cap = r.pointer(t.Elem()), r.number(), r.number()
	case reflect.Array:
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Interface:
		if text := r.text(); text != "" {
			dynamic, _ := r.names.find(text)
			x := reflect.New(dynamic).Elem()
			r.value(x)
			v.Set(x)
		}
	case reflect.Map:
		if i := r.number(); i > 0 {
			*(*unsafe.Pointer)(v.Addr().UnsafePointer()) = r.maps[i-1].UnsafePointer() // it may have another name here
		}
	case reflect.Struct:
		if encodes(t) && r.names.foreign(t) {
			unmarshal(v.Addr().Interface(), r.bytes(r.number()))
			return
		}
		for i := range t.NumField() {
			r.value(v.Field(i))
		}
	}
}

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

func (r *restorer) pointer(elem reflect.Type) unsafe.Pointer {
	switch i := r.number(); i {
	case 0:
		return nil
	case 1:
		return reflect.New(elem).UnsafePointer()
	default:
		return unsafe.Add(r.places[i-2].at, r.number())
	}
}
