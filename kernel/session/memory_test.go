//go:build unix

package session_test

import (
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/session"
)

func TestWhatCanNeverFitIsAnErrorThatKeepsTheValues(t *testing.T) {
	n := open(t, func(o *session.Options) { o.MemoryLimit = 1 << 30 })
	n.run("x := 1")
	for _, c := range []struct{ code, name, value string }{
		{"var big [1 << 40]byte\n_ = big", "NotSupported", "more than 2 GB"},
		{"type wide struct{ rows [1 << 20][1 << 20]int }\nnew(wide)", "NotSupported", "more than 2 GB"},
		{"b := make([]byte, 1<<45)\nlen(b)", "Panic", "makeslice: out of memory"},
		{"n := 1 << 45\nmake([]int, 0, n);", "Panic", "the worker may hold 1023 MB"},
		{"make([][1000]string, 1_000_000);", "Panic", "out of memory"},
		{"mole.MLP(64, 1e9, 10);", "Panic", "64×1000000000 matrix takes 256 GB"},
	} {
		if e := n.fail(c.code); e.Name != c.name || !strings.Contains(e.Value, c.value) {
			t.Errorf("%q ends with %s: %s", c.code, e.Name, e.Value)
		}
		n.want("x", "1")
	}
	n.want("len(make([]byte, 100<<20))", "104857600")
	n.want("m := 10\nlen(make([]int, m, 2*m))", "10")
}
