package symbols

import (
	"reflect"

	"github.com/mole-kernel/mole-kernel/kernel/symbols/internal/lib"
	"github.com/mole-kernel/mole-kernel/kernel/symbols/internal/mole"
	"github.com/mole-kernel/mole-kernel/kernel/symbols/internal/std"
	"github.com/mole-kernel/mole-kernel/kernel/symbols/internal/table"
)

// Exports returns what a package exports, by name, in the form of an interpreter's symbol table:
// functions and typed constants as they are, variables addressable, untyped constants as
// go/constant values, types as nil pointers to them. Generic functions and types are not in it.
// The map is new each time and belongs to the caller; it is nil for a path that cells may not
// import.
func Exports(path string) map[string]reflect.Value {
	if t := lookup(path); t != nil {
		return t.Map()
	}
	return nil
}

func lookup(path string) *table.Table {
	for _, in := range []func(string) *table.Table{std.Lookup, lib.Lookup, mole.Lookup} {
		if t := in(path); t != nil {
			return t
		}
	}
	return nil
}
