package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	loader "golang.org/x/tools/go/packages"
)

// libraries are the packages whose documentation promises an example for all that can be called.
var libraries = []string{"./molelib/...", "./plotting/..."}

// callers are methods that others call: fmt, errors, encoding/json and a notebook that shows a
// value. An example shows what they do by printing or showing.
var callers = []string{"String", "Error", "Unwrap", "MIMEBundle", "MIMEMetadata", "MarshalJSON", "UnmarshalJSON"}

// TestEveryExportedFunctionHasAnExample holds that a function is used in an example of its own
// package, a method in an example of any of the libraries. A method that an interface of the
// libraries asks for (nn.Layer, mole.Objective) is shown by an example of any type that has it.
func TestEveryExportedFunctionHasAnExample(t *testing.T) {
	shelf, err := library()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shelf.silent {
		t.Errorf("%s has no // Output: comment, so it never runs", name)
	}
	for _, name := range shelf.missing() {
		t.Errorf("no example uses %s", name)
	}
}

func TestMissingExamplesAreFound(t *testing.T) {
	shelf, err := readShelf(".", "./testdata/examples")
	if err != nil {
		t.Fatal(err)
	}
	const path = module + "cmd/mole-kernel/testdata/examples"
	if want := []string{"(*" + path + ".Circle).Roll", path + ".Silent", path + ".Untold"}; !slices.Equal(shelf.missing(), want) {
		t.Errorf("got %v, want %v", shelf.missing(), want)
	}
	if want := []string{path + ".ExampleSilent"}; !slices.Equal(shelf.silent, want) {
		t.Errorf("silent are %v, want %v", shelf.silent, want)
	}
}

// called finds names of packages in the manual, as in `mi.Mutual(x, y, o)`.
var called = regexp.MustCompile("`(mole|mi|nn|optim|tensor|data|plotting|experiment)\\.([A-Z]\\w*)(?:\\.([A-Z]\\w*))?")

func TestNamesInTheManualAreThere(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "mole.md"))
	if err != nil {
		t.Fatal(err)
	}
	shelf, err := library()
	if err != nil {
		t.Fatal(err)
	}
	names := called.FindAllStringSubmatch(string(page), -1)
	if len(names) < 50 {
		t.Fatalf("only %d names are found in the page", len(names))
	}
	for _, n := range names {
		object := shelf.scopes[n[1]].Lookup(n[2])
		if object == nil {
			t.Errorf("%s.%s is not there", n[1], n[2])
			continue
		}
		if n[3] != "" {
			if member, _, _ := types.LookupFieldOrMethod(object.Type(), true, object.Pkg(), n[3]); member == nil {
				t.Errorf("%s.%s has no %s", n[1], n[2], n[3])
			}
		}
	}
}

// shelf is what packages offer and what their examples use. Names are those of
// types.Func.FullName.
type shelf struct {
	functions map[string]string          // full name: path of the package
	methods   map[string][]string        // full name: the same method in interfaces of the libraries
	used      map[string]map[string]bool // full name: paths of the packages whose examples use it
	silent    []string                   // examples without output
	scopes    map[string]*types.Scope    // of the packages by name
}

// library reads the packages once.
var library = sync.OnceValues(func() (*shelf, error) { return readShelf(filepath.Join("..", ".."), libraries...) })

func readShelf(root string, patterns ...string) (*shelf, error) {
	const mode = loader.NeedName | loader.NeedFiles | loader.NeedSyntax | loader.NeedTypes |
		loader.NeedTypesInfo | loader.NeedImports | loader.NeedForTest
	loaded, err := loader.Load(&loader.Config{Mode: mode, Dir: root, Tests: true}, patterns...)
	if err != nil {
		return nil, err
	}
	s := &shelf{functions: map[string]string{}, methods: map[string][]string{}, used: map[string]map[string]bool{}, scopes: map[string]*types.Scope{}}
	var interfaces []*types.TypeName
	for _, p := range loaded {
		for _, e := range p.Errors {
			return nil, fmt.Errorf("%s: %w", p.ID, e)
		}
		if p.ForTest == "" && !strings.HasSuffix(p.PkgPath, ".test") {
			interfaces = append(interfaces, declared(p, types.IsInterface)...)
			s.scopes[p.Types.Name()] = p.Types.Scope()
		}
	}
	for _, p := range loaded {
		switch {
		case p.ForTest != "":
			s.readExamples(p)
		case !strings.HasSuffix(p.PkgPath, ".test") && !strings.Contains(p.PkgPath, "/internal/"):
			s.readFunctions(p, interfaces)
		}
	}
	if len(s.functions) == 0 || len(s.used) == 0 {
		return nil, fmt.Errorf("%d functions and %d uses in examples were found below %v", len(s.functions), len(s.used), patterns)
	}
	return s, nil
}

