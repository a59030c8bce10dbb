package session

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// shownFrames bounds the places of a traceback, half from each end.
const shownFrames = 16

// places shows frames, the innermost first. values, if there is one, tells what the
// variables on a frame's line hold.
func (s *Session) places(frames []worker.Frame, values func([]worker.Frame) []string) []string {
	frames = slices.CompactFunc(slices.Clone(frames), func(a, b worker.Frame) bool {
		return a.Cell == b.Cell && a.Line == b.Line
	})
	frames = slices.DeleteFunc(frames, func(f worker.Frame) bool { return s.line(f.Cell, f.Line) == "" })
	left := len(frames) - shownFrames
	if left > 0 {
		frames = slices.Delete(frames, shownFrames/2, shownFrames/2+left)
	}
	texts := make([]string, len(frames))
	if values != nil {
		texts = values(frames)
	}
	var lines []string
	for i, f := range frames {
		if left > 0 && i == shownFrames/2 {
			lines = append(lines, fmt.Sprintf("  … %d more calls", left))
		}
		lines = append(lines, s.place(f, texts[i])...)
	}
	return lines
}

// around is how many lines before and behind that of a frame are shown.
const around = 2

// place shows one frame: the line with its neighbours for orientation, and below it the
// values of variables.
func (s *Session) place(f worker.Frame, values string) []string {
	lines := []string{fmt.Sprintf("  %scell [%d]%s, line %d", green, f.Cell, plain, f.Line)}
	if f.Cell > expressionBase && f.Cell <= expressionBase+expressionNumbers {
		lines[0] = fmt.Sprintf("  %suser expression%s, line %d", green, plain, f.Line)
	}
	if name := s.fileName(f.Cell); name != "" {
		lines[0] = fmt.Sprintf("  %s%s%s, line %d", green, name, plain, f.Line)
	}
	if f.Function != "" {
		lines[0] += ", in " + f.Function
	}
	for n := f.Line - around; n <= f.Line+around; n++ {
		text := s.line(f.Cell, n)
		mark := "   "
		if n == f.Line {
			mark = red + "-->" + plain
		} else if strings.TrimSpace(text) == "" {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s%4d |%s %s", mark, blue, n, plain, text))
		if n == f.Line && values != "" {
			lines = append(lines, fmt.Sprintf("    %s     |%s     with %s", blue, plain, values))
		}
	}
	return lines
}

// fileName is the file of an interpreted package with that number; "" for cells.
func (s *Session) fileName(number int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interpreted.files[number]
}

// line returns a line of a cell, "" when there is none.
func (s *Session) line(number, line int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := strings.Split(s.sources[number], "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[line-1], "\r")
}

// Bounds of the values at a frame.
const (
	shownValues = 5
	valueRunes  = 60
)

// valuesAt says what the variables of the notebook hold that the frames' lines name, one
// text a frame. Variables of functions are gone with their call.
func (s *Session) valuesAt(frames []worker.Frame) []string {
	var all []cell.Variable
	named := make([][]int, len(frames)) // by frame, places in all
	s.mu.Lock()
	for i, f := range frames {
		for _, v := range s.notebook.VariablesOn(f.Cell, f.Line) {
			if len(named[i]) < shownValues {
				named[i] = append(named[i], len(all))
				all = append(all, v)
			}
		}
	}
	symbols, wanted := s.whereabouts(all)
	s.mu.Unlock()
	texts := make([]string, len(frames))
	if len(symbols) == 0 {
		return texts
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
	defer cancel()
	seen, err := s.worker.Look(ctx, symbols)
	if err != nil {
		return texts // another cell runs: the error is worth more than the values
	}
	for i, places := range named {
		var parts []string
		for _, at := range places {
			if w, ok := wanted[at]; ok && seen[w].Known {
				parts = append(parts, all[at].Name+" = "+shortened(seen[w].Text))
			}
		}
		texts[i] = strings.Join(parts, ", ")
	}
	return texts
}

func shortened(text string) string {
	if utf8.RuneCountInString(text) <= valueRunes {
		return text
	}
	return string([]rune(text)[:valueRunes]) + "…"
}
