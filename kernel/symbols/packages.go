package symbols

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// Packages returns the types and documentation of what cells may import. It is the same
// set each time; all of its methods may be called at once from several goroutines.
func Packages() *Set { return set() }

var set = sync.OnceValue(newSet)

func newSet() *Set {
	return &Set{
		imported: map[string]*types.Package{},
		complete: map[string]*types.Package{},
		docs:     map[string]map[string]string{},
	}
}

// A Set is the types and documentation of packages, read when they are first asked for.
type Set struct {
	mu       sync.Mutex
	imported map[string]*types.Package    // also those that others refer to, incomplete
	complete map[string]*types.Package    // those that Import returned
	docs     map[string]map[string]string // by import path
}

// Import returns the exported declarations of a package, the same *types.Package each time.
// They have no positions. The error of a path that is not in Paths says so.
func (s *Set) Import(path string) (*types.Package, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pkg := s.complete[path]; pkg != nil {
		return pkg, nil
	}
	data, ok, err := read("types/" + path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("package %s is not part of this kernel: cells import the standard library, gonum, gonum/plot and mole-kernel's own packages", path)
	}
	pkg, err := gcexportdata.Read(bytes.NewReader(data), token.NewFileSet(), s.imported, path)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	s.complete[path] = pkg
	return pkg, nil
}

// Paths lists every import path, sorted. The slice belongs to the caller.
func (s *Set) Paths() []string { return slices.Clone(paths()) }

// ByName lists the paths of the packages with this name, the likeliest first.
func (s *Set) ByName(name string) []string { return slices.Clone(byName()[name]) }

// Doc returns the documentation of a package (symbol "") or of one of its symbols ("Name",
// "Type.Method", "Type.Field"), as plain text in Go's comment syntax; "" when there is none.
func (s *Set) Doc(path, symbol string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	docs, ok := s.docs[path]
	if !ok {
		docs = readDocs(path)
		if docs != nil {
			s.docs[path] = docs
		}
	}
	return docs[symbol]
}

func readDocs(path string) map[string]string {
	data, ok, err := read("doc/" + path)
	if !ok || err != nil {
		return nil // documentation is an extra: what asks for it shows nothing
	}
	var docs map[string]string
	if err := json.Unmarshal(data, &docs); err != nil {
		return nil
	}
	return docs
}
