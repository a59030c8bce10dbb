package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// halfTyped is code that was checked as far as it goes.
type halfTyped struct {
	*checking
	at    *ast.Ident   // the placeholder; nil when the parser lost it
	path  []ast.Node   // what encloses it, outermost first
	scope *types.Scope // the innermost scope around it
	place *place       // what the tokens say; of a completion only
}

// halfTyped checks code with a placeholder between start and cursor: all of the code
// when its syntax allows, else what stands before the cursor.
func (n *Notebook) halfTyped(code string, start, cursor int) *halfTyped {
	full := code[:start] + placeholder + code[cursor:]
	p, errs := parse(n.fset, "cell[0]", full)
	if errs != nil {
		p = parseLoosely(n.fset, code[:start]+placeholder)
	}
	h := n.checkLoosely(p, start)
	if h.at == nil {
		// Behind go and defer the parser wants a call.
		h = n.checkLoosely(parseLoosely(n.fset, code[:start]+placeholder+"()"), start)
	}
	return h
}

// checkLoosely checks without caring for errors and leaves no trace in the notebook. It
// looks for the identifier at offset start.
func (n *Notebook) checkLoosely(p *parsed, start int) *halfTyped {
	h := &halfTyped{checking: n.newChecking(p)}
	h.info.Scopes = map[ast.Node]*types.Scope{}
	defer func() { h.find(token.Pos(p.file.Base() + start)) }()
	defer n.fset.RemoveFile(p.file)
	defer func() { undo(h.changes) }()
	h.build()
	h.run()
	return h
}

// find looks for the identifier at pos and for what encloses it.
func (h *halfTyped) find(pos token.Pos) {
	for _, d := range append(h.methodDecls(), h.decls...) {
		if pos < d.Pos() || pos > d.End() {
			continue
		}
		var path []ast.Node
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil {
				path = path[:len(path)-1]
				return true
			}
			path = append(path, n)
			if id, ok := n.(*ast.Ident); ok && id.Pos() <= pos && pos < id.End() && h.at == nil && id.Name != "_" {
				h.at, h.path = id, slices.Clone(path)
			}
			return true
		})
	}
	for node, s := range h.info.Scopes {
		if _, ok := node.(*ast.File); ok {
			h.scope = s.Innermost(pos)
			if h.scope == nil {
				h.scope = s
			}
		}
	}
}

// parent is the node that the placeholder stands in; nil for none.
func (h *halfTyped) parent(up int) ast.Node {
	if i := len(h.path) - 1 - up; i >= 0 {
		return h.path[i]
	}
	return nil
}
