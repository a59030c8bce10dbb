package cell

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// testPaths is what test cells may import.
var testPaths = []string{
	"bufio", "bytes", "cmp", "context", "crypto/rand", "encoding/json", "errors", "fmt", "image/png", "io", "maps", "math",
	"math/rand", "os", "slices", "sort", "strconv", "strings", "sync", "text/template", "time",
}

// testPackages reads export data from the build cache.
type testPackages struct {
	importer types.Importer
	files    map[string]string
}

// packages returns the same testPackages each time.
var packages = sync.OnceValue(func() *testPackages {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, testPaths...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		panic(fmt.Sprint("go list: ", err))
	}
	p := &testPackages{files: map[string]string{}}
	for line := range bytes.Lines(out) {
		if path, file, ok := strings.Cut(strings.TrimSpace(string(line)), " "); ok {
			p.files[path] = file
		}
	}
	p.importer = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(p.files[path])
	})
	return p
})

func (p *testPackages) Import(path string) (*types.Package, error) {
	if !slices.Contains(testPaths, path) {
		return nil, fmt.Errorf("no package %q", path)
	}
	return p.importer.Import(path)
}

func (p *testPackages) Paths() []string { return testPaths }

func (p *testPackages) ByName(name string) []string {
	var paths []string
	for _, path := range testPaths {
		if path[strings.LastIndex(path, "/")+1:] == name {
			paths = append(paths, path)
		}
	}
	slices.Reverse(paths) // math/rand before crypto/rand
	return paths
}

func (p *testPackages) Doc(path, symbol string) string {
	if path == "fmt" && symbol == "Println" {
		return "Println formats using the default formats for its operands and writes to standard output.\n"
	}
	return ""
}

// run checks and commits cells one after another and fails the test at the first error.
func run(t testing.TB, n *Notebook, cells ...string) *Checked {
	t.Helper()
	var last *Checked
	for i, code := range cells {
		c, err := n.Check(i+1, code)
		if err != nil {
			t.Fatalf("cell %d:\n%s\n%v", i+1, code, err)
		}
		n.Commit(c)
		last = c
	}
	return last
}
