package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/molelib/experiment"
)

// benchWatch tells a person how far the runs of a row are: a line for each that is over, and
// on a terminal a line below that changes.
type benchWatch struct {
	w     io.Writer
	width int // of the terminal; 0 when there is none
	table *experiment.Table

	told  map[string]bool // runs that have their line
	begun bool
	last  time.Time
	line  int // letters of the changing line
}

const watchInterval = 200 * time.Millisecond

// Observe implements mole.Observer.
func (b *benchWatch) Observe(done, total int, status string) {
	now := time.Now()
	if done%1000 != 0 && now.Sub(b.last) < watchInterval {
		return
	}
	b.last = now
	for _, r := range b.table.Results() {
		key := fmt.Sprintf("%s, %v", r.Method, r.Part)
		if b.told[key] {
			continue
		}
		if b.told == nil {
			b.told = map[string]bool{}
		}
		b.told[key] = true
		switch {
		case r.Err != nil:
			b.say("%s: %s: %s", b.table.Name(), key, firstLine(r.Err.Error()))
		case b.begun:
			b.say("%s: %s: %.2f %% in %.1f s", b.table.Name(), key, 100*r.Metrics[b.table.Metric()], r.Metrics["seconds"])
		default:
			b.say("%s: %s: %.2f %%, kept from before", b.table.Name(), key, 100*r.Metrics[b.table.Metric()])
		}
	}
	b.begun = true
	if b.width > 0 {
		b.show(fmt.Sprintf("%3.0f %%  %s", 100*float64(done)/float64(max(1, total)), status))
	}
}

// begin tells of the results that are there before anything is run.
func (b *benchWatch) begin() { b.Observe(b.table.Progress()) }

// say prints a line that stays.
func (b *benchWatch) say(format string, args ...any) {
	b.show("")
	fmt.Fprintf(b.w, format+"\n", args...)
}

// show replaces the changing line.
func (b *benchWatch) show(text string) {
	if b.width == 0 {
		return
	}
	if n := utf8.RuneCountInString(text); n >= b.width {
		text = string([]rune(text)[:b.width-1])
	}
	n := utf8.RuneCountInString(text)
	fmt.Fprintf(b.w, "\r%s%s", text, strings.Repeat(" ", max(0, b.line-n)))
	if n == 0 {
		fmt.Fprint(b.w, "\r")
	}
	b.line = n
}

// end leaves the cursor at the beginning of a line.
func (b *benchWatch) end() { b.show("") }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// buildID tells this binary from others: results of another may be other ones.
func buildID() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(exe)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("read %s: %w", exe, err)
	}
	return fmt.Sprintf("mole-kernel %s, %x", version(), sum.Sum(nil)[:8]), nil
}
