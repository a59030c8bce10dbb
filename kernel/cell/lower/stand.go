package lower

import (
	"go/token"
	"go/types"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// standIns are the generic types of compiled packages whose memory is the same for all type
// arguments: an instance that is compiled in stands for those that are not. The value says
// whether the instances of basic types are.
var standIns = map[string]bool{"sync/atomic.Pointer": true, "unique.Handle": true, "weak.Pointer": false}

// standIn says whether another instance stands for the type t.
func standIn(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.TypeArgs().Len() != 1 || n.Obj().Pkg() == nil {
		return false
	}
	basics, ok := standIns[n.Obj().Pkg().Path()+"."+n.Obj().Name()]
	_, basic := types.Unalias(n.TypeArgs().At(0)).(*types.Basic)
	return ok && !(basic && basics)
}

// standMethod calls a method of a type that another instance stands for.
func (f *fn) standMethod(recv types.Type, m *types.Func, pos token.Pos) string {
	sig := m.Type().(*types.Signature)
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	return f.x.reg.helper(program.Stand, program.Helper{T: f.x.reg.id(recv, pos), U: f.x.reg.id(plain, pos), Name: m.Name()})
}
