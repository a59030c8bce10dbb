package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// lineBase packs a cell's number and a line: see the engine's frames.
const lineBase = 100000

// mark writes the position of a node in front of the next line. The file name must stay
// "_.go": yaegi finds imports by it.
func (f *fn) mark(n ast.Node) { f.out.WriteString(f.marked(n)) }

func (f *fn) marked(n ast.Node) string {
	p := f.x.c.Fset.Position(n.Pos())
	return fmt.Sprintf("/*line _.go:%d:%d*/", f.x.cellOf(p)*lineBase+p.Line, max(p.Column, 1))
}

// cellOf is the number in a position's file name "cell[7]": bodies of generic functions may
// come from an earlier cell.
func (x *cellLowering) cellOf(p token.Position) int {
	n := x.c.ID
	fmt.Sscanf(p.Filename, "cell[%d]", &n)
	return n % 10000
}

// at records the position for a panic in the next line, when it can panic.
func (f *fn) at(n ast.Node) {
	if f.mayPanic(n) {
		f.position(n)
	}
	f.mark(n)
}

// position records where the next line comes from, in the function's own variable, and for
// the time after the death of the process in one that all share.
func (f *fn) position(n ast.Node) {
	f.stand(n)
	f.bounds(n)
	if f.mayDie(n) {
		f.line("at = %d", f.packed(n))
	}
}

// atMark is in the upper bits of a function's position variable, by which the engine finds it.
const atMark = 0x6d6b

// stand records the position in the function's own variable.
func (f *fn) stand(n ast.Node) {
	f.noted = true
	f.line("%s = %d", f.where, atMark<<48|f.packed(n))
}

// packed is a node's cell, line and column in one number.
func (f *fn) packed(n ast.Node) int {
	p := f.x.c.Fset.Position(n.Pos())
	return (f.x.cellOf(p)*lineBase+p.Line)*1000 + min(p.Column, 999)
}

// positioned returns the text of the function body with the variable that position sets
// declared at start, when there is need of it.
func (f *fn) positioned(start int, n ast.Node) string {
	text := f.out.String()
	if !f.noted {
		return text
	}
	if f.name != "" {
		f.x.program.Functions = append(f.x.program.Functions, program.Function{Where: f.where, Name: f.name, Params: f.params})
	}
	return text[:start] + fmt.Sprintf("%s := %d\n", f.where, atMark<<48|f.packed(n)) + text[start:]
}

// evaluates says whether the evaluation of a simple statement or expression evaluates a part
// that is what is asked for. What stands in blocks and in function literals is not evaluated.
func evaluates(n ast.Node, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.BlockStmt:
			return false
		}
		found = found || is(n)
		return !found
	})
	return found
}

// mayDie says whether the evaluation of a simple statement or expression can end the process,
// or never end: it calls something or has to do with a map.
func (f *fn) mayDie(n ast.Node) bool {
	return evaluates(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !f.x.c.Info.Types[n.Fun].IsType() && !f.harmless(n)
		case *ast.IndexExpr:
			if t := f.typeOf(n.X); t != nil {
				_, isMap := under(t).(*types.Map)
				return isMap
			}
		}
		return false
	})
}

// harmless says whether a call is one of a builtin that does nothing.
func (f *fn) harmless(e *ast.CallExpr) bool {
	id := calledIdent(e.Fun)
	if id == nil {
		return false
	}
	b, ok := f.x.c.Info.Uses[id].(*types.Builtin)
	return ok && (b.Name() == "len" || b.Name() == "cap" || b.Name() == "min" || b.Name() == "max")
}

// mayPanic says whether the evaluation of a simple statement or expression can panic by itself.
func (f *fn) mayPanic(n ast.Node) bool {
	return evaluates(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !f.harmless(n)
		case *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SendStmt:
			return true
		case *ast.BinaryExpr:
			return n.Op == token.QUO || n.Op == token.REM || n.Op == token.SHL || n.Op == token.SHR
		case *ast.SelectorExpr:
			if t := f.typeOf(n.X); t != nil {
				_, ptr := under(t).(*types.Pointer)
				return ptr
			}
		case *ast.AssignStmt:
			return n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN
		}
		return false
	})
}
