package nb

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
)

// How often a live view is drawn again. Front ends drop output that comes faster than a
// megabyte a second, so a picture of 100 kB must not come oftener than the shortest.
const (
	liveInterval     = 500 * time.Millisecond
	shortestInterval = 200 * time.Millisecond
)

// displays numbers the displays of this process, so that their identifiers differ.
var displays atomic.Uint64

func newID(kind string) string {
	return fmt.Sprintf("%s-%x-%d", kind, time.Now().UnixNano(), displays.Add(1))
}

// LiveView is a value that is shown and drawn again while it changes, with a line of
// progress below. Its methods may be called from any goroutine; Observe costs less than
// a microsecond, drawing happens elsewhere.
type LiveView struct {
	value    any
	place    *place
	id       string
	line     *Progress
	pulse    *pulse
	started  atomic.Bool // the line of progress has been shown
	previous map[string]any
}

// Live shows v and returns the view that draws it again: v's representations are asked
// for anew each time, from another goroutine than the caller's, so v must be safe to read
// while it changes. Call [LiveView.Observe] whenever something changed; at most two
// drawings a second are sent, the last one always. The drawings stay where Live was
// called; the line of progress stands below them or in the cell that first calls Observe.
//
//	trainer.Observer = nb.Live(plotting.Training(trainer.Report()))
func Live(v any) *LiveView {
	l := &LiveView{value: v, place: new(place), id: newID("live")}
	l.pulse = newPulse(liveInterval, l.draw)
	c := l.place.follow(l.pulse.flush)
	if _, plain := c.(terminal); !plain {
		data, metadata := Render(v)
		l.previous = data
		c.Display(Shown{Data: data, Metadata: metadata, ID: l.id})
	}
	l.line = newProgress(l.place, 0, "")
	return l
}

// Every sets the time between two drawings, at least 200 ms, and returns the view.
func (l *LiveView) Every(interval time.Duration) *LiveView {
	l.pulse.setEvery(max(interval, shortestInterval))
	return l
}

// Observe tells that done of total steps are made and that the value has changed. The
// status stands in the line of progress. With done == total the view is drawn at once. In
// a program that no notebook runs it is then printed, as by Close.
func (l *LiveView) Observe(done, total int, status string) {
	if l == nil {
		panic("nb: LiveView: there is no view: make one with nb.Live")
	}
	c := l.place.follow(l.pulse.flush)
	l.line.set(done, total, status)
	l.started.Store(true)
	complete := total > 0 && done >= total
	l.pulse.touch(complete)
	if _, plain := c.(terminal); plain && complete {
		l.Close()
	}
}

// Close draws the last state and waits until it is sent. The view may be used again.
func (l *LiveView) Close() {
	c := l.place.follow(l.pulse.flush)
	l.pulse.touch(false)
	l.pulse.flush()
	l.line.finish()
	if _, plain := c.(terminal); plain {
		l.print(c)
	}
}

// print shows the view in a program that no notebook runs, once for each state.
func (l *LiveView) print(c Cell) {
	l.pulse.drawing.Lock()
	defer l.pulse.drawing.Unlock()
	data, metadata := Render(l.value)
	if maps.EqualFunc(data, l.previous, samePart) {
		return
	}
	l.previous = data
	c.Display(Shown{Data: data, Metadata: metadata})
}

func (l *LiveView) draw() {
	if l.started.Load() {
		l.line.draw()
	}
	c := l.place.now()
	if _, plain := c.(terminal); plain {
		return
	}
	data, metadata := Render(l.value)
	if maps.EqualFunc(data, l.previous, samePart) {
		return
	}
	l.previous = data
	c.Display(Shown{Data: data, Metadata: metadata, ID: l.id, Update: true})
}

// place is the cell that speaks for a view: the one that called it last. A front end may
// take updates from the running cell only, so it need not be the one that made the view.
type place struct {
	mu   sync.Mutex
	cell Cell
}

// follow makes the calling goroutine's cell the place and sees to it that atEnd is called
// when that cell ends. A goroutine that belongs to no cell changes nothing.
func (p *place) follow(atEnd func()) Cell {
	c := cell()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, plain := c.(terminal); p.cell != nil && (plain || c == p.cell) {
		return p.cell
	}
	p.cell = c
	c.AtEnd(atEnd)
	return c
}

func (p *place) now() Cell {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cell
}

func samePart(a, b any) bool {
	x, binary := a.([]byte)
	y, too := b.([]byte)
	if binary && too {
		return bytes.Equal(x, y)
	}
	return reflect.DeepEqual(a, b)
}

// pulse calls draw in answer to touches: never more often than its interval, never twice
// at once, and always after the last touch.
type pulse struct {
	drawing sync.Mutex // held while draw runs
	draw    func()

	mu    sync.Mutex
	every time.Duration
	last  time.Time // end of the last drawing
	dirty bool      // touched since the last drawing began
	timer *time.Timer
}

func newPulse(every time.Duration, draw func()) *pulse {
	p := &pulse{draw: draw, every: every}
	p.last = time.Now()
	return p
}

func (p *pulse) setEvery(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.every = d
}

func (p *pulse) touch(now bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirty = true
	switch {
	case now && p.timer != nil:
		p.timer.Reset(0)
	case p.timer == nil:
		p.arm(now)
	}
}

func (p *pulse) arm(now bool) {
	wait := max(0, p.every-time.Since(p.last))
	if now {
		wait = 0
	}
	p.timer = time.AfterFunc(wait, p.flush)
}

// flush draws if there was a touch since the last drawing.
func (p *pulse) flush() {
	p.drawing.Lock()
	defer p.drawing.Unlock()
	if !p.begin() {
		return
	}
	p.draw()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	p.timer = nil
	if p.dirty {
		p.arm(false)
	}
}

func (p *pulse) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.dirty {
		return false
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	p.dirty = false
	return true
}
