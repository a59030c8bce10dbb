package engine

import (
	"fmt"
	"reflect"
	"sync"
	"unicode"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// types holds the run-time types of a notebook. Every type has two forms: the real one,
// which compiled code sees, and the twin, which interpreted code computes with. They have
// the same memory layout; the twin of a struct has exported fields and no methods, the twin
// of another named type is its underlying type.
type types struct {
	exports func(path string) map[string]reflect.Value
	generic func(path, name string, typeArgs ...string) (reflect.Value, bool)
	desc    map[int]program.Type
	reals   map[int]reflect.Type
	twins   map[int]reflect.Type
	layouts map[int]reflect.Type
	users   map[*rtype]*userType // by real type, also of pointers
	gens    generations
	erased  bool  // no methods on run-time types: the fallback
	keep    []any // blocks, alive for ever
	hash    uint32
	mu      sync.RWMutex // guards the maps against running code
}

// userType is what dispatch needs to know of a user's named type or a pointer to it.
type userType struct {
	id      int
	pointer bool
	methods map[string]program.Method
}

func newTypes(exports func(string) map[string]reflect.Value, erased bool) *types {
	return &types{
		exports: exports,
		erased:  erased,
		desc:    map[int]program.Type{},
		reals:   map[int]reflect.Type{},
		twins:   map[int]reflect.Type{},
		layouts: map[int]reflect.Type{},
		users:   map[*rtype]*userType{},
		gens:    generations{byType: map[int]*newest{}, users: map[int][]*generation{}},
		hash:    0x6d6f6c65,
	}
}

// add makes the types of a program. The types they name are among them or older.
func (ts *types) add(list []program.Type) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("make run-time types: %v", r)
		}
	}()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, t := range list {
		ts.forget(t.ID)
		ts.desc[t.ID] = t
	}
	for _, t := range list { // shells first: types may be recursive
		switch {
		case t.Kind == program.User:
			ts.shell(t)
		case t.Kind == program.Struct && len(t.Fields) > 0:
			ts.twins[t.ID] = ts.newShell(fmt.Sprintf("k.T%d", t.ID), "k", ts.layout(t.ID))
		}
	}
	for _, t := range list {
		switch {
		case t.Kind == program.User:
			ts.fillUser(t)
		case t.Kind == program.Struct && len(t.Fields) > 0:
			ts.fill(rtypeOf(ts.twins[t.ID]), t.ID, true)
		}
	}
	for _, t := range list {
		ts.real(t.ID)
		ts.twin(t.ID)
	}
	return nil
}

// forget drops a type of a program that was not loaded, whose number is given again.
func (ts *types) forget(id int) {
	delete(ts.reals, id)
	delete(ts.twins, id)
	delete(ts.layouts, id)
	delete(ts.gens.byType, id)
	delete(ts.gens.users, id)
}

// layout returns a type with the size, pointers and equality of type id that names no type
// of the notebook.
func (ts *types) layout(id int) reflect.Type {
	if t := ts.layouts[id]; t != nil {
		return t
	}
	t := ts.makeLayout(ts.desc[id])
	ts.layouts[id] = t
	return t
}

func (ts *types) makeLayout(d program.Type) reflect.Type {
	switch d.Kind {
	case program.Basic, program.Compiled:
		if d.Opaque {
			return ts.layout(d.Elem)
		}
		if like := standIns[d.Pkg+"."+d.Name]; like != nil {
			return like
		}
		return ts.real(d.ID)
	case program.User:
		return ts.layout(d.Elem)
	case program.Pointer:
		return reflect.TypeFor[*byte]()
	case program.Slice:
		return reflect.TypeFor[[]byte]()
	case program.Array:
		return reflect.ArrayOf(int(d.Len), ts.layout(d.Elem))
	case program.Map:
		return reflect.TypeFor[map[int]int]()
	case program.Chan:
		return reflect.TypeFor[chan int]()
	case program.Func:
		return reflect.TypeFor[func()]()
	case program.Interface:
		if len(d.Methods) == 0 {
			return reflect.TypeFor[any]()
		}
		return reflect.TypeFor[error]()
	}
	fields := make([]reflect.StructField, len(d.Fields))
	for i, f := range d.Fields {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: ts.layout(f.Type)}
	}
	return reflect.StructOf(fields)
}

