package engine

import (
	"reflect"
	"unsafe"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// fillMethods writes the method tables of t and *t. The slots are filled when the methods
// are bound.
func (ts *types) fillMethods(t *rtype, d program.Type) {
	pointer := rtypeOf(reflect.PointerTo(t.reflect()))
	var values, all []methodEntry
	var xvalues, xall uint16
	table := stubTable()
	for _, m := range d.Methods {
		if m.Slot+1 >= maxSlots || len(all) == maxMethods {
			panic(errSlots)
		}
		code := func(slot int) int32 {
			return addReflectOff(*(*unsafe.Pointer)(unsafe.Pointer(&table[slot])))
		}
		pointed := code(m.Slot)
		entry := methodEntry{
			name: nameOffset(encodeName(m.Name, "", exported(m.Name), false)),
			mtyp: addReflectOff(unsafe.Pointer(rtypeOf(ts.real(m.Type)))),
			ifn:  pointed,
			tfn:  pointed,
		}
		all = append(all, entry)
		if exported(m.Name) {
			xall++
		}
		if m.Ptr {
			continue
		}
		entry.tfn = code(m.Slot + 1)
		if t.tflag&flagDirectIface != 0 {
			entry.ifn = entry.tfn // the receiver word is the value itself
		}
		values = append(values, entry)
		if exported(m.Name) {
			xvalues++
		}
	}
	setMethods(t, values, xvalues)
	setMethods(pointer, all, xall)
}

// outOfSlots says whether there are slots for the methods of a program.
func outOfSlots(p *program.Program) error {
	for _, m := range p.Methods {
		if m.Slot+1 >= maxSlots {
			return errSlots
		}
	}
	for _, t := range p.Types {
		for _, m := range t.Methods {
			if t.Kind != program.Interface && m.Slot+1 >= maxSlots {
				return errSlots
			}
		}
	}
	return nil
}

func setMethods(t *rtype, list []methodEntry, exported uint16) {
	u := uncommonOf(t)
	copy(unsafe.Slice((*methodEntry)(unsafe.Add(unsafe.Pointer(u), u.moff)), maxMethods), list)
	u.mcount, u.xcount = uint16(len(list)), exported
}

func uncommonOf(t *rtype) *uncommon {
	size := unsafe.Sizeof(rtype{})
	switch reflect.Kind(t.kind) {
	case reflect.Struct:
		size = unsafe.Sizeof(structType{})
	case reflect.Interface:
		size = unsafe.Sizeof(interfaceType{})
	case reflect.Pointer, reflect.Slice:
		size = unsafe.Sizeof(ptrType{})
	case reflect.Array:
		size = unsafe.Sizeof(arrayType{})
	case reflect.Chan:
		size = unsafe.Sizeof(chanType{})
	case reflect.Map:
		size = unsafe.Sizeof(mapType{})
	case reflect.Func:
		size = unsafe.Sizeof(funcType{})
	}
	return (*uncommon)(unsafe.Add(unsafe.Pointer(t), size))
}
