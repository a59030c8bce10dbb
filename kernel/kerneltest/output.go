package kerneltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Transcript is an Output that writes down what comes: one entry for each kind in a row,
// and one for each display. It may be used from several goroutines.
type Transcript struct {
	Answers map[string]string // to prompts; any other waits until its context ends
	Seen    chan struct{}     // gets a value for each entry

	mu      sync.Mutex
	entries []string
}

var _ kernel.Output = (*Transcript)(nil)

// NewTranscript returns an empty transcript that answers the given prompts.
func NewTranscript(answers map[string]string) *Transcript {
	return &Transcript{Answers: answers, Seen: make(chan struct{}, 1<<20)}
}

func (t *Transcript) add(kind, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.entries); n > 0 && kind != "display" && strings.HasPrefix(t.entries[n-1], kind+":") {
		t.entries[n-1] += text
	} else {
		t.entries = append(t.entries, kind+":"+text)
	}
	t.Seen <- struct{}{}
}

// Stream adds the text under the name of the stream.
func (t *Transcript) Stream(name string, text []byte) { t.add(name, string(text)) }

// Clear adds "clear:".
func (t *Transcript) Clear(bool) { t.add("clear", "") }

// Display adds the plain text of the display.
func (t *Transcript) Display(d kernel.Display) { t.add("display", fmt.Sprint(d.Data["text/plain"])) }

// Input adds the prompt and answers it, or waits until ctx ends and adds "withdrawn".
func (t *Transcript) Input(ctx context.Context, prompt string, _ bool) (string, error) {
	t.add("input", prompt)
	if answer, ok := t.Answers[prompt]; ok {
		return answer, nil
	}
	<-ctx.Done()
	t.add("input", "withdrawn")
	return "", ctx.Err()
}

// Entries returns what was written down so far.
func (t *Transcript) Entries() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.entries)
}

// String joins the entries by "|".
func (t *Transcript) String() string { return strings.Join(t.Entries(), "|") }

// Displays is an Output that hands on the displays and drops the rest.
type Displays func(kernel.Display)

var _ kernel.Output = Displays(nil)

// Stream drops the text.
func (f Displays) Stream(string, []byte) {}

// Clear does nothing.
func (f Displays) Clear(bool) {}

// Display calls f.
func (f Displays) Display(d kernel.Display) { f(d) }

// Input refuses, as a front end that takes none.
func (f Displays) Input(context.Context, string, bool) (string, error) { return "", kernel.ErrNoInput }
