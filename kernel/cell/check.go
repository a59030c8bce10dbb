package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

// checking is the check of one cell: the cell's pieces are put together as one Go file,
// the live objects that its identifiers name are put into the package's scope, and
// go/types does the rest. Cells checked before are not looked at again.
type checking struct {
	n    *Notebook
	p    *parsed
	info *types.Info
	errs []Error

	items    []Item
	decls    []ast.Decl                     // the file that go/types sees
	names    map[string]token.Pos           // what the cell declares at its top
	vars     map[string]bool                // the variables among them, up to the statement in hand
	temps    map[string]ast.Expr            // stand-ins for results that are assigned, with the call
	values   []ast.Expr                     // expressions whose value may stay unused
	imported []types.Object                 // package names and what dot imports bring
	autos    map[*types.PkgName]bool        // candidates for an import by itself
	stale    *staleNames                    // uses of variables that the cell redeclares below
	types    map[string]*ast.TypeSpec       // the types among the names
	twice    map[string]bool                // names declared more than once
	kept     []*ast.TypeSpec                // types that stay what they are
	methods  []*ast.FuncDecl                // methods of earlier types
	changes  []methodChange                 // what they change
	needs    map[*types.Func][]types.Object // what the cell's functions name
	same     map[types.Object]types.Object  // variables that are the notebook's own
	ran      map[types.Object]bool          // variables whose declaration has run before the item in hand
	refused  []ast.Node                     // what has its error already
	revived  []*types.Var                   // lost variables that the cell assigns
}

func (n *Notebook) check(id int, code string) (*Checked, error) {
	p, errs := parse(n.fset, fmt.Sprintf("cell[%d]", id), code)
	if errs != nil {
		return nil, errs
	}
	k := n.newChecking(p)
	k.build()
	k.run()
	k.verify()
	if len(k.errs) > 0 {
		n.fset.RemoveFile(p.file)
		if older := n.formerTypes(k.errs); len(older) > 0 {
			k.errs = n.checkAgain(p.file.Name(), code, older)
		}
		return nil, finish(p.file.Name(), code, k.errs)
	}
	return k.checked(id), nil
}

func (n *Notebook) newChecking(p *parsed) *checking {
	return &checking{
		n: n, p: p, info: newInfo(),
		names: map[string]token.Pos{},
		vars:  map[string]bool{},
		temps: map[string]ast.Expr{},
		types: map[string]*ast.TypeSpec{},
		twice: map[string]bool{},
		autos: map[*types.PkgName]bool{},
		stale: &staleNames{inits: map[string]ast.Node{}, names: map[string]*types.Var{}, idents: map[*ast.Ident]string{}, objs: map[types.Object]types.Object{}},
	}
}

// run checks the file that build made. What earlier cells declared lies in a scope around
// the package's, so that go/types takes it for no part of this file. Both scopes are made
// for one check; the package's stays where it is, because objects point to it.
func (k *checking) run() {
	around := types.NewScope(types.Universe, token.NoPos, token.NoPos, "notebook")
	scope := k.n.pkg.Scope()
	*scope = *types.NewScope(around, token.NoPos, token.NoPos, "cell")
	k.populate(scope, around)
	file := &ast.File{
		Package: token.Pos(k.p.file.Base()),
		Name:    ast.NewIdent("main"),
		Decls:   append(k.methodDecls(), k.decls...),
	}
	conf := types.Config{
		Context:                  k.n.ctx,
		Error:                    k.report,
		Sizes:                    sizes,
		DisableUnusedImportCheck: true,
	}
	defer k.stale.restore(k.info)
	defer k.restoreMethods()
	defer func() {
		if r := recover(); r != nil {
			k.fail(file.Package, "the type checker failed on this cell: %v", r)
		}
	}()
	// The errors have been reported one by one.
	_ = types.NewChecker(&conf, k.n.fset, k.n.pkg, k.info).Files([]*ast.File{file})
}

var sizes = types.SizesFor("gc", runtime.GOARCH)

