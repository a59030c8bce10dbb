package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// Error is a cell that is valid Go but that the kernel cannot run.
type Error struct {
	Pos token.Position // in the cell
	Msg string
	// Generic is the generic function of a compiled package that would have to be lowered
	// from its source, see [Lowerer.Substitute]; nil for other errors.
	Generic *types.Func
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Pos, e.Msg) }

// Lowerer lowers the cells of one notebook in their order. It is used by one goroutine.
type Lowerer struct {
	reg         *registry
	names       map[types.Object]string   // globals
	funcs       map[types.Object]*funcVar // functions and methods, by their origin
	byKey       map[string]*funcVar       // functions by name and signature
	instances   map[string]*funcVar       // instances of generic functions
	byName      map[string][]*instance    // the same by the name that they are declared under
	latest      map[string]*types.Func    // generic functions and methods as they were declared last
	aliases     map[string]string         // import path → alias
	number      int                       // for unique names
	substitutes map[*types.Func]*types.Func
	needs       []Instance // what the last cell instantiates
	undo        []func()   // takes back what the last cell added
}

// An Instance is a generic function or type of a compiled package with its type arguments.
type Instance struct {
	Obj  types.Object
	Args []types.Type
}

// Substitute lets a generic function of the notebook stand for one of a compiled package where
// that is instantiated with types of the notebook.
func (l *Lowerer) Substitute(compiled, own *types.Func) { l.substitutes[compiled] = own }

// Instances lists what the last cell instantiates of compiled packages, as far as no cell
// before it did.
func (l *Lowerer) Instances() []Instance { return l.needs }

// funcVar is the global variable that holds a function or method.
type funcVar struct{ name string }

// New returns a lowerer for an empty notebook.
func New() *Lowerer {
	l := &Lowerer{
		names:       map[types.Object]string{},
		funcs:       map[types.Object]*funcVar{},
		byKey:       map[string]*funcVar{},
		instances:   map[string]*funcVar{},
		byName:      map[string][]*instance{},
		latest:      map[string]*types.Func{},
		aliases:     map[string]string{},
		substitutes: map[*types.Func]*types.Func{},
	}
	l.reg = newRegistry(l)
	return l
}

// remember sets m[k] until the cell is discarded.
func remember[K comparable, V any](l *Lowerer, m map[K]V, k K, v V) {
	old, had := m[k]
	l.undo = append(l.undo, func() {
		if had {
			m[k] = old
		} else {
			delete(m, k)
		}
	})
	m[k] = v
}

// Discard takes back the last Lower: its program was not loaded.
func (l *Lowerer) Discard() {
	for i := len(l.undo) - 1; i >= 0; i-- {
		l.undo[i]()
	}
	l.undo = nil
}

func (l *Lowerer) unique(prefix string) string {
	l.number++
	return fmt.Sprintf("%s%d", prefix, l.number)
}

// cellLowering is the lowering of one cell.
type cellLowering struct {
	*Lowerer
	c        *cell.Checked
	compiled Compiled
	decls    strings.Builder
	bind     strings.Builder
	program  *program.Program
	queue    []func() // bodies still to emit
}

// Compiled says which functions of a cell the worker has compiled, in the package with that
// path and by these names. The zero Compiled is a cell that is interpreted.
type Compiled struct {
	Path  string
	Funcs map[*types.Func]string
}

// Lower returns the program of a checked cell. It must be loaded before the next cell is
// lowered, or taken back by Discard. After an error there is nothing to take back.
func (l *Lowerer) Lower(c *cell.Checked) (p *program.Program, err error) {
	return l.LowerCompiled(c, Compiled{})
}

// LowerCompiled is Lower for a cell whose functions are compiled.
func (l *Lowerer) LowerCompiled(c *cell.Checked, compiled Compiled) (p *program.Program, err error) {
	l.undo, l.needs = nil, nil
	x := &cellLowering{Lowerer: l, c: c, compiled: compiled, program: &program.Program{Cell: c.ID}}
	l.reg.begin(x)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			l.Discard()
			p, err = nil, r
		default:
			panic(r)
		}
	}()
	x.declare()
	x.program.Run = x.statements()
	x.close()
	x.program.Decls = x.decls.String()
	x.program.Bind = x.bind.String()
	return x.program, nil
}

// fail ends the lowering of the cell.
func (x *cellLowering) fail(pos token.Pos, format string, args ...any) {
	panic(&Error{Pos: x.c.Fset.Position(pos), Msg: fmt.Sprintf(format, args...)})
}