// declared returns the exported types of a package that is accepts.
func declared(p *loader.Package, is func(types.Type) bool) []*types.TypeName {
	var list []*types.TypeName
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		if t, ok := scope.Lookup(name).(*types.TypeName); ok && t.Exported() && is(t.Type()) {
			list = append(list, t)
		}
	}
	return list
}

// readFunctions notes the exported functions of a package and the exported methods of its types.
func (s *shelf) readFunctions(p *loader.Package, interfaces []*types.TypeName) {
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		if f, ok := scope.Lookup(name).(*types.Func); ok && f.Exported() {
			s.functions[f.FullName()] = p.PkgPath
		}
	}
	concrete := func(t types.Type) bool { return !types.IsInterface(t) }
	for _, name := range declared(p, concrete) {
		named, ok := name.Type().(*types.Named)
		if !ok {
			continue
		}
		for m := range named.Methods() {
			if m.Exported() && !slices.Contains(callers, m.Name()) {
				s.methods[m.FullName()] = alike(m, named, interfaces)
			}
		}
	}
}

// alike returns the full names of the method m in those interfaces that its type satisfies. The
// two may be of different runs of the type checker, so that methods are compared by name and
// number only.
func alike(m *types.Func, named *types.Named, interfaces []*types.TypeName) []string {
	var list []string
	has := types.NewMethodSet(types.NewPointer(named))
	for _, i := range interfaces {
		asked := i.Type().Underlying().(*types.Interface)
		all := true
		name := ""
		for f := range asked.Methods() {
			all = all && has.Lookup(f.Pkg(), f.Name()) != nil
			if f.Name() == m.Name() {
				name = f.FullName()
			}
		}
		if all && name != "" {
			list = append(list, name)
		}
	}
	return list
}

// readExamples notes what the examples in the tests of a package use.
func (s *shelf) readExamples(p *loader.Package) {
	var files []*ast.File
	for _, f := range p.Syntax {
		if strings.HasSuffix(p.Fset.Position(f.Pos()).Filename, "_test.go") {
			files = append(files, f)
		}
	}
	runs := map[string]bool{}
	for _, e := range doc.Examples(files...) {
		if runs["Example"+e.Name] = e.Output != "" || e.EmptyOutput; !runs["Example"+e.Name] {
			s.silent = append(s.silent, p.ForTest+".Example"+e.Name)
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && runs[d.Name.Name] {
				ast.Inspect(d.Body, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						s.use(p.TypesInfo.Uses[id], p.ForTest)
					}
					return true
				})
			}
		}
	}
}

func (s *shelf) use(object types.Object, by string) {
	f, ok := object.(*types.Func)
	if !ok {
		return
	}
	name := f.Origin().FullName()
	if s.used[name] == nil {
		s.used[name] = map[string]bool{}
	}
	s.used[name][by] = true
}

// missing returns what no example uses, sorted.
func (s *shelf) missing() []string {
	var list []string
	for name, path := range s.functions {
		if !s.used[name][path] {
			list = append(list, name)
		}
	}
	// A method of an interface is in use when any of its types is seen to use it.
	reached := map[string]bool{}
	for name, faces := range s.methods {
		for _, face := range faces {
			reached[face] = reached[face] || s.used[face] != nil || s.used[name] != nil
		}
	}
	for name, faces := range s.methods {
		shown := s.used[name] != nil || slices.ContainsFunc(faces, func(f string) bool { return reached[f] })
		if !shown {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
