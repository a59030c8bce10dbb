package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/program"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

// TestReplayRestoresDeclarations loads the programs of a notebook into a second engine, as for a
// new worker: functions, types and methods are there, values are zero, nothing was run.
func TestReplayRestoresDeclarations(t *testing.T) {
	n := newNotebook(t)
	var programs []*program.Program
	out := capture(t, func() {
		for i, code := range []string{
			"type P struct{ X int }\nfunc (p P) String() string { return fmt.Sprint(\"P\", p.X) }\nx := 3\nfmt.Println(\"ran\")",
			"func mk(n int) fmt.Stringer { return P{n + x} }",
			"func (p P) String() string { return fmt.Sprint(\"again\", p.X) }",
		} {
			p, err := n.prepare(i+1, code)
			if err != nil {
				t.Fatal(err)
			}
			programs = append(programs, encoded(t, p))
		}
	})
	if out != "" {
		t.Errorf("loading printed %q", out)
	}
	var err error
	n.engine, err = engine.New(engine.Options{Exports: symbols.Exports, Generic: symbols.Generic})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if err := n.engine.Load(p); err != nil {
			t.Fatal(err)
		}
	}
	got := capture(t, func() { mustRun(t, n, 4, "fmt.Println(mk(5), x)") })
	if got != "again5 0\n" {
		t.Errorf("got %q", got)
	}
}

// encoded sends a program through JSON, as between the processes.
func encoded(t *testing.T, p *program.Program) *program.Program {
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	q := new(program.Program)
	if err := json.Unmarshal(b, q); err != nil {
		t.Fatal(err)
	}
	return q
}

// TestCellsOverlap declares and runs cells while others run.
func TestCellsOverlap(t *testing.T) {
	if raceDetector {
		// Two words are shared without a lock by design: the position of the last statement, which
		// is only a hint, and yaegi's root.done, which nothing uses without its cancelChan.
		t.Skip("the interpreter shares two words between cells on purpose")
	}
	n := newNotebook(t)
	mustRun(t, n, 1, "var mu sync.Mutex\ntotal := 0\nfunc add(k int) { mu.Lock(); defer mu.Unlock(); total += k }\nfunc work(k int) int { s := 0; for i := range k { s += i }; return s }")
	var group sync.WaitGroup
	for i := range 100 {
		p, err := n.prepare(i+2, fmt.Sprintf("type T%d struct{ a, b int }\nv%d := []T%d{{1, 2}}\nadd(work(300) - 44849 + len(v%d) - 1)\nfunc f%d() int { return v%d[0].b }\nif f%d() != 2 { panic(\"wrong\") }", i, i, i, i, i, i, i))
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			if err := n.engine.Run(context.Background(), p); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	got := capture(t, func() { mustRun(t, n, 200, "fmt.Println(total)") })
	if got != "100\n" {
		t.Errorf("got %q, want 100", got)
	}
}

// TestCellsKeepLittleMemory holds the interpreter's own growth small: its roots and scopes are
// cleared after each cell.
func TestCellsKeepLittleMemory(t *testing.T) {
	n := newNotebook(t)
	mustRun(t, n, 1, "x := 1\nvar s []string")
	const cells = 400
	run := func(from int) {
		for i := range cells {
			mustRun(t, n, from+i, "for i := range 3 { x += i }\ns = append(s[:0], fmt.Sprint(x))")
		}
	}
	run(2)
	before := heap()
	run(1000)
	if grown := (int64(heap()) - int64(before)) / cells; grown > 30_000 {
		t.Errorf("a cell keeps %d bytes", grown)
	} else {
		t.Logf("a cell keeps %d bytes", grown)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestUnsupportedNamesThePlace holds that what cannot be run is refused with line and column.
func TestUnsupportedNamesThePlace(t *testing.T) {
	n := newNotebook(t)
	_, err := n.prepare(3, "type T struct{ n int }\nvar p sql.Null[T]")
	if err == nil || !strings.Contains(err.Error(), "cell[3]:2:") {
		t.Errorf("got %v", err)
	}
	mustRun(t, n, 4, "x := 1")
}

// A program that cannot be compiled leaves nothing behind, whichever part is wrong.
func TestALoadThatFailsChangesNothing(t *testing.T) {
	for name, spoil := range map[string]func(p *program.Program){
		"statements":   func(p *program.Program) { p.Run += "nowhere()\n" },
		"bindings":     func(p *program.Program) { p.Bind += "nowhere()\n" },
		"declarations": func(p *program.Program) { p.Decls += "var x nowhere\n" },
	} {
		t.Run(name, func(t *testing.T) {
			n := newNotebook(t)
			mustRun(t, n, 1, "type T struct{ A int }\nfunc f() int { return 1 }\nt := T{3}\nfmt.Sprint(t)")
			code := "type New struct{ T; s string }\nfunc (t T) String() string { return \"T!\" }\nfunc f() int { return 2 }\nu := New{t, \"s\"}\nu"
			c, err := n.cells.Check(2, code)
			if err != nil {
				t.Fatal(err)
			}
			p, err := n.lowerer.Lower(c)
			if err != nil {
				t.Fatal(err)
			}
			spoil(p)
			if err := n.engine.Load(p); err == nil {
				t.Fatal("loaded")
			}
			n.cells.Discard(c)
			n.lowerer.Discard()
			got := capture(t, func() { mustRun(t, n, 3, "type New []T\nfmt.Println(f(), t, New{t})") })
			if want := "1 {3} [{3}]\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			got = capture(t, func() { mustRun(t, n, 4, code) })
			if want := "=> T!\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestGoexitEndsTheCell(t *testing.T) {
	n := newNotebook(t)
	p, err := n.prepare(1, "x := 1\ndefer func() { x++ }()\nruntime.Goexit()")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.engine.Run(context.Background(), p); !errors.Is(err, engine.ErrGoexit) {
		t.Errorf("got %v, want ErrGoexit", err)
	}
	if got := capture(t, func() { mustRun(t, n, 2, "fmt.Println(x)") }); got != "2\n" {
		t.Errorf("got %q, want the deferred call to have run", got)
	}
}

// A call that does not look at a context is left behind, and the error says where.
func TestACallThatCannotBeStoppedIsNamed(t *testing.T) {
	n := newNotebook(t)
	mustRun(t, n, 1, "r, w := io.Pipe()")
	p, err := n.prepare(2, "x := 1\n\n_, _ = r.Read(make([]byte, x))") // which prints nothing when it goes on
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err = n.engine.Run(ctx, p)
	var abandoned *engine.Abandoned
	if !errors.As(err, &abandoned) || !errors.Is(err, engine.ErrInterrupted) {
		t.Errorf("got %v, want an abandoned call", err)
	} else if abandoned.Where.Line != 3 && !raceDetector { // under which programs note no lines
		t.Errorf("got line %d, want 3", abandoned.Where.Line)
	}
	mustRun(t, n, 3, "w.Close()")
}