// underlying follows a named type of the notebook to its underlying type's description.
func (ts *types) underlying(id int) program.Type {
	d := ts.desc[id]
	for d.Kind == program.User {
		d = ts.desc[d.Elem]
	}
	return d
}

// qualified is the name of a user's type with that of its package.
func qualified(d program.Type) string {
	if d.Pkg != "" {
		return d.Pkg + "." + d.Name
	}
	return "main." + d.Name
}

func (ts *types) shell(d program.Type) {
	u := ts.underlying(d.ID)
	if u.Kind == program.Interface {
		t := ts.newShell(qualified(d), "main", ts.layout(d.ID))
		ts.reals[d.ID], ts.twins[d.ID] = t, t
		return
	}
	ts.realShell(d)
	if u.Kind == program.Struct || d.Opaque {
		ts.twins[d.ID] = ts.newShell(fmt.Sprintf("k.T%d", d.ID), "k", ts.layout(d.ID))
	}
}

// newShell makes a named type with the layout of like. Its components still are like's.
func (ts *types) newShell(name, pkg string, like reflect.Type) reflect.Type {
	src := rtypeOf(like)
	var t *rtype
	var u *uncommon
	var moff uintptr = unsafe.Sizeof(uncommon{})
	switch like.Kind() {
	case reflect.Struct:
		t, u = newBlock[structType](ts, src)
	case reflect.Interface:
		t, u = newBlock[interfaceType](ts, src)
	case reflect.Pointer:
		t, u = newBlock[ptrType](ts, src)
	case reflect.Slice:
		t, u = newBlock[sliceType](ts, src)
	case reflect.Array:
		t, u = newBlock[arrayType](ts, src)
	case reflect.Chan:
		t, u = newBlock[chanType](ts, src)
	case reflect.Map:
		t, u = newBlock[mapType](ts, src)
	case reflect.Func:
		b := new(funcBlock)
		b.t = *(*funcType)(unsafe.Pointer(src))
		ts.keep = append(ts.keep, b)
		t, u = &b.t.rtype, &b.u
		moff = unsafe.Offsetof(b.m) - unsafe.Offsetof(b.u)
	default:
		t, u = newBlock[rtype](ts, src)
	}
	ts.nameType(t, name)
	t.tflag |= flagUncommon | flagNamed
	*u = uncommon{pkgPath: nameOffset(encodeName(pkg, "", false, false)), moff: uint32(moff)}
	return t.reflect()
}

func newBlock[T any](ts *types, src *rtype) (*rtype, *uncommon) {
	b := new(block[T])
	b.t = *(*T)(unsafe.Pointer(src))
	ts.keep = append(ts.keep, b)
	return (*rtype)(unsafe.Pointer(&b.t)), &b.u
}

func (ts *types) nameType(t *rtype, name string) {
	ts.hash = ts.hash*16777619 ^ uint32(len(ts.keep))
	t.hash = ts.hash
	t.str = nameOffset(encodeName(name, "", unicode.IsUpper(rune(name[0])), false))
	t.ptrToThis = 0
	t.tflag &^= flagExtraStar
}

// newPointer makes the type of pointers to elem, with room for methods.
func (ts *types) newPointer(elem *rtype) *rtype {
	b := new(block[ptrType])
	b.t = *(*ptrType)(unsafe.Pointer(rtypeOf(reflect.TypeFor[*byte]())))
	ts.keep = append(ts.keep, b)
	ts.nameType(&b.t.rtype, "*"+elem.reflect().String())
	b.t.elem = elem
	b.t.tflag = b.t.tflag&^flagNamed | flagUncommon
	b.u = uncommon{pkgPath: nameOffset(encodeName("main", "", false, false)), moff: uint32(unsafe.Sizeof(uncommon{}))}
	elem.ptrToThis = addReflectOff(unsafe.Pointer(b))
	return &b.t.rtype
}

