package session

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestATraceIsTrimmedToWhatTheUserCanKnow(t *testing.T) {
	for _, c := range []struct {
		trace string
		want  []string
	}{
		{"panic: boom\n\ngoroutine 7 [running]:\npanic({0x1, 0x2})\n\t/go/panic.go:1\ngithub.com/traefik/yaegi/interp.x(...)\n\t/y.go:2\n" +
			"gonum.org/v1/gonum/mat.(*Dense).Mul(...)\n\t/m.go:3\nreflect.Value.Call\n\t/r.go:4\n\ngoroutine 1 [IO wait]:\nos.Read()\n\t/o.go:1\n",
			[]string{"panic: boom", "gonum.org/v1/gonum/mat.(*Dense).Mul(...)"}},
		{"fatal error: bad\n\nruntime stack:\nruntime.throw()\n\t/p.go:1\n\ngoroutine 1 [select]:\nlib.F()\n\t/f.go:1\n",
			[]string{"fatal error: bad", "lib.F()"}},
		{"", nil},
	} {
		if diff := cmp.Diff(c.want, trim(c.trace)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.trace, diff)
		}
	}
}
