package export_test

import (
	"errors"
	"go/format"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/export"
)

// FuzzExport holds that whatever checks as cells becomes a formatted program, or is refused
// with a reason.
func FuzzExport(f *testing.F) {
	f.Add("x := 1\nfunc f() int { return x }\n-- cell --\ndefer f()\nx := \"a\"\nx")
	f.Add("type T struct{ a int } // t\nfunc (t T) M() {}\n-- cell --\nfunc (t T) M() {}\nvar a, b = T{1}, 2; a")
	f.Add("import . \"strings\"\n/* c */ ToUpper(\"x\");\n-- cell --\n%time len(\"é\")\n-- cell --\nvar x, y = y, 1\nfunc init() {}")
	f.Fuzz(func(t *testing.T, text string) {
		var cells []export.Cell
		for _, source := range strings.Split(text, "-- cell --\n") {
			cells = append(cells, export.Cell{Source: source}, export.Cell{Text: true, Source: source})
		}
		p, err := export.Export(cells, options(t, "fuzz"))
		var bad *export.CellError
		switch {
		case errors.As(err, &bad):
		case err != nil && strings.Contains(err.Error(), "does not parse"):
			t.Fatal(err)
		case err == nil:
			if again, err := format.Source([]byte(p.Main)); err != nil || string(again) != p.Main {
				t.Fatalf("the program is not formatted (%v):\n%s", err, p.Main)
			}
		}
	})
}
