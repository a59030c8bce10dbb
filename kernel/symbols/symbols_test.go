package symbols_test

import (
	"go/constant"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

// Here and not beside Set, so that the checker's own tests can import symbols.
var _ cell.Packages = (*symbols.Set)(nil)

func TestEveryPathImports(t *testing.T) {
	pkgs := symbols.Packages()
	paths := pkgs.Paths()
	if len(paths) < 150 || !slices.IsSorted(paths) {
		t.Fatalf("%d paths, sorted %v: want the whole standard library, sorted", len(paths), slices.IsSorted(paths))
	}
	for _, path := range paths {
		pkg, err := pkgs.Import(path)
		if err != nil {
			t.Errorf("Import(%q): %v", path, err)
			continue
		}
		if again, _ := pkgs.Import(path); again != pkg {
			t.Errorf("Import(%q) gave two packages", path)
		}
		if pkg.Path() != path || !pkg.Complete() {
			t.Errorf("Import(%q) = %s, complete %v", path, pkg.Path(), pkg.Complete())
		}
		if !slices.Contains(pkgs.ByName(pkg.Name()), path) {
			t.Errorf("ByName(%q) = %q lacks %s", pkg.Name(), pkgs.ByName(pkg.Name()), path)
		}
	}
}

// What go/types sees and what the interpreter gets must be the same names, or a cell that
// checks would not run.
func TestTablesHoldEveryExportedName(t *testing.T) {
	pkgs := symbols.Packages()
	for _, path := range pkgs.Paths() {
		pkg, err := pkgs.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range pkg.Scope().Names() {
			if obj := pkg.Scope().Lookup(name); obj.Exported() && !isGeneric(obj) {
				want = append(want, name)
			}
		}
		table := symbols.Exports(path)
		if table == nil {
			t.Errorf("Exports(%q) = nil", path)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(table))); diff != "" {
			t.Errorf("Exports(%q) (-types +table):\n%s", path, diff)
		}
		for name, v := range table {
			checkValue(t, pkg.Scope().Lookup(name), v)
		}
	}
}

func checkValue(t *testing.T, obj types.Object, v reflect.Value) {
	t.Helper()
	switch obj := obj.(type) {
	case *types.Func:
		if v.Kind() != reflect.Func || v.IsNil() {
			t.Errorf("%s is %v, want a function", obj, v)
		}
	case *types.Var:
		if !v.CanSet() {
			t.Errorf("%s cannot be set", obj)
		}
		checkType(t, obj, obj.Type(), v.Type())
	case *types.Const:
		checkConstant(t, obj, v)
	case *types.TypeName:
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			t.Errorf("%s is %v, want a nil pointer", obj, v)
			return
		}
		checkType(t, obj, obj.Type(), v.Type().Elem())
	}
}

// checkType compares the names of named types; the rest is the compiler's.
func checkType(t *testing.T, obj types.Object, want types.Type, got reflect.Type) {
	t.Helper()
	named, ok := types.Unalias(want).(*types.Named)
	if !ok || named.TypeArgs().Len() > 0 || named.Obj().Pkg() == nil {
		return
	}
	if got.Name() != named.Obj().Name() || got.PkgPath() != named.Obj().Pkg().Path() {
		t.Errorf("%s has type %s.%s, want %s", obj, got.PkgPath(), got.Name(), named)
	}
}

func checkConstant(t *testing.T, obj *types.Const, v reflect.Value) {
	t.Helper()
	if basic, ok := obj.Type().(*types.Basic); !ok || basic.Info()&types.IsUntyped == 0 {
		checkType(t, obj, obj.Type(), v.Type())
		if v.CanInt() && constant.MakeInt64(v.Int()).ExactString() != obj.Val().ExactString() {
			t.Errorf("%s is %v in the table", obj, v)
		}
		return
	}
	switch x := v.Interface().(type) {
	case bool:
		if x != constant.BoolVal(obj.Val()) {
			t.Errorf("%s is %v in the table", obj, x)
		}
	case constant.Value:
		want, _ := constant.Float64Val(constant.ToFloat(obj.Val()))
		got, _ := constant.Float64Val(constant.ToFloat(x))
		if obj.Val().Kind() == constant.String && x.ExactString() != obj.Val().ExactString() ||
			x.Kind() != obj.Val().Kind() && x.Kind() != constant.Float || want != got {
			t.Errorf("%s is %v in the table", obj, x)
		}
	default:
		t.Errorf("%s is a %T in the table", obj, x)
	}
}

func isGeneric(obj types.Object) bool {
	if sig, ok := obj.Type().(*types.Signature); ok {
		return sig.TypeParams().Len() > 0
	}
	if _, ok := obj.(*types.TypeName); !ok {
		return false
	}
	if t, ok := obj.Type().(interface{ TypeParams() *types.TypeParamList }); ok && t.TypeParams().Len() > 0 {
		return true
	}
	i, ok := obj.Type().Underlying().(*types.Interface)
	return ok && !i.IsMethodSet()
}

func TestOtherPathsAreErrors(t *testing.T) {
	for _, path := range []string{"", "unsafe", "fmt/", "net/http/internal", "example.com/x"} {
		if pkg, err := symbols.Packages().Import(path); err == nil {
			t.Errorf("Import(%q) = %v, want an error", path, pkg)
		}
		if symbols.Exports(path) != nil {
			t.Errorf("Exports(%q) is not nil", path)
		}
	}
}

