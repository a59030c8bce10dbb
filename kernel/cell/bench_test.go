package cell

import (
	"fmt"
	"testing"
)

// notebookOf returns a notebook with cells committed cells, each with a type, a method, a
// function and two variables.
func notebookOf(t testing.TB, cells int) *Notebook {
	n := New(packages())
	for i := range cells {
		c, err := n.Check(i+1, fmt.Sprintf(`
type T%[1]d struct{ a, b int }
func (t T%[1]d) Sum() int { return t.a + t.b }
func make%[1]d(n int) T%[1]d { return T%[1]d{n, n} }
x%[1]d := make%[1]d(%[1]d)
y := x%[1]d.Sum()
fmt.Println(y)`, i))
		if err != nil {
			t.Fatal(err)
		}
		n.Commit(c)
	}
	return n
}

func BenchmarkCheck(b *testing.B) {
	for _, code := range []struct{ name, text string }{
		{"trivial", "1+1"},
		{"print", `fmt.Println("a", y)`},
		{"mixed", "type P struct{ X int }\nfunc (p P) Get() int { return p.X }\np := P{1}\nfor i := range 3 { p.X += i }\np.Get()"},
	} {
		for _, cells := range []int{1, 1000} {
			b.Run(fmt.Sprintf("%s/after%d", code.name, cells), func(b *testing.B) {
				n := notebookOf(b, cells)
				for b.Loop() {
					c, err := n.Check(cells+1, code.text)
					if err != nil {
						b.Fatal(err)
					}
					n.Commit(c)
				}
			})
		}
	}
}
