//go:build unix

package session_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var manyCells = flag.Int("cells", 1000, "how many trivial cells TestManyCells runs; the bar of memory is about 10000")

// trivial are cells as people type them when they look around. Each is run in turn.
var trivial = []string{
	"x := %d",
	"x + 1",
	"fmt.Sprint(x)",
	"for i := range 3 { x += i }",
	"func f(a int) int { return a + x }",
	"y := f(%d)\ny",
}

// TestManyCells holds what a notebook costs that lives long: cells do not become slower, and
// memory does not grow with their number. It prints the figures of both processes.
func TestManyCells(t *testing.T) {
	n := open(t, nil)
	n.run("x := 0")
	count := 0
	run := func(cells int) (total time.Duration, each []time.Duration) {
		for range cells {
			code := trivial[count%len(trivial)]
			if strings.Contains(code, "%d") {
				code = fmt.Sprintf(code, count)
			}
			count++
			began := time.Now()
			n.run(code)
			each = append(each, time.Since(began))
			total += each[len(each)-1]
		}
		return total, each
	}
	_, first := run(100)
	before := memoryOf(t)
	total, each := run(*manyCells - 100)
	after := memoryOf(t)
	early, late := median(first[10:60]), median(each[len(each)-50:])
	t.Logf("%d cells in %v; the 10th takes %v, the last %v", *manyCells, total, early, late)
	t.Logf("after 100 cells: %v", before)
	t.Logf("after %d cells: %v", *manyCells, after)
	if now, was := after.kernel+after.worker, before.kernel+before.worker; was > 0 && now > 2*was {
		t.Errorf("%d MB are resident, %d after 100 cells", now>>20, was>>20)
	}
}

type memory struct{ heap, kernel, worker int }

func (m memory) String() string {
	return fmt.Sprintf("kernel's live heap %.1f MB, resident: kernel %.1f MB, worker %.1f MB", mb(m.heap), mb(m.kernel), mb(m.worker))
}

func mb(n int) float64 { return float64(n) / (1 << 20) }

func memoryOf(t *testing.T) memory {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	m := memory{heap: int(s.HeapAlloc), kernel: resident(fmt.Sprint(os.Getpid()))}
	all, _ := os.ReadDir("/proc/self/task")
	for _, task := range all {
		children, _ := os.ReadFile("/proc/self/task/" + task.Name() + "/children")
		for _, pid := range strings.Fields(string(children)) {
			m.worker += resident(pid)
		}
	}
	return m
}

func resident(pid string) int {
	var pages, n int
	b, err := os.ReadFile("/proc/" + pid + "/statm")
	if err == nil {
		fmt.Sscan(string(b), &n, &pages)
	}
	return pages * os.Getpagesize()
}

func median(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
