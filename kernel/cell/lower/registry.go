package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// registry numbers the types and helpers of a notebook and collects the new ones of a cell.
type registry struct {
	l       *Lowerer
	x       *cellLowering
	ids     typeutil.Map // types.Type → int
	next    int
	first   int // the first type of the present cell
	slots   int
	opaque  map[int]bool // user types whose twin is named
	helpers map[string]string
	bodies  map[*types.Func]*ast.FuncDecl // of generic functions
	locals  map[localKey]*types.Named
	bound   map[types.Type]map[string]program.Method // by named type, or struct type with promoted methods
	toBind  []types.Type
}

func newRegistry(l *Lowerer) *registry {
	return &registry{
		l:       l,
		opaque:  map[int]bool{},
		helpers: map[string]string{},
		bodies:  map[*types.Func]*ast.FuncDecl{},
		locals:  map[localKey]*types.Named{},
		bound:   map[types.Type]map[string]program.Method{},
	}
}

func (r *registry) begin(x *cellLowering) {
	r.x = x
	next, slots := r.next, r.slots
	r.toBind = nil
	r.first = next
	r.l.undo = append(r.l.undo, func() { r.next, r.slots = next, slots })
}

// id numbers a type; pos is where an error would be reported.
func (r *registry) id(t types.Type, pos token.Pos) int {
	t = types.Unalias(t)
	if id, ok := r.ids.At(t).(int); ok {
		return id
	}
	id := r.next
	r.next++
	r.ids.Set(t, id)
	r.l.undo = append(r.l.undo, func() { r.ids.Delete(t) })
	r.describe(id, t, pos)
	return id
}

func (r *registry) describe(id int, t types.Type, pos token.Pos) {
	d := program.Type{ID: id}
	switch t := t.(type) {
	case *types.Basic:
		d.Kind, d.Name = program.Basic, basicName(t)
		if t.Kind() == types.UnsafePointer {
			d.Kind, d.Pkg = program.Compiled, "unsafe"
		}
	case *types.Named:
		r.named(&d, t, pos)
	case *types.Pointer:
		d.Kind, d.Elem = program.Pointer, r.id(t.Elem(), pos)
	case *types.Slice:
		d.Kind, d.Elem = program.Slice, r.id(t.Elem(), pos)
	case *types.Array:
		r.x.fits(t, pos)
		d.Kind, d.Elem, d.Len = program.Array, r.id(t.Elem(), pos), t.Len()
	case *types.Map:
		d.Kind, d.Key, d.Elem = program.Map, r.id(t.Key(), pos), r.id(t.Elem(), pos)
	case *types.Chan:
		d.Kind, d.Elem, d.Dir = program.Chan, r.id(t.Elem(), pos), int(t.Dir())
	case *types.Signature:
		d.Kind, d.Variadic = program.Func, t.Variadic()
		for v := range t.Params().Variables() {
			d.In = append(d.In, r.id(v.Type(), pos))
		}
		for v := range t.Results().Variables() {
			d.Out = append(d.Out, r.id(v.Type(), pos))
		}
	case *types.Struct:
		d.Kind = program.Struct
		for i := range t.NumFields() {
			f := t.Field(i)
			d.Fields = append(d.Fields, program.Field{
				Name: f.Name(), Twin: twinField(f.Name(), i), Type: r.id(f.Type(), pos), Tag: t.Tag(i), Embedded: f.Embedded(),
			})
		}
		if embeds(t) { // and may get methods later
			d.Methods = r.methodSet(id, t)
			r.toBind = append(r.toBind, t)
		}
	case *types.Interface:
		d.Kind, d.Methods = program.Interface, r.interfaceMethods(t, pos)
	default:
		r.x.fail(pos, "a value of type %s cannot be used here by the kernel", t)
	}
	r.x.program.Types = append(r.x.program.Types, d)
}

func basicName(t *types.Basic) string {
	switch t.Kind() {
	case types.Uint8:
		return "uint8"
	case types.Int32:
		return "int32"
	case types.UntypedNil:
		return "int"
	}
	return types.Default(t).(*types.Basic).Name()
}

// twinField is the exported name of a field in lowered code.
func twinField(name string, i int) string {
	switch {
	case name == "_":
		return fmt.Sprintf("X_%d", i)
	case strings.HasPrefix(strings.TrimLeft(name, "X"), "_") && name[0] == 'X':
		return "X" + name // not the name that an unexported field gets
	case ast.IsExported(name):
		return name
	}
	return "X_" + name
}

