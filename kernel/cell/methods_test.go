package cell

import (
	"go/token"
	"go/types"
	"slices"
	"testing"
)

func TestMethodsOfFindsTheList(t *testing.T) {
	pkg := types.NewPackage("main", "main")
	named := types.NewNamed(types.NewTypeName(0, pkg, "T", nil), types.Typ[types.Int], nil)
	recv := types.NewVar(0, pkg, "", named)
	method := func(name string) *types.Func {
		return types.NewFunc(token.NoPos, pkg, name, types.NewSignatureType(recv, nil, nil, nil, nil, false))
	}
	a, b := method("A"), method("B")
	named.AddMethod(a)
	if got := *methodsOf(named); len(got) != 1 || got[0] != a {
		t.Fatalf("got %v, want [A]", got)
	}
	*methodsOf(named) = []*types.Func{a, b}
	if got := slices.Collect(named.Methods()); len(got) != 2 || got[1] != b {
		t.Fatalf("got %v, want [A B]", got)
	}
}

func TestFailedCellLeavesMethodsAlone(t *testing.T) {
	n := New(packages())
	run(t, n, "type T int\nfunc (T) A() int { return 1 }")
	for _, code := range []string{
		"func (T) B() {}\nundefinedThing()",
		"func (T) A() string { return \"\" }\nundefinedThing()",
		"func (T) C() {}\nz()\nz := func() {}",
	} {
		if _, err := n.Check(2, code); err == nil {
			t.Fatalf("%q is right", code)
		}
	}
	c, err := n.Check(3, "func (T) D() {}")
	if err != nil {
		t.Fatal(err)
	}
	n.Discard(c)
	for _, code := range []string{"T(1).B()", "T(1).C()", "T(1).D()", "var s string = T(1).A()"} {
		if _, err := n.Check(4, code); err == nil {
			t.Errorf("%q is right", code)
		}
	}
	run(t, n, "var i int = T(1).A()")
}

// An instance of a generic type sees the methods that its type gains, and loses them again.
func TestInstancesSeeTheListOfTheirType(t *testing.T) {
	n := New(packages())
	run(t, n, "type S[T any] struct{ x T }\nfunc (s S[T]) A() T { return s.x }\nvar s S[int]\ns.A()")
	run(t, n, "func (s S[T]) B() []T { return []T{s.x} }\nvar b []int = s.B()")
	run(t, n, "func (s S[T]) A() *T { return &s.x }\nvar a *int = s.A()")
	c, err := n.Check(9, "func (s S[T]) C() {}\ns.C()")
	if err != nil {
		t.Fatal(err)
	}
	n.Discard(c)
	for _, code := range []string{"s.C()", "var i int = s.A()"} {
		if _, err := n.Check(10, code); err == nil {
			t.Errorf("%q is right", code)
		}
	}
	run(t, n, "var l []int = s.B()")
}
