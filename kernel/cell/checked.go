package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Checked is a cell that parsed and type-checked. It changes nothing until
// [Notebook.Commit]. The lowering reads it; nobody writes to it.
type Checked struct {
	ID     int            // the number that positions name: "cell[ID]"
	Source string         // the cell as typed
	Fset   *token.FileSet // the notebook's; positions resolve to "cell[ID]":line:column of Source
	Info   *types.Info    // the notebook's, over all cells so far and this one
	Types  *types.Context // shared, so that instances are identical between cells
	Pkg    *types.Package // the notebook's package "main"; of its scope only the address means something, as the Parent of objects
	Items  []Item         // in the order in which they run, behind the imports that were added by themselves

	file    *token.File
	facts   *types.Info                    // the cell's part of Info
	names   map[string]*declared           // what later cells will see
	methods []methodChange                 // on types of earlier cells
	needs   map[*types.Func][]types.Object // what its functions mention
	revived []*types.Var                   // lost variables that it assigns
}

// Item is one top-level piece of a cell. Each kind is a struct of its own.
type Item interface{ item() }

// An Import declares an imported package. Those that were added by themselves come in
// every cell that uses them, with the same Name each time. A dot import has no item: what
// it brings are objects of another package in Info.Uses.
type Import struct {
	Spec *ast.ImportSpec // nil when it was added by itself
	Name *types.PkgName
}

// A Decl holds constants, types or variables: const, type, var at the top of a cell. A var
// declaration that something above needs comes before it; one of several variables may
// come as several items.
// Info.Defs has the objects; all of them are package-level. A name in a var declaration
// that has no object in Info.Defs but one in Info.Uses is an earlier cell's variable,
// declared again with the type it has: the declaration assigns to it.
type Decl struct{ Decl *ast.GenDecl }

// A Func is a function or method declaration. Obj is its object; for a method Recv is
// the receiver's named type, which may come from an earlier cell.
type Func struct {
	Decl *ast.FuncDecl
	Obj  *types.Func
	Recv *types.Named // nil for a function
	// Replaced is the method of Recv that this one takes the place of, perhaps with
	// another signature; nil for a new method and for functions. Selections in earlier
	// cells refer to it.
	Replaced *types.Func
}

// An Init is a function called init. It runs behind the var declarations of its cell and
// before the first statement, once.
type Init struct {
	Decl *ast.FuncDecl
	Obj  *types.Func
}

// A Define is a top-level "a, b := values". New[i] is the package-level variable that
// Lhs[i] declares. It is nil where Lhs[i] is blank and where it assigns to a variable that
// exists, which Info.Uses has: one that this cell declared before, or an earlier cell's
// that is declared again with the type it has.
type Define struct {
	Stmt *ast.AssignStmt
	New  []*types.Var
}

// A Stmt is any other statement at the top of a cell, checked inside a function body of
// its own: what it declares in its blocks is local to it.
type Stmt struct{ Stmt ast.Stmt }

// A Value is the last expression of the cell, whose value is shown. Types has its
// results: none for a call without results.
type Value struct {
	Expr  ast.Expr
	Types []types.Type
}

func (Import) item() {}
func (Decl) item()   {}
func (Func) item()   {}
func (Init) item()   {}
func (Define) item() {}
func (Stmt) item()   {}
func (Value) item()  {}

// Packages is what cells may import.
type Packages interface {
	// Import returns the package's exported declarations; the same *types.Package each time.
	Import(path string) (*types.Package, error)
	// Paths lists every import path, sorted.
	Paths() []string
	// ByName lists the paths of packages with this name, the likeliest first.
	ByName(name string) []string
	// Doc returns the documentation of a package ("") or of one of its symbols
	// ("Name", "Type.Method", "Type.Field"); "" when there is none.
	Doc(path, symbol string) string
}
