package nb

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestText(t *testing.T) {
	type point struct {
		X int
		y string
	}
	var nilError error
	seven := 7
	for _, c := range []struct {
		v    any
		want string
	}{
		{nil, "<nil>"},
		{nilError, "<nil>"},
		{42, "42"},
		{1.5, "1.5"},
		{float32(0.1), "0.1"},
		{"a\tb", `"a\tb"`},
		{point{1, "z"}, `nb.point{X:1 y:"z"}`},
		{&point{1, "z"}, `&nb.point{X:1 y:"z"}`},
		{[]point{{1, "a"}, {2, "b"}}, `[{X:1 y:"a"} {X:2 y:"b"}]`},
		{map[string]int{"b": 2, "a": 1}, `map["a":1 "b":2]`},
		{[]any{1, "x", nil}, `[1 "x" <nil>]`},
		{[]byte("hi"), `[]byte("hi")`},
		{[]byte{0, 255}, "2 bytes: 00 ff"},
		{[2]bool{true, false}, "[true false]"},
		{errors.New("broken"), "broken"},
		{time.Second, "1s"},
		{[]time.Duration{time.Second}, "[1s]"},
		{struct{ d time.Duration }{time.Second}, "{d:1s}"},
		{strings.ToUpper, "func(string) string"},
		{make(chan int), "chan int"},
		{struct{ E error }{errors.New("inner")}, "{E:inner}"},
		{complex(1, 2), "(1+2i)"},
		{(*int)(nil), "(*int)(nil)"},
		{[]string(nil), "[]string(nil)"},
		{(func())(nil), "(func())(nil)"},
		{map[string]int(nil), "map[string]int(nil)"},
		{struct {
			p *int
			f func()
		}{}, "{p:<nil> f:<nil>}"},
		{&[]int{1}, "&[1]"},
	} {
		if got := Text(c.v); got != c.want {
			t.Errorf("Text(%#v) = %s, want %s", c.v, got, c.want)
		}
	}
	if got := Text([]*int{&seven}); got != "[&7]" {
		t.Errorf("a pointer inside a slice is printed as %s", got)
	}
}

type endless struct{}

func (e endless) String() string { return strings.Repeat("x", 10<<20) }

type broken struct{}

func (broken) MIMEBundle() (map[string]any, error) { panic("no picture") }

type loop map[string]any

func TestTextIsBounded(t *testing.T) {
	cycle := loop{}
	cycle["self"] = cycle
	for _, v := range []any{
		make([]int, 10_000_000), strings.Repeat("é", 10<<20), endless{}, []endless{{}, {}},
		cycle, make([][][1000]int, 2000), map[int]string{1: strings.Repeat("y", 5<<20)},
	} {
		if n := len(Text(v)); n > 4*MaxText+100 {
			t.Errorf("the text of a %T has %d bytes", v, n)
		}
	}
	if got := Text(make([]int, 1200)); !strings.HasSuffix(got, " … 1,000 more]") {
		t.Errorf("a long slice ends in %q", got[len(got)-30:])
	}
}

type chart struct{ r, c int }

func (g *chart) Dims() (int, int)   { return g.r, g.c }
func (*chart) At(i, j int) float64  { return float64(10*i + j) }
func (g *chart) HTML() string       { return fmt.Sprintf("<i>%d</i>", g.r) }
func (*chart) PNG() ([]byte, error) { return []byte("png"), nil }

func TestMatrixIsShownInRowsAndColumns(t *testing.T) {
	if got, want := Text(&chart{2, 3}), "⎡ 0   1   2⎤\n⎣10  11  12⎦"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	big := Text(chart{1000, 1000})
	if !strings.HasPrefix(big, "1000×1000 matrix\n⎡") || strings.Count(big, "\n") != matrixRows+1 {
		t.Errorf("a large matrix is not excerpted:\n%s", big)
	}
}

func TestRenderPrefersTheValuesOwnMethods(t *testing.T) {
	data, _ := Render(chart{1, 1})
	if data["text/html"] != "<i>1</i>" || string(data["image/png"].([]byte)) != "png" || data["text/plain"] != "[0]" {
		t.Errorf("got %v", data)
	}
	data, _ = Render(image.NewGray(image.Rect(0, 0, 4, 3)))
	if png, _ := data["image/png"].([]byte); !strings.HasPrefix(string(png), "\x89PNG") || data["text/plain"] != "*image.Gray 4×3" {
		t.Errorf("an image is shown as %v", data)
	}
	data, _ = Render(image.Rect(0, 0, 4, 3))
	if len(data) != 1 || data["text/plain"] != "(0,0)-(4,3)" {
		t.Errorf("a rectangle is shown as %v", data)
	}
	data, _ = Render(broken{})
	if text := data["text/plain"].(string); !strings.Contains(text, "no picture") {
		t.Errorf("a panic while rendering is shown as %q", text)
	}
}

