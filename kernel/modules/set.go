package modules

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"sync"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// A Set is the packages that the cells of one notebook may import: the kernel's own and
// those of the worker in use. Its methods may be called from any goroutine.
type Set struct {
	base cell.Packages

	mu       sync.Mutex
	project  project
	imported map[string]*types.Package // also what others refer to, incomplete
	extra    map[string]*extra         // all that were ever used, by import path
	active   map[string]*extra         // those of the worker in use
	docs     map[string]map[string]string
	sources  map[string]*types.Package // interpreted, by import path
}

// extra is a package that the kernel itself does not have.
type extra struct {
	Package
	types *types.Package
}

var _ cell.Packages = (*Set)(nil)

// NewSet returns a set of the kernel's own packages, for a notebook in the folder dir.
func NewSet(base cell.Packages, dir string) *Set {
	return &Set{
		base: base, project: findProject(dir),
		imported: map[string]*types.Package{}, extra: map[string]*extra{}, active: map[string]*extra{}, docs: map[string]map[string]string{},
		sources: map[string]*types.Package{},
	}
}

// Use makes the packages of a worker known, and no others; nil stands for the kernel's own. A package that is known and exports what it
// did stays the same *types.Package; the others are new ones, and their paths are returned:
// what cells declared with their types is of no use any more.
func (s *Set) Use(w *Worker) (changed []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = map[string]*extra{}
	if w == nil {
		return nil, nil
	}
	fresh := map[string]Package{}
	for _, p := range w.Packages {
		old := s.extra[p.Path]
		if old != nil && old.API == p.API {
			old.Package = p
			continue
		}
		if old != nil {
			changed = append(changed, p.Path)
		}
		fresh[p.Path] = p
	}
	if len(changed) > 0 {
		changed = s.forget(changed, fresh)
	}
	s.docs = map[string]map[string]string{}
	if err := importBase(s.base, s.imported, w.Deps); err != nil {
		return nil, err
	}
	for path, p := range fresh {
		pkg, err := readTypes(w.file(p.Types), s.imported, path)
		if err != nil {
			return nil, err
		}
		s.extra[path] = &extra{p, pkg}
	}
	for _, p := range w.Packages {
		s.active[p.Path] = s.extra[p.Path]
	}
	return changed, nil
}

// forget drops changed packages and all that are made of their types. It returns the paths
// of these, and adds those that are still wanted to fresh.
func (s *Set) forget(changed []string, fresh map[string]Package) []string {
	for again := true; again; {
		again = false
		for path, e := range s.extra {
			if slices.Contains(changed, path) {
				continue
			}
			if slices.ContainsFunc(e.Imports, func(dep string) bool { return slices.Contains(changed, dep) }) {
				changed = append(changed, path)
				fresh[path] = e.Package
				again = true
			}
		}
	}
	for path := range s.imported {
		if e := s.extra[path]; e == nil && !slices.Contains(s.base.Paths(), path) || slices.Contains(changed, path) {
			delete(s.imported, path)
			delete(s.extra, path)
		}
	}
	slices.Sort(changed)
	return changed
}

// importBase reads the kernel's own packages among deps, so that what others say of them
// is about the types that the cells know.
func importBase(base cell.Packages, imported map[string]*types.Package, deps []string) error {
	known := base.Paths()
	for _, path := range deps {
		if _, ok := slices.BinarySearch(known, path); !ok || imported[path] != nil && imported[path].Complete() {
			continue
		}
		pkg, err := base.Import(path)
		if err != nil {
			return err
		}
		imported[path] = pkg
	}
	return nil
}

func readTypes(data []byte, imported map[string]*types.Package, path string) (*types.Package, error) {
	pkg, err := gcexportdata.Read(bytes.NewReader(data), token.NewFileSet(), imported, path)
	if err != nil {
		return nil, fmt.Errorf("read the types of %s: %w; is the Go toolchain newer than this kernel?", path, err)
	}
	return pkg, nil
}

// Resolve returns the import path of a package that a cell names: "./util" means the
// folder beside the notebook.
func (s *Set) Resolve(path string) string { return s.project.resolve(path) }

// Interpret makes a package known that is interpreted from its source; nil
// makes it unknown.
func (s *Set) Interpret(path string, pkg *types.Package) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pkg == nil {
		delete(s.sources, path)
		return
	}
	s.sources[path] = pkg
}

// ForgetSources makes the interpreted packages unknown.
func (s *Set) ForgetSources() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sources)
}

// CellPath is the import path of a compiled cell in the worker.
func (s *Set) CellPath(c Compiled) string { return s.project.cellPath(c) }

// Foreign tells of resolved import paths that the kernel does not have and that do not look
// like misspelt ones of the standard library.
func (s *Set) Foreign(path string) bool {
	if path == "C" || path == "unsafe" || path == "" {
		return false
	}
	if _, ok := slices.BinarySearch(s.base.Paths(), path); ok {
		return false
	}
	return isRelative(path) || s.project.owns(path) || hasDomain(path)
}

// Extra tells whether a package is one that the kernel itself does not have.
func (s *Set) Extra(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active[path] != nil
}

// hasDomain tells of import paths that are not the standard library's.
func hasDomain(path string) bool {
	for i := range len(path) {
		switch path[i] {
		case '.':
			return true
		case '/':
			return false
		}
	}
	return false
}

// Import returns the exported declarations of a package, the same *types.Package each time
// until a worker with other ones is used.
func (s *Set) Import(path string) (*types.Package, error) {
	s.mu.Lock()
	e, interpreted := s.active[s.project.resolve(path)], s.sources[s.project.resolve(path)]
	s.mu.Unlock()
	if interpreted != nil {
		return interpreted, nil
	}
	if e != nil {
		return e.types, nil
	}
	return s.base.Import(path)
}

// Paths lists every import path, sorted.
func (s *Set) Paths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	paths := s.base.Paths()
	for path := range s.active {
		paths = append(paths, path)
	}
	for path := range s.sources {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// ByName lists the paths of the packages with this name, the likeliest first.
func (s *Set) ByName(name string) []string {
	paths := s.base.ByName(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	var own []string
	for path, e := range s.active {
		if e.types.Name() == name && e.Wanted {
			own = append(own, path)
		}
	}
	slices.Sort(own)
	return append(own, paths...)
}

// Doc returns the documentation of a package ("") or of one of its symbols.
func (s *Set) Doc(path, symbol string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.active[s.project.resolve(path)]
	if e == nil {
		return s.base.Doc(path, symbol)
	}
	docs, ok := s.docs[e.Path]
	if !ok {
		docs = readDocs(e.Files)
		s.docs[e.Path] = docs
	}
	return docs[symbol]
}
