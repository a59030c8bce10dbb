package lower

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
	"strconv"
	"strings"
)

// literal writes a constant as a typed literal of t's erased type.
func (f *fn) literal(v constant.Value, t types.Type, pos token.Pos) string {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		f.x.fail(pos, "constant of type %s", t)
	}
	b = types.Default(b).(*types.Basic)
	text := f.basicLiteral(v, b)
	name := f.x.typ(t, pos)
	switch name {
	case "int", "bool", "string", "float64":
		return text
	}
	return name + "(" + text + ")"
}

func (f *fn) basicLiteral(v constant.Value, b *types.Basic) string {
	info := b.Info()
	switch {
	case info&types.IsBoolean != 0:
		return strconv.FormatBool(constant.BoolVal(v))
	case info&types.IsString != 0:
		return strconv.Quote(constant.StringVal(v))
	case info&types.IsInteger != 0:
		return constant.ToInt(v).ExactString()
	case info&types.IsFloat != 0:
		return floatLiteral(v, b)
	}
	re, im := floatLiteral(constant.Real(v), b), floatLiteral(constant.Imag(v), b)
	return fmt.Sprintf("complex(%s, %s)", re, im)
}

// floatLiteral writes a float so that it reads back exactly, and as a float.
func floatLiteral(v constant.Value, b *types.Basic) string {
	v = constant.ToFloat(v)
	var x float64
	if b.Kind() == types.Float32 {
		s, _ := constant.Float32Val(v)
		x = float64(s)
	} else {
		x, _ = constant.Float64Val(v)
	}
	if x == 0 && constant.Sign(v) != 0 {
		x, _ = new(big.Float).SetInt64(0).Float64()
	}
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// zero writes the zero value of a type.
func (f *fn) zero(t types.Type, pos token.Pos) string {
	t = f.sub(t)
	if b, ok := t.Underlying().(*types.Basic); ok && isPlainBasic(f.x.typ(t, pos)) {
		switch {
		case b.Info()&types.IsString != 0:
			return `""`
		case b.Info()&types.IsBoolean != 0:
			return "false"
		case b.Kind() == types.Int:
			return "0"
		case b.Kind() == types.Float64:
			return "0.0"
		case b.Info()&types.IsNumeric != 0 && b.Info()&types.IsComplex == 0:
			return f.x.typ(t, pos) + "(0)"
		}
	}
	return "*new(" + f.x.typ(t, pos) + ")"
}

func isPlainBasic(name string) bool { return !strings.ContainsAny(name, ".*[(") }
