package cell

import (
	"slices"
	"strings"
	"testing"
)

// The cells that TestCompleteKnowsTheirTypes completes after.
var typedNotebook = []string{
	`type Point struct{ X, Y int; Label string }
func (p Point) Norm() float64 { return 0 }
func (p *Point) Move(dx int) *Point { return p }
type Line struct{ From, To Point; Style *Style }
type Style struct{ Width float64; Colour Colour }
type Colour int
const (
	Red Colour = iota
	Green
	Blue
)
func (c Colour) Name() string { return "" }
type Pair[K comparable, V any] struct{ Key K; Val V }
func (p Pair[K, V]) Swap() Pair[K, V] { return p }
type Shape interface { Area() float64 }
type Square struct{ Side float64 }
func (s Square) Area() float64 { return s.Side * s.Side }
type Named struct { Point; *Style; Title string }`,
	`p := Point{}
line := Line{}
colour := Red
pair := Pair[string, Point]{}
named := Named{}
shapes := []Shape{Square{1}}
table := map[string]*Point{}
grid := [][]Point{}
ch := make(chan Line)
var anything any = p
count, ratio, title := 1, 0.5, "a"
var fnPoint func(n int) Point
var iface Shape = Square{2}`,
	`func paint(l Line, c Colour, width float64) error { return nil }
func origin() Point { return Point{} }
func two() (Point, error) { return Point{}, nil }
func First[T any](list []T) T { return list[0] }
func variadic(names ...string) {}
func colourOf(s string) Colour { return Red }`,
}

// completionCase says what the first candidates are, and which one must be missing.
type completionCase struct{ code, want, not string }

func checkCompletions(t *testing.T, n *Notebook, cases []completionCase) {
	t.Helper()
	for _, test := range cases {
		code, cursor := at(t, test.code)
		c := n.Complete(code, cursor)
		got := texts(c)
		want := strings.Fields(test.want)
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) || test.want == "" && test.not == "" && len(got) > 0 {
			t.Errorf("%q\ngot  %q\nwant %q", test.code, got[:min(len(got), 12)], want)
		}
		for _, not := range strings.Fields(test.not) {
			if slices.Contains(got, not) {
				t.Errorf("%q: %q should be missing", test.code, not)
			}
		}
		if c.End != cursor || c.Start > c.End {
			t.Errorf("%q: replaces %d:%d with the cursor at %d", test.code, c.Start, c.End, cursor)
		}
	}
}

func typed(t testing.TB) *Notebook {
	n := New(packages())
	run(t, n, typedNotebook...)
	return n
}