func (r *registry) interfaceMethods(t *types.Interface, pos token.Pos) []program.Method {
	var list []program.Method
	for m := range t.Methods() {
		sig := m.Type().(*types.Signature)
		plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
		list = append(list, program.Method{Name: methodName(m), Type: r.id(plain, pos)})
	}
	slices.SortFunc(list, byMethodName)
	return list
}

func byMethodName(a, b program.Method) int { return strings.Compare(a.Name, b.Name) }

func (r *registry) named(d *program.Type, t *types.Named, pos token.Pos) {
	obj := t.Obj()
	if !isNotebook(obj.Pkg()) {
		d.Kind, d.Name = program.Compiled, obj.Name()
		if obj.Pkg() != nil {
			d.Pkg = obj.Pkg().Path()
		}
		for a := range t.TypeArgs().Types() {
			if _, ok := t.Underlying().(*types.Signature); !ok && r.x.differs(a) && !standIn(t) {
				r.x.fail(pos, "the compiled generic type %s cannot hold a type of the notebook", types.TypeString(t, nil))
			}
			d.Targs = append(d.Targs, r.id(a, pos))
		}
		if len(d.Targs) > 0 {
			r.l.needs = append(r.l.needs, Instance{obj, typeList(t.TypeArgs())})
		}
		if _, ok := t.Underlying().(*types.Signature); ok && len(d.Targs) > 0 {
			d.Elem = r.id(t.Underlying(), pos)
			d.Opaque = true
		}
		return
	}
	d.Kind, d.Name = program.User, typeName(t)
	if cell.IsInterpreted(obj.Pkg()) {
		d.Pkg = obj.Pkg().Name()
	}
	u := t.Underlying()
	if _, ok := u.(*types.Struct); !ok && recursive(t) {
		d.Opaque = true
		r.opaque[d.ID] = true
	}
	d.Elem = r.id(u, pos)
	if !types.IsInterface(t) {
		d.Methods = r.methodSet(d.ID, t)
		r.toBind = append(r.toBind, t)
	}
}

// methodSet lists the methods of *t and gives each its slots.
func (r *registry) methodSet(id int, t types.Type) []program.Method {
	values := types.NewMethodSet(t)
	set := types.NewMethodSet(types.NewPointer(t))
	var list []program.Method
	known := map[string]program.Method{}
	for sel := range set.Methods() {
		f := sel.Obj().(*types.Func)
		if !f.Exported() && !isNotebook(f.Pkg()) {
			continue
		}
		m := r.method(id, f, values)
		list = append(list, m)
		known[m.Name] = m
	}
	slices.SortFunc(list, byMethodName)
	remember(r.l, r.bound, t, known)
	return list
}

// extendMethods gives types of earlier cells the methods that this cell adds or replaces by
// ones with another signature, also to types that embed them.
func (r *registry) extendMethods(x *cellLowering) {
	declared := map[*types.Func]bool{}
	for _, item := range x.c.Items {
		if m, ok := item.(cell.Func); ok && m.Recv != nil {
			declared[m.Obj] = m.Replaced == nil
		}
	}
	for t, known := range r.bound {
		id := r.id(t, token.NoPos)
		if id >= r.first {
			continue // described in this cell, with all methods
		}
		grown, changed, bind := maps.Clone(known), false, false
		values := types.NewMethodSet(t)
		set := types.NewMethodSet(types.NewPointer(t))
		r.keepsMethods(t, known, set)
		for sel := range set.Methods() {
			f := sel.Obj().(*types.Func)
			if !f.Exported() && !isNotebook(f.Pkg()) {
				continue
			}
			if old, ok := known[methodName(f)]; ok && r.sameMethod(old, f, values) {
				// It may have been one of an embedded field.
				bind = bind || declared[f.Origin()]
				continue
			}
			m := r.method(id, f, values)
			grown[methodName(f)], changed = m, true
			x.program.Methods = append(x.program.Methods, m)
		}
		if changed {
			remember(r.l, r.bound, t, grown)
		}
		if changed || bind {
			r.toBind = append(r.toBind, t)
		}
	}
}

// keepsMethods refuses a method that takes one of the same name from a type that embeds both:
// the values that are there would keep it.
func (r *registry) keepsMethods(t types.Type, known map[string]program.Method, set *types.MethodSet) {
	for name := range known {
		if set.Lookup(r.x.c.Pkg, name) != nil || r.isStale(t) {
			continue
		}
		for _, item := range r.x.c.Items {
			if m, ok := item.(cell.Func); ok && m.Recv != nil && m.Obj.Name() == name {
				r.x.fail(m.Decl.Name.Pos(), "with this method %s would have two methods %s from embedded fields and lose the one it has: give it a method %s of its own first",
					types.TypeString(t, types.RelativeTo(r.x.c.Pkg)), name, name)
			}
		}
	}
}