// populate inserts what the cell's identifiers may mean: its own imports, live objects,
// and packages that need no import.
func (k *checking) populate(scope, around *types.Scope) {
	for _, obj := range k.imported {
		if _, ok := obj.(*types.PkgName); ok {
			scope.Insert(obj)
		} else {
			around.Insert(obj)
		}
	}
	all, qualifiers := k.p.tokens.names()
	for _, name := range all {
		if _, own := k.names[name]; own || scope.Lookup(name) != nil || around.Lookup(name) != nil {
			continue
		}
		if d := k.n.live[name]; d != nil {
			around.Insert(d.obj)
		} else if selected := qualifiers[name]; selected != nil && types.Universe.Lookup(name) == nil {
			if p := k.n.autoImport(name, selected); p != nil {
				k.autos[p] = true
				around.Insert(p)
			}
		}
	}
	for alias := range k.stale.objs {
		around.Insert(alias)
	}
}

// manyErrors is how many errors are looked at to tell the first maxErrors.
const manyErrors = 100

// report takes an error of go/types.
func (k *checking) report(err error) {
	e, ok := err.(types.Error)
	if !ok {
		k.fail(token.NoPos, "%v", err)
		return
	}
	if strings.Contains(e.Msg, methodHook) {
		k.addMethods()
		return
	}
	if k.filtered(e) || len(k.errs) >= manyErrors {
		return
	}
	if strings.HasPrefix(e.Msg, "\t") && len(k.errs) > 0 {
		k.errs[len(k.errs)-1].Notes = append(k.errs[len(k.errs)-1].Notes, k.note(e))
		return
	}
	msg, more, _ := strings.Cut(k.words(e.Msg), "\n")
	told := Error{Name: "CompileError", Offset: k.offset(e.Pos), Width: k.width(e), Msg: msg, Hint: k.hint(e)}
	for line := range strings.Lines(more) {
		told.Notes = append(told.Notes, strings.TrimSpace(line))
	}
	k.errs = append(k.errs, told)
}

// filtered reports whether an error is none in a notebook, or was told in other words.
func (k *checking) filtered(e types.Error) bool {
	if strings.HasSuffix(e.Msg, "is not used") && within(e.Pos, k.values) {
		return true
	}
	return within(e.Pos, k.refused)
}

func within[N ast.Node](pos token.Pos, nodes []N) bool {
	return slices.ContainsFunc(nodes, func(n N) bool { return n.Pos() <= pos && pos <= n.End() })
}

// width returns the length of the text that an error is about; 0 for unknown.
func (k *checking) width(e types.Error) int {
	v := reflect.ValueOf(e)
	start, end := v.FieldByName("go116start"), v.FieldByName("go116end")
	if !start.IsValid() || !end.IsValid() || token.Pos(start.Int()) != e.Pos {
		return 0
	}
	return max(k.offset(token.Pos(end.Int()))-k.offset(e.Pos), 0)
}

// note words the second half of an error, e.g. "other declaration of x".
func (k *checking) note(e types.Error) string {
	msg := strings.TrimSpace(e.Msg)
	if k.inCell(e.Pos) {
		p := k.p.file.Position(e.Pos)
		return fmt.Sprintf("%s on line %d", msg, p.Line)
	}
	if p := k.n.fset.Position(e.Pos); p.IsValid() {
		return fmt.Sprintf("%s at %s", msg, p)
	}
	return msg
}

// words takes the checker's own names out of a message.
func (k *checking) words(msg string) string {
	for name, call := range k.temps {
		if strings.Contains(msg, name) {
			msg = strings.ReplaceAll(msg, name+" (variable of", types.ExprString(call)+" (value of")
		}
	}
	msg = strings.TrimSuffix(msg, " in assignment to _ identifier")
	return strings.ReplaceAll(msg, staleMark, "")
}

func (k *checking) inCell(pos token.Pos) bool {
	return int(pos) >= k.p.file.Base() && int(pos) <= k.p.file.Base()+k.p.file.Size()
}

func (k *checking) offset(pos token.Pos) int {
	if !k.inCell(pos) {
		return 0
	}
	return int(pos) - k.p.file.Base()
}

func (k *checking) fail(pos token.Pos, format string, args ...any) {
	k.errs = append(k.errs, Error{Name: "CompileError", Offset: k.offset(pos), Msg: fmt.Sprintf(format, args...)})
}

// failNode is fail for all of a node.
func (k *checking) failNode(node ast.Node, format string, args ...any) {
	k.fail(node.Pos(), format, args...)
	k.errs[len(k.errs)-1].Width = max(k.offset(node.End())-k.offset(node.Pos()), 0)
}