func TestCompletesAfterADotOnAnyExpression(t *testing.T) {
	checkCompletions(t, typed(t), []completionCase{
		{"origin().La|", "Label", ""},
		{"origin().|", "Label Norm X Y", ""},
		{"grid[0][1].La|", "Label", ""},
		{"grid[0][1:][0].La|", "Label", ""},
		{"table[\"a\"].Mo|", "Move", ""},
		{"anything.(Point).La|", "Label", ""},
		{"anything.(*Point).|", "Label Move Norm X Y", ""},
		{"Point{1, 2, \"\"}.La|", "Label", ""},
		{"(&Point{}).Mo|", "Move", ""},
		{"((p)).La|", "Label", ""},
		{"(*&p).La|", "Label", ""},
		{"(<-ch).Fr|", "From", ""},
		{"Colour(2).Na|", "Name", ""},
		{"fnPoint(1).La|", "Label", ""},
		{"func() Point { return p }().La|", "Label", ""},
		{"(*Point).Mo|", "Move", "X"},
		{"Point.No|", "Norm", ""},
		{"Shape.|", "Area", ""},
		{"iface.|", "Area", ""},
		{"shapes[0].|", "Area", ""},
		{"named.|", "Point Style Title Colour Label Move Norm Width X Y", ""},
		{"named.Point.La|", "Label", ""},
		{"pair.|", "Key Swap Val", ""},
		{"pair.Val.La|", "Label", ""},
		{"pair.Swap().Val.La|", "Label", ""},
		{"First(shapes).|", "Area", ""},
		{"First[Point](nil).La|", "Label", ""},
		{"line.From.Mo|", "Move", ""},
		{"line.Style.Colour.Na|", "Name", ""},
		{"(&p).\n\tMove(1).\n\tMove(2).\n\tMo|", "Move", ""},
		{"p.\n\tMo|\nfmt.Println(p)", "Move", ""},
		{"strings.NewReplacer(\"a\", \"b\").Rep|", "Replace", ""},
		{"time.Now().Add(time.Hour).Form|", "Format", ""},
		{"time.Now().\n\tAdd(time.Hour).\n\tForm|", "Format", ""},
		{"http.DefaultClient.Transport.Rou|", "RoundTrip", ""},
		{"time.Second.Str|", "String", ""},
		{"[]Point{{}}[0].La|", "Label", ""},
		{"map[string]Point{}[\"a\"].La|", "Label", ""},
		{"struct{ Inner Point }{}.Inner.La|", "Label", ""},
		{"if x, ok := anything.(Point); ok { x.La| }", "Label", ""},
		{"switch v := anything.(type) {\ncase Point:\n\tv.La|\n}", "Label", ""},
		{"switch v := anything.(type) {\ncase *Line:\n\tv.Fr|", "From", ""},
		{"for _, row := range grid { for _, q := range row { q.La|", "Label", ""},
		{"for k, q := range table { q.La|", "Label", ""},
		{"for l := range ch { l.Fr|", "From", ""},
		{"select {\ncase l := <-ch:\n\tl.Fr|", "From", ""},
		{"q, err := two(); q.La|", "Label", ""},
		{"_, err := two(); err.|", "Error", ""},
		{"fmt.Println(p.La|)", "Label", ""},
		{"fmt.Println(p.La|", "Label", ""},
		{"x := []any{p.La|", "Label", ""},
		{"p.La| = \"a\"", "Label", ""},
		{"p.X++; p.La|", "Label", ""},
		{"if p.La| == \"\" {", "Label", ""},
		{"go p.Mo|", "Move", ""},
		{"ch <- line.|", "From", ""},
		{"-p.X|", "X", ""},
		{"!p.La|", "Label", ""},
		{"a := p.X + line.From.|", "X", ""},
		{"func (s Square) Twice() float64 { return s.Si|", "Side", ""},
		{"func (s *Square) Twice() float64 { return s.Si| }\nx := 1", "Side", ""},
	})
}

func TestCompletesFieldsInLiterals(t *testing.T) {
	checkCompletions(t, typed(t), []completionCase{
		{"Point{|}", "Label: X: Y:", ""},
		{"Point{X: 1, |}", "Label: Y:", "X:"},
		{"&Point{L|", "Label:", ""},
		{"Line{From: Point{L|", "Label:", ""},
		{"Line{Style: &Style{W|", "Width:", ""},
		{"[]Point{{X: 1}, {L|}}", "Label:", ""},
		{"[]*Point{{L|}}", "Label:", ""},
		{"map[string]Point{\"a\": {L|}}", "Label:", ""},
		{"map[Point]string{{L|}: \"\"}", "Label:", ""},
		{"[2]Point{0: {L|}}", "Label:", ""},
		{"Pair[string, int]{K|}", "Key:", ""},
		{"[]Pair[string, int]{{V|}}", "Val:", ""},
		{"[]struct{ Inner int }{{I|}}", "Inner:", ""},
		{"paint(Line{F|", "From:", ""},
		{"q := Point{\n\tX: 1,\n\tL|\n}", "Label:", ""},
		{"q := Point{\n\tX: 1,\n\tL|", "Label:", ""},
		{"http.Server{Ad|}", "Addr:", ""},
		{"Named{T|}", "Title:", ""},
		{"Line{From: or|}", "origin", ""},
		{"Style{Colour: |}", "colour Blue Green Red", ""},
		{"Style{Colour: G|}", "Green", ""},
		{"Pair[string, Point]{Val: or|", "origin", ""},
	})
}

