//go:build unix

package session_test

import (
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/session"
)

func TestAPanicShowsTheValuesOnItsLines(t *testing.T) {
	n := open(t, nil)
	n.run("table := map[string]int{\"a\": 1}\nlimit := 3")
	n.run("func pick(a []int, i int) int {\n\tb := a\n\treturn b[i+limit]\n}")
	e := n.fail("a := []int{1, 2, 3}\nfor i := range 3 {\n\tfmt.Sprint(table)\n\tpick(a, i+5)\n}\n_ = 1\n_ = 2")
	want := `Panic: runtime error: index out of range`
	tb := traceback(e)
	if !strings.HasPrefix(tb, want) {
		t.Errorf("got %s", tb)
	}
	for _, want := range []string{
		"-->    3 | \treturn b[i+limit]\n         |     with limit = 3\n",
		"       2 | for i := range 3 {\n       3 | \tfmt.Sprint(table)\n-->    4 | \tpick(a, i+5)\n         |     with a = [1 2 3]\n       5 | }\n       6 | _ = 1",
	} {
		if !strings.Contains(tb, want) {
			t.Errorf("got\n%s\nwant in it\n%s", tb, want)
		}
	}
}

func TestErrorsAreWithoutColourWhereItIsNotWanted(t *testing.T) {
	for _, plain := range []bool{false, true} {
		n := open(t, func(o *session.Options) { o.NoColour = plain })
		for _, code := range []string{"nowhere", "panic(1)", "%nosuchmagic"} {
			if text := strings.Join(n.fail(code).Traceback, ""); strings.Contains(text, "\x1b") == plain {
				t.Errorf("NoColour is %t: %q", plain, text)
			}
		}
	}
}

func TestAPanicShowsTheCallsWithTheirParameters(t *testing.T) {
	n := open(t, nil)
	n.run("type point struct{ x, y int }\nxs := []int{1, 2}\nfunc (p *point) of(k int, name string) int {\n\treturn xs[p.x+k]\n}")
	tb := traceback(n.fail("p := &point{x: 3}\nfunc() {\n\tp.of(4, \"hello\")\n}()"))
	want := `Panic: runtime error: index out of range [7] with length 2
  cell [1], line 4, in (*point).of(p = &{x:3 y:0}, k = 4, name = "hello")
       2 | xs := []int{1, 2}
       3 | func (p *point) of(k int, name string) int {
-->    4 | 	return xs[p.x+k]
         |     with xs = [1 2]
       5 | }
  cell [2], line 3, in func1()
       1 | p := &point{x: 3}
       2 | func() {
-->    3 | 	p.of(4, "hello")
         |     with p = &{x:3 y:0}
       4 | }()
  cell [2], line 2
`
	if !strings.HasPrefix(tb, want) {
		t.Errorf("got\n%s\nwant at its beginning\n%s", tb, want)
	}
}
