package magic

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// timed runs the Go code of the magic and prints what it took. The value is shown.
func timed(ctx context.Context, c *Call) (kernel.Result, error) {
	if strings.TrimSpace(c.Code) == "" {
		return kernel.Result{}, c.Usage("%s needs code to run", c.Magic.Title())
	}
	r, used := c.Notebook.Measure(ctx, c, c.Code)
	if r.Err == nil {
		c.Out.Stream("stdout", []byte(used.String()+"\n"))
	}
	return r, nil
}

func (u Usage) String() string {
	return fmt.Sprintf("wall %s · CPU %s (user %s, system %s) · %s allocations, %s",
		short(u.Wall), short(u.User+u.System), short(u.User), short(u.System), thousands(u.Mallocs), size(u.Bytes))
}

// short writes a duration with three digits.
func short(d time.Duration) string {
	unit, name := time.Nanosecond, "ns"
	switch {
	case d >= time.Minute:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		unit, name = time.Second, "s"
	case d >= time.Millisecond:
		unit, name = time.Millisecond, "ms"
	case d >= time.Microsecond:
		unit, name = time.Microsecond, "µs"
	}
	return threeDigits(float64(d)/float64(unit)) + " " + name
}

func threeDigits(x float64) string {
	decimals := 2
	switch {
	case x >= 100 || x == 0:
		decimals = 0
	case x >= 10:
		decimals = 1
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// thousands writes 1234567 as 1,234,567.
func thousands(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes a number of bytes.
func size(n uint64) string {
	switch {
	case n < 1000:
		return strconv.FormatUint(n, 10) + " B"
	case n < 1e6:
		return threeDigits(float64(n)/1e3) + " kB"
	case n < 1e9:
		return threeDigits(float64(n)/1e6) + " MB"
	}
	return threeDigits(float64(n)/1e9) + " GB"
}

// benchTime is how long a benchmark runs, about.
const benchTime = 500 * time.Millisecond

// bench runs the Go code of the magic again and again and prints what one run took.
func bench(ctx context.Context, c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return kernel.Result{}, c.Usage("%s needs an expression or a statement to run", c.Magic.Title())
	}
	if err := c.Notebook.Check(c, c.Code); err != nil {
		return kernel.Result{Err: err}, nil
	}
	body := c.Args
	if err := c.Notebook.Check(c, loop(1, body)); err != nil {
		if body = "_ = " + c.Args; c.Notebook.Check(c, loop(1, body)) != nil {
			return kernel.Result{Err: err}, nil
		}
	}
	for n := uint64(1); ; {
		r, used := c.Notebook.Measure(ctx, c, loop(n, body))
		if r.Err != nil {
			return r, nil
		}
		if used.Wall < benchTime && n < 1e9 {
			n = more(n, used.Wall)
			continue
		}
		r, empty := c.Notebook.Measure(ctx, c, loop(n, ""))
		if r.Err != nil {
			return r, nil
		}
		c.Out.Stream("stdout", []byte(perRun(n, used, empty)))
		return kernel.Result{}, nil
	}
}

func loop(n uint64, body string) string { return fmt.Sprintf("for range %d {\n%s\n}", n, body) }

// more predicts the number of runs that fill the time, as package testing does: a fifth
// more than needed, at most a hundred times as many as before.
func more(n uint64, took time.Duration) uint64 {
	next := uint64(float64(n) * 1.2 * float64(benchTime) / float64(max(took, 1)))
	return min(max(next, n+1), 100*n, 1e9)
}

// perRun takes off what the loop around the code takes by itself.
func perRun(n uint64, used, empty Usage) string {
	per := func(total, without uint64) float64 {
		return float64(total-min(without, total)) / float64(n)
	}
	ns := per(uint64(used.Wall), uint64(empty.Wall))
	decimals := 0
	if ns < 100 {
		decimals = 1
	}
	return fmt.Sprintf("%s runs   %s ns/op   %.0f B/op   %.0f allocs/op\n", thousands(n),
		strconv.FormatFloat(ns, 'f', decimals, 64), per(used.Bytes, empty.Bytes), per(used.Mallocs, empty.Mallocs))
}
