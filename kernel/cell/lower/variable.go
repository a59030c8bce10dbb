package lower

import "go/types"

// Symbol returns the name by which the engine knows a variable of the notebook; false when
// no loaded cell has declared it.
func (l *Lowerer) Symbol(v *types.Var) (string, bool) {
	symbol, ok := l.names[v]
	return symbol, ok
}
