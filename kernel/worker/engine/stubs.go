package engine

import (
	"errors"
	"unsafe"
)

//go:generate go run gen_stubs.go

// maxSlots is the number of methods that user types of one notebook can have, counted over
// all redefinitions.
const maxSlots = 4096

// slots[n] is the closure that stub n enters. It is a root of the garbage collector.
var slots [maxSlots]unsafe.Pointer

var errSlots = errors.New("the notebook has declared more methods than the kernel can hold (4096, those with a value receiver count twice): restart the kernel")
