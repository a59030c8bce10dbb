package cell

import (
	"go/token"
	"go/types"
	"slices"
)

// What the checks of cells have found is kept while something that later cells can name was
// declared there; of other cells for a while only, for questions about what they did.

// committed is what the notebook keeps of a cell.
type committed struct {
	file   *token.File
	info   *types.Info
	pinned bool // it declares what is reached otherwise than by its name
}

const (
	keptCells  = 100 // cells are kept in any case
	pruneEvery = 100 // commits
)

// remember keeps a cell, and drops those that nobody needs.
func (n *Notebook) remember(c *Checked) {
	n.cells = append(n.cells, committed{c.file, c.facts, c.pinned()})
	if len(n.cells) < keptCells+n.held+pruneEvery {
		return
	}
	needed := map[*token.File]bool{}
	for _, d := range n.live {
		needed[n.fset.File(d.pos)] = true
		needed[n.fset.File(d.obj.Pos())] = true
	}
	last := len(n.cells) - keptCells
	kept := slices.DeleteFunc(n.cells[:last:last], func(c committed) bool {
		if c.pinned || needed[c.file] {
			return false
		}
		n.drop(c)
		return true
	})
	n.held = len(kept)
	n.cells = append(kept, n.cells[last:]...)
}

func (n *Notebook) drop(c committed) {
	for id, obj := range c.info.Defs {
		if fn, ok := obj.(*types.Func); ok && n.current(fn) != fn { // callers run the one that took its place
			delete(n.needs, fn)
		}
		delete(n.decls, obj)
		delete(n.info.Defs, id)
	}
	for e := range c.info.Types {
		delete(n.info.Types, e)
	}
	for id := range c.info.Uses {
		delete(n.info.Uses, id)
	}
	for id := range c.info.Instances {
		delete(n.info.Instances, id)
	}
	for node := range c.info.Implicits {
		delete(n.info.Implicits, node)
	}
	for sel := range c.info.Selections {
		delete(n.info.Selections, sel)
	}
	delete(n.sources, c.file)
	n.fset.RemoveFile(c.file)
}

// pinned says whether the cell declares types, methods or generic functions: values and
// bodies of earlier cells lead to them.
func (c *Checked) pinned() bool {
	for _, item := range c.Items {
		switch item := item.(type) {
		case Func:
			sig := item.Obj.Signature()
			if sig.Recv() != nil || sig.TypeParams().Len() > 0 {
				return true
			}
		case Decl:
			if item.Decl.Tok == token.TYPE {
				return true
			}
		}
	}
	return false
}
