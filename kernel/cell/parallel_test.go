package cell

import (
	"fmt"
	"sync"
	"testing"
)

// Completion and inspection may come while cells are checked and committed.
func TestAssistanceWhileCellsAreChecked(t *testing.T) {
	n := New(packages())
	run(t, n, "type T struct{ A int }\nt := T{}")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 50 {
				n.Complete("t.", 2)
				n.Inspect("t.A", 3, 1)
				n.Complete("strings.NewReader(\"\").", 22)
			}
		})
	}
	for i := range 50 {
		c, err := n.Check(i+2, fmt.Sprintf("func (t T) M%d() int { return t.A }\nt.M%d()\nx%d := t", i, i, i))
		if err != nil {
			t.Fatal(err)
		}
		n.Commit(c)
	}
	wg.Wait()
}
