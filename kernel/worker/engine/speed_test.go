package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

func mustRun(t testing.TB, n *notebook, id int, code string) {
	t.Helper()
	p, err := n.prepare(id, code)
	if err != nil {
		t.Fatalf("%s\n%v", code, err)
	}
	if err := n.engine.Run(context.Background(), p); err != nil {
		t.Fatalf("%s\n%v", code, err)
	}
}

// interruptible are cells that do not end by themselves.
var interruptible = map[string]string{
	"busy loop":        "s := 0\nfor { s++ }",
	"empty loop":       "for {}",
	"sleep":            "time.Sleep(time.Hour)",
	"receive":          "<-make(chan int)",
	"receive nil":      "var c chan int\n<-c",
	"send":             "make(chan int) <- 1",
	"range channel":    "for range make(chan int) {}",
	"select":           "select {}",
	"select case":      "select { case <-make(chan int): case make(chan string) <- \"\": }",
	"lock":             "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
	"wait":             "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
	"condition":        "c := sync.NewCond(&sync.Mutex{})\nc.L.Lock()\ndefer c.L.Unlock()\nc.Wait()",
	"recursion":        "var f func(n int) int\nf = func(n int) int { if n == 0 { return 0 }; return f(n-1) + f(n-1) }\nf(60)",
	"swallowed":        "func() { for { func() { defer func() { recover() }(); for {} }() } }()",
	"callback":         "var once sync.Once\nonce.Do(func() { for {} })",
	"goroutines":       "done := make(chan int)\nfor range 4 { go func() { for {} }() }\n<-done",
	"range function":   "func forever(yield func(int) bool) { for yield(1) {} }\nfor range forever {}",
	"labels":           "L: for { for { continue L } }",
	"goto":             "func() { L: _ = 0; goto L }()",
	"compiled context": "<-context.Background().Done()",
}

func TestInterruptEndsTheCellAndKeepsValues(t *testing.T) {
	for name, code := range interruptible {
		t.Run(name, func(t *testing.T) {
			n := newNotebook(t)
			mustRun(t, n, 1, "keep := 41\nvar cleaned bool")
			p, err := n.prepare(2, "defer func() { cleaned = true }()\n"+code)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			var at time.Time
			time.AfterFunc(20*time.Millisecond, func() { at = time.Now(); cancel() })
			err = n.engine.Run(ctx, p)
			if !errors.Is(err, engine.ErrInterrupted) {
				t.Fatalf("got %v, want ErrInterrupted", err)
			}
			if d := time.Since(at); d > 250*time.Millisecond { // below 20 ms on a quiet machine
				t.Errorf("interrupted after %v", d)
			}
			got := capture(t, func() { mustRun(t, n, 3, "fmt.Println(keep+1, cleaned)") })
			if got != "42 true\n" {
				t.Errorf("got %q after the interrupt", got)
			}
		})
	}
}

func BenchmarkTrivialCell(b *testing.B) {
	n := newNotebook(b)
	mustRun(b, n, 1, "x := 1")
	for i := 0; b.Loop(); i++ {
		mustRun(b, n, i+2, "y := x + 1")
	}
}

func BenchmarkPhases(b *testing.B) {
	n := newNotebook(b)
	mustRun(b, n, 1, "x := 1")
	var check, lowering, load, run time.Duration
	capture(b, func() {
		for i := 0; b.Loop(); i++ {
			t0 := time.Now()
			c, err := n.cells.Check(i+2, "y := x + 1")
			if err != nil {
				b.Fatal(err)
			}
			t1 := time.Now()
			p, err := n.lowerer.Lower(c)
			if err != nil {
				b.Fatal(err)
			}
			t2 := time.Now()
			if err := n.engine.Load(p); err != nil {
				b.Fatal(err)
			}
			n.cells.Commit(c)
			t3 := time.Now()
			if err := n.engine.Run(context.Background(), p); err != nil {
				b.Fatal(err)
			}
			t4 := time.Now()
			check, lowering, load, run = check+t1.Sub(t0), lowering+t2.Sub(t1), load+t3.Sub(t2), run+t4.Sub(t3)
		}
	})
	for name, d := range map[string]time.Duration{"check": check, "lower": lowering, "load": load, "run": run} {
		b.ReportMetric(float64(d.Microseconds())/float64(b.N), name+"-µs")
	}
}

// BenchmarkCode times one cell each with a loop of n rounds, in ns a round.
func BenchmarkCode(b *testing.B) {
	const rounds = 100000
	for name, code := range map[string]string{
		"loop":      "for i := 0; i < N; i++ { s += i }",
		"println":   "for i := 0; i < N; i++ { fmt.Println(\"line\", i) }",
		"slice":     "a := make([]float64, 100)\nfor i := 0; i < N; i++ { a[i%100] += 1.5 }",
		"call":      "func f(a int) int { return a + 1 }\nfor i := 0; i < N; i++ { s = f(s) }",
		"method":    "type T struct{ n int }\nfunc (t *T) Inc() { t.n++ }\nvar t T\nfor i := 0; i < N; i++ { t.Inc() }",
		"closure":   "func() { n := 0; f := func() { n++ }; for i := 0; i < N; i++ { f() } }()",
		"interface": "type I interface{ M() int }\ntype J int\nfunc (j J) M() int { return int(j) }\nvar v I = J(3)\nfor i := 0; i < N; i++ { s += v.M() }",
		"math":      "x := 0.0\nfor i := 0; i < N; i++ { x += math.Sqrt(float64(i)) }",
		"map":       "m := map[int]int{}\nfor i := 0; i < N; i++ { m[i%100]++ }",
		"fib":       "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(22) // 28656 calls",
		"localloop": "func() { t := 0; for i := 0; i < N; i++ { t += i } }()",
		"channel":   "c := make(chan int, 1)\nfor i := 0; i < N; i++ { c <- i; <-c }",
		"box":       "type C int\nvar x any\nfor i := 0; i < N; i++ { x = C(i) }",
		"strings":   "var sb strings.Builder\nfor i := 0; i < N; i++ { sb.WriteString(\"x\") }",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := newNotebook(b)
				mustRun(b, n, 1, fmt.Sprintf("const N = %d\ns := 0\n_ = s", rounds))
				p, err := n.prepare(2, code)
				if err != nil {
					b.Fatal(err)
				}
				var d time.Duration
				capture(b, func() {
					t := time.Now()
					err = n.engine.Run(context.Background(), p)
					d = time.Since(t)
				})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(d.Nanoseconds())/rounds, "ns/round")
			}
		})
	}
}
