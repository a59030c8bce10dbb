// Package cell understands Go cells: it splits, parses and type-checks a cell against
// what the notebook declared before, completes and explains names in half-typed cells,
// and words the errors. It runs nothing: the folder lower turns a [Checked] cell into
// what the worker runs.
package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"sync"
)

// Notebook holds the declarations of the cells committed so far. Its methods may be
// called from any goroutine and take milliseconds at most; none of them waits for a
// running cell. Check, lowering and Commit of one cell must not overlap with those of
// another cell of the same notebook: the caller orders them.
type Notebook struct {
	// Value returns the present value of a variable, for inspection; it may be nil. It is
	// set before the first use and must not wait for a running cell.
	Value func(v Variable) Content

	pkgs Packages

	mu sync.Mutex
	state
}

// state is what a notebook knows of its cells.
type state struct {
	fset    *token.FileSet
	info    *types.Info
	ctx     *types.Context
	pkg     *types.Package
	live    map[string]*declared                // what a name means now
	auto    map[string]*types.PkgName           // imports that were added by themselves, by path
	needs   map[*types.Func][]types.Object      // variables and functions that a function mentions
	lost    map[*types.Var]int                  // variables whose value is gone, with the cell that made it
	former  map[*types.TypeName]*types.TypeName // the type that another of its name took the place of
	sources map[*token.File]string              // of the committed cells
	cells   []committed                         // those that are kept, in their order
	held    int                                 // how many of them were kept when they were looked at last
	decls   map[types.Object]ast.Node           // what declares functions, types and constants
	names   map[string]string                   // of all packages, with the likeliest path of each; made when first asked for
}

// declared is one declaration of a committed cell.
type declared struct {
	obj    types.Object
	cell   int
	pos    token.Pos   // of the latest declaration: obj may be older
	record *typeRecord // of a type
}

// New returns an empty notebook whose cells may import pkgs.
func New(pkgs Packages) *Notebook {
	return &Notebook{pkgs: pkgs, state: newState()}
}

// Reset forgets all cells. It must not come between the check and the commit of one.
func (n *Notebook) Reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.state = newState()
}

func newState() state {
	return state{
		fset:    token.NewFileSet(),
		info:    newInfo(),
		ctx:     types.NewContext(),
		pkg:     types.NewPackage("main", "main"),
		live:    map[string]*declared{},
		auto:    map[string]*types.PkgName{},
		needs:   map[*types.Func][]types.Object{},
		lost:    map[*types.Var]int{},
		former:  map[*types.TypeName]*types.TypeName{},
		sources: map[*token.File]string{},
		decls:   map[types.Object]ast.Node{},
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// Check parses and checks a cell against the committed ones. It changes nothing that
// later cells see. The error is of type [Errors], with positions in the cell's own
// lines; id is the number that positions name. In a cell
//
//   - a package clause is ignored, so that whole files can be pasted;
//   - func main is a function like any other: it is declared and not run, unless called;
//   - declarations and statements may be mixed; functions may call each other in any order.
func (n *Notebook) Check(id int, code string) (*Checked, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.check(id, code)
}

// Commit makes the declarations of a checked cell known to later ones. It is called once,
// after the worker has loaded the cell.
func (n *Notebook) Commit(c *Checked) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sources[c.file] = c.Source
	c.declarations(n.decls)
	for name, d := range c.names {
		n.succeed(n.live[name], d)
	}
	maps.Copy(n.live, c.names)
	defer n.remember(c)
	maps.Copy(n.needs, c.needs)
	for _, v := range c.revived {
		delete(n.lost, v)
	}
}

// succeed notes which type took the place of which.
func (n *Notebook) succeed(old, now *declared) {
	if old == nil || old.obj == now.obj || old.record == nil || now.record == nil {
		return
	}
	if t, ok := now.obj.(*types.TypeName); ok {
		n.former[t] = old.obj.(*types.TypeName)
	}
}

// Discard takes back a checked cell that could not be loaded. Without it the methods
// that the cell declares on earlier types would stay.
func (n *Notebook) Discard(c *Checked) {
	n.mu.Lock()
	defer n.mu.Unlock()
	undo(c.methods)
	n.drop(committed{file: c.file, info: c.facts})
}

// Lose notes that the worker was replaced and the values of all variables are gone. It
// returns the names of those that had one, sorted. Until a variable is declared or assigned again its use,
// or that of a function that needs it, is an error that names the cell to run again.
func (n *Notebook) Lose() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []string
	for name, d := range n.live {
		if v, ok := d.obj.(*types.Var); ok && v.Pkg() == n.pkg {
			if _, before := n.lost[v]; !before {
				names = append(names, name)
			}
			n.lost[v] = d.cell
		}
	}
	for _, objs := range n.needs {
		for _, obj := range objs {
			if v, ok := obj.(*types.Var); ok {
				if _, known := n.lost[v]; !known {
					n.lost[v] = cellOf(n.fset, v)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// cellOf returns the number of the cell that declares obj.
func cellOf(fset *token.FileSet, obj types.Object) int {
	var id int
	// What is no cell's position leaves 0.
	_, _ = fmt.Sscanf(fset.Position(obj.Pos()).Filename, "cell[%d]", &id)
	return id
}
