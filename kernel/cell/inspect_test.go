package cell

import (
	"strings"
	"testing"
)

func TestInspect(t *testing.T) {
	n := New(packages())
	n.Value = func(v Variable) Content { return Content{Text: "<" + v.Name + ">", Size: 8} }
	run(t, n,
		"// abcdefgh counts.\nabcdefgh := 1",
		"type Point struct {\n\tX, Y int // where\n}\n\n// Norm is the length.\nfunc (p Point) Norm() float64 {\n\treturn 0\n}",
		"// add adds.\nfunc add(a, b int) int { return a + b }\np := Point{1, 2} // the origin\nconst limit = 3",
	)
	tests := []struct {
		code   string
		detail int
		want   []string // in the Markdown
	}{
		{"fmt.Pri|ntln", 0, []string{"```go\nfunc fmt.Println(a ...any) (n int, err error)\n```", "default formats for its operands"}},
		{"fmt.Println(|", 0, []string{"func fmt.Println"}},
		{"fmt.Println(add(1, |), 2)", 0, []string{"func add(a int, b int) int"}},
		{"f|mt", 0, []string{"package fmt // import \"fmt\""}},
		{"abcd|efgh", 0, []string{"var abcdefgh int", "abcdefgh = <abcdefgh>", "abcdefgh counts.", "*declared in cell [1], line 2*"}},
		{"abcdefgh|", 0, []string{"var abcdefgh int"}},
		{"p|.X", 0, []string{"var p Point", "the origin", "line 3*"}},
		{"p.X|", 0, []string{"field X int", "where", "cell [2]"}},
		{"p.No|rm()", 0, []string{"func (Point).Norm() float64", "Norm is the length."}},
		{"p.No|rm()", 1, []string{"return 0"}},
		{"Poi|nt{}", 0, []string{"type Point struct {\n\tX, Y int // where\n}", "func (Point).Norm() float64"}},
		{"limi|t", 0, []string{"const limit untyped int = 3"}},
		{"strings.Build|er", 0, []string{"type strings.Builder struct", "func (*strings.Builder).WriteString(s string) (int, error)"}},
		{"time.Dur|ation(1)", 0, []string{"type time.Duration int64"}},
		{"len|(\"\")", 0, []string{"func len"}},
		{"local := 1\nfunc f() { loc|al++ }", 0, []string{"var local int", "declared in this cell, line 1"}},
		{"for i := range 3 {\n\tfmt.Println(i|", 0, []string{"var i int"}},
		{"if x := add|(1, ", 0, []string{"func add"}},
		{"x := := 3\nadd|(1, 2)", 0, []string{"func add"}},
	}
	for _, test := range tests {
		code, cursor := at(t, test.code)
		got := n.Inspect(code, cursor, test.detail)
		for _, want := range test.want {
			if !strings.Contains(got.Markdown, want) {
				t.Errorf("%q\ngot  %s\nwant %s", test.code, got.Markdown, want)
			}
		}
		if got.Found && got.Plain == "" {
			t.Errorf("%q has no plain text", test.code)
		}
	}
	for _, code := range []string{"|", "nosuch|", "1|", "\"abcdefgh|\"", "if| true {}", "p.nosuch|"} {
		text, cursor := at(t, code)
		if got := n.Inspect(text, cursor, 0); got.Found {
			t.Errorf("%q: found %s", code, got.Plain)
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	n := notebookOf(b, 100)
	for b.Loop() {
		n.Inspect("fmt.Println", 8, 0)
	}
}
