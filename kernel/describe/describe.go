// Package describe says of a Go package what the tables for cells need to know of it: which
// objects have a value, how an untyped constant is spelled, what the documentation says.
// Both the tables that are part of the binary and those of other modules are made with it.
package describe

import (
	"go/constant"
	"go/types"
	"math/big"
)

// IsGeneric reports whether an object has no value of its own: a generic function or type,
// or a constraint.
func IsGeneric(obj types.Object) bool {
	switch t := obj.Type().(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		if _, isType := obj.(*types.TypeName); isType && t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0 {
			return true
		}
	case *types.Alias:
		if _, isType := obj.(*types.TypeName); isType && t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0 {
			return true
		}
	}
	if _, isType := obj.(*types.TypeName); isType {
		if i, ok := obj.Type().Underlying().(*types.Interface); ok {
			return !i.IsMethodSet()
		}
	}
	return false
}

// FloatText spells a constant with the precision that go/constant keeps, 512 bits.
func FloatText(v constant.Value) string {
	const digits = 150
	f := new(big.Float).SetPrec(512)
	switch x := constant.Val(constant.ToFloat(v)).(type) {
	case *big.Float:
		f = x
	case *big.Rat:
		f.SetRat(x)
	case int64:
		f.SetInt64(x)
	case *big.Int:
		f.SetInt(x)
	}
	return f.Text('g', digits)
}
