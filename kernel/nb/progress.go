package nb

import (
	"fmt"
	"html"
	"strings"
	"sync"
	"time"
)

const progressInterval = 200 * time.Millisecond

// Progress is a line that shows how far something has come: a bar, the percentage, the
// time it has taken and the time that is left. Its methods may be called from any goroutine.
type Progress struct {
	place *place
	id    string
	pulse *pulse

	mu    sync.Mutex
	state progressState
	shown bool
	over  bool
}

type progressState struct {
	label, status string
	done, total   int
	begun, now    time.Time
}

// NewProgress shows a line of progress for total steps; label stands before it and may be
// empty. With total 0 it counts without a percentage.
func NewProgress(total int, label string) *Progress {
	p := newProgress(new(place), total, label)
	p.pulse = newPulse(progressInterval, p.draw)
	p.place.follow(p.pulse.flush)
	p.draw()
	return p
}

func newProgress(where *place, total int, label string) *Progress {
	return &Progress{place: where, id: newID("progress"), state: progressState{label: label, total: total, begun: time.Now()}}
}

// Set tells that done steps are made.
func (p *Progress) Set(done int) {
	p.mu.Lock()
	p.state.done = done
	complete := p.state.total > 0 && done >= p.state.total
	p.mu.Unlock()
	p.touch(complete)
}

// Add tells that n more steps are made.
func (p *Progress) Add(n int) {
	p.mu.Lock()
	p.state.done += n
	complete := p.state.total > 0 && p.state.done >= p.state.total
	p.mu.Unlock()
	p.touch(complete)
}

// Status sets the text behind the bar.
func (p *Progress) Status(text string) {
	p.mu.Lock()
	p.state.status = text
	p.mu.Unlock()
	p.touch(false)
}

// Close shows the last state and waits until it is sent.
func (p *Progress) Close() {
	p.touch(false)
	p.pulse.flush()
	p.finish()
}

func (p *Progress) touch(now bool) {
	p.place.follow(p.pulse.flush)
	p.pulse.touch(now)
}

func (p *Progress) set(done, total int, status string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.done, p.state.total, p.state.status = done, total, status
}

// draw sends the line. Its caller sees to it that it runs once at a time.
func (p *Progress) draw() {
	p.mu.Lock()
	state, update := p.state, p.shown
	state.now = time.Now()
	p.shown = true
	p.mu.Unlock()
	if t, plain := p.place.now().(terminal); plain {
		t.progress(state.text(), false)
		return
	}
	p.place.now().Display(Shown{
		Data: map[string]any{"text/plain": state.text(), "text/html": state.html()},
		ID:   p.id, Update: update,
	})
}

// finish ends the line on a terminal.
func (p *Progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, plain := p.place.now().(terminal); plain && !p.over && p.shown {
		state := p.state
		state.now = time.Now()
		t.progress(state.text(), true)
		p.over = true
	}
}

func (s progressState) share() float64 {
	return min(1, max(0, float64(s.done)/float64(s.total)))
}

func (s progressState) times() string {
	elapsed := s.now.Sub(s.begun)
	text := clock(elapsed) + " elapsed"
	if s.total > 0 && s.done > 0 && s.done < s.total {
		left := time.Duration(float64(elapsed) * float64(s.total-s.done) / float64(s.done))
		text += ", " + clock(left) + " left"
	}
	return text
}

func (s progressState) text() string {
	var parts []string
	if s.label != "" {
		parts = append(parts, s.label)
	}
	if s.total > 0 {
		const cells = 24
		full := int(s.share()*cells + 0.5)
		parts = append(parts, strings.Repeat("█", full)+strings.Repeat("░", cells-full), fmt.Sprintf("%3.0f %%", 100*s.share()))
	} else {
		parts = append(parts, fmt.Sprintf("%d done", s.done))
	}
	parts = append(parts, s.times())
	if s.status != "" {
		parts = append(parts, s.status)
	}
	return strings.Join(parts, "  ")
}

func (s progressState) html() string {
	var line strings.Builder
	line.WriteString(`<div style="font-family:var(--jp-ui-font-family,sans-serif);font-size:90%;font-variant-numeric:tabular-nums">`)
	if s.label != "" {
		line.WriteString(html.EscapeString(s.label) + " ")
	}
	if s.total > 0 {
		fmt.Fprintf(&line, `<progress value="%.4f" max="1" style="width:16em;vertical-align:middle"></progress> %.0f&nbsp;%% `,
			s.share(), 100*s.share())
	} else {
		fmt.Fprintf(&line, "%d done ", s.done)
	}
	fmt.Fprintf(&line, "· %s", s.times())
	if s.status != "" {
		line.WriteString(" · " + html.EscapeString(s.status))
	}
	line.WriteString("</div>")
	return line.String()
}

// clock writes a duration as people read it from a watch.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
