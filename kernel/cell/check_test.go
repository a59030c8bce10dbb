package cell

import (
	"fmt"
	"go/types"
	"strings"
	"testing"
)

// describe words a checked cell's items for comparison.
func describe(c *Checked) string {
	var parts []string
	for _, item := range c.Items {
		switch item := item.(type) {
		case Import:
			parts = append(parts, "import "+item.Name.Imported().Path())
		case Decl:
			parts = append(parts, item.Decl.Tok.String())
		case Func:
			s := "func " + item.Obj.Name()
			if item.Recv != nil {
				s = "func " + item.Recv.Obj().Name() + "." + item.Obj.Name()
			}
			if item.Replaced != nil {
				s += " again"
			}
			parts = append(parts, s)
		case Define:
			s := "define"
			for _, v := range item.New {
				if v == nil {
					s += " -"
					continue
				}
				s += " " + v.Name() + ":" + types.TypeString(v.Type(), func(*types.Package) string { return "" })
			}
			parts = append(parts, s)
		case Stmt:
			parts = append(parts, strings.TrimPrefix(fmt.Sprintf("%T", item.Stmt), "*ast."))
		case Value:
			s := "value"
			for _, t := range item.Types {
				s += " " + types.TypeString(t, func(*types.Package) string { return "" })
			}
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}

func TestCellsAreSplitIntoItems(t *testing.T) {
	tests := []struct{ cells, want string }{
		{"1+1", "value int"},
		{"x := 41", "define x:int"},
		{"x := 41 --- x", "value int"},
		{"x := 41\nx;", "define x:int; AssignStmt"},
		{"_ = 3", "AssignStmt"},
		{`fmt.Println("a")`, "import fmt; ExprStmt"},
		{`fmt.Sprint("a")`, "import fmt; value string"},
		{`strconv.Atoi("1")`, "import strconv; value int error"},
		{"import \"fmt\"\nfmt.Println()", "import fmt; ExprStmt"},
		{"import (\n\t\"fmt\"\n\tm \"math\"\n)\nm.Pi", "import fmt; import math; value float64"},
		{"import _ \"image/png\"", "import image/png"},
		{"import . \"math\"\nSqrt(2)", "value float64"},
		{"import \"crypto/rand\" --- import \"math/rand\" --- rand.Intn(3)", "value int"},
		{"rand.Intn(3)", "import math/rand; value int"},
		{"rand.Text()", "import crypto/rand; value string"},
		{"rand := 3\nrand", "define rand:int; value int"},
		{"func f() int { return g() }\nf()\nfunc g() int { return 1 }", "func f; ExprStmt; func g"},
		{"func f() {}\nf()", "func f; value"},
		{"x := 1\nfunc f() int { return x }\nf()", "define x:int; func f; value int"},
		{"type T struct{ a int }\nfunc (t T) M() int { return t.a }\nT{1}.M()", "type; func T.M; value int"},
		{"type T struct{ a int } --- func (t *T) M() int { return t.a + t.N() }; func (t *T) N() int { return 1 } --- var t T\nt.M()", "var; value int"},
		{"type T struct{ a int } --- func (t T) String() string { return \"\" }\nvar s fmt.Stringer = T{1}", "import fmt; func T.String; var"},
		{"type T struct{} --- func (T) M() int { return 1 } --- func (T) M() string { return \"\" }\nT{}.M()", "func T.M again; value string"},
		{"type T struct{} --- type U = T\nfunc (U) M() int { return 1 }\nT{}.M()", "type; func T.M; value int"},
		{"type S[E any] struct{ e []E } --- func (s *S[E]) Push(e E) { s.e = append(s.e, e); s.Len() }; func (s *S[E]) Len() int { return len(s.e) } --- s := &S[int]{}\ns.Len()", "define s:*S[int]; value int"},
		{"v, err := strconv.Atoi(\"1\")\nw, err := strconv.Atoi(\"2\")", "import strconv; define v:int err:error; define w:int -"},
		{"a, b := 1, 2\nc, b := 3, 4", "define a:int b:int; define c:int -"},
		{"_, err := strconv.Atoi(\"1\")", "import strconv; define - err:error"},
		{"x := 1 --- x := \"s\"", "define x:string"},
		{"x := 1 --- x := x + 1\nx", "define -; value int"},
		{"x := 1 --- var x int", "var"},
		{"x := 1 --- x, y := 2, 3", "define - y:int"},
		{"x := 1 --- fmt.Println(x); x := \"s\"; x", "import fmt; ExprStmt; define x:string; value string"},
		{"x := 1 --- y := x; var x = 2.5; x", "define y:int; var; value float64"},
		{"for i := 0; i < 3; i++ { if x := i; x > 1 { break } }", "ForStmt"},
		{"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println() }", "import fmt; func main"},
		{"func main() {}\nmain()", "func main; value"},
		{"// only a comment", ""},
		{"", ""},
		{"x := 1 // end\n// more", "define x:int"},
		{"func(x int) int { return x }(3)", "value int"},
		{"func (x int) string { return \"\" }", "value func(x int) string"},
		{"func f() struct{ x int } { return struct{ x int }{1} }; f().x", "func f; value int"},
		{"func f(s interface{ M() }) interface{ N() } { return nil }", "func f"},
		{"min(1, 2)", "value int"},
		{"len(\"abc\")", "value int"},
		{"type T struct{ a int } --- type U T\ntype V = T\nU(T{1}).a", "type; type; value int"},
		{"type T struct{ a int }\nfunc (t T) M() int { return 1 }\nx := T{} --- type T struct {\n\ta int // again\n}\nfunc (t T) M() int { return 2 }\nx = T{}\nvar y T = x", "func T.M again; AssignStmt; var"},
		{"type T struct{ a int }\nx := T{} --- type T struct{ a string }\ny := T{}", "type; define y:T"},
		{"type T struct{ n *U }; type U struct{ t T }\nx := T{} --- type ( T struct{ n *U }; U struct{ t T } )\nx = T{}", "AssignStmt"},
		{"type U int; type T struct{ n U }\nx := T{} --- type U string; type T struct{ n U }\ny := T{\"\"}", "type; type; define y:T"},
		{"type T int\nfunc (T) M() {} --- type T int\nT(1)", "type; value T"},
		{"type T int --- func (T) M() {} --- type T int\nT(1).M()", "value"},
		{"type D time.Duration\nd := D(1) --- import \"time\"\ntype D time.Duration\nd = D(2)\ntime.Now()", "import time; AssignStmt; value Time"},
		{"type S[E any] struct{ e E }\nvar s S[int] --- type S[E any] struct{ e E }\ns = S[int]{}", "AssignStmt"},
		{"type _ int\nvar _ = 3\nfunc _() {}\nconst _ = 1", "type; var; func _; const"},
		{"1 << 3 == 8", "value bool"},
		{"func two() (int, string) { return 1, \"\" }\ntwo()", "func two; value int string"},
		{"func min(a, b int) (int, int) { return a, b }\nmin(1, 2)", "func min; value int int"},
		{"ch := make(chan int, 1)\nch <- 1\n<-ch", "define ch:chan int; SendStmt; value int"},
		{"m := map[string]int{}\nv, ok := m[\"a\"]", "define m:map[string]int; define v:int ok:bool"},
		{"defer fmt.Println()", "import fmt; DeferStmt"},
		{"L: for { break L }", "LabeledStmt"},
		{"const a, b = iota, 2\nb", "const; value int"},
		{"type Num interface{ ~int | ~float64 }\nfunc Sum[T Num](xs ...T) (s T) { for _, x := range xs { s += x }; return }\nSum(1.5, 2)", "type; func Sum; value float64"},
		{"var (\n\ta = 1\n\tb string\n)\nb", "var; value string"},
		{"func init2() {}\n\n\n", "func init2"},
		{"x := 3; x", "define x:int; value int"},
		{"if true { fmt.Println() } else { fmt.Print() }", "import fmt; IfStmt"},
		{"func fact(n int) int { if n < 2 { return 1 }; return n * fact(n-1) }\nfact(5)", "func fact; value int"},
		{"for i := range 3 { go func() { println(i) }() }", "RangeStmt"},
		{"switch v := any(1).(type) { case int: println(v) }", "TypeSwitchStmt"},
	}
	for _, test := range tests {
		c := run(t, New(packages()), strings.Split(test.cells, " --- ")...)
		if got := describe(c); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.cells, got, test.want)
		}
	}
}
