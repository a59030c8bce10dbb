package cell

import "go/types"

// Declared tells whether a committed cell has declared a name or imported a package by it.
func (n *Notebook) Declared(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.live[name] != nil
}

// Names lists what the committed cells have declared, by kind: "variables", "functions",
// "types", "constants", "imports".
func (n *Notebook) Names() map[string][]string {
	n.mu.Lock()
	defer n.mu.Unlock()
	names := map[string][]string{}
	for name, d := range n.live {
		kind := "imports"
		if d.obj.Pkg() == n.pkg {
			switch d.obj.(type) {
			case *types.Var:
				kind = "variables"
			case *types.Func:
				kind = "functions"
			case *types.TypeName:
				kind = "types"
			case *types.Const:
				kind = "constants"
			}
		}
		names[kind] = append(names[kind], name)
	}
	return names
}