func TestRenderAllDropsATrailingNilError(t *testing.T) {
	for _, c := range []struct {
		values []any
		want   string
	}{
		{[]any{12, nil}, "12"},
		{[]any{0, errors.New("bad")}, "0 bad"},
		{[]any{"a", true}, `"a" true`},
	} {
		if data, _ := RenderAll(c.values); data["text/plain"] != c.want {
			t.Errorf("%v is shown as %v, want %s", c.values, data, c.want)
		}
	}
}

// page is a front end that keeps what it was shown.
type page struct {
	mu    sync.Mutex
	shown []Shown
	atEnd []func()
}

func (p *page) Context() context.Context           { return context.Background() }
func (p *page) Clear(bool)                         {}
func (p *page) Input(string, bool) (string, error) { return "", nil }
func (p *page) AtEnd(f func())                     { p.atEnd = append(p.atEnd, f) }
func (p *page) Display(s Shown) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = append(p.shown, s)
}

func (p *page) texts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, s := range p.shown {
		all = append(all, s.Data["text/plain"].(string))
	}
	return all
}

func attach(t *testing.T) *page {
	p := new(page)
	Attach(func() Cell { return p })
	t.Cleanup(func() { front.Store(nil) })
	return p
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) MIMEBundle() (map[string]any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return map[string]any{"text/plain": fmt.Sprintf("n=%d", c.n)}, nil
}

func (c *counter) set(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = n
}

func TestLiveViewIsThrottledAndEndsWithTheLastFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := attach(t)
		n := new(counter)
		view := Live(n)
		for i := 1; i <= 1000; i++ {
			n.set(i)
			view.Observe(i, 1000, "")
			time.Sleep(3 * time.Millisecond) // 3 s of the bubble's clock
		}
		synctest.Wait()
		texts := p.texts()
		panels := 0
		last := ""
		for _, text := range texts {
			if strings.HasPrefix(text, "n=") {
				panels++
				last = text
			}
		}
		if panels < 6 || panels > 8 || last != "n=1000" {
			t.Errorf("%d frames in 3 s, the last %q, want about 7 and n=1000", panels, last)
		}
		if line := texts[len(texts)-2]; !strings.Contains(line, "100 %") {
			t.Errorf("the last line of progress is %q", line)
		}
	})
}

func TestLiveViewIsCompleteWhenTheCellEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := attach(t)
		n := new(counter)
		view := Live(n)
		n.set(5)
		view.Observe(5, 10, "half way")
		for _, f := range p.atEnd {
			f()
		}
		texts := p.texts()
		if len(texts) != 3 || texts[2] != "n=5" || !strings.Contains(texts[1], "half way") {
			t.Errorf("shown until the end of the cell: %q", texts)
		}
		if !p.shown[2].Update || p.shown[2].ID != p.shown[0].ID || p.shown[1].Update {
			t.Errorf("the frames do not replace the first: %+v", p.shown)
		}
	})
}

// A front end may drop updates that come for another cell than the running one.
func TestLiveViewSpeaksForTheCellThatObserves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := attach(t)
		n := new(counter)
		view := Live(n)
		second := attach(t)
		n.set(1)
		view.Observe(1, 2, "")
		for _, f := range second.atEnd {
			f()
		}
		if got := len(first.texts()); got != 1 {
			t.Errorf("the first cell shows %d things, want the view", got)
		}
		if got := second.texts(); len(got) != 2 || got[1] != "n=1" || second.shown[1].ID != first.shown[0].ID {
			t.Errorf("the second cell shows %q, want progress and the updated view", got)
		}
	})
}

func TestProgressTellsShareAndTimeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := attach(t)
		bar := NewProgress(200, "epochs")
		time.Sleep(30 * time.Second)
		bar.Set(50)
		bar.Status("I(T;Y) 2.1 bits")
		bar.Close()
		texts := p.texts()
		got := texts[len(texts)-1]
		want := "epochs  ██████░░░░░░░░░░░░░░░░░░   25 %  0:30 elapsed, 1:30 left  I(T;Y) 2.1 bits"
		if got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		last := p.shown[len(p.shown)-1]
		if html := last.Data["text/html"].(string); !strings.Contains(html, `value="0.2500"`) || !strings.Contains(html, "25&nbsp;% ") {
			t.Errorf("got %s", html)
		}
	})
}

// Outside a notebook the verbs print text.
func Example() {
	Display([]int{1, 2, 3}, "text")
	Markdown("**bold**")
	Display(Context().Err())
	// Output:
	// [1 2 3]
	// "text"
	// **bold**
	// <nil>
}

type fragile struct{ text string }

func (f *fragile) MIMEBundle() (map[string]any, error) {
	return map[string]any{"text/plain": f.text}, nil
}

func TestANilPointerIsShownAsNil(t *testing.T) {
	var f *fragile
	data, _ := Render(f)
	if got := data["text/plain"]; got != "(*nb.fragile)(nil)" {
		t.Errorf("got %q, want (*nb.fragile)(nil)", got)
	}
}

func TestANilViewIsExplained(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "make one with nb.Live") {
			t.Errorf("got %q, want what to do", r)
		}
	}()
	var view *LiveView
	view.Observe(1, 2, "")
}
