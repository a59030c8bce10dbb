package cell

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzCheck holds that no cell makes the check panic, that its errors lie inside the
// cell, and that a cell which fails changes nothing for the next.
func FuzzCheck(f *testing.F) {
	files, _ := filepath.Glob("testdata/errors/*.txt")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		source, _, _ := strings.Cut(string(data), "\n===\n")
		first, second, _ := strings.Cut(source, "\n---\n")
		f.Add(first, second)
	}
	f.Add("type T struct{ a int }\nx := T{1}", "func (t *T) Set(n int) { t.a = n }\nx.Set(2)\nx")
	f.Add("func f[T any](x T) T { return x }", "f(3); f(\"a\")")
	f.Add("type U = T; type T int", "type V U; func (U) M() {}; func (V) N() {}")
	f.Fuzz(func(t *testing.T, first, second string) {
		watch := time.AfterFunc(10*time.Second, func() { panic(fmt.Sprintf("no end: %q %q", first, second)) })
		defer watch.Stop()
		n := New(packages())
		probe := "type probe int\nvar probed probe = 1\nprobed"
		for i, code := range []string{first, second, second, probe} {
			c, err := n.Check(i+1, code)
			if err == nil {
				n.Commit(c)
				continue
			}
			var list Errors
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("%q: error %T %v", code, err, err)
			}
			for _, e := range list {
				if e.Offset < 0 || e.Offset > len(code) || e.Pos.Line < 1 || e.Pos.Column < 1 {
					t.Fatalf("%q: error out of the cell: %+v", code, e)
				}
				if strings.Contains(e.Msg, "the type checker failed") {
					t.Fatalf("%q after %q: %v", code, first, e)
				}
			}
			list.Traceback(true)
		}
	})
}

// FuzzAssist holds that nothing typed makes completion, inspection or the judgement of
// completeness panic, and that a completion replaces text of the cell.
func FuzzAssist(f *testing.F) {
	for _, code := range []string{
		"fmt.Printl", "x := T{1}\nx.", "import \"str", "for i := range 3 {\n\ti.", "func (t T) M(", "T{X: 1, ", "p.\n", "a(b(c.d, ",
		"type T struct { a", "select { case x := <-", "go p.M", "x := `a", "/* x", "if a := 1; a.", "func f[T any](x T.", "`\x00", "日本.é",
		"switch p.X {\ncase 1:\ncase ", "a:\nfor {\n\tbreak ", "f(1, \"a", "[]T{{", "p.M(p.X, ", "return p.", "var x ", "goto ", "} els", "x := T{X: ",
	} {
		f.Add(code, len(code))
		f.Add(code, len(code)/2)
	}
	n := New(packages())
	run(f, n, "type T struct{ X, Y int }\nfunc (t *T) M() {}", "p := &T{}\nvar x any = 1")
	f.Fuzz(func(t *testing.T, code string, cursor int) {
		c := n.Complete(code, cursor)
		if c.Start < 0 || c.Start > c.End || c.End > len(code) {
			t.Fatalf("%q at %d: replaces %d:%d", code, cursor, c.Start, c.End)
		}
		n.Inspect(code, cursor, 1)
		IsComplete(code)
		if _, err := n.Check(3, "p.M(); x"); err != nil {
			t.Fatalf("%q at %d breaks the notebook: %v", code, cursor, err)
		}
	})
}
