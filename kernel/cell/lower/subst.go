package lower

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// env maps the type parameters of the functions being emitted to their arguments.
type env map[*types.TypeParam]types.Type

// subst replaces type parameters in t. Types without them come back as they are.
func (x *cellLowering) subst(t types.Type, e env) types.Type {
	if len(e) == 0 || t == nil {
		return t
	}
	s := substituter{x, e}
	return s.typ(t)
}

type substituter struct {
	x *cellLowering
	e env
}

func (s substituter) typ(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if a, ok := s.e[t]; ok {
			return a
		}
	case *types.Alias:
		return s.typ(types.Unalias(t))
	case *types.Pointer:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		k, e := s.typ(t.Key()), s.typ(t.Elem())
		if k != t.Key() || e != t.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Tuple:
		if v := s.tuple(t); v != t {
			return v
		}
	case *types.Signature:
		p, r := s.tuple(t.Params()), s.tuple(t.Results())
		if p != t.Params() || r != t.Results() {
			return types.NewSignatureType(t.Recv(), nil, nil, p, r, t.Variadic())
		}
	case *types.Struct:
		return s.structure(t)
	case *types.Interface:
		return s.iface(t)
	case *types.Named:
		return s.named(t)
	}
	return t
}

func (s substituter) tuple(t *types.Tuple) *types.Tuple {
	changed := false
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		v := t.At(i)
		vars[i] = v
		if u := s.typ(v.Type()); u != v.Type() {
			vars[i] = types.NewParam(v.Pos(), v.Pkg(), v.Name(), u)
			changed = true
		}
	}
	if !changed {
		return t
	}
	return types.NewTuple(vars...)
}

func (s substituter) structure(t *types.Struct) types.Type {
	changed := false
	fields := make([]*types.Var, t.NumFields())
	tags := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		fields[i], tags[i] = f, t.Tag(i)
		if u := s.typ(f.Type()); u != f.Type() {
			fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), u, f.Embedded())
			changed = true
		}
	}
	if !changed {
		return t
	}
	return types.NewStruct(fields, tags)
}

func (s substituter) iface(t *types.Interface) types.Type {
	changed := false
	var methods []*types.Func
	for m := range t.ExplicitMethods() {
		sig := s.typ(m.Type()).(*types.Signature)
		if sig != m.Type() {
			m = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), sig)
			changed = true
		}
		methods = append(methods, m)
	}
	var embedded []types.Type
	for e := range t.EmbeddedTypes() {
		u := s.typ(e)
		changed = changed || u != e
		embedded = append(embedded, u)
	}
	if !changed {
		return t
	}
	return types.NewInterfaceType(methods, embedded).Complete()
}

func (s substituter) named(t *types.Named) types.Type {
	obj := t.Origin().Obj()
	changed := false
	args := make([]types.Type, t.TypeArgs().Len())
	for i := range args {
		args[i] = s.typ(t.TypeArgs().At(i))
		changed = changed || args[i] != t.TypeArgs().At(i)
	}
	if changed {
		n, err := types.Instantiate(s.x.c.Types, t.Origin(), args, false)
		if err != nil {
			return t
		}
		t = n.(*types.Named)
	}
	return s.x.localInstance(t, obj, s.e)
}

// localInstance returns the copy of a type declared inside a generic function that belongs
// to the function's current type arguments: obj is its declaration, t is the type with its own
// arguments.
func (x *cellLowering) localInstance(t *types.Named, obj *types.TypeName, e env) types.Type {
	if obj.Parent() == nil || obj.Pkg() == nil || !isNotebook(obj.Pkg()) || obj.Parent() == obj.Pkg().Scope() {
		return t
	}
	around := paramsAround(obj, e)
	if len(around) == 0 && !mentionsParam(t.Underlying(), map[types.Type]bool{}) {
		return t
	}
	own := make([]string, t.TypeArgs().Len())
	for i := range own {
		own[i] = fmt.Sprint(x.reg.id(t.TypeArgs().At(i), obj.Pos()))
	}
	key := localKey{obj, x.envKey(e) + ";" + strings.Join(own, ",")}
	if n := x.reg.locals[key]; n != nil {
		return n
	}
	var names []string
	for _, p := range around {
		names = append(names, argName(e[p]))
	}
	name := obj.Name() + argNames(t)
	if list := strings.Join(names, ","); list != "" && len(own) > 0 {
		name = obj.Name() + "[" + list + ";" + argNames(t)[1:]
	} else if list != "" {
		name += "[" + list + "]"
	}
	n := types.NewNamed(types.NewTypeName(obj.Pos(), obj.Pkg(), name, nil), nil, nil)
	remember(x.Lowerer, x.reg.locals, key, n)
	n.SetUnderlying(substituter{x, e}.typ(t.Underlying()).Underlying())
	return n
}

// paramsAround lists the type parameters of the generic function that a type is declared in.
func paramsAround(obj *types.TypeName, e env) []*types.TypeParam {
	var list []*types.TypeParam
	for s := obj.Parent(); s != nil; s = s.Parent() {
		for p := range e {
			if p.Obj().Parent() == s {
				list = append(list, p)
			}
		}
	}
	slices.SortFunc(list, func(a, b *types.TypeParam) int { return a.Index() - b.Index() })
	return list
}

type localKey struct {
	obj *types.TypeName
	env string
}

func (x *cellLowering) envKey(e env) string {
	ids := make([]string, 0, len(e))
	for p, t := range e {
		ids = append(ids, fmt.Sprintf("%d=%d", p.Index(), x.reg.id(t, p.Obj().Pos())))
	}
	slices.Sort(ids)
	return strings.Join(ids, ",")
}

// mentionsParam says whether t contains a type parameter.
func mentionsParam(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	rec := func(t types.Type) bool { return mentionsParam(t, seen) }
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return rec(t.Elem())
	case *types.Slice:
		return rec(t.Elem())
	case *types.Array:
		return rec(t.Elem())
	case *types.Chan:
		return rec(t.Elem())
	case *types.Map:
		return rec(t.Key()) || rec(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if rec(v.Type()) {
				return true
			}
		}
	case *types.Signature:
		return rec(t.Params()) || rec(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if rec(f.Type()) {
				return true
			}
		}
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			if rec(a) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if rec(m.Type()) {
				return true
			}
		}
	}
	return false
}
