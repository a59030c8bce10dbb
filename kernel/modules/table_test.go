package modules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

func TestTheTableOfAPackageHasWhatItExportsAndIsNotGeneric(t *testing.T) {
	const source = `package p
const Big = 1 << 100
const Half = 0.5
const Imaginary = 2i
const Yes = true
const Text = "t"
type Color int
const Red Color = 1
var Count int
type Pair[A, B any] struct { First A; Second B }
type Number interface { ~int | ~float64 }
type Reader = interface{ Read([]byte) (int, error) }
type List[T any] = []T
func Sum[T Number](x ...T) (s T) { return }
func Open() {}
func private() {}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("x.y/p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := Request{
		Instances: []Instance{{Path: "x.y/p", Name: "Pair", Args: []string{"int", "pkgˈ1.Builder"}, Imports: map[string]string{"pkgˈ1": "strings"}, IsType: true}},
		Cells:     []Compiled{{Name: "cell1"}},
	}
	main, err := mainSource([]*types.Package{pkg}, r, func(c Compiled) string { return "m/" + c.Name })
	if err != nil {
		t.Fatal(err)
	}
	text := string(main)
	for _, want := range []string{
		`"Big":`, `MakeFromLiteral("1267650600228229401496703205376", `, `"Half":`, `"Imaginary":`, `MakeImag(`, `"Yes":`, `"Text":`, `"Red":`,
		`.Count).Elem()`, `.Color)(nil))`, `.Reader)(nil))`, `"Open":`, `case "x.y/p":`, `case "m/cell1":`, `.Pair[int, p`, `"strings"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for _, not := range []string{`"Sum"`, `"Number"`, `"Pair":`, `"List"`, "private"} {
		if strings.Contains(text, not) {
			t.Errorf("%s in\n%s", not, text)
		}
	}
}
