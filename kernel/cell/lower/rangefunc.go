package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// rangeFuncBody is the body of a range over a function while it is emitted as a closure. Ways
// out of the loop set a state and return false; the code behind the call goes on from there.
type rangeFuncBody struct {
	label   types.Object
	body    ast.Node
	state   string // an *int: 0 in the loop, else how the body leaves it
	results []string
	returns bool
	bare    bool // returns with the named results as they are
	jumps   []*ast.BranchStmt
}

// The states. Greater ones than stateJump are further jumps; the engine knows the negative ones.
const (
	statePanic  = -2 // the body runs: it did not come to its end
	stateDone   = -1
	stateReady  = 0
	stateBreak  = 1
	stateReturn = 2
	stateBare   = 3
	stateJump   = 4
)

func (f *fn) rangeFunc(s *ast.RangeStmt, label types.Object, sig *types.Signature) {
	b := &rangeFuncBody{label: label, body: s.Body, state: f.x.unique("t")}
	seq := f.x.unique("t")
	f.line("%s := %s", seq, f.expr(s.X))
	f.line("%s := new(int)", b.state)
	names, typs := []string{b.state}, []string{"*int"}
	if hasReturn(s.Body) {
		for v := range f.sig.Results().Variables() {
			cell := f.x.unique("t")
			f.line("%s := new(%s)", cell, f.typ(v.Type(), s.Pos()))
			b.results = append(b.results, cell)
			names, typs = append(names, cell), append(typs, "*"+f.typ(v.Type(), s.Pos()))
		}
	}
	if cell.Defers(s.Body) {
		names, typs = append(names, "d_"), append(typs, "*k.Defers")
	}
	if f.hasRecover(s.Body) {
		names, typs = append(names, "rc_"), append(typs, "*k.Panicking")
	}
	for _, obj := range f.captures(s) {
		t := f.typ(obj.Type(), s.Pos())
		if f.root.cells[obj] {
			t = "*" + t
		}
		names, typs = append(names, f.root.names[obj]), append(typs, t)
	}
	yield := f.sub(sig.Params().At(0).Type()).Underlying().(*types.Signature)
	text := f.rangeBody(s, b, yield)
	f.stand(s)
	f.mark(s)
	f.line("%s(%s)", seq, f.wrap(names, typs, names, "func"+f.x.signature(yield, s.Pos()), text))
	left := f.x.unique("t")
	f.line("%s := *%s", left, b.state)
	f.line("if %s == %d { k.LostPanic() }", left, statePanic)
	f.line("*%s = %d", b.state, stateDone)
	f.afterRange(b, left)
}

func (f *fn) rangeBody(s *ast.RangeStmt, b *rangeFuncBody, yield *types.Signature) string {
	inner := f.nested(f.sig)
	inner.rangeRet = b
	inner.name, inner.params = f.name, f.params
	inner.labels = f.labels
	var params, names []string
	inner.mark(s.Body)
	start := inner.out.Len()
	inner.line(stopCheck)
	inner.line("if *%s != 0 { k.RangeFunc(*%s) }", b.state, b.state)
	inner.line("*%s = %d", b.state, statePanic)
	for i := range yield.Params().Len() {
		name := f.x.unique("a")
		names = append(names, name)
		params = append(params, name+" "+f.typ(yield.Params().At(i).Type(), s.Pos()))
	}
	inner.bindYielded(s, yield, names)
	inner.block(s.Body.List)
	inner.nextRound()
	return fmt.Sprintf("func(%s) bool {\n%s}", strings.Join(params, ", "), inner.positioned(start, s.Body))
}

func (f *fn) bindYielded(s *ast.RangeStmt, yield *types.Signature, names []string) {
	switch len(names) {
	case 1:
		f.bind(s.Key, names[0], yield.Params().At(0).Type(), s.Tok == token.DEFINE)
	case 2:
		f.bindBoth(s, names[0], yield.Params().At(0).Type(), names[1], yield.Params().At(1).Type())
	}
}

// afterRange leaves the surroundings of the loop as the body asked for by the state left.
func (f *fn) afterRange(b *rangeFuncBody, left string) {
	if b.returns {
		f.line("if %s == %d {", left, stateReturn)
		values := make([]string, len(b.results))
		for i, cell := range b.results {
			values[i] = "*" + cell
		}
		f.emitReturn(values)
		f.line("}")
	}
	if b.bare {
		f.line("if %s == %d {", left, stateBare)
		f.emitReturn(nil)
		f.line("}")
	}
	for i, j := range b.jumps {
		f.line("if %s == %d {", left, stateJump+i)
		f.branch(j)
		f.line("}")
	}
}

// emitReturn returns values that have the results' types.
func (f *fn) emitReturn(values []string) {
	switch {
	case f.rangeRet != nil:
		f.rangeReturnValues(values)
	case len(values) == 0 && f.named:
		f.returnNamed()
	case f.named:
		f.line("%s = %s", strings.Join(f.results, ", "), strings.Join(values, ", "))
		f.returnNamed()
	default:
		f.line("return %s", strings.Join(values, ", "))
	}
}

func (f *fn) rangeReturn(s *ast.ReturnStmt) {
	if len(s.Results) == 0 {
		f.rangeReturnValues(nil)
		return
	}
	f.at(s)
	f.rangeReturnValues(f.resultValues(s))
}

func (f *fn) rangeReturnValues(values []string) {
	b := f.rangeRet
	if len(values) == 0 {
		b.bare = true // named results, if any, are set in place
		f.leaveRange(stateBare)
		return
	}
	b.returns = true
	for i, v := range values {
		f.line("*%s = %s", b.results[i], v)
	}
	f.leaveRange(stateReturn)
}

func (f *fn) nextRound() {
	f.line("*%s = %d", f.rangeRet.state, stateReady)
	f.line("return true")
}

func (f *fn) leaveRange(state int) {
	f.line("*%s = %d", f.rangeRet.state, state)
	f.line("return false")
}

// rangeGoto writes a goto in the body of a range over a function when its label stands outside.
func (f *fn) rangeGoto(s *ast.BranchStmt, label types.Object) bool {
	b := f.rangeRet
	if b.body.Pos() <= label.Pos() && label.Pos() < b.body.End() {
		return false
	}
	b.jumps = append(b.jumps, s)
	f.leaveRange(stateJump + len(b.jumps) - 1)
	return true
}

// rangeJump writes a break or continue in the body of a range over a function; it says
// whether the target is outside of the loops in the body.
func (f *fn) rangeJump(s *ast.BranchStmt) bool {
	b := f.rangeRet
	var target types.Object
	if s.Label != nil {
		target = f.x.c.Info.Uses[s.Label]
	}
	for _, l := range f.loops {
		if target == nil && (s.Tok == token.BREAK || !l.isSwitch) || target != nil && l.label == target {
			return false
		}
	}
	switch {
	case target == nil || target == b.label:
		if s.Tok == token.CONTINUE {
			f.nextRound()
		} else {
			f.leaveRange(stateBreak)
		}
	default:
		b.jumps = append(b.jumps, s)
		f.leaveRange(stateJump + len(b.jumps) - 1)
	}
	return true
}

func hasReturn(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}