// isStale says whether a later declaration has taken the place of a type, or a declared type
// stands for it.
func (r *registry) isStale(t types.Type) bool {
	named, ok := t.(*types.Named)
	for other := range r.bound {
		o, declared := other.(*types.Named)
		switch {
		case !declared:
		case !ok:
			if types.Identical(o.Underlying(), t) {
				return true
			}
		case o.Obj() != named.Obj() && o.Obj().Name() == named.Obj().Name() && r.id(o, token.NoPos) > r.id(t, token.NoPos):
			return true
		}
	}
	return false
}

func embeds(t *types.Struct) bool {
	for f := range t.Fields() {
		if f.Embedded() {
			return true
		}
	}
	return false
}

// sameMethod says whether a method has the func type and the kind of receiver of an older one.
func (r *registry) sameMethod(old program.Method, f *types.Func, values *types.MethodSet) bool {
	return old.Type == r.id(withoutReceiver(f.Signature()), f.Pos()) && old.Ptr == (values.Lookup(f.Pkg(), f.Name()) == nil)
}

func withoutReceiver(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// method describes one method and takes slots for it.
func (r *registry) method(id int, f *types.Func, values *types.MethodSet) program.Method {
	m := program.Method{
		Recv: id, Name: methodName(f), Type: r.id(withoutReceiver(f.Signature()), f.Pos()),
		Ptr: values.Lookup(f.Pkg(), f.Name()) == nil, Slot: r.slots,
	}
	r.slots++
	if !m.Ptr {
		r.slots++ // for calls with the value as receiver
	}
	return m
}

// oneWord says whether values of t are one pointer, which interfaces hold directly.
func oneWord(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return t.Kind() == types.UnsafePointer
	case *types.Struct:
		return t.NumFields() == 1 && oneWord(t.Field(0).Type())
	case *types.Array:
		return t.Len() == 1 && oneWord(t.Elem())
	}
	return false
}

// isNotebook says whether a package is the notebook's own, or one that is interpreted like it.
func isNotebook(p *types.Package) bool {
	return p != nil && p.Path() == "main" || cell.IsInterpreted(p)
}

// methodName is a method's name in a program. Private methods of two packages are different ones.
func methodName(m *types.Func) string {
	if m.Exported() || !cell.IsInterpreted(m.Pkg()) {
		return m.Name()
	}
	return m.Name() + "·" + cell.ImportPath(m.Pkg())
}

// recursive says whether a type that is not a struct reaches itself without passing a struct
// or another named type with a twin: it could not be written down.
func recursive(t *types.Named) bool {
	seen := map[types.Type]bool{}
	var reaches func(types.Type) bool
	reaches = func(u types.Type) bool {
		u = types.Unalias(u)
		if u == types.Type(t) {
			return true
		}
		if seen[u] {
			return false
		}
		seen[u] = true
		switch u := u.(type) {
		case *types.Named:
			if !isNotebook(u.Obj().Pkg()) {
				return false
			}
			return reaches(u.Underlying())
		case *types.Pointer:
			return reaches(u.Elem())
		case *types.Slice:
			return reaches(u.Elem())
		case *types.Array:
			return reaches(u.Elem())
		case *types.Chan:
			return reaches(u.Elem())
		case *types.Map:
			return reaches(u.Key()) || reaches(u.Elem())
		case *types.Tuple:
			for v := range u.Variables() {
				if reaches(v.Type()) {
					return true
				}
			}
		case *types.Signature:
			return reaches(u.Params()) || reaches(u.Results())
		}
		return false
	}
	return reaches(t.Underlying())
}

// helper returns the symbol of the helper that h describes.
func (r *registry) helper(kind program.HelperKind, h program.Helper) string {
	h.Kind = kind
	key := fmt.Sprint(kind, " ", h.T, " ", h.U, " ", h.N, " ", h.Name, " ", h.Pkg, h.Targs)
	symbol, ok := r.helpers[key]
	if !ok {
		symbol = r.l.unique("h")
		h.Symbol = symbol
		remember(r.l, r.helpers, key, symbol)
		r.x.program.Helpers = append(r.x.program.Helpers, h)
	}
	return "k." + symbol
}
