package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// maxArray is the size of the largest array, in bytes. Go's own linker takes no larger
// variable.
const maxArray = 2_000_000_000

var sizes = types.SizesFor("gc", "amd64")

// fits refuses an array that is too large to be a value: the interpreter makes it at once.
func (x *cellLowering) fits(t *types.Array, pos token.Pos) {
	if size := sizes.Sizeof(t); size < 0 || size > maxArray {
		x.fail(pos, "an array of type %s takes more than 2 GB, the most that Go has for a variable: use a slice", t)
	}
}

// room writes the length or capacity of a slice that make makes, with a guard unless it is
// known to be small.
func (f *fn) room(t types.Type, n ast.Expr) string {
	text := f.integer(n)
	slice, ok := under(t).(*types.Slice)
	if !ok {
		return text
	}
	size := sizes.Sizeof(slice.Elem())
	if size == 0 {
		return text // such elements take nothing, however many they are
	}
	size = max(size, 1)
	if v := f.x.c.Info.Types[n].Value; v != nil {
		if known, exact := constant.Int64Val(constant.ToInt(v)); exact && known < 1<<20/size {
			return text
		}
	}
	return fmt.Sprintf("k.Room(%s, %d)", text, size)
}
