package export

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// names gives everything that the notebook declares at its top, and every package, a name
// of its own: the first of a name keeps it, later ones get a number.
type names struct {
	of    map[types.Object]string
	paths map[string]string // of packages
	taken map[string]bool
	words map[string]bool // all identifiers of the notebook: a new name is none of them
	shell string          // the function that runs commands
}

func newNames() *names {
	return &names{
		of: map[types.Object]string{}, paths: map[string]string{}, taken: map[string]bool{}, words: map[string]bool{},
	}
}

// fresh returns name, or name with a number where it is taken.
func (n *names) fresh(name string) string {
	if !n.taken[name] && name != "main" && name != "init" && types.Universe.Lookup(name) == nil {
		n.taken[name] = true
		return name
	}
	return n.numbered(name, 2)
}

// numbered returns name with the first number from i on that makes it new.
func (n *names) numbered(name string, i int) string {
	for ; ; i++ {
		candidate := name + strconv.Itoa(i)
		if !n.taken[candidate] && !n.words[candidate] {
			n.taken[candidate] = true
			return candidate
		}
	}
}

// pkg returns the name of a package in the program; wanted is what the notebook calls it.
func (n *names) pkg(p, wanted string) string {
	if name, ok := n.paths[p]; ok {
		return name
	}
	name := wanted
	if n.taken[name] {
		parent := path.Base(path.Dir(p))
		if joined := parent + wanted; token.IsIdentifier(joined) && !n.words[joined] {
			name = joined
		}
	}
	n.paths[p] = n.fresh(name)
	return n.paths[p]
}

// The packages that the translation itself may call.
const (
	nbPath   = "github.com/mole-kernel/mole-kernel/kernel/nb"
	fmtPath  = "fmt"
	osPath   = "os"
	execPath = "os/exec"
)

// nameAll names the packages first, so that they keep the names that people know.
func (x *exporter) nameAll() {
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			inspect(item, func(id *ast.Ident) { x.names.words[id.Name] = true })
		}
	}
	x.namePackages()
	x.names.shell = "shell"
	if x.names.words["shell"] {
		x.names.shell = x.names.numbered("shell", 2)
	}
	x.names.taken[x.names.shell] = true
	labels := map[string]bool{}
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			for _, obj := range x.declares(item) {
				x.nameObject(obj)
			}
			switch f := item.(type) {
			case cell.Func:
				if f.Recv != nil {
					x.nameMethod(f)
				}
			case cell.Init:
				x.names.of[f.Obj] = x.names.numbered("init", 1)
			}
			inspect(item, func(id *ast.Ident) { x.nameLabel(id, labels) })
		}
	}
}

// namePackages names the packages, the standard library's first.
func (x *exporter) namePackages() {
	wanted := x.wantedPackages()
	paths := slices.SortedFunc(maps.Keys(wanted), func(a, b string) int {
		if std(a) != std(b) {
			return boolToInt(std(b)) - boolToInt(std(a))
		}
		return strings.Compare(a, b)
	})
	for _, p := range paths {
		x.names.pkg(p, wanted[p])
	}
}

// wantedPackages lists the packages that the program may import, by path, with the name
// that the notebook first calls each.
func (x *exporter) wantedPackages() map[string]string {
	wanted := map[string]string{}
	want := func(path, name string) {
		if _, known := wanted[path]; !known && name != "_" {
			wanted[path] = name
		}
	}
	for _, s := range x.sheets {
		if s.magic != nil {
			t, _ := translationOf(s.magic)
			for _, p := range t.packages {
				want(p, path.Base(p))
			}
		}
		if s.MayPanic {
			want(fmtPath, "fmt")
			want(osPath, "os")
		}
	}
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			switch item := item.(type) {
			case cell.Import:
				want(item.Name.Imported().Path(), item.Name.Name())
			case cell.Value:
				if len(item.Types) == 1 && basic(item.Types[0]) {
					want(fmtPath, "fmt")
				} else if len(item.Types) > 0 {
					want(nbPath, "nb")
				}
			}
			inspect(item, func(id *ast.Ident) {
				if p := x.dotImported(id); p != nil {
					want(p.Path(), p.Name())
				}
			})
		}
	}
	if x.Figures != "" {
		want(nbPath, "nb")
	}
	return wanted
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// std reports whether a path belongs to the standard library.
func std(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}

// dotImported returns the package of a name that a dot import brought; nil for others.
func (x *exporter) dotImported(id *ast.Ident) *types.Package {
	obj := x.info.Uses[id]
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == x.pkg || obj.Parent() != obj.Pkg().Scope() {
		return nil
	}
	return obj.Pkg()
}

// nameObject names a declaration; the generations of a function that is bound late share
// a name and have one each.
func (x *exporter) nameObject(obj types.Object) {
	fn, ok := obj.(*types.Func)
	slot := x.slots[fn]
	if !ok || slot == nil {
		name := x.names.fresh(obj.Name())
		x.names.of[obj] = name
		if _, isType := obj.(*types.TypeName); isType && name != obj.Name() {
			x.note(x.declared[obj], "the type %s is %s in the program, which is what %%T prints", obj.Name(), name)
		}
		return
	}
	if slot.name == "" {
		slot.name = x.names.fresh(obj.Name())
	}
	slot.of[fn] = x.names.numbered(obj.Name(), 1)
}

// nameMethod names the generations of a method that is declared again. One with another
// signature is a method of its own: who calls it knows which one is meant.
func (x *exporter) nameMethod(f cell.Func) {
	slot := x.slots[f.Obj]
	if slot == nil {
		if f.Replaced != nil {
			x.names.of[f.Obj] = x.names.numbered(f.Obj.Name(), 2)
		}
		return
	}
	if slot.name == "" {
		recv := x.names.of[slot.recv.Obj()]
		slot.name = x.names.fresh(strings.ToLower(recv[:1]) + recv[1:] + strings.ToUpper(f.Obj.Name()[:1]) + f.Obj.Name()[1:])
	}
	slot.of[f.Obj] = x.names.numbered(f.Obj.Name(), 1)
}

// nameLabel makes labels differ, which are all in main.
func (x *exporter) nameLabel(id *ast.Ident, taken map[string]bool) {
	label, ok := x.info.Defs[id].(*types.Label)
	if !ok {
		return
	}
	name := label.Name()
	if taken[name] {
		name = x.names.numbered(name, 2)
	}
	taken[name] = true
	x.names.of[label] = name
}

// name returns what an object is called in the program.
func (x *exporter) name(obj types.Object) string {
	switch o := obj.(type) {
	case *types.PkgName:
		return x.names.pkg(o.Imported().Path(), o.Name())
	case *types.Func:
		if slot := x.slots[o.Origin()]; slot != nil && slot.recv == nil {
			return slot.name
		}
		return x.nameOr(o.Origin(), o.Name())
	case *types.Var:
		if o.IsField() && o.Embedded() {
			return x.embeddedName(o)
		}
	}
	if name, ok := x.names.of[obj]; ok {
		return name
	}
	return obj.Name()
}

// embeddedName is the name of a field that has its type's name.
func (x *exporter) embeddedName(v *types.Var) string {
	t := v.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t := t.(type) {
	case *types.Named:
		return x.nameOr(t.Origin().Obj(), v.Name())
	case *types.Alias:
		return x.nameOr(t.Origin().Obj(), v.Name())
	}
	return v.Name()
}

func (x *exporter) nameOr(obj types.Object, otherwise string) string {
	if name, ok := x.names.of[obj]; ok {
		return name
	}
	return otherwise
}
