package kerneltest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// recorder is a test that fails without consequences.
type recorder struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recorder) Helper()           {}
func (r *recorder) Cleanup(f func())  { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool      { return len(r.errors) > 0 }
func (r *recorder) Fatal(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func (r *recorder) end() string {
	for _, f := range r.cleanups {
		f()
	}
	return strings.Join(r.errors, "\n")
}

func TestOutputThatNobodyAskedForFails(t *testing.T) {
	r := &recorder{TB: t}
	c := Start(r, kernel.Options{Runtime: Runtime(Words)})
	req := c.Execute("print oops")
	c.Busy(req)
	c.Input(req, "print oops")
	c.Reply(req, "ok")
	if got := r.end(); !strings.Contains(got, "nobody asked for stream") {
		t.Errorf("the test failed with %q", got)
	}
}

func TestCompleteTranscriptPasses(t *testing.T) {
	r := &recorder{TB: t}
	c := Start(r, kernel.Options{Runtime: Runtime(Words)})
	req := c.Execute("= 1")
	c.Busy(req)
	c.Input(req, "= 1")
	c.Result(req, "1")
	c.Idle(req)
	c.Reply(req, "ok")
	if got := r.end(); got != "" {
		t.Errorf("the test failed with %q", got)
	}
}

func TestWrongExpectationsFail(t *testing.T) {
	r := &recorder{TB: t}
	c := Start(r, kernel.Options{Runtime: Runtime(Words)})
	req := c.Execute("= 1")
	c.Idle(req)
	c.Input(req, "= 2")
	c.Result(req, "2")
	c.Busy(req)
	c.Reply(req, "error")
	if got := r.end(); len(r.errors) != 5 {
		t.Errorf("%d of 5 wrong expectations failed: %s", len(r.errors), got)
	}
}