func TestByNameGivesTheLikeliestFirst(t *testing.T) {
	for name, want := range map[string]string{
		"rand": "math/rand", "template": "text/template", "plot": "gonum.org/v1/plot", "mat": "gonum.org/v1/gonum/mat",
		"draw": "gonum.org/v1/plot/vg/draw", "fmt": "fmt", "pprof": "runtime/pprof", "scanner": "text/scanner", "stat": "gonum.org/v1/gonum/stat",
	} {
		if got := symbols.Packages().ByName(name); len(got) == 0 || got[0] != want {
			t.Errorf("ByName(%q) = %q, want %q first", name, got, want)
		}
	}
	if got, want := symbols.Packages().ByName("rand"), []string{"math/rand", "math/rand/v2", "crypto/rand"}; !slices.Equal(got, want) {
		t.Errorf("ByName(rand) = %q, want %q", got, want)
	}
	if got := symbols.Packages().ByName("nothing"); len(got) != 0 {
		t.Errorf("ByName of an unknown name = %q", got)
	}
}

func TestDocFindsPackagesSymbolsMethodsAndFields(t *testing.T) {
	for _, test := range []struct{ path, symbol, prefix string }{
		{"fmt", "", "Package fmt implements formatted I/O"},
		{"fmt", "Println", "Println formats using the default formats"},
		{"fmt", "Stringer.String", ""},
		{"strings", "Builder.WriteString", "WriteString appends"},
		{"net/http", "Server.Addr", "Addr optionally specifies"},
		{"io", "EOF", "EOF is the error returned by Read"},
		{"slices", "Sort", "Sort sorts a slice"},
		{"sync/atomic", "Pointer.Load", "Load atomically loads"},
		{"gonum.org/v1/gonum/mat", "Dense.Mul", "Mul takes the matrix product"},
		{"gonum.org/v1/plot", "Plot.Save", "Save saves the plot"},
	} {
		got := symbols.Packages().Doc(test.path, test.symbol)
		if !strings.HasPrefix(got, test.prefix) || got == "" && test.prefix != "" {
			t.Errorf("Doc(%q, %q) = %.60q…, want %q…", test.path, test.symbol, got, test.prefix)
		}
	}
	for _, path := range []string{"fmt", "nothing"} {
		if got := symbols.Packages().Doc(path, "Nothing"); got != "" {
			t.Errorf("Doc(%q, Nothing) = %q", path, got)
		}
	}
}

// Packages that refer to each other must agree on their types in whichever order they come.
func TestTypesAreIdenticalBetweenPackages(t *testing.T) {
	pkgs := symbols.Packages()
	lookup := func(path, name string) types.Type {
		pkg, err := pkgs.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		return pkg.Scope().Lookup(name).Type()
	}
	dense := types.NewPointer(lookup("gonum.org/v1/gonum/mat", "Dense"))
	if i := lookup("gonum.org/v1/gonum/mat", "Matrix").Underlying().(*types.Interface); !types.Implements(dense, i) {
		t.Error("*mat.Dense does not implement mat.Matrix")
	}
	file := types.NewPointer(lookup("os", "File"))
	for path, name := range map[string]string{"io": "ReadWriteCloser", "net/http": "File", "io/fs": "ReadDirFile"} {
		if i := lookup(path, name).Underlying().(*types.Interface); !types.Implements(file, i) {
			t.Errorf("*os.File does not implement %s.%s", path, name)
		}
	}
}

func TestImportsAtOnceAgree(t *testing.T) {
	pkgs := symbols.NewSet()
	paths := pkgs.Paths()
	results := make([][]*types.Package, 4)
	var wg sync.WaitGroup
	for g := range results {
		wg.Go(func() {
			for i := range paths {
				pkg, err := pkgs.Import(paths[(i*7+g*11)%len(paths)])
				if err != nil {
					t.Error(err)
					return
				}
				for _, name := range pkg.Scope().Names() {
					types.NewMethodSet(pkg.Scope().Lookup(name).Type())
				}
				pkgs.Doc(pkg.Path(), "")
			}
			for _, path := range paths {
				pkg, _ := pkgs.Import(path)
				results[g] = append(results[g], pkg)
			}
		})
	}
	wg.Wait()
	for g := range results {
		if !slices.Equal(results[g], results[0]) {
			t.Errorf("goroutine %d got other packages", g)
		}
	}
}

// The users' machines have no Go.
func TestImportsWithoutGoToolchain(t *testing.T) {
	if os.Getenv("SYMBOLS_TEST_CHILD") != "" {
		t.Skip("this is the child")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^(TestEveryPathImports|TestDocFinds.*|TestTablesHold.*)$", "-test.v")
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"SYMBOLS_TEST_CHILD=1", "PATH=", "GOROOT=/nonexistent", "HOME=" + t.TempDir()}
	if runtime.GOOS == "windows" {
		cmd.Env = append(cmd.Env, "SystemRoot="+os.Getenv("SystemRoot"))
	}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") != 3 {
		t.Errorf("child without toolchain: %v\n%s", err, out)
	}
}

// The tables are data: a worker that starts must not pay for what nobody imports.
func TestTablesCostNothingAtStart(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "init runtime ") {
		t.Fatalf("no trace of initialisation: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "kernel/symbols/internal/") {
			t.Errorf("a table is built at start: %s", line)
		}
	}
}
