package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A loader type-checks packages from their sources, for any platform and without compiling
// anything: function bodies are left out.
type loader struct {
	dir   string // where go list runs
	fset  *token.FileSet
	files map[string]*ast.File // by file name; platforms share most of them
}

// A loaded platform has every package asked for and what those reach.
type loaded struct {
	platform platform
	packages map[string]*types.Package
	syntax   map[string][]*ast.File
}

// A listed package is what go list says of it.
type listed struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	ImportMap  map[string]string
	Error      *struct{ Err string }
}

func (l *loader) load(p platform, paths []string) (*loaded, error) {
	list, err := l.list(p, paths)
	if err != nil {
		return nil, err
	}
	out := &loaded{platform: p, packages: map[string]*types.Package{}, syntax: map[string][]*ast.File{}}
	var errs []error
	for _, pkg := range list {
		if err := l.check(out, pkg); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("on %s:\n%w", p, err)
	}
	return out, nil
}

// list returns the packages and all that they import, each after what it imports.
func (l *loader) list(p platform, paths []string) ([]listed, error) {
	args := []string{"list", "-e", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,ImportMap,Error", "--"}
	out, err := l.goCommand(p, append(args, paths...)...)
	if err != nil {
		return nil, err
	}
	var list []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg listed
		if err := dec.Decode(&pkg); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		if pkg.Error != nil {
			return nil, fmt.Errorf("package %s cannot be loaded on %s: %s", pkg.ImportPath, p, pkg.Error.Err)
		}
		list = append(list, pkg)
	}
}

// goCommand runs the go command for a platform. Cgo is off, as in the released binaries,
// and experiments are off: both would change what packages export.
func (l *loader) goCommand(p platform, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = l.dir
	cmd.Env = append(os.Environ(), "GOOS="+p.OS, "GOARCH="+p.Arch, "CGO_ENABLED=0", "GOEXPERIMENT=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, stderr.String())
	}
	return out, nil
}

func (l *loader) check(out *loaded, pkg listed) error {
	if pkg.ImportPath == "unsafe" {
		out.packages["unsafe"] = types.Unsafe
		return nil
	}
	files, err := l.parse(pkg)
	if err != nil {
		return fmt.Errorf("package %s does not parse: %w", pkg.ImportPath, err)
	}
	var errs []error
	config := types.Config{
		IgnoreFuncBodies: true,
		Sizes:            types.SizesFor("gc", out.platform.Arch),
		Importer:         importer{out.packages, pkg.ImportMap},
		Error:            func(err error) { errs = append(errs, err) },
	}
	checked, _ := config.Check(pkg.ImportPath, l.fset, files, nil)
	if len(errs) > 0 {
		return fmt.Errorf("package %s does not type-check: %w", pkg.ImportPath, errors.Join(errs...))
	}
	out.packages[pkg.ImportPath] = checked
	if !strings.HasPrefix(pkg.ImportPath, "vendor/") {
		out.syntax[pkg.ImportPath] = files
	}
	return nil
}

func (l *loader) parse(pkg listed) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range pkg.GoFiles {
		path := filepath.Join(pkg.Dir, name)
		file := l.files[path]
		if file == nil {
			var err error
			file, err = parser.ParseFile(l.fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			dropBodies(file)
			l.files[path] = file
		}
		files = append(files, file)
	}
	return files, nil
}

// dropBodies forgets what is inside functions: nobody reads it, and it is most of the memory.
func dropBodies(file *ast.File) {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
			f.Body.List = nil
		}
	}
}

// An importer finds packages that are checked already.
type importer struct {
	packages map[string]*types.Package
	vendored map[string]string // import path in the source → import path of the package
}

func (im importer) Import(path string) (*types.Package, error) {
	if p, ok := im.vendored[path]; ok {
		path = p
	}
	if pkg := im.packages[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("package %s is not loaded", path)
}
