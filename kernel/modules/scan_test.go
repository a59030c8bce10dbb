package modules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImportsAreFoundInAnyCell(t *testing.T) {
	for _, c := range []struct {
		code string
		want []Import
	}{
		{`import "a.b/c"`, []Import{{"a.b/c", 1, 8, 7}}},
		{"x := 1\nimport (\n\tq \"a.b/c\"\n\t. \"d.e/f\"; _ `g.h`\n)\ny := \"no.import\"", []Import{
			{"a.b/c", 3, 4, 7}, {"d.e/f", 4, 4, 7}, {"g.h", 4, 15, 5},
		}},
		{"s := `import \"a.b/c\"` // import \"d.e/f\"", nil},
		{"func f() { // half-typed\nimport \"a.b/c", nil},
		{"import", nil},
		{"import (", nil},
		{"import x y \"a.b/c\"", []Import{{"a.b/c", 1, 12, 7}}}, // the checker says what is wrong
		{"$ % 'import \"a.b/c\"", nil},
	} {
		if diff := cmp.Diff(c.want, Imports(c.code)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.code, diff)
		}
	}
}

func FuzzImportsHaveTheirPlaceInTheText(f *testing.F) {
	f.Add("import \"a.b/c\"\nx := 1")
	f.Add("import (\n. `q`\n)")
	f.Fuzz(func(t *testing.T, code string) {
		for _, im := range Imports(code) {
			if im.Line < 1 || im.Column < 1 || im.Width < 2 || im.Width > len(code) {
				t.Errorf("%q has %+v", code, im)
			}
		}
	})
}
