package cell

import (
	"encoding/json"
	"testing"
)

func TestIsComplete(t *testing.T) {
	tests := map[string][]string{
		"complete": {
			"", " \n", "// note", "x := 1", "fmt.Println(\"a\")", "func f() int {\n\treturn 1\n}", "x := 1;", "import \"fmt\"",
			"if a {\n} else {\n}", "a.\n\tb()", "type T struct {\n}", "x := `a\nb`", "L:", "/* a\n b */",
		},
		"incomplete": {
			"func f() {", "if true {", "x := (1 +", "x := 1 +", "x :=", "x.", "for i := 0; i < 3; i++", "if x", "x := `abc", "/* abc",
			"f(func() {\n\tg()", "s := []int{\n\t1,", "import (\n\t\"fmt\"", "switch x {\ncase 1:", "type T struct {\n\ta int", "var x",
			"func f() {\n\tif true {\n\t}", "a(1,", "x = ",
		},
		"invalid": {
			"x := := 3", "func func", "x := \"abc", "}", "f(1]", "x := 'ab'", "else {", "func f() {\n\tx := := 3", "if true {\n\t)", "1 2",
			"case 1:",
		},
	}
	for want, codes := range tests {
		for _, code := range codes {
			if got := IsComplete(code); got.Status != want {
				t.Errorf("%q: got %+v, want %s", code, got, want)
			}
		}
	}
}

func TestIncompleteCodeIsIndented(t *testing.T) {
	tests := map[string]string{
		"if true {":                      "\t",
		"func f() {\n\tif true {":        "\t\t",
		"f(func() {":                     "\t",
		"f(func() {\n\tg(func() {":       "\t\t",
		"x := 1 +":                       "\t",
		"s := `abc":                      "",
		"func f() {\n\tif true {\n\t}\n": "\t",
	}
	for code, want := range tests {
		if got := IsComplete(code); got.Indent != want {
			text, _ := json.Marshal(got)
			t.Errorf("%q: got %s, want indent %q", code, text, want)
		}
	}
}
