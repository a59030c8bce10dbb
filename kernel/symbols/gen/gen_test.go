package main

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLiteralsKeepUntypedConstants(t *testing.T) {
	for expr, want := range map[string]string{
		"1<<70": "INT 1180591620717411303424", "'a'": "INT 97", `"a\n"`: `STRING "a\n"`, "1 < 2": "IDENT true",
		"0.5": "FLOAT 0.5", "2.0": "FLOAT 2", "1e3 + 1e-1": "FLOAT 1000.1", "0.5i": "IMAG 0.5",
	} {
		tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expr)
		if err != nil {
			t.Fatal(err)
		}
		kind, text := literal(tv.Type.(*types.Basic), tv.Value)
		if got := kind + " " + text; got != want {
			t.Errorf("%s is written as %s, want %s", expr, got, want)
		}
	}
}

// writeModule writes a module of one package and returns its folder.
func writeModule(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n", "m.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func loadModule(t *testing.T, source string) (*loaded, error) {
	t.Helper()
	l := &loader{dir: writeModule(t, source), fset: token.NewFileSet(), files: map[string]*ast.File{}}
	return l.load(platforms[0], []string{"example.com/m"})
}

func TestBrokenPackageIsNamed(t *testing.T) {
	for name, source := range map[string]string{
		"does not parse":       "package m\n\nfunc (",
		"does not type-check":  "package m\n\nfunc F() undefined { return 0 }",
		"imports what is gone": "package m\n\nimport _ \"example.com/gone\"",
	} {
		if _, err := loadModule(t, source); err == nil || !strings.Contains(err.Error(), "example.com/") {
			t.Errorf("a package that %s: error %v, want one that names it", name, err)
		}
	}
}

// Export data must not depend on where the sources are.
func TestExportDataIsReproducible(t *testing.T) {
	const source = "package m\n\nimport \"io\"\n\ntype T struct{ io.Reader; x map[string]T }\n\nfunc (T) M() {}\n\nvar B, A T\n"
	var data [2][]byte
	for i := range data {
		l, err := loadModule(t, source)
		if err != nil {
			t.Fatal(err)
		}
		if data[i], err = exportData(l.packages["example.com/m"]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(data[0], data[1]) {
		t.Error("the same package in two folders has different export data")
	}
}

func TestTablesLeaveOutWhatIsGeneric(t *testing.T) {
	l, err := loadModule(t, `package m

type (
	G[T any] struct{}
	I = G[int]
	C interface{ ~int | ~string }
	M interface{ M() }
)

func F[T any]() {}
func f()        {}
func H()        {}

var V int

const (
	U       = 1
	S uint8 = 2
)
`)
	if err != nil {
		t.Fatal(err)
	}
	source := tableSource(group{Name: "g"}, l.packages["example.com/m"])
	for _, want := range []string{`"I", Value: (*p.I)(nil)`, `"M", Value: (*p.M)(nil)`, `"H", Value: p.H`, `"V", Value: &p.V`,
		`"U", Kind: token.INT, Text: "1"`, `"S", Value: p.S`} {
		if !strings.Contains(source, want) {
			t.Errorf("no %s in the table", want)
		}
	}
	if got := strings.Count(source, "Name: "); got != 6 {
		t.Errorf("%d names in the table, want 6:\n%s", got, source)
	}
}

func TestCheckNamesFilesThatAreNotUpToDate(t *testing.T) {
	dir := t.TempDir()
	old := outputs{"data/common/a.zip": []byte("a"), "internal/g/gone.go": []byte(header), "internal/g/same.go": []byte(header)}
	if err := old.write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ours.go"), []byte("package symbols\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	out := outputs{"data/common/a.zip": []byte("b"), "internal/g/new.go": []byte(header), "internal/g/same.go": []byte(header)}
	err := out.compare(dir)
	if err == nil {
		t.Fatal("compare found no difference")
	}
	for name, want := range map[string]bool{"data/common/a.zip": true, "gone.go": true, "new.go": true, "same.go": false, "ours.go": false} {
		if strings.Contains(err.Error(), name) != want {
			t.Errorf("%s named: %v, want %v in %q", name, !want, want, err)
		}
	}
	if err := out.write(dir); err != nil {
		t.Fatal(err)
	}
	if err := out.compare(dir); err != nil {
		t.Errorf("after writing: %v", err)
	}
}
