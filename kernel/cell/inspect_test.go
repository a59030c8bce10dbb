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
		{"fmt.Println(|", 0, []string{"`func fmt.Println(`**`a ...any`**`) (n int, err error)`", "pkg.go.dev/fmt#Println"}},
		{"fmt.Println(add(1, |), 2)", 0, []string{"`func add(a int, `**`b int`**`) int`", "add adds."}},
		{"add(|)", 0, []string{"`func add(`**`a int`**`, b int) int`"}},
		{"add(1,\n\t|", 0, []string{"**`b int`**"}},
		{"fmt.Printf(\"%d| \", 1)", 0, []string{"**`format string`**"}},
		{"fmt.Printf(\"%d\", 1, 2, |)", 0, []string{"**`a ...any`**"}},
		{"p.Norm(|)", 0, []string{"func (p Point) Norm() float64"}},
		{"strings.NewReplacer(\"a\").Replace(|", 0, []string{"`func (r *strings.Replacer) Replace(`**`s string`**`) string`"}},
		{"f := func(n int, s string) {}\nf(1, |)", 0, []string{"`func f(n int, `**`s string`**`)`"}},
		{"func(n int) {}(|)", 0, []string{"`func(`**`n int`**`)`"}},
		{"slices.Index([]string{}, |)", 0, []string{"**`v E`**"}},
		{"append(|", 0, []string{"func append(slice []T, elems ...T) []T"}},
		{"time.Duration(|)", 0, []string{"type time.Duration int64"}},
		{"if add(1, |) > 2 {", 0, []string{"**`b int`**"}},
		{"x := add(add(1, 2), |", 0, []string{"**`b int`**"}},
		{"f|mt", 0, []string{"package fmt // import \"fmt\""}},
		{"abcd|efgh", 0, []string{"var abcdefgh int", "abcdefgh = <abcdefgh>", "abcdefgh counts.", "*declared in cell [1], line 2*"}},
		{"abcdefgh|", 0, []string{"var abcdefgh int"}},
		{"p|.X", 0, []string{"var p Point", "the origin", "line 3*"}},
		{"p.X|", 0, []string{"field X int", "where", "cell [2]"}},
		{"p.No|rm()", 0, []string{"func (p Point) Norm() float64", "Norm is the length."}},
		{"p.No|rm()", 1, []string{"return 0"}},
		{"Poi|nt{}", 0, []string{"type Point struct {\n\tX, Y int // where\n}", "func (p Point) Norm() float64"}},
		{"limi|t", 0, []string{"const limit = 3"}},
		{"strings.Build|er", 0, []string{"type strings.Builder struct", "func (b *strings.Builder) WriteString(s string) (int, error)", "(https://pkg.go.dev/strings#Builder)"}},
		{"time.Dur|ation(1)", 0, []string{"type time.Duration int64"}},
		{"len|(\"\")", 0, []string{"func len(v T) int"}},
		{"io.Read|er", 0, []string{"type io.Reader interface {\n\tRead(p []byte) (n int, err error)\n}"}},
		{"time.Hou|r", 0, []string{"const time.Hour time.Duration = 3600000000000"}},
		{"add(p.|X, 2)", 0, []string{"field X int"}},
		{"mat.NewDe|nse", 0, []string{"func mat.NewDense(r, c int, data []float64) *mat.Dense", "creates a new Dense matrix", "pkg.go.dev/gonum.org/v1/gonum/mat#NewDense"}},
		{"http.Server.Addr|", 0, []string{"field Addr string", "Addr optionally specifies"}},
		{"Point.X|", 0, []string{"field X int", "where"}},
		{"http.Coo|kie{}", 1, []string{" // for reading cookies only\n", "\tHttpOnly    bool\n", "\n\n\t// MaxAge=0 means no"}},
		{"mole.Netw|ork", 0, []string{"type mole.Network struct"}},
		{"abcd|efgh", 1, []string{"abcdefgh := 1"}},
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
	for _, code := range []string{"|", "func f() { | }", "fmt.Println(func() { | })", "[]int{|}", "add(1, 2)|", "(|", "nosuch|", "1|", "\"abcdefgh|\"", "if| true {}", "p.nosuch|"} {
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

func TestInspectBreaksTheLinesOfAStringMethod(t *testing.T) {
	n := New(packages())
	n.Value = func(Variable) Content { return Content{Text: "two modules⏎  0  hidden⏎  1  output⏎", Size: 8} }
	run(t, n, "net := 1")
	got := n.Inspect("net", 3, 0).Plain
	if want := "net = // 8 bytes\ntwo modules\n  0  hidden\n  1  output\n\n"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}
