package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

// callsOf runs a cell that panics and returns its frames' calls, innermost first, with equal
// neighbours as one and those of cells' own statements as "-".
func callsOf(t *testing.T, n *notebook, id int, code string) string {
	t.Helper()
	p, err := n.prepare(id, code)
	if err != nil {
		t.Fatalf("%s\n%v", code, err)
	}
	var failed *engine.Panic
	if err := n.engine.Run(context.Background(), p); !errors.As(err, &failed) {
		t.Fatalf("%s\ngot %v, want a panic", code, err)
	}
	var list []string
	for _, f := range failed.Frames {
		text := fmt.Sprintf("%d:%s", f.Line, f.Func)
		if len(list) == 0 || list[len(list)-1] != text {
			list = append(list, text)
		}
	}
	return strings.Join(list, "\n")
}

func TestFramesNameTheirFunctionsAndParameters(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"function":      {"func g(k int, name string) int {\n\txs := []int{1, 2}\n\treturn xs[k]\n}\ng(7, \"hello\")", "3:g(k = 7, name = \"hello\")\n5:"},
		"method":        {"type P struct{ X int; s string }\nfunc (p P) Scale(k int) { panic(k) }\nP{1, \"a\"}.Scale(3)", "2:P.Scale(p = {X:1 s:\"a\"}, k = 3)\n3:"},
		"pointer":       {"type P struct{ X int }\nfunc (p *P) Scale(k int) {\n\tp.X = k\n\tpanic(k)\n}\n(&P{1}).Scale(3)", "4:(*P).Scale(p = &{X:3}, k = 3)\n6:"},
		"closure":       {"func g(k int) {\n\tf := func(s string) {\n\t\tpanic(s)\n\t}\n\tf(\"x\")\n}\ng(2)", "3:g.func1(s = \"x\")\n5:g(k = 2)\n7:"},
		"shared":        {"func g(k int) {\n\tf := func() { k++ }\n\tf()\n\tpanic(1)\n}\ng(2)", "4:g(k = 3)\n6:"},
		"variadic":      {"func g(a any, list ...float64) {\n\tpanic(1)\n}\ng(\"x\", 1, 2.5)", "2:g(a = \"x\", list = [1 2.5])\n4:"},
		"results":       {"func g(a, b string) (n int, err error) {\n\tn = 3\n\tpanic(1)\n}\ng(\"x\", \"y\")", "3:g(a = \"x\", b = \"y\")\n5:"},
		"generic":       {"func g[T any](v T, m map[string]T) {\n\tpanic(v)\n}\ng(1, nil)", "2:g(v = 1, m = nil)\n4:"},
		"two instances": {"func g[T any](v T) {\n\tpanic(v)\n}\nfunc() { defer func() { recover() }(); g(1) }()\ng(\"s\")", "2:g(v = \"s\")\n5:"},
		"interface": {"type I interface{ M() }\ntype S struct{ a []int }\nfunc (s S) M() {\n\tpanic(1)\n}\nfunc g(i I, e error) {\n\ti.M()\n}\ng(S{[]int{1}}, errors.New(\"no\"))",
			"4:S.M(s = {a:[1]})\n9:\n7:g(i = {a:[1]}, e = &{s:\"no\"})\n9:"},
		"map":     {"func g(m map[string]int, c chan int, f func()) {\n\tf()\n}\ng(map[string]int{\"b\": 1, \"a\": 2}, make(chan int, 2), nil)", "2:g(m = map[\"a\":2 \"b\":1], c = chan, 0 of 2 buffered, f = nil)\n4:"},
		"defer":   {"func g(k int) {\n\tdefer func() {\n\t\tpanic(\"second\")\n\t}()\n\tpanic(k)\n}\ng(1)", "5:g(k = 1)\n7:"},
		"repanic": {"func g(k int) {\n\tdefer func() {\n\t\tr := recover()\n\t\tpanic(r)\n\t}()\n\th(k + 1)\n}\nfunc h(j int) { panic(j) }\ng(1)", "6:g(k = 1)\n9:"},
		"unnamed": {"func g(_ int, int2 int) {\n\tpanic(1)\n}\ng(1, 2)", "2:g(int2 = 2)\n4:"},
		"panic in the body of a range over a function": {"func each(yield func(int) bool) {\n\tyield(3)\n}\nfunc g(k int) {\n\tfor i := range each {\n\t\tpanic(i)\n\t}\n}\ng(4)", "6:g(k = …)\n2:each(yield = func)\n5:g(k = 4)\n9:"},
		"range over a function":                        {"func each(yield func(int) bool) {\n\tyield(3)\n}\nfunc g(k int, x []int) {\n\tfor i := range each {\n\t\tfmt.Println(x[i])\n\t}\n}\ng(4, nil)", "6:g(k = …, x = nil)\n2:each(yield = func)\n5:g(k = 4, x = nil)\n9:"},
		"callback":                                     {"func g(k int) {\n\tslices.SortFunc([]int{1, 2}, func(a, b int) int {\n\t\tpanic(a)\n\t})\n}\ng(4)", "3:g.func1(a = 2, b = 1)\n2:g(k = 4)\n6:"},
		"goroutine":                                    {"func g(k int, p *int, l []int) {\n\tpanic(k)\n}\ngo g(4, new(int), []int{1})\nselect {}", "2:g(k = 4, p = &…, l = [… 1 in all])\n4:"},
		"long":                                         {"func g(s string, n [100]int) {\n\tpanic(1)\n}\ng(strings.Repeat(\"x\", 1000), [100]int{})", "2:g(s = \"" + strings.Repeat("x", 59) + "…, n = [" + strings.Repeat("0 ", 20) + "… 100 in all])\n4:"},
		"instance in a method value":                   {"type P[T any] struct{ v T }\nfunc (p *P[T]) Do(a T) {\n\tpanic(1)\n}\nf := (&P[int]{1}).Do\nf(3)", "3:(*P[T]).Do(p = &{v:1}, a = 3)\n6:"},
		"range literal":                                {"for i := range 3 {\n\tfunc(j int) {\n\t\tif j == 1 { panic(j) }\n\t}(i)\n}", "3:func1(j = 1)\n2:"},
	} {
		t.Run(name, func(t *testing.T) {
			got := callsOf(t, newNotebook(t), 1, c.code)
			if got != c.want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", c.code, got, c.want)
			}
		})
	}
}
