package cell

import (
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

// packages are what test cells may import.
func packages() Packages { return symbols.Packages() }

// run checks and commits cells one after another and fails the test at the first error.
func run(t testing.TB, n *Notebook, cells ...string) *Checked {
	t.Helper()
	var last *Checked
	for i, code := range cells {
		c, err := n.Check(i+1, code)
		if err != nil {
			t.Fatalf("cell %d:\n%s\n%v", i+1, code, err)
		}
		n.Commit(c)
		last = c
	}
	return last
}
