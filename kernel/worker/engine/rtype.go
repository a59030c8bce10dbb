package engine

import (
	"reflect"
	"unsafe"
)

// The structs of this file mirror internal/abi of Go 1.26. [selfTest] says at start whether
// they fit the Go release that built the binary.

type rtype struct {
	size       uintptr
	ptrBytes   uintptr
	hash       uint32
	tflag      uint8
	align      uint8
	fieldAlign uint8
	kind       uint8
	equal      func(unsafe.Pointer, unsafe.Pointer) bool
	gcData     *byte
	str        int32
	ptrToThis  int32
}

const (
	flagUncommon    = 1 << 0
	flagExtraStar   = 1 << 1
	flagNamed       = 1 << 2
	flagDirectIface = 1 << 5
)

type uncommon struct {
	pkgPath int32
	mcount  uint16
	xcount  uint16
	moff    uint32
	_       uint32
}

type methodEntry struct {
	name int32
	mtyp int32
	ifn  int32
	tfn  int32
}

type structField struct {
	name *byte
	typ  *rtype
	_    uintptr // offset
}

type structType struct {
	rtype
	pkgPath *byte
	fields  []structField
}

type imethod struct {
	name int32
	typ  int32
}

type interfaceType struct {
	rtype
	pkgPath *byte
	methods []imethod
}

type ptrType struct {
	rtype
	elem *rtype
}

type sliceType struct {
	rtype
	elem *rtype
}

type arrayType struct {
	rtype
	elem  *rtype
	slice *rtype
	len   uintptr
}

type chanType struct {
	rtype
	elem *rtype
	dir  int
}

type mapType struct {
	rtype
	key       *rtype
	elem      *rtype
	group     *rtype
	hasher    func(unsafe.Pointer, uintptr) uintptr
	groupSize uintptr
	slotSize  uintptr
	elemOff   uintptr
	flags     uint32
}

type funcType struct {
	rtype
	inCount  uint16
	outCount uint16
}

// maxMethods bounds the method set of one type, maxSignature the parameters and results
// of a named func type: both live in the block of the type.
const (
	maxMethods   = 64
	maxSignature = 32
)

// A block is the memory of one run-time type: the header of its kind, then what the
// runtime expects behind it.
type block[T any] struct {
	t T
	u uncommon
	m [maxMethods]methodEntry
}

type funcBlock struct {
	t  funcType
	u  uncommon
	io [maxSignature]*rtype
	m  [maxMethods]methodEntry
}

type eface struct {
	typ  *rtype
	data unsafe.Pointer
}

//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(ptr unsafe.Pointer) int32

func rtypeOf(t reflect.Type) *rtype {
	v := any(t)
	return (*rtype)((*eface)(unsafe.Pointer(&v)).data)
}

func (t *rtype) reflect() reflect.Type {
	var v any
	e := (*eface)(unsafe.Pointer(&v))
	e.typ = t
	return reflect.TypeOf(v)
}

// encodeName lays out a name as the runtime reads it.
func encodeName(name, tag string, exported, embedded bool) *byte {
	b := make([]byte, 1, 3+len(name)+len(tag))
	if exported {
		b[0] |= 1 << 0
	}
	if tag != "" {
		b[0] |= 1 << 1
	}
	if embedded {
		b[0] |= 1 << 3
	}
	b = append(appendLen(b, len(name)), name...)
	if tag != "" {
		b = append(appendLen(b, len(tag)), tag...)
	}
	return &b[0]
}

func appendLen(b []byte, n int) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}

func exported(name string) bool {
	for _, r := range name {
		return 'A' <= r && r <= 'Z' || r >= 0x80 && isUpper(r)
	}
	return false
}

func nameOffset(name *byte) int32 { return addReflectOff(unsafe.Pointer(name)) }
