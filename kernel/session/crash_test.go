//go:build unix

package session_test

import (
	"context"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTwentyCrashesInARow(t *testing.T) {
	n := open(t, nil)
	n.run("type point struct{ X int }\nfunc (p point) Twice() int { return 2 * p.X }\nconst k = 3")
	var pids []int
	for i := range 20 {
		pid, err := strconv.Atoi(n.run("value := " + strconv.Itoa(i) + "\nos.Getpid()"))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
		e := n.fail("log.New(os.Stderr, \"\", 0).Fatal(\"end\")")
		if e.Name != "Exit" || !strings.Contains(traceback(e), "Lost are the values of value") {
			t.Fatalf("crash %d: %s: %s\n%s", i, e.Name, e.Value, traceback(e))
		}
		n.want("point{k}.Twice()", "6")
		if e := n.fail("value"); !strings.Contains(e.Value, "lost") {
			t.Errorf("got %s", e.Value)
		}
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			t.Errorf("worker %d: %v, want that it is gone", pid, err)
		}
	}
}

func TestACrashWhileACrashIsHandled(t *testing.T) {
	n := open(t, nil)
	n.run("x := 1\nfunc helper() int { return 7 }")
	for range 5 {
		pid, err := strconv.Atoi(n.run("os.Getpid()"))
		if err != nil {
			t.Fatal(err)
		}
		// Two deaths at once: by its own hand and by another's, while the reply is made.
		go func() {
			for range 100 {
				_ = syscall.Kill(pid, syscall.SIGABRT)
			}
		}()
		r := n.execute(context.Background(), "panicking := map[int]int{}\nfor range 8 { go func() { for { panicking[1]++ } }() }\nselect {}", newTranscript())
		if r.Err == nil {
			t.Fatal("the cell succeeds")
		}
		n.want("helper()", "7")
	}
}

func TestAGoroutineOfAnEarlierCellCrashesBetweenCells(t *testing.T) {
	n := open(t, nil)
	first := newTranscript()
	n.runTo("x := 1\ngate := make(chan bool)\ngo func() { <-gate; log.New(os.Stderr, \"\", 0).Fatal(\"end\") }();", first)
	n.execute(context.Background(), "close(gate);", newTranscript()) // the worker may end before the cell does
	for deadline := time.After(10 * time.Second); ; {
		if e := n.execute(context.Background(), "x", newTranscript()).Err; e != nil && strings.Contains(e.Value, "lost") {
			break
		}
		select {
		case <-deadline:
			t.Fatal("the loss is not told")
		default:
		}
	}
	n.want("1", "1")
}