func TestRanksByTheExpectedType(t *testing.T) {
	checkCompletions(t, typed(t), []completionCase{
		{"paint(|", "line", ""},
		{"paint(line, |", "colour Blue Green Red colourOf", ""},
		{"paint(line, |)", "colour Blue Green Red colourOf", ""},
		{"paint(line, Red, |", "ratio", ""},
		{"paint(\n\tline,\n\t|", "colour Blue Green Red", ""},
		{"variadic(\"a\", t|", "title", ""},
		{"colour = |", "colour Blue Green Red", ""},
		{"colour == |", "colour Blue Green Red", ""},
		{"if colour != |", "colour Blue Green Red", ""},
		{"if colour == | {\n}", "colour Blue Green Red", ""},
		{"func f() Colour { return | }", "colour Blue Green Red", ""},
		{"func f() (Point, error) {\n\treturn o|", "origin", ""},
		{"func f() (Point, error) {\n\treturn p, n|", "nil", ""},
		{"f := func() Colour { return G|", "Green", ""},
		{"switch colour {\ncase |", "Blue Green Red", ""},
		{"switch colour {\ncase Red:\ncase |", "Blue Green", "Red"},
		{"switch colour {\ncase Red, G|", "Green", ""},
		{"switch colour {\ncase |:\n\tp.X++\n}", "Blue Green Red", ""},
		{"switch v := anything.(type) {\ncase P|", "Pair Point", "p paint"},
		{"var c Colour = |", "colour Blue Green Red", ""},
		{"colours := []Colour{|", "colour Blue Green Red", ""},
		{"m := map[Colour]string{|", "colour Blue Green Red", ""},
		{"m := map[string]Colour{\"a\": |", "colour Blue Green Red", ""},
		{"grid[|", "count", ""},
		{"table[|]", "title", ""},
		{"ch <- |", "line", ""},
		{"time.Sleep(2 * time.S|", "Second", ""},
		{"time.Sleep(time.|", "Hour", ""},
		{"reflect.TypeOf(p).Kind() == reflect.S|", "Slice String Struct", ""},
		{"http.NewRequest(http.Method|", "MethodConnect", ""},
		{"local := Green\npaint(line, l|", "local", ""},
		{"func f(c Colour) {\n\tpaint(line, |\n}", "c colour", ""},
	})
}

func TestCompletesWords(t *testing.T) {
	checkCompletions(t, typed(t), []completionCase{
		{"ret|", "", "return"}, // nothing to return from at the top of a cell
		{"func f() int {\n\tret|", "return", ""},
		{"for {\n\tbre|", "break", ""},
		{"for {\n\tcont|", "continue", ""},
		{"if true {\n\tcont|", "", "continue"},
		{"func f() { for { func() { brea|", "", "break"},
		{"defe|", "defer", ""},
		{"impor|", "import", ""},
		{"fun|", "func", ""},
		{"func f() {\n\timpor|", "", "import"},
		{"x := fun|", "func", "for"},
		{"x := ma|", "make max map", ""},
		{"x := fo|", "", "for"},
		{"fmt.Println(swit|", "", "switch"},
		{"switch colour {\ncas|", "case", ""},
		{"switch colour {\ncase Red:\n\tfallth|", "fallthrough", ""},
		{"switch colour {\ncase Red:\ndefau|", "default", ""},
		{"if true {\n} els|", "else", ""},
		{"for i := ran|", "range rand", ""},
		{"type T struc|", "struct", ""},
		{"type T interf|", "interface", ""},
		{"var c cha|", "chan", ""},
		{"outer:\nfor {\n\tfor {\n\t\tbreak ou|", "outer", ""},
		{"outer:\nfor {\n\tfor {\n\t\tcontinue |\n\t}\n}", "outer", "line p"},
		{"outer:\nfor {\n\tgoto o|\n}", "outer", ""},
		{"str|", "string struct strconv strings", ""},
		{"var x flo|", "float32 float64", ""},
		{"func f(x in|", "int int16 int32 int64 int8", ""},
	})
}

