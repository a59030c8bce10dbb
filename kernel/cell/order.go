package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// The statements of a cell run in text order. Its var declarations may stand anywhere, as in
// a file: one that something above needs is run before that, and what functions called init
// need is run before them, which is before the first statement.

// ordering puts the items of a cell in the order in which they run.
type ordering struct {
	k     *checking
	decls map[types.Object]int // the var declarations, by variable: index in items
	items []Item
	done  []bool
	out   []int // the items in the order in which they run
}

// arrange orders the items.
func (k *checking) arrange() {
	if !k.rearranged() {
		return
	}
	o := &ordering{k: k, items: k.single(), decls: map[types.Object]int{}}
	o.done = make([]bool, len(o.items))
	for i, item := range o.items {
		for _, v := range k.variables(item) {
			o.decls[v] = i
		}
	}
	if o.onlyDeclares() {
		o.asFile()
	}
	inits := o.firstInits()
	for i, item := range o.items {
		if i == inits {
			o.runInits()
		}
		if _, ok := item.(Init); !ok {
			o.run(i)
		}
	}
	o.runInits()
	if slices.IsSorted(o.out) {
		return
	}
	k.items = nil
	for _, i := range o.out {
		k.items = append(k.items, o.items[i])
	}
}

// onlyDeclares says whether the cell is like a file: without statements.
func (o *ordering) onlyDeclares() bool {
	return !slices.ContainsFunc(o.items, func(item Item) bool {
		switch item.(type) {
		case Define, Stmt, Value:
			return true
		}
		return false
	})
}

// asFile runs the var declarations as Go initializes those of a package, unless that is the order
// of the text: again and again the first one that needs no variable which is still to come.
func (o *ordering) asFile() {
	waits := make([][]int, len(o.items)) // the declarations that each one needs
	for i, item := range o.items {
		if len(o.k.variables(item)) == 0 {
			continue
		}
		for obj := range o.needs(node(item), nil) {
			if j, ok := o.decls[obj]; ok && j != i {
				waits[i] = append(waits[i], j)
			}
		}
	}
	ready := func(i int) bool {
		return !o.done[i] && len(o.k.variables(o.items[i])) > 0 &&
			!slices.ContainsFunc(waits[i], func(j int) bool { return !o.done[j] })
	}
	for i := 0; i < len(o.items); {
		if !ready(i) {
			i++
			continue
		}
		o.done[i] = true
		o.out = append(o.out, i)
		i = 0
	}
	if slices.IsSorted(o.out) {
		clear(o.done)
		o.out = nil
	}
}

// rearranged says whether the order can differ from the text's.
func (k *checking) rearranged() bool {
	for _, item := range k.items {
		switch item := item.(type) {
		case Init:
			return true
		case Decl:
			if item.Decl.Tok == token.VAR {
				return true
			}
		}
	}
	return false
}

// single lists the items with each var declaration cut into what Go initializes at a time.
func (k *checking) single() []Item {
	var items []Item
	for _, item := range k.items {
		d, ok := item.(Decl)
		if !ok || d.Decl.Tok != token.VAR {
			items = append(items, item)
			continue
		}
		for _, spec := range d.Decl.Specs {
			for _, s := range separate(spec.(*ast.ValueSpec)) {
				one := *d.Decl
				one.Specs = []ast.Spec{s}
				items = append(items, Decl{&one})
			}
		}
	}
	return items
}

// separate cuts a spec with a value for each name.
func separate(s *ast.ValueSpec) []*ast.ValueSpec {
	if len(s.Names) != len(s.Values) || len(s.Names) == 1 {
		return []*ast.ValueSpec{s}
	}
	var list []*ast.ValueSpec
	for i, id := range s.Names {
		one := *s
		one.Names, one.Values = []*ast.Ident{id}, []ast.Expr{s.Values[i]}
		list = append(list, &one)
	}
	return list
}

// variables are those that an item of a var declaration declares.
func (k *checking) variables(item Item) []types.Object {
	d, ok := item.(Decl)
	if !ok || d.Decl.Tok != token.VAR {
		return nil
	}
	var list []types.Object
	for _, spec := range d.Decl.Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			if obj := k.info.Defs[id]; obj != nil {
				list = append(list, obj)
			}
		}
	}
	return list
}

// firstInits is the index of the item before which functions called init run: the first
// that is no declaration, but behind the defines whose variables they need.
func (o *ordering) firstInits() int {
	var needed map[types.Object]bool
	for _, item := range o.items {
		if init, ok := item.(Init); ok {
			needed = o.needs(init.Decl.Body, needed)
		}
	}
	first := len(o.items)
	for i, item := range slices.Backward(o.items) {
		switch item := item.(type) {
		case Define:
			if slices.ContainsFunc(item.Stmt.Lhs, func(l ast.Expr) bool { return needed[o.k.info.Defs[l.(*ast.Ident)]] }) {
				return first
			}
			first = i
		case Stmt, Value:
			first = i
		}
	}
	return first
}

// run adds an item behind the var declarations that it needs.
func (o *ordering) run(i int) {
	if o.done[i] {
		return
	}
	o.done[i] = true
	o.prepare(node(o.items[i]))
	o.out = append(o.out, i)
}

// prepare runs the var declarations that a piece of the cell needs.
func (o *ordering) prepare(n ast.Node) {
	if n == nil {
		return
	}
	var list []int
	for obj := range o.needs(n, nil) {
		if i, ok := o.decls[obj]; ok && !o.done[i] {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	for _, i := range slices.Compact(list) {
		o.run(i)
	}
}

// runInits runs the var declarations that can run, and the functions called init.
func (o *ordering) runInits() {
	if !slices.ContainsFunc(o.items, func(i Item) bool { _, ok := i.(Init); return ok }) {
		return
	}
	for i, item := range o.items {
		if len(o.k.variables(item)) > 0 && !o.waits(item) {
			o.run(i)
		}
	}
	for i, item := range o.items {
		if init, ok := item.(Init); ok && !o.done[i] {
			o.done[i] = true
			o.prepare(init.Decl.Body)
			o.out = append(o.out, i)
		}
	}
}

// waits says whether an item needs a variable of a define that has not run.
func (o *ordering) waits(item Item) bool {
	needed := o.needs(node(item), nil)
	for i, other := range o.items {
		d, ok := other.(Define)
		if ok && !o.done[i] && slices.ContainsFunc(d.Stmt.Lhs, func(l ast.Expr) bool { return needed[o.k.info.Defs[l.(*ast.Ident)]] }) {
			return true
		}
	}
	return false
}

// node is what an item evaluates; nil for none.
func node(item Item) ast.Node {
	switch item := item.(type) {
	case Stmt:
		return item.Stmt
	case Define:
		return item.Stmt
	case Value:
		return item.Expr
	case Decl:
		return item.Decl
	}
	return nil
}

// needs adds to set the variables that a piece of the cell mentions, itself or through the
// functions of the cell that it mentions.
func (o *ordering) needs(n ast.Node, set map[types.Object]bool) map[types.Object]bool {
	if set == nil {
		set = map[types.Object]bool{}
	}
	var follow func(obj types.Object)
	follow = func(obj types.Object) {
		if fn, ok := obj.(*types.Func); ok {
			obj = fn.Origin()
		}
		if obj == nil || set[obj] {
			return
		}
		set[obj] = true
		for _, need := range o.k.needs[asFunc(obj)] {
			follow(need)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			follow(o.k.info.Uses[id])
		}
		return true
	})
	return set
}

func asFunc(obj types.Object) *types.Func {
	fn, _ := obj.(*types.Func)
	return fn
}
