package lower

import (
	"go/ast"
	"go/types"
)

// rangeFuncBody is the state of emitting the body of a range over a function.
type rangeFuncBody struct{}

func (f *fn) rangeFunc(s *ast.RangeStmt, label types.Object, sig *types.Signature) {
	f.x.fail(s.Pos(), "range over functions is not available yet")
}

func (f *fn) rangeReturn(s *ast.ReturnStmt) {}

func (f *fn) rangeJump(s *ast.BranchStmt) bool { return false }
