package export

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// verify checks the program as the compiler would. again says that variables were found
// that nothing uses, so that the program has to be written anew.
func (x *exporter) verify(main string) (again bool, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", main, parser.SkipObjectResolution)
	if err != nil {
		return false, fmt.Errorf("export %s: %w", x.Name, err)
	}
	var wrong []string
	conf := types.Config{
		Importer: importer{x.Packages},
		Sizes:    types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			e, ok := err.(types.Error)
			if name, found := strings.CutPrefix(e.Msg, "declared and not used: "); ok && found && !x.unused[name] {
				x.unused[name] = true
				again = true
				return
			}
			wrong = append(wrong, err.Error())
		},
	}
	// The errors have been taken one by one.
	_, _ = conf.Check("main", fset, []*ast.File{file}, nil)
	if len(wrong) > 0 {
		return false, fmt.Errorf("export %s: the notebook has no counterpart in a Go program: %s\n%s", x.Name, strings.Join(wrong, "\n"), main)
	}
	return again, nil
}

// importer finds packages for go/types.
type importer struct{ packages cell.Packages }

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return i.packages.Import(path)
}

// moleModule is the module that this package belongs to.
const moleModule = "github.com/mole-kernel/mole-kernel"

// module writes go.mod. tidy says that there is something to download or to sum up.
func (x *exporter) module() (text string, tidy bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "module %s\n\ngo %s\n", moduleName(x.Name), x.Go)
	needs := map[string]string{}
	for p := range x.imports {
		if std(p) {
			continue
		}
		tidy = true
		if m, version := x.moduleOf(p); version != "" {
			needs[m] = version
		}
	}
	if len(needs) > 0 {
		b.WriteString("\nrequire (\n")
		var lines []string
		for m, version := range needs {
			lines = append(lines, "\t"+m+" "+version+"\n")
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, "") + ")\n")
	}
	if x.Replace != "" && needs[moleModule] != "" {
		fmt.Fprintf(&b, "\nreplace %s => %s\n", moleModule, quotePath(x.Replace))
	}
	return b.String(), tidy
}

// moduleOf returns the module of a package, as far as it is known.
func (x *exporter) moduleOf(p string) (module, version string) {
	for m := p; m != "." && m != "/"; m = path.Dir(m) {
		if m == moleModule {
			return m, x.Version
		}
		if v := x.Versions[m]; v != "" {
			return m, v
		}
	}
	return "", ""
}

// quotePath quotes a folder where go.mod wants it.
func quotePath(dir string) string {
	if strings.ContainsAny(dir, " \t\"'`()[]{},;") {
		return fmt.Sprintf("%q", dir)
	}
	return dir
}

// moduleName makes a module's name of a notebook's.
func moduleName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_') {
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-"); name == "" {
		return "notebook"
	}
	return name
}