// fillUser gives a shell its components and methods.
func (ts *types) fillUser(d program.Type) {
	real := rtypeOf(ts.reals[d.ID])
	ts.fill(real, ts.underlying(d.ID).ID, false)
	if twin := ts.twins[d.ID]; twin != nil && rtypeOf(twin) != real {
		ts.fill(rtypeOf(twin), ts.underlying(d.ID).ID, true)
	}
	if ts.underlying(d.ID).Kind == program.Interface || ts.erased {
		return
	}
	ts.fillMethods(real, d)
}

// fill sets the components of the named type t to those of the type literal id.
func (ts *types) fill(t *rtype, id int, twin bool) {
	of := ts.real
	if twin {
		of = ts.twin
	}
	d := ts.desc[id]
	switch d.Kind {
	case program.Struct:
		ts.fillStruct((*structType)(unsafe.Pointer(t)), d, twin)
	case program.Interface:
		ts.fillInterface((*interfaceType)(unsafe.Pointer(t)), d)
	case program.Pointer:
		(*ptrType)(unsafe.Pointer(t)).elem = rtypeOf(of(d.Elem))
	case program.Slice:
		(*sliceType)(unsafe.Pointer(t)).elem = rtypeOf(of(d.Elem))
	case program.Array:
		elem := of(d.Elem)
		(*arrayType)(unsafe.Pointer(t)).elem = rtypeOf(elem)
		(*arrayType)(unsafe.Pointer(t)).slice = rtypeOf(reflect.SliceOf(elem))
	case program.Chan:
		(*chanType)(unsafe.Pointer(t)).elem = rtypeOf(of(d.Elem))
		(*chanType)(unsafe.Pointer(t)).dir = int(chanDir(d.Dir))
	case program.Map:
		src := (*mapType)(unsafe.Pointer(rtypeOf(reflect.MapOf(of(d.Key), of(d.Elem)))))
		m := (*mapType)(unsafe.Pointer(t))
		m.key, m.elem, m.group, m.hasher = src.key, src.elem, src.group, src.hasher
		m.groupSize, m.slotSize, m.elemOff, m.flags = src.groupSize, src.slotSize, src.elemOff, src.flags
	case program.Func:
		ts.fillFunc((*funcBlock)(unsafe.Pointer(t)), d, of)
	}
}

func (ts *types) fillStruct(t *structType, d program.Type, twin bool) {
	fields := make([]structField, len(t.fields))
	copy(fields, t.fields)
	for i, f := range d.Fields {
		if twin {
			fields[i].name = encodeName(f.Twin, "", true, false)
			fields[i].typ = rtypeOf(ts.twin(f.Type))
			continue
		}
		fields[i].name = encodeName(f.Name, f.Tag, exported(f.Name), f.Embedded)
		fields[i].typ = rtypeOf(ts.real(f.Type))
	}
	t.fields = fields
	if !twin {
		t.pkgPath = encodeName("main", "", false, false)
	}
}

func (ts *types) fillInterface(t *interfaceType, d program.Type) {
	t.pkgPath = encodeName("main", "", false, false)
	t.methods = make([]imethod, len(d.Methods))
	for i, m := range d.Methods {
		t.methods[i] = imethod{
			name: nameOffset(encodeName(m.Name, "", exported(m.Name), false)),
			typ:  addReflectOff(unsafe.Pointer(rtypeOf(ts.real(m.Type)))),
		}
	}
}

func (ts *types) fillFunc(b *funcBlock, d program.Type, of func(int) reflect.Type) {
	if len(d.In)+len(d.Out) > maxSignature {
		panic(fmt.Sprintf("a func type with more than %d parameters and results", maxSignature))
	}
	b.t.inCount, b.t.outCount = uint16(len(d.In)), uint16(len(d.Out))
	if d.Variadic {
		b.t.outCount |= 1 << 15
	}
	for i, id := range append(append([]int(nil), d.In...), d.Out...) {
		b.io[i] = rtypeOf(of(id))
	}
}

func chanDir(dir int) reflect.ChanDir {
	return [...]reflect.ChanDir{reflect.BothDir, reflect.SendDir, reflect.RecvDir}[dir]
}

func isUpper(r rune) bool { return unicode.IsUpper(r) }
