package engine

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// merge makes regions that do not overlap of those collected. It returns the variable that
// cannot be carried and why; -1 for none.
func (c *carrier) merge() (at int, problem string) {
	slices.SortFunc(c.regions, func(a, b region) int {
		switch {
		case a.at != b.at:
			return cmp.Compare(a.start(), b.start())
		case a.end() != b.end():
			return cmp.Compare(b.end(), a.end())
		}
		return b.variable - a.variable // variables first
	})
	var merged []region
	for _, r := range c.regions {
		if len(merged) == 0 || merged[len(merged)-1].end() <= r.start() {
			merged = append(merged, r)
			continue
		}
		last := &merged[len(merged)-1]
		switch {
		case r.end() <= last.end():
			if c.isFlat(last.elem) && !c.isFlat(r.elem) {
				return r.of, "points into memory of another type"
			}
		case r.elem == last.elem && last.variable < 0 && (r.start()-last.start())%r.elem.Size() == 0:
			last.n = int((r.end() - last.start()) / r.elem.Size())
		default:
			return r.of, "points into memory of another type"
		}
	}
	c.regions = merged
	for _, o := range c.owned {
		if c.overlap(o) {
			return o.of, "shares memory with a value that is carried as a whole"
		}
	}
	slices.SortFunc(c.owned, func(a, b region) int { return cmp.Compare(a.start(), b.start()) })
	for i := 1; i < len(c.owned); i++ {
		if a, b := c.owned[i-1], c.owned[i]; a.end() > b.start() && b.elem.Size() > 0 {
			return b.of, "shares memory with another value that is carried as a whole"
		}
	}
	for _, g := range c.globals {
		if i := c.find(g.start()); i >= 0 {
			return c.regions[i].of, "points to a variable of a package"
		}
	}
	return -1, ""
}

// find returns the region that an address lies in, -1 for none.
func (c *carrier) find(at uintptr) int {
	i, found := slices.BinarySearchFunc(c.regions, at, func(r region, at uintptr) int { return cmp.Compare(r.start(), at) })
	if !found {
		i--
	}
	if i < 0 || c.regions[i].end() <= at {
		return -1
	}
	return i
}

func (c *carrier) overlap(o region) bool {
	return slices.ContainsFunc(c.regions, func(r region) bool { return r.start() < o.end() && o.start() < r.end() })
}

// encode writes everything. When a variable turns out to have a problem it returns its
// number, and the problems with this one.
func (c *carrier) encode(problems []string) (data []byte, at int, all []string) {
	if at, problem := c.merge(); at >= 0 {
		problems[at] = problem
		return nil, at, problems
	}
	current := -1
	defer func() {
		if r := recover(); r != nil {
			if current < 0 {
				panic(r)
			}
			problems[current] = fmt.Sprint(r)
			data, at, all = nil, current, problems
		}
	}()
	c.number(len(c.regions))
	for _, r := range c.regions {
		current = r.of
		c.number(r.variable + 1)
		if r.variable < 0 {
			c.text(c.names.of(r.elem))
			c.number(r.n)
		}
	}
	c.number(len(c.order))
	for _, m := range c.order {
		c.text(c.names.of(m.Type()))
		c.number(m.Len())
	}
	for _, r := range c.regions {
		current = r.of
		if c.isFlat(r.elem) {
			c.out.Write(unsafe.Slice((*byte)(r.at), r.end()-r.start()))
			continue
		}
		for i := range r.n {
			c.value(reflect.NewAt(r.elem, unsafe.Add(r.at, uintptr(i)*r.elem.Size())).Elem())
		}
	}
	for _, m := range c.order {
		for it := m.MapRange(); it.Next(); {
			c.value(copied(it.Key()))
			c.value(copied(it.Value()))
		}
	}
	return c.out.Bytes(), -1, problems
}

func (c *carrier) number(n int) {
	c.out.Write(binary.AppendUvarint(nil, uint64(n)))
}

func (c *carrier) text(s string) {
	c.number(len(s))
	c.out.WriteString(s)
}

// value writes an addressable value.
func (c *carrier) value(v reflect.Value) {
	t := v.Type()
	v = reflect.NewAt(t, v.Addr().UnsafePointer()).Elem()
	if c.isFlat(t) {
		c.out.Write(unsafe.Slice((*byte)(v.Addr().UnsafePointer()), t.Size()))
		return
	}
	switch t.Kind() {
	case reflect.String:
		c.text(v.String())
	case reflect.Pointer:
		c.pointer(v.Pointer(), t.Elem())
	case reflect.Slice:
		c.pointer(v.Pointer(), t.Elem())
		c.number(v.Len())
		c.number(v.Cap())
	case reflect.Array:
		for i := range v.Len() {
			c.value(v.Index(i))
		}
	case reflect.Interface:
		if v.IsNil() {
			c.text("")
			return
		}
		c.text(c.names.of(v.Elem().Type()))
		c.value(copyOf(v.Elem().Interface()))
	case reflect.Map:
		if v.IsNil() {
			c.number(0)
			return
		}
		c.number(c.maps[v.UnsafePointer()] + 1)
	case reflect.Struct:
		if encodes(t) && c.names.foreign(t) {
			c.text(string(marshal(v.Addr().Interface())))
			return
		}
		for i := range t.NumField() {
			c.value(v.Field(i))
		}
	}
}

// pointer writes where an address lies: 0 for nil, 1 for nowhere in particular.
func (c *carrier) pointer(at uintptr, elem reflect.Type) {
	switch i := c.find(at); {
	case at == 0:
		c.number(0)
	case elem.Size() == 0 || i < 0:
		c.number(1)
	default:
		c.number(i + 2)
		c.number(int(at - c.regions[i].start()))
	}
}
