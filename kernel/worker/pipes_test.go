package worker

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// splitAll feeds stream in pieces of n bytes and writes down what comes out.
func splitAll(stream []byte, nonce string, n int) string {
	var got strings.Builder
	s := splitter{
		mark:   mark(nonce),
		text:   func(text []byte) { got.Write(text) },
		marker: func(kind byte, n uint64) { fmt.Fprintf(&got, "<%c%d>", kind, n) },
	}
	for len(stream) > 0 {
		n := min(n, len(stream))
		s.feed(stream[:n])
		stream = stream[n:]
	}
	s.end()
	return got.String()
}

func TestMarkersAreFoundHoweverTheStreamIsCut(t *testing.T) {
	var stream []byte
	stream = append(stream, "a\x00"...)
	stream = appendMarker(stream, mark("abcd"), markerOrder, 7)
	stream = appendMarker(stream, mark("abcd"), markerCell, 1<<40)
	stream = append(stream, "é\x00\x1babc"...)
	want := "a\x00<o7><c1099511627776>é\x00\x1babc"
	for n := 1; n <= len(stream); n++ {
		if got := splitAll(stream, "abcd", n); got != want {
			t.Errorf("in pieces of %d: got %q, want %q", n, got, want)
		}
	}
}

func FuzzSplitterKeepsText(f *testing.F) {
	f.Add([]byte("plain"), 3)
	f.Add([]byte("\x00\x1bnonceo0000000000000001"), 2)
	f.Add([]byte("\x00\x00\x1bno"), 1)
	f.Fuzz(func(t *testing.T, text []byte, n int) {
		if bytes.Contains(text, []byte("\x00\x1bnonce")) {
			t.Skip("this is a marker")
		}
		if got := splitAll(text, "nonce", max(1, n)); got != string(text) {
			t.Errorf("got %q, want %q", got, text)
		}
	})
}

func TestFramesArriveAsTheyWereSent(t *testing.T) {
	var pipe bytes.Buffer
	sent := []frame{
		newFrame("load", loadBody{Program: 3}, []byte("text"), nil, bytes.Repeat([]byte{0, 1}, 100_000)),
		newFrame("ready", readyBody{}),
	}
	for _, f := range sent {
		if err := writeFrame(&pipe, f); err != nil {
			t.Fatal(err)
		}
	}
	r := bufio.NewReader(&pipe)
	for i, want := range sent {
		got, err := readFrame(r)
		if err != nil {
			t.Fatal(err)
		}
		if got.Type != want.Type || !bytes.Equal(got.Body, want.Body) || len(got.attachments) != len(want.attachments) {
			t.Errorf("frame %d: got %+v, want %+v", i, got, want)
		}
		for j := range want.attachments {
			if !bytes.Equal(got.attachments[j], want.attachments[j]) {
				t.Errorf("frame %d: attachment %d differs", i, j)
			}
		}
	}
	if _, err := readFrame(r); err != io.EOF {
		t.Errorf("at the end: %v, want EOF", err)
	}
}

func FuzzReadFrame(f *testing.F) {
	var good bytes.Buffer
	_ = writeFrame(&good, newFrame("done", doneBody{Program: 1}, []byte("x")))
	f.Add(good.Bytes())
	f.Add([]byte{0xff, 0xff, 0xff, 0x7f})
	f.Add([]byte("\x10\x00\x00\x00{\"Sizes\":[-1,9]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			if _, err := readFrame(r); err != nil {
				return
			}
		}
	})
}

func TestABundleSurvivesThePipe(t *testing.T) {
	p, attachments := pack(map[string]any{
		"text/plain": "a\xffb", "image/png": []byte{1, 2}, "image/jpeg": "AQI=", "application/json": map[string]int{"a": 1},
		"image/svg+xml": []byte("<svg/>"), "application/x": make(chan int),
	}, map[string]any{"image/png": map[string]any{"width": 3.0}})
	got := p.unpack(attachments)
	want := map[string]string{
		"text/plain": "a\uFFFDb", "image/png": "AQI=", "image/jpeg": "AQI=", "application/json": `{"a":1}`, "image/svg+xml": "<svg/>",
	}
	text := map[string]string{}
	for mime, v := range got.Data {
		text[mime] = fmt.Sprintf("%s", v)
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got.Metadata["image/png"].(map[string]any)["width"] != 3.0 {
		t.Errorf("the metadata are %v", got.Metadata)
	}
}

func TestAutopsyNamesTheCause(t *testing.T) {
	for _, c := range []struct{ killed, trace, name, reason string }{
		{"replaced", "", "WorkerDied", "replaced"},
		{"", "fatal error: concurrent map writes\n\ngoroutine 1 [running]:\n", "WorkerDied", "fatal error: concurrent map writes"},
		{"", "panic: main.E{} [recovered]\n\npanic: again\n", "WorkerDied", "panic: main.E{}"},
		{"", "runtime: goroutine stack exceeds 268435456-byte limit\nfatal error: stack overflow\n", "StackOverflow",
			"stack overflow: endless recursion? (a goroutine's stack went over 256 MB)"},
		{"", "fatal error: runtime: out of memory\n", "OutOfMemory", "out of memory: the system gave no more"},
	} {
		d := autopsy(nil, c.killed, c.trace)
		if d.Name != c.name || d.Reason != c.reason {
			t.Errorf("%q: got %s %q, want %s %q", c.trace, d.Name, d.Reason, c.name, c.reason)
		}
	}
}

func TestTheWatchLooksOftenerWhenMemoryIsShort(t *testing.T) {
	if a, b, c := nextLook(1<<40), nextLook(100<<20), nextLook(1); a != longestLook || c != shortestLook || b >= a || b <= c {
		t.Errorf("got %v, %v, %v", a, b, c)
	}
}
