package cell

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// at divides code at the cursor mark "|".
func at(t testing.TB, code string) (string, int) {
	before, after, ok := strings.Cut(code, "|")
	if !ok {
		t.Fatalf("%q has no cursor", code)
	}
	return before + after, len(before)
}

func texts(c Completion) []string {
	var list []string
	for _, item := range c.Items {
		list = append(list, item.Text)
	}
	return list
}

func TestComplete(t *testing.T) {
	notebook := []string{
		"abcdefgh := 1",
		"type Point struct{ X, Y int; Label string; hidden int }\nfunc (p Point) Norm() float64 { return 0 }\nfunc (p *Point) Move(dx int) {}",
		"type Named struct { Point; Name string }",
		"p := Point{1, 2, \"\", 3}\nnamed := Named{}",
		"func area(w, h int) int { return w * h }\nfunc label(n int) string { return \"\" }",
		"m := map[string]Point{}\nps := []Point{}\nch := make(chan Point)\npp := &p\nanon := struct{ Inner int }{}\nnumbers := []int{}",
	}
	tests := []struct {
		code string
		want string // the first candidates
		not  string // one that must be missing
	}{
		{"abcdef|", "abcdefgh", ""},
		{"s1 := \"😀é\"; abcdef|", "abcdefgh", ""},
		{"fmt.Printl|", "Println", ""},
		{"fmt.|", "Append Appendf Appendln", ""},
		{"x := fmt.Sprin| + 1", "Sprint Sprintf Sprintln", ""},
		{"p.|", "Label Move Norm X Y hidden", ""},
		{"pp.|", "Label Move Norm X Y hidden", ""},
		{"p.m|", "Move", "Norm"},
		{"named.|", "Name Point Label Move Norm X Y", ""},
		{"m[\"a\"].|", "Label", ""},
		{"ps[0].La|", "Label", ""},
		{"ps[0].La|\nfmt.Println(p)", "Label", ""},
		{"(<-ch).No|", "Norm", ""},
		{"anon.|", "Inner", ""},
		{"Point{}.|", "Label", ""},
		{"Point.|", "Norm", "X"},
		{"strings.NewReader(\"\").Re|", "Read ReadAt ReadByte ReadRune Reset", ""},
		{"area(1, 2).|", "", ""},
		{"for i, q := range ps {\n\tq.La|", "Label", ""},
		{"for index, q := range ps {\n\tfmt.Println(ind|", "index", ""},
		{"for index, q := range ps {\n\tfmt.Println(ind|)\n}", "index", ""},
		{"func f(first Point, second int) {\n\tif true {\n\t\tfirst.La|", "Label", ""},
		{"func f(first Point, second int) {\n\tif sec|", "second", ""},
		{"if err := fmt.Er|", "Errorf", ""},
		{"if len(ps) > 0 {\n\tx := ps[0]\n\tx.La|\n}\ny := 1", "Label", ""},
		{"local := 1\nfunc g() {\n\tloc|\n}", "local", ""},
		{"Point{|}", "Label: X: Y: hidden:", ""},
		{"Point{X: 1, |}", "Label: Y: hidden:", "X:"},
		{"Point{X: 1, La|", "Label:", ""},
		{"q := &Point{\n\tX: 1,\n\tL|\n}", "Label:", ""},
		{"[]Point{{L|", "Label:", ""},
		{"sort.Sl|", "Slice SliceIsSorted SliceStable", ""},
		{"sort.Ints(|", "numbers", ""},
		{"rand.Te|", "Text", ""},
		{"go p.Mo|", "Move", ""},
		{"abcdefgh := ab|", "abcdefgh", ""},
		{"rand.Int|", "Int Int31", "Text"},
		{"str|", "string struct strconv strings", ""},
		{"strin|", "string strings", ""},
		{"prin|", "print println", ""},
		{"swit|", "switch", ""},
		{"import \"stri|", "strings", ""},
		{"import (\n\t\"fmt\"\n\t\"math/ra|", "math/rand", ""},
		{"x := \"abcdef|\"", "", ""},
		{"// abcdef|", "", ""},
		{"/* abcdef| */", "", ""},
		{"x := 12|", "", ""},
		{"x := := 3\nabcdef|", "abcdefgh", ""},
		{"x := )\np.La|", "Label", ""},
		{"abcdef| ))", "abcdefgh", ""},
		{"var t time.Dur|", "Duration", ""},
		{"func f(t time.Dur|", "Duration", ""},
		{"var label2 string = lab|", "label", ""},
		{"label(abc|)", "abcdefgh", ""},
		{"go func() {\n\tinner := p\n\tinner.La|\n}()", "Label", ""},
		{"f := func(a int) Point { return p }\nf(1).La|", "Label", ""},
		{"func Map[T any](xs []T, f func(T) T) []T { return xs }\nMap(ps, nil)[0].La|", "Label", ""},
		{"p.Label = p.La|", "Label", ""},
		{"switch p.La|", "Label", ""},
		{"return p.La|", "Label", ""},
		{"defer p.Mo|", "Move", ""},
		{"x := p.|\ny := 2", "Label", ""},
		{"p.\n|", "Label", ""},
		{"strings.\n\tNewRe|", "NewReader", ""},
		{"type Q struct {\n\tp Poi|", "Point", ""},
		{"Mo|", "mole", ""},
	}
	n := New(packages())
	run(t, n, notebook...)
	for _, test := range tests {
		code, cursor := at(t, test.code)
		got := texts(n.Complete(code, cursor))
		want := strings.Fields(test.want)
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) || test.want == "" && len(got) > 0 {
			t.Errorf("%q\ngot  %q\nwant %q", test.code, got[:min(len(got), 12)], want)
		}
		if test.not != "" && slices.Contains(got, test.not) {
			t.Errorf("%q: %q should be missing", test.code, test.not)
		}
	}
}

