//go:build unix

package session_test

import (
	"strings"
	"testing"
)

func TestMagicsStandAmongLinesOfGo(t *testing.T) {
	n := open(t, nil)
	n.want("x := 1\n%help\nx + 1", "2")
	if got := n.run("%help"); !strings.Contains(got, "%%markdown") {
		t.Errorf("%%help shows %q", got)
	}
	e := n.fail("x = 5\n%hlp\n")
	if tb := traceback(e); e.Name != "MagicError" || !strings.Contains(tb, "cell[4]:2:1") && !strings.Contains(tb, "did you mean %help?") {
		t.Errorf("got %s: %s\n%s", e.Name, e.Value, tb)
	}
	e = n.fail("x = 5\n%help\n  y = undefinedName")
	if !strings.Contains(e.Value, "3:3: undefined: y") {
		t.Errorf("got %s", e.Value)
	}
	n.want("x", "1") // nothing of a cell that does not check has run
}

func TestMagicsAreCompletedAndInspected(t *testing.T) {
	n := open(t, nil)
	c := n.Complete(t.Context(), "x := 1\n%he", 10)
	if len(c.Items) != 1 || c.Items[0].Text != "%help" || c.Start != 7 || c.Items[0].Signature == "" {
		t.Errorf("got %+v", c)
	}
	if c := n.Complete(t.Context(), "%", 1); len(c.Items) < 4 {
		t.Errorf("%% completes to %+v", c)
	}
	if c := n.Complete(t.Context(), "%%", 2); len(c.Items) < 3 || !strings.HasPrefix(c.Items[0].Text, "%%") {
		t.Errorf("%%%% completes to %+v", c)
	}
	found := n.Inspect(t.Context(), "%help", 5, 0)
	if text, _ := found.Bundle.Data["text/plain"].(string); !strings.Contains(text, "lists the magics") {
		t.Errorf("got %+v", found)
	}
	for code, want := range map[string]string{
		"%help": "complete", "%%html\n<b>": "incomplete", "%%html\n<b>\n": "complete", "x := 1\n%help\nfor {": "incomplete",
	} {
		if got := n.IsComplete(code); got.Status != want {
			t.Errorf("%q is %s, want %s", code, got.Status, want)
		}
	}
}