// declare names what the cell declares, so that bodies may refer to all of it.
func (x *cellLowering) declare() {
	for _, item := range x.c.Items {
		switch item := item.(type) {
		case cell.Func:
			if item.Decl.Body == nil {
				x.fail(item.Decl.Pos(), "function %s has no body", item.Decl.Name.Name)
			}
			if isGeneric(item.Obj) {
				remember(x.Lowerer, x.reg.bodies, item.Obj, item.Decl)
			}
		}
	}
	added := false
	for _, item := range x.c.Items {
		switch item := item.(type) {
		case cell.Decl:
			x.declareVars(item.Decl)
		case cell.Define:
			for _, v := range item.New {
				if v != nil {
					x.global(v)
				}
			}
		case cell.Func:
			x.declareFunc(item)
			added = added || item.Recv != nil
		case cell.Init:
			fv := x.funcVar(item.Obj, x.unique("init"))
			x.queue = append(x.queue, func() { x.emitFunc(fv, item.Decl, item.Obj, nil) })
		}
	}
	if added {
		x.reg.extendMethods(x)
	}
}

func (x *cellLowering) declareVars(d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			if v, ok := x.c.Info.Defs[id].(*types.Var); ok && id.Name != "_" {
				x.global(v)
			}
		}
	}
}

// global declares a variable of the notebook.
func (x *cellLowering) global(v *types.Var) {
	name := x.unique("g")
	remember(x.Lowerer, x.names, types.Object(v), name)
	fmt.Fprintf(&x.decls, "var %s %s\n", name, x.typ(v.Type(), v.Pos()))
}

func isGeneric(f *types.Func) bool {
	sig := f.Type().(*types.Signature)
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

// declareFunc gives a function its variable and queues its body.
func (x *cellLowering) declareFunc(item cell.Func) {
	if isGeneric(item.Obj) {
		x.declareAgain(item) // a new one is emitted when it is used, for each list of type arguments
		return
	}
	key := ownName(item.Obj)
	if item.Obj.Name() == "_" {
		return
	}
	if item.Recv != nil {
		key = fmt.Sprintf("%d.%s", x.reg.id(item.Recv, item.Decl.Pos()), item.Obj.Name())
	}
	fv := x.funcVar(item.Obj, key)
	x.queue = append(x.queue, func() { x.emitFunc(fv, item.Decl, item.Obj, nil) })
}

// ownName is a function's name, which tells that of a package from one of the notebook.
func ownName(obj *types.Func) string {
	if cell.IsInterpreted(obj.Pkg()) {
		return obj.Pkg().Path() + "." + obj.Name()
	}
	return obj.Name()
}

// funcVar returns the variable for a function; one with the same key and signature is the
// same variable, so that older callers see the new body.
func (x *cellLowering) funcVar(obj *types.Func, key string) *funcVar {
	sig := x.funcType(obj)
	full := fmt.Sprintf("%s|%d", key, x.reg.id(sig, obj.Pos()))
	fv := x.byKey[full]
	if fv == nil {
		fv = &funcVar{name: x.unique("F")}
		remember(x.Lowerer, x.byKey, full, fv)
		fmt.Fprintf(&x.decls, "var %s %s\n", fv.name, x.typ(sig, obj.Pos()))
	}
	remember(x.Lowerer, x.funcs, types.Object(obj.Origin()), fv)
	return fv
}

// funcType returns a function's type with the receiver as its first parameter.
func (x *cellLowering) funcType(obj *types.Func) *types.Signature {
	return withReceiver(obj.Type().(*types.Signature))
}

func withReceiver(sig *types.Signature) *types.Signature {
	var params []*types.Var
	if r := sig.Recv(); r != nil {
		params = append(params, r)
	}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

// close emits queued bodies and binds methods until nothing new comes up.
func (x *cellLowering) close() {
	for {
		switch {
		case len(x.queue) > 0:
			next := x.queue[0]
			x.queue = x.queue[1:]
			next()
		case !x.reg.bindNext(x):
			return
		}
	}
}

// alias returns the name under which lowered code imports a compiled package.
func (x *cellLowering) alias(path string) string {
	if a, ok := x.aliases[path]; ok {
		return a
	}
	a := x.unique("p_")
	remember(x.Lowerer, x.aliases, path, a)
	x.program.Imports = append(x.program.Imports, program.Import{Path: path, Alias: a})
	return a
}
