package cell

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// Error is one thing that is wrong with a cell.
type Error struct {
	Name   string         // "SyntaxError" or "CompileError"
	Pos    token.Position // in the cell: "cell[7]", line, column (bytes, from 1)
	Offset int            // in bytes
	Width  int            // bytes that are meant from Offset on; 0 for unknown
	Msg    string
	Hint   string   // what to do, e.g. "did you mean Println?"; "" for none
	Notes  []string // other places that matter
	Line   string   // the cell's line at Pos

	unclosed bool // of a bracket that is never closed
	more     int  // errors behind this one that are not told
}

// Error returns the error in the compiler's form, "cell[7]:1:3: undefined: x".
func (e Error) Error() string { return fmt.Sprintf("%s: %s", e.Pos, e.message()) }

func (e Error) message() string {
	if e.Hint != "" {
		return e.Msg + " (" + e.Hint + ")"
	}
	return e.Msg
}

// Errors is what is wrong with a cell, in text order: at least one, ten at most. The last
// knows how many more there are.
type Errors []Error

// maxErrors bounds how many errors of one cell are told.
const maxErrors = 10

// Name returns the kind of the first error, "SyntaxError" or "CompileError".
func (e Errors) Name() string { return e[0].Name }

// Error returns the errors, one a line.
func (e Errors) Error() string {
	var b strings.Builder
	for i, err := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(err.Error())
	}
	return b.String()
}

// Summary is the first error in one line, with the number of others.
func (e Errors) Summary() string {
	s := fmt.Sprintf("%d:%d: %s", e[0].Pos.Line, e[0].Pos.Column, e[0].message())
	if n := len(e) - 1 + e[len(e)-1].more; n > 0 {
		s += fmt.Sprintf(" (and %s)", count(n, "more error"))
	}
	return s
}

// ANSI colours, as notebooks show them.
const (
	red   = "\x1b[0;31m"
	green = "\x1b[0;32m"
	blue  = "\x1b[0;34m"
	plain = "\x1b[0m"
)

// Traceback returns the errors as lines to show, each error with the cell's own line and
// a mark below it. With colour the lines hold ANSI escapes.
func (e Errors) Traceback(colour bool) []string {
	paint := func(code, s string) string {
		if !colour || s == "" {
			return s
		}
		return code + s + plain
	}
	var lines []string
	for i, err := range e {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, fmt.Sprintf("%s at %s: %s", paint(red, err.Name), paint(green, err.Pos.String()), err.Msg))
		number := fmt.Sprintf("%4d | ", err.Pos.Line)
		before, mark := err.marks()
		lines = append(lines, paint(blue, number)+err.Line)
		lines = append(lines, strings.Repeat(" ", len(number)-2)+paint(blue, "| ")+before+paint(red, mark))
		for _, note := range err.Notes {
			lines = append(lines, "     = "+note)
		}
		if err.Hint != "" {
			lines = append(lines, "     = "+err.Hint)
		}
		if err.more > 0 {
			lines = append(lines, "", "and "+count(err.more, "more error"))
		}
	}
	return lines
}

// marks returns what to put before and as the mark below the line: tabs stay tabs and wide
// characters wide, so that the mark stands where the eye looks for it.
func (e Error) marks() (before, mark string) {
	col := min(max(e.Pos.Column-1, 0), len(e.Line))
	var b strings.Builder
	for _, r := range e.Line[:col] {
		b.WriteString(space(r))
	}
	columns := 0
	for _, r := range e.Line[col:min(col+max(e.Width, 1), len(e.Line))] {
		switch space(r) {
		case "\u3000":
			columns += 2
		case " ", "\t":
			columns++
		}
	}
	return b.String(), strings.Repeat("^", max(columns, 1))
}

// finish completes errors that know only their offset: sorted, each place once, bounded.
func finish(file, src string, errs []Error) Errors {
	slices.SortStableFunc(errs, func(a, b Error) int { return cmp.Compare(a.Offset, b.Offset) })
	var list Errors
	for _, e := range errs {
		e.Offset = min(max(e.Offset, 0), len(src))
		if e.Offset == len(src) {
			e.Offset = len(strings.TrimRight(src, " \t\r\n"))
		}
		if n := len(list); n > 0 && list[n-1].Offset == e.Offset && list[n-1].Msg == e.Msg {
			continue
		}
		start := strings.LastIndexByte(src[:e.Offset], '\n') + 1
		line, _, _ := strings.Cut(src[start:], "\n")
		e.Line = strings.TrimRight(line, "\r")
		e.Pos = token.Position{
			Filename: file, Offset: e.Offset,
			Line: strings.Count(src[:start], "\n") + 1, Column: e.Offset - start + 1,
		}
		if len(list) == maxErrors {
			list[maxErrors-1].more++
			continue
		}
		list = append(list, e)
	}
	return list
}
