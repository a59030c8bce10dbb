package kernel

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// sink is a connection that keeps what is published, with the time.
type sink struct {
	mu    sync.Mutex
	got   []string
	when  []time.Duration
	t0    time.Time
	gated bool // Send waits for gate to be closed
	gate  chan struct{}
}

func (s *sink) Recv(ctx context.Context, _ wire.Channel) (*wire.Message, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (s *sink) Send(_ wire.Channel, m *wire.Message) error {
	if s.gated {
		<-s.gate
	}
	text := m.Header.Type
	switch c := m.Content.(type) {
	case *wire.Stream:
		text = c.Name + " " + c.Text
	case *wire.Status:
		text = c.State
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, text)
	s.when = append(s.when, time.Since(s.t0))
	return nil
}

func (s *sink) Close() error { return nil }

// publishing runs test in a bubble with a publisher, which it closes, and returns what left.
func publishing(t *testing.T, s *sink, test func(p *publisher, parent *wire.Message)) *sink {
	synctest.Test(t, func(t *testing.T) {
		s.t0, s.gate = time.Now(), make(chan struct{})
		session := wire.NewSession("kernel")
		p := newPublisher(s, session, slog.New(slog.DiscardHandler))
		go p.run()
		test(p, session.New(&wire.ExecuteRequest{}))
		p.close()
	})
	return s
}

func TestTextIsJoinedForAtMost50Milliseconds(t *testing.T) {
	s := publishing(t, &sink{}, func(p *publisher, parent *wire.Message) {
		for range 30 { // one every 10 ms
			p.print(parent, "stdout", []byte("x\n"))
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
	})
	if len(s.got) < 6 || len(s.got) > 8 {
		t.Errorf("300 ms of printing left in %d messages, want 6 to 8: %q", len(s.got), s.got)
	}
	if s.when[0] != 0 {
		t.Errorf("the first text was seen after %v, want at once", s.when[0])
	}
	if joined := strings.ReplaceAll(strings.Join(s.got, ""), "stdout ", ""); joined != strings.Repeat("x\n", 30) {
		t.Errorf("text is %q", joined)
	}
}

func TestFirstTextOfACellIsSeenAtOnce(t *testing.T) {
	s := &sink{}
	publishing(t, s, func(p *publisher, parent *wire.Message) {
		for _, text := range []string{"a\n", "b\n", "c\n"} {
			p.status(parent, "busy", true)
			synctest.Wait()
			p.print(parent, "stdout", []byte(text))
			synctest.Wait()
			if got := s.got[len(s.got)-1]; got != "stdout "+text {
				t.Errorf("the latest message is %q, want %q", got, text)
			}
			p.status(parent, "idle", true)
		}
	})
}

func TestAnUnfinishedLineLeavesAfter30Milliseconds(t *testing.T) {
	s := publishing(t, &sink{}, func(p *publisher, parent *wire.Message) {
		p.print(parent, "stdout", []byte("done\nworking"))
		time.Sleep(20 * time.Millisecond)
		p.print(parent, "stdout", []byte(" ..."))
		time.Sleep(time.Second)
	})
	if diff := cmp.Diff([]string{"stdout done\nworking ..."}, s.got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.when[0] != lineDelay {
		t.Errorf("the line left after %v, want %v", s.when[0], lineDelay)
	}
}

func TestAnUnfinishedLineBecomesThePrompt(t *testing.T) {
	var prompt, again, strange string
	s := publishing(t, &sink{}, func(p *publisher, parent *wire.Message) {
		p.print(parent, "stdout", []byte("a number, please\nn = "))
		strange = p.prompt(&wire.Message{})
		prompt = p.prompt(parent)
		again = p.prompt(parent)
		p.flush()
	})
	if prompt != "n = " || again != "" || strange != "" {
		t.Errorf("the prompt is %q, then %q, of another request %q", prompt, again, strange)
	}
	if diff := cmp.Diff([]string{"stdout a number, please\n"}, s.got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTextLeavesBeforeAnyOtherMessage(t *testing.T) {
	s := publishing(t, &sink{}, func(p *publisher, parent *wire.Message) {
		p.print(parent, "stdout", []byte("a\n"))
		synctest.Wait() // left at once; what follows is held back
		p.print(parent, "stdout", []byte("b"))
		p.print(parent, "stderr", []byte("c"))
		p.print(parent, "stdout", []byte("d"))
		p.show(parent, &wire.DisplayData{}, 0)
		p.print(parent, "stdout", []byte("e"))
		p.status(parent, "idle", false)
		synctest.Wait()
	})
	want := []string{"stdout a\n", "stdout b", "stderr c", "stdout d", "display_data", "stdout e", "idle"}
	if diff := cmp.Diff(want, s.got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if last := s.when[len(s.when)-1]; last != 0 {
		t.Errorf("idle left after %v, want at once", last)
	}
}

func TestTextIsNotCutInsideACharacter(t *testing.T) {
	const text = "aé€😀z"
	s := publishing(t, &sink{}, func(p *publisher, parent *wire.Message) {
		for i := range len(text) {
			p.print(parent, "stdout", []byte{text[i]})
			p.print(parent, "stderr", []byte{text[i]})
			p.show(parent, &wire.ClearOutput{}, 0) // nothing waits
		}
		p.status(parent, "idle", false)
	})
	got := map[string]string{}
	for _, m := range s.got {
		name, piece, _ := strings.Cut(m, " ")
		if strings.Contains(piece, "\ufffd") || strings.ToValidUTF8(piece, "\ufffd") != piece {
			t.Errorf("%s was cut: %q", name, piece)
		}
		got[name] += piece
	}
	if got["stdout"] != text || got["stderr"] != text {
		t.Errorf("stdout %q, stderr %q, want %q", got["stdout"], got["stderr"], text)
	}
}

func TestHalfACharacterLeavesBeforeIdle(t *testing.T) {
	s := publishing(t, &sink{}, func(p *publisher, parent *wire.Message) {
		p.print(parent, "stdout", []byte("a\xe2\x82"))
		p.status(parent, "idle", false)
	})
	if diff := cmp.Diff([]string{"stdout a", "stdout \xe2\x82", "idle"}, s.got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhoPrintsTooFastWaits(t *testing.T) {
	s := &sink{gated: true}
	publishing(t, s, func(p *publisher, parent *wire.Message) {
		block := make([]byte, queueLimit/4)
		for i := range block {
			block[i] = 'x'
		}
		const blocks = 20
		printed := 0
		go func() {
			for range blocks {
				p.print(parent, "stdout", block)
				printed++
			}
		}()
		synctest.Wait()
		if printed > 10 {
			t.Errorf("%d blocks of a quarter of the limit were taken while nothing left", printed)
		}
		close(s.gate)
		synctest.Wait()
		if printed != blocks {
			t.Errorf("%d of %d blocks were taken", printed, blocks)
		}
	})
	n := 0
	for _, m := range s.got {
		n += strings.Count(m, "x")
	}
	if want := 20 * (queueLimit / 4); n != want {
		t.Errorf("%d bytes left, want %d", n, want)
	}
}

func TestFlushReturnsWhenEverythingLeft(t *testing.T) {
	s := &sink{}
	publishing(t, s, func(p *publisher, parent *wire.Message) {
		p.print(parent, "stdout", []byte("a"))
		p.print(parent, "stdout", []byte("b"))
		p.flush()
		s.mu.Lock()
		defer s.mu.Unlock()
		if text := strings.Join(s.got, "|"); strings.ReplaceAll(text, "|stdout ", "") != "stdout ab" {
			t.Errorf("left so far: %q", text)
		}
	})
}

func TestFlushAfterCloseReturns(t *testing.T) {
	p := newPublisher(&sink{}, wire.NewSession("kernel"), slog.New(slog.DiscardHandler))
	go p.run()
	p.close()
	p.flush()
	p.print(nil, "stdout", []byte("x"))
	p.show(nil, &wire.ClearOutput{}, 0)
}

func TestWholeRunes(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a": 1, "é": 2, "\xc3": 0, "a\xc3": 1, "\xf0\x9f\x98": 0, "x\xf0\x9f\x98\x80": 5,
		"\xff": 1, "\x80\x80\x80\x80\x80": 5, "a\x80": 2,
	} {
		if got := wholeRunes([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a*c", "abbc", true}, {"a*c", "abb", false},
		{"*b*b*", "abcb", true}, {"?", "é", true}, {"?", "", false}, {"a/*", "a/b/c", true}, {"**", "x", true},
	} {
		if got := glob(test.pattern, test.text); got != test.want {
			t.Errorf("glob(%q, %q) is %v", test.pattern, test.text, got)
		}
	}
}

func TestStrangersAreNotTakenForParents(t *testing.T) {
	for _, pid := range []string{"", "x", "0", "-1", "2147483646"} {
		if _, ok := livingProcess(pid); ok {
			t.Errorf("JPY_PARENT_PID=%q is watched", pid)
		}
	}
	if !alive(os.Getpid()) {
		t.Error("this process counts as dead")
	}
}

func BenchmarkPrint(b *testing.B) {
	p := newPublisher(&sink{}, wire.NewSession("kernel"), slog.New(slog.DiscardHandler))
	go p.run()
	defer p.close()
	parent := wire.NewSession("x").New(&wire.ExecuteRequest{})
	line := []byte("12345678\n")
	for b.Loop() {
		p.print(parent, "stdout", line)
	}
}
