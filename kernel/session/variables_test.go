//go:build unix

package session_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// variables returns the variables by name.
func (n *notebook) variables() map[string]session.Variable {
	n.t.Helper()
	list, err := n.Variables(context.Background())
	if err != nil {
		n.t.Fatal(err)
	}
	byName := map[string]session.Variable{}
	for _, v := range list {
		byName[v.Name] = v
	}
	return byName
}

func TestVariablesShowTypeValueAndSize(t *testing.T) {
	n := open(t, nil)
	n.run(`type point struct{ X, y int }
func (p point) String() string { panic("a look runs no code of the notebook") }
type list[T any] []T
type failure struct{ code int }
func (f *failure) Error() string { panic("nor this") }`)
	for _, c := range []struct {
		decl, typ, value string
		size             int64
	}{
		{"v := 42", "int", "42", 8},
		{"v := 2.5", "float64", "2.5", 8},
		{`v := "a\nb"`, "string", `"a\nb"`, 19},
		{"v := point{1, 2}", "point", "{X:1 y:2}", 16},
		{"v := &point{1, 2}", "*point", "&{X:1 y:2}", 24},
		{"v := []point{{1, 2}, {3, 4}}", "[]point", "[{X:1 y:2} {X:3 y:4}]", 56},
		{`v := map[string][]int{"b": {1}, "a": {2, 3}}`, "map[string][]int", `map["a":[2 3] "b":[1]]`, -1},
		{"v := list[float32]{1, 2}", "list[float32]", "[1 2]", 32},
		{"var v any = point{5, 6}", "any", "{X:5 y:6}", 32},
		{"var v error = &failure{3}", "error", "&{code:3}", -1},
		{`v := errors.New("boom")`, "error", "boom", -1},
		{"var v *point", "*point", "nil", 8},
		{"var v func(int) point", "func(int) point", "nil", 8},
		{"v := func(int) point { return point{} }", "func(int) point", "func", 8},
		{"v := make(chan point, 3); v <- point{}", "chan point", "chan, 1 of 3 buffered", -1},
		{"v := 90 * time.Second", "time.Duration", "1m30s", 8},
		{"v := mat.NewDense(2, 2, []float64{1, 2, 3, 4})", "*mat.Dense", "2×2 [1 2; 3 4]", -1},
		{"v := make([]float64, 1_000_000)", "[]float64", "[0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 … 1000000 in all]", 8_000_024},
		{"v := struct{ A int; b []string }{1, nil}", "struct{A int; b []string}", "{A:1 b:nil}", 32},
	} {
		n.run(c.decl)
		got := n.variables()["v"]
		if got.Type != c.typ || got.Value != c.value || c.size >= 0 && got.Size != c.size || got.Size <= 0 {
			t.Errorf("%s: got %q of type %s, %d bytes; want %q of type %s, %d bytes", c.decl, got.Value, got.Type, got.Size, c.value, c.typ, c.size)
		}
	}
}

func TestVariableValuesAreBounded(t *testing.T) {
	n := open(t, nil)
	n.run(`type node struct{ Next *node; Text string }
cycle := &node{}
cycle.Next = cycle
wide := make([][]string, 1000)
for i := range wide { wide[i] = []string{strings.Repeat("ä", 1000)} }
huge := strings.Repeat("é", 1<<20)
big := map[int]string{}
for i := range 50_000 { big[i] = "0123456789" }`)
	for name, v := range n.variables() {
		if len(v.Value) > 700 || v.Value == "" {
			t.Errorf("%s has a text of %d bytes", name, len(v.Value))
		}
		if !strings.Contains("cycle wide huge big", name) {
			t.Errorf("unexpected variable %s", name)
		}
	}
	if got := n.variables()["big"].Size; got < 1_000_000 || got > 4_000_000 {
		t.Errorf("a map of 50,000 strings of ten bytes holds %d bytes", got)
	}
}

func TestVariablesAreSafeWhileGoroutinesWriteMaps(t *testing.T) {
	n := open(t, nil)
	n.run(`m, quit, left := map[int]int{1: 1}, make(chan bool), make(chan bool)
go func() {
	defer close(left)
	for i := 0; ; i++ {
		select {
		case <-quit: return
		default: m[i%1000] = i
		}
	}
}()
x := 7`)
	for range 50 {
		got := n.variables()
		if !strings.Contains(got["m"].Value, "while goroutines run") || got["x"].Value != "7" {
			t.Fatalf("got %+v", got)
		}
	}
	n.run("close(quit); <-left")
	if got := n.variables()["m"].Value; !strings.HasPrefix(got, "map[0:") {
		t.Errorf("with no goroutine left the map shows %s", got)
	}
}

func TestVariablesAreNotLookedAtWhileACellRuns(t *testing.T) {
	n := open(t, nil)
	n.run("x := 7")
	ctx, cancel := context.WithCancel(context.Background())
	out := newTranscript()
	done := make(chan bool)
	go func() { n.execute(ctx, "fmt.Println(1); for { x++ }", out); close(done) }()
	<-out.Seen
	list, err := n.Variables(context.Background())
	if !errors.Is(err, worker.ErrBusy) || len(list) != 1 || list[0].Name != "x" || list[0].Value != "" {
		t.Errorf("got %+v, %v", list, err)
	}
	if text := n.inspect("x"); !strings.Contains(text, "when no cell runs") {
		t.Errorf("inspection says %s", text)
	}
	cancel()
	<-done
	if text := n.inspect("x"); !strings.Contains(text, "x = ") || !strings.Contains(text, "8 bytes") {
		t.Errorf("inspection says %s", text)
	}
}

// inspect returns what inspection says of a name as plain text.
func (n *notebook) inspect(name string) string {
	text, _ := n.Inspect(context.Background(), name, len(name), 0).Bundle.Data["text/plain"].(string)
	return text
}

func TestLostVariablesAreMarked(t *testing.T) {
	n := open(t, nil)
	n.run("x := 7")
	n.fail("func f(n int) int { return f(n+1) + 1 }\nf(0)")
	n.run("y := 8")
	got := n.variables()
	if x := got["x"]; !x.Lost || x.Value != "" || x.Cell != 1 {
		t.Errorf("got %+v", x)
	}
	if y := got["y"]; y.Lost || y.Value != "8" {
		t.Errorf("got %+v", y)
	}
	if text := n.inspect("x"); !strings.Contains(text, "run cell [1] again") {
		t.Errorf("inspection says %s", text)
	}
}