func TestCompletesFuzzily(t *testing.T) {
	checkCompletions(t, typed(t), []completionCase{
		{"fmt.prln|", "Println", ""},
		{"fmt.println|", "Println", ""},
		{"strings.HP|", "HasPrefix", ""},
		{"strings.hasp|", "HasPrefix", ""},
		{"strings.TriR|", "TrimRight TrimRightFunc", ""},
		{"bufio.nsc|", "NewScanner", ""},
		{"vard|", "variadic", ""},
		{"LINE|", "Line line", ""},
		{"lin|", "line Line", ""},
		{"Lin|", "Line line", ""},
		{"p.lb|", "Label", ""},
	})
}

func TestCompletesInUnfinishedCells(t *testing.T) {
	checkCompletions(t, typed(t), []completionCase{
		{"func f() {\n\tif true {\n\t\tfor _, q := range grid[0] {\n\t\t\tq.La|", "Label", ""},
		{"x := p.X +\np.La|", "Label", ""},
		{"y := 1 + 2 *\n\nfmt.Println(p.La|)", "Label", ""},
		{"s := \"unclosed\np.La|", "Label", ""},
		{"p.La|\ns := \"unclosed\n", "Label", ""},
		{"p.La|\ns := 'x\n", "Label", ""},
		{"p.La|\ny := `unclosed\n", "Label", ""},
		{"undefinedThing(1, 2)\np.La|", "Label", ""},
		{"var x int = \"a\"\np.La|", "Label", ""},
		{"func broken( {\n}\np.La|", "Label", ""},
		{"p.La|\nfunc broken( {\n}", "Label", ""},
		{"p.La|\n}}}", "Label", ""},
		{"x := []int{1, 2\np.La|", "Label", ""},
		{"fmt.Println(\"a\", \np.La|", "Label", ""},
		{"if p.X > 1 {\n\tp.La|\n} else {\n", "Label", ""},
		{"later(p.La|)\nfunc later(s string) {}", "Label", ""},
		{"lat|\nfunc later(s string) {}", "later", ""},
		{"func a() { lat| }\nlater := 1", "later", ""},
		{"var q Lat|\ntype Later struct{}", "Later", ""},
		{"p.La|\r\nfmt.Println(1)\r\n", "Label", ""},
		{"if true {\r\n\tp.La|\r\n}\r\n", "Label", ""},
		{"\tp.\tLa|", "Label", ""},
		{"x := \"😀\"; p.La|", "Label", ""},
		{"/* 😀 */ p.La|", "Label", ""},
		{"p. /* why */ La|", "Label", ""},
		{"défi := 1\ndé|", "défi", ""},
		{"fmt.Println(\"p.La|\")", "", ""},
		{"// p.La|", "", ""},
		{"x := `p.\nLa|`", "", ""},
		{"x := 'p|'", "", ""},
		{"1.5|", "", ""},
		{"0x1f|", "", ""},
		{"import \"enc|", "encoding encoding/ascii85", ""},
		{"import (\n\tm \"ma|\n)", "maps math", ""},
		{"import \"encoding/|\"", "encoding/ascii85", ""},
		{"type T struct {\n\tA Po|\n}", "Point", ""},
		{"func f(q Po|) {}", "Point", ""},
		{"func f() (q *Po|", "Point", ""},
		{"var q []Po|", "Point", ""},
		{"var q map[string]Po|", "Point", ""},
		{"make(chan Po|", "Point", ""},
		{"new(Po|", "Point", ""},
		{"First[Po|", "Point", ""},
		{"x := func(q Po|", "Point", ""},
		{"anything.(Po|", "Point", ""},
	})
}
