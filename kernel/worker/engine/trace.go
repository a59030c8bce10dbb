package engine

import (
	"bytes"
	"reflect"
	"strconv"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// Frame is one function of a panic's stack, innermost first.
type Frame struct {
	Func   string // with the values of its parameters: g(k = 7); "" for a cell's own statements and where it is not known
	Cell   int
	Line   int
	Column int
}

// lineBase packs a cell's number and a line into the one line number that the interpreter
// carries: cell*lineBase + line.
const lineBase = 100000

// trace collects the lines "_.go:700003:5: panic: main.F(...)" that yaegi writes while a
// panic unwinds, by goroutine. It is the interpreter's standard error.
type trace struct {
	mu     sync.Mutex
	frames map[uintptr][]Frame
	depths map[uintptr]uintptr        // of the stack, at the latest of the frames
	texts  map[uintptr]string         // of the index that is out of range, when the panic has to do with one
	checks map[int][][]program.Bounds // index and slice expressions, by place
	calls  calls
	finder frameFinder
	at     *int // position of the last call in any goroutine
	box    *BlackBox
}

// refine gives a frame the position of the statement that its function was in: yaegi knows
// the function only. The first frame of a panic has the index that was out of range.
func (t *trace) refine(f Frame, g uintptr) Frame {
	in := t.finder.unwinding()
	if in == nil {
		return f
	}
	if len(t.frames[g]) == 0 {
		t.look(in, g)
	}
	f = f.moved(in.position())
	f.Func = t.calls.text(in)
	return f
}

// look evaluates the index and slice expressions of the statement that panicked.
func (t *trace) look(in *interpreted, g uintptr) {
	if _, known := t.texts[g]; known {
		return
	}
	if t.texts == nil {
		t.texts = map[uintptr]string{}
	}
	t.texts[g] = boundsText(t.checks[in.position()], func(name string) reflect.Value {
		return in.variable(name, *t.finder.globals)
	})
}

// bounds returns the text about the index that is out of range in the panic that unwinds, ""
// when it is not known.
func (t *trace) bounds() string {
	g := getg()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.frames[g]) == 0 {
		if in := t.finder.unwinding(); in != nil {
			t.look(in, g)
		}
	}
	return t.texts[g]
}

// note remembers what a program says of its functions and of its index and slice expressions.
func (t *trace) note(p *program.Program) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.checks == nil {
		t.checks = map[int][][]program.Bounds{}
	}
	for _, s := range p.Bounds {
		t.checks[s.Place] = append(t.checks[s.Place], s.Bounds)
	}
	t.calls.note(p.Functions)
}

// moved returns the frame at a position; 0 is unknown.
func (f Frame) moved(at int) Frame {
	if p := Place(at); p.Cell > 0 && (f.Cell == 0 || p.Cell == f.Cell) {
		f.Cell, f.Line, f.Column = p.Cell, p.Line, p.Column
	}
	return f
}

const maxFrames = 50

func (t *trace) Write(line []byte) (int, error) {
	f, ok := parseFrame(line)
	if !ok {
		return len(line), nil
	}
	if f.Cell == 0 {
		return len(line), nil
	}
	g := getg()
	depth := stackDepth(g)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.frames == nil {
		t.frames = map[uintptr][]Frame{}
	}
	t.deepen(g, depth)
	if len(t.frames[g]) < maxFrames {
		t.frames[g] = append(t.frames[g], t.refine(f, g))
		t.box.note(t.frames[g])
	}
	return len(line), nil
}

func parseFrame(line []byte) (f Frame, ok bool) {
	rest, _ := bytes.CutPrefix(line, []byte("_.go:"))
	parts := bytes.SplitN(rest, []byte(":"), 4)
	if len(parts) < 4 {
		return f, false
	}
	n, err := strconv.Atoi(string(parts[0]))
	col, err2 := strconv.Atoi(string(parts[1]))
	if err != nil || err2 != nil {
		return f, false
	}
	return Frame{Cell: n / lineBase, Line: n % lineBase, Column: col}, true
}

// take returns the frames of the calling goroutine and forgets them.
func (t *trace) take() []Frame {
	g := getg()
	t.mu.Lock()
	defer t.mu.Unlock()
	frames := t.frames[g]
	t.drop(g)
	return frames
}

// deepen notes how deep the stack of g is while a panic unwinds. It grows all the time, for
// the interpreter panics again in each frame. A panic that is no deeper is another one:
// compiled code has recovered the one before.
func (t *trace) deepen(g, depth uintptr) {
	if depth <= t.depths[g] {
		t.drop(g)
	}
	if t.depths == nil {
		t.depths = map[uintptr]uintptr{}
	}
	t.depths[g] = depth
}

func (t *trace) drop(g uintptr) {
	delete(t.frames, g)
	delete(t.depths, g)
	delete(t.texts, g)
}

// forget drops the frames of the calling goroutine: its panic was recovered.
func (t *trace) forget() { t.take() }
