package cell

import (
	"go/types"
	"testing"
)

func TestVariableStaysWhenItsTypeStays(t *testing.T) {
	n := New(packages())
	run(t, n, "x := 1")
	first := n.live["x"].obj
	run(t, n, "x := 2", "var x int", "x, y := 3, 4", "var x, z = 5, 6")
	if n.live["x"].obj != first {
		t.Error("x is another variable after it was declared with the same type")
	}
	run(t, n, "x := \"text\"")
	if n.live["x"].obj == first {
		t.Error("x is the same variable though its type changed")
	}
}

func TestTypeStaysWhenItsDeclarationStays(t *testing.T) {
	n := New(packages())
	run(t, n, "type T struct{ next *T }\nfunc (t *T) Next() *T { return t.next }")
	first := n.live["T"].obj
	stays := "type T struct {\n\tnext *T\n}\n\nfunc (t *T) Next() *T { println(); return t.next }"
	run(t, n, stays)
	if n.live["T"].obj != first {
		t.Error("T is another type after the same declaration")
	}
	for _, other := range []string{
		"type T struct{ next *T; n int }\nfunc (t *T) Next() *T { return t.next }",
		"type T struct{ next *T }",
		"type T struct{ next *T }\nfunc (t *T) Next() T { return *t.next }",
		"type T = struct{}",
	} {
		n := New(packages())
		run(t, n, "type T struct{ next *T }\nfunc (t *T) Next() *T { return t.next }")
		before := n.live["T"].obj
		run(t, n, other)
		if n.live["T"].obj == before {
			t.Errorf("T is the same type after %q", other)
		}
	}
}

func TestLostVariablesComeBack(t *testing.T) {
	n := New(packages())
	run(t, n, "x := 1\ny := 2", "func f() int { return x }")
	if got := n.Lose(); len(got) != 2 || got[0] != "x" || got[1] != "y" {
		t.Fatalf("lost %v, want [x y]", got)
	}
	for _, code := range []string{"x", "f()", "y++", "g := f"} {
		if _, err := n.Check(3, code); err == nil {
			t.Errorf("%q is right though x and y are lost", code)
		}
	}
	run(t, n, "x := 5", "f()", "y = 3", "y + 1", "x := \"other\"", "f()")
}

func TestImportsOfOneNameReplaceEachOther(t *testing.T) {
	n := New(packages())
	for _, step := range []struct{ code, path string }{
		{"import \"math/rand\"", "math/rand"},
		{"import \"crypto/rand\"", "crypto/rand"},
		{"import \"crypto/rand\"", "crypto/rand"},
		{"import rand \"math/rand/v2\"", "math/rand/v2"},
	} {
		run(t, n, step.code)
		if got := n.live["rand"].obj.(*types.PkgName).Imported().Path(); got != step.path {
			t.Errorf("%s: rand is %s", step.code, got)
		}
	}
}