func TestCompletionDescribesCandidates(t *testing.T) {
	n := New(packages())
	run(t, n, "const limit = 3\ntype T struct{ A int }\nfunc (t *T) Do(n int) error { return nil }\nt := &T{}")
	tests := map[string]Candidate{
		"fmt.Println|":     {Text: "Println", Kind: "function", Signature: "func(a ...any) (n int, err error)"},
		"lim|":             {Text: "limit", Kind: "constant", Signature: "untyped int = 3"},
		"t.D|":             {Text: "Do", Kind: "method", Signature: "func(n int) error"},
		"t.A|":             {Text: "A", Kind: "field", Signature: "int"},
		"T|":               {Text: "T", Kind: "type", Signature: "struct"},
		"forr := 1; fo|rr": {Text: "forr", Kind: "variable", Signature: "int"},
		"strco|":           {Text: "strconv", Kind: "package", Signature: "strconv"},
		"os.Std|":          {Text: "Stderr", Kind: "variable", Signature: "*os.File"},
	}
	for code, want := range tests {
		text, cursor := at(t, code)
		c := n.Complete(text, cursor)
		if len(c.Items) == 0 {
			t.Errorf("%q: nothing", code)
			continue
		}
		got := c.Items[0]
		got.rank, got.fit = 0, 0
		if got != want {
			t.Errorf("%q: got %+v, want %+v", code, got, want)
		}
	}
}

func TestCompletionReplacesTheWord(t *testing.T) {
	n := New(packages())
	c := n.Complete("é := fmt.Prin", 14)
	if c.Start != 10 || c.End != 14 {
		t.Errorf("got %d:%d, want 10:14", c.Start, c.End)
	}
	for _, cursor := range []int{-1, 1000} {
		n.Complete("x", cursor)
	}
}

func TestCompletionChangesNothing(t *testing.T) {
	n := New(packages())
	run(t, n, "type T struct{}\nx := T{}")
	for _, code := range []string{"func (T) M() {}\nx.", "y := 1\ny", "import m \"math\"\nm."} {
		n.Complete(code, len(code))
	}
	for _, code := range []string{"x.M()", "y", "m.Pi"} {
		if _, err := n.Check(9, code); err == nil {
			t.Errorf("%q is right after a completion", code)
		}
	}
}

func BenchmarkComplete(b *testing.B) {
	n := notebookOf(b, 1000)
	for _, code := range []string{"x99|", "fmt.Print|", "fmt.|", "|", "for i := range 3 {\n\tx999.a|", "str|"} {
		b.Run(fmt.Sprintf("%q", code), func(b *testing.B) {
			text, cursor := at(b, code)
			for b.Loop() {
				n.Complete(text, cursor)
			}
		})
	}
}
