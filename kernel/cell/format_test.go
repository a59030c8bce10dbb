package cell

import (
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestFormatLaysACellOutAsGofmt(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"statements":        {"x:=1\nif x>0{\nfmt.Println( x )\n}", "x := 1\nif x > 0 {\n\tfmt.Println(x)\n}"},
		"declarations":      {"type T struct{A int;Bcd string}\nfunc (t T) M(){}", "type T struct {\n\tA   int\n\tBcd string\n}\n\nfunc (t T) M() {}"},
		"mixed":             {"import \"fmt\"\nx:=1\n// f prints.\nfunc f(){fmt.Println(x)}\nf()", "import \"fmt\"\nx := 1\n// f prints.\nfunc f() { fmt.Println(x) }\nf()"},
		"function first":    {"func f( )int{return 1}\nf( )", "func f() int { return 1 }\nf()"},
		"comment behind":    {"x:=1\nfunc f(){} // empty\nf()", "x := 1\nfunc f() {} // empty\nf()"},
		"one line":          {"x:=1;func f(){};f()", "x := 1\nfunc f() {}\nf()"},
		"hidden value":      {"x := 1\nx ;", "x := 1\nx;"},
		"hidden, commented": {"f( 1 ); // not shown\n", "f(1); // not shown"},
		"needless":          {"x := 1;", "x := 1"},
		"last function":     {"x:=1\nfunc f(){ };", "x := 1\nfunc f() {}"},
		"blank lines":       {"\n\n  x:=1\n\n\n\ny:=2\n\n", "x := 1\n\ny := 2"},
		"imports":           {"import (\n\"os\"\n\"fmt\"\n)\nfmt.Print(os.Args)", "import (\n\t\"fmt\"\n\t\"os\"\n)\nfmt.Print(os.Args)"},
		"raw string":        {"s:=`a\n  b`\nfunc f(){}\n_=s", "s := `a\n  b`\nfunc f() {}\n_ = s"},
		"commented out":     {"//x := 1\ny:=2\n//  - kept as it is\nf()", "//x := 1\ny := 2\n//  - kept as it is\nf()"},
		"comments only":     {"// nothing", "// nothing"},
	} {
		got, err := Format(c.code)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got != c.want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", name, got, c.want)
		}
		if again, err := Format(got); err != nil || again != got {
			t.Errorf("%s: formatting again: %v\n%s", name, err, again)
		}
	}
}

func TestFormatRefusesWhatDoesNotParse(t *testing.T) {
	_, err := Format("x := 1\ny := (")
	errs, ok := err.(Errors)
	if !ok || errs[0].Pos.Line != 2 {
		t.Errorf("got %v, want an error on line 2", err)
	}
}

// FuzzFormat holds that formatting changes the layout only, and that twice is as once.
func FuzzFormat(f *testing.F) {
	f.Add("import \"fmt\"\nx:=1\n// f prints.\nfunc f(){fmt.Println(x)}\nf();")
	f.Add("type T struct{A int};func (t T) M(){} // m\nT{1}.M()")
	f.Add("for i:=range 3{\n/* a */ go func(){}()}")
	f.Fuzz(func(t *testing.T, code string) {
		once, err := Format(code)
		if err != nil {
			return
		}
		twice, err := Format(once)
		if err != nil {
			t.Fatalf("what was formatted does not parse: %v\n%s", err, once)
		}
		if literals(code) != literals(once) {
			t.Fatalf("got %q\nof  %q", literals(once), literals(code))
		}
		if thrice, _ := Format(twice); thrice != twice {
			t.Fatalf("formatting does not settle:\n%s\n%s", twice, thrice)
		}
	})
}

// literals lists the names, keywords and texts of a cell, sorted, because gofmt sorts imports.
func literals(code string) string {
	count := map[string]int{}
	for _, l := range tokenize(code).list {
		switch l.tok {
		case token.SEMICOLON, token.INT, token.FLOAT, token.IMAG: // gofmt writes 0X as 0x
		default:
			if l.lit != "" {
				count[l.lit]++
			}
		}
	}
	var b strings.Builder
	for _, w := range slices.Sorted(maps.Keys(count)) {
		b.WriteString(w + " " + strconv.Itoa(count[w]) + " ")
	}
	return b.String()
}
