package cell

import (
	"errors"
	"strings"
	"testing"
)

func TestHintsForPeopleFromElsewhere(t *testing.T) {
	n := New(packages())
	run(t, n, "type Point struct{ X, Y int; Label string }\nfunc two() (int, error) { return 1, nil }\nxs := []int{1}\nname := \"a\"\nk, f := 1, 2.5\ntable := map[string]int{}")
	for _, c := range []struct{ code, hint string }{
		{"x = 1", "x := … declares a new variable"},
		{"x.y = 1", ""},
		{"zzzpackage.Do()", "a package of another module is imported by its path: import \"example.com/zzzpackage\""},
		{"s := 'abc'", `strings stand in double quotes: "abc"`},
		{"func g() int {\n}", "every way through the function must end in a return"},
		{"func g() {\n\tx := 1\n}", "use it or remove it; _ = x keeps it"},
		{"while k < 3 {\n\tk++\n}", "Go's only loop is for: for x < 3 { … }"},
		{"def f(x):\n  return x", "functions are declared so: func f(x int) int { … }"},
		{"for x in xs {\n}", "for i, x := range list { … }"},
		{"if k == 1:\n  print(k)", "blocks stand in braces: if x == 1 { … }"},
		{"if k == 1 {\n}\nelse {\n}", "else stands on the line of the brace before it: } else {"},
		{"if k == 1 {\n} elif k == 2 {\n}", "else if"},
		{"x := None", "nil is Go's None"},
		{"x := True", "did you mean true?"},
		{"import numpy as np", `import paths stand in quotes: import "math"; the packages that cells know need no import`},
		{"y := k ** 2", "math.Pow(x, y) is x to the power of y"},
		{"print(f\"a{k}\")", `fmt.Sprintf("a %v", x) puts values into a string`},
		{"xs.append(1)", "xs = append(xs, x)"},
		{"xs.length", "len(xs)"},
		{"table.keys()", "maps.Keys(table)"},
		{"name.upper()", "strings.ToUpper(name)"},
		{"y := name + k", "fmt.Sprint makes a string of a number"},
		{"y := k + f", "numbers of different types are converted by hand: float64(n)"},
		{"str(1)", "fmt.Sprint(x) makes a string of a value"},
		{"int(\"3\")", "strconv.Atoi(s) reads a number"},
		{"v := two()", "v, err := two() takes both"},
		{"var q float64 = k", "float64(k) converts it"},
		{"if k {\n}", "compare it: k != 0, for example"},
		{"y := k ? 1 : 2", "Go has no ?: operator; use if and else"},
		{"++k", "x++ is a statement of its own, and there is no ++x"},
		{"y := lambda x: x", "function values are written so: func(x int) int { return x }"},
		{"if k == 1 and f == 2 {\n}", "Go's and is &&"},
		{"if not true {\n}", "Go's not is !"},
		{"func a() {\n\tfunc b() {}\n}", "inside a function a function is a value: f := func() { … }"},
		{"try:\n  two()\nexcept:\n  pass", noExceptions},
		{"raise Exception()", `functions return errors: return errors.New("…"); panic("…") stops the cell`},
		{"Point{Lable: \"a\"}", "did you mean Label?"},
		{"Point{}.Lable", "did you mean Label?"},
		{"jsn.Marshal(1)", "did you mean json?"},
		{"func h() {\n\tcounter := 1\n\tcounter++\n\t_ = countr\n}", "did you mean counter?"},
		{"func (p Point) M(value int) { valeu++ }", "did you mean value?"},
		{"fmt.Printn(1)", "did you mean Println?"},
		{"x := [1, 2, 3]", "literals begin with their type: []int{1, 2, 3}"},
		{"x := {\"a\": 1}", `literals begin with their type: map[string]int{"a": 1}, []int{1, 2}`},
		{"for (i := 0; i < 3; i++) {\n}", "for and if stand without parentheses: for i := 0; i < 3; i++ { … }"},
		{"self.x", "a method names its receiver itself: func (p Point) Norm() float64 { … }"},
		{"x := xs[-1]", "s[len(s)-1] is the last element"},
		{"var p *Point = Point{}", "&Point{} is a pointer to it"},
		{"var p Point = new(Point)", "*new(Point) is what it points to"},
		{"for i := 0; i < 3; i++\n{\n}", "the { stands at the end of the line: for i := range 3 {"},
		{"if k > 3: println(k)", braces},
		{"s := \"a\" * 3", "strings.Repeat(s, n) repeats a string"},
		{"int x = 1", "the type stands behind the name: var x int = 1, or x := 1"},
	} {
		_, err := n.Check(9, c.code)
		var list Errors
		if !errors.As(err, &list) {
			t.Errorf("%q is right", c.code)
			continue
		}
		if got := list[0].Hint; got != c.hint {
			t.Errorf("%q (%s): hint %q, want %q", c.code, list[0].Msg, got, c.hint)
		}
	}
}

func TestMoreErrorsThanAreToldAreCounted(t *testing.T) {
	_, err := New(packages()).Check(1, strings.Repeat("nowhere()\n", 22))
	list := err.(Errors)
	lines := list.Traceback(false)
	if got, want := lines[len(lines)-1], "and 12 more errors"; got != want || len(list) != maxErrors {
		t.Errorf("%d errors, the last line is %q, want %q", len(list), got, want)
	}
	if got, want := list.Summary(), "1:1: undefined: nowhere (and 21 more errors)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCaretStandsBelowWideCharactersAndTabs(t *testing.T) {
	for code, want := range map[string]string{
		"\t\tnowhere":                  "   | \t\t^^^^^^^",
		"_, x := \"日本\", nowhere":      "   |          \u3000\u3000   ^^^^^^^",
		"_, x := \"é\u0301\", nowhere": "   |              ^^^^^^^",
		"_, x := \"😀\", nowhere":       "   |          \u3000   ^^^^^^^",
		"日本":                           "   | ^^^^",
	} {
		_, err := New(packages()).Check(1, code)
		lines := err.(Errors).Traceback(false)
		if got := lines[2]; strings.TrimLeft(got, " ") != strings.TrimLeft(want, " ") {
			t.Errorf("%q: the mark is\n%q, want\n%q", code, got, want)
		}
	}
}

func TestShapeIsDimsWhereThereIsDims(t *testing.T) {
	n := New(packages())
	run(t, n, "type Grid struct{}\n\nfunc (Grid) Dims() (r, c int) { return 2, 3 }\n\nfunc (Grid) Share() int { return 0 }\n\ng := Grid{}")
	_, err := n.Check(2, "g.shape")
	var list Errors
	if !errors.As(err, &list) || list[0].Hint != "r, c := g.Dims()" {
		t.Errorf("got %+v", err)
	}
}
