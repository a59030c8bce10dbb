// Package layout formats the cells of a notebook as gofmt formats files, and leaves every
// other byte of the notebook as it is.
package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

// Change is a cell that is laid out differently.
type Change struct {
	Cell          int // its place among the code cells, from 1
	Before, After string
}

// Problem is a cell that does not parse and is left as it is.
type Problem struct {
	Cell int // its place among the code cells, from 1
	Err  error
}

func (p Problem) Error() string {
	var errs cell.Errors
	if errors.As(p.Err, &errs) {
		return fmt.Sprintf("code cell %d, line %d:%d: %s", p.Cell, errs[0].Pos.Line, errs[0].Pos.Column, errs[0].Msg)
	}
	return fmt.Sprintf("code cell %d: %v", p.Cell, p.Err)
}

// Notebook formats the code cells of a notebook in nbformat 4. What it returns differs
// from text in the source of the changed cells only.
func Notebook(text []byte, magics magic.Table) (formatted []byte, changes []Change, problems []Problem, err error) {
	number := 0
	formatted, err = nbformat.EditSources(text, func(kind, source string) string {
		if kind != "code" {
			return source
		}
		if strings.TrimSpace(source) != "" {
			number++
		}
		after, err := Cell(source, magics)
		if err != nil {
			problems = append(problems, Problem{number, err})
			return source
		}
		if after != source {
			changes = append(changes, Change{number, source, after})
		}
		return after
	})
	return formatted, changes, problems, err
}

// Cell formats the Go of one cell; its magics stay as they are. The error is a cell.Errors
// with the cell's lines when the cell does not parse.
func Cell(code string, magics magic.Table) (string, error) {
	// Without a running notebook "!done" might be a command: it is left alone.
	steps := magics.Split(code, func(string) bool { return false })
	switch {
	case strings.TrimSpace(code) == "":
		return code, nil
	case steps == nil:
		return cell.Format(code)
	case len(steps) == 1 && steps[0].Kind == magic.Cell && !steps[0].IsGo():
		return cellMagic(code, steps[0])
	}
	return withLines(code, steps)
}

// cellMagic formats the body of a magic when that is Go without magics of its own.
func cellMagic(code string, step magic.Step) (string, error) {
	body := code[step.BodyAt:step.End]
	if step.Magic == nil || step.Magic.Holds != magic.GoBody || strings.TrimSpace(body) == "" {
		return code, nil
	}
	if _, err := cell.Format(magic.GoOf(code, step)); err != nil {
		return "", err
	}
	formatted, err := cell.Format(body)
	if err != nil {
		return code, nil // the body holds magics: only the whole parses
	}
	return strings.TrimRight(code[:step.BodyAt], " \t\n") + "\n" + formatted, nil
}

// mark stands in the text for the line of a magic.
const mark = "//ˈmagic"

// withLines formats the Go between the lines of magics.
func withLines(code string, steps []magic.Step) (string, error) {
	held := slices.DeleteFunc(slices.Clone(steps), func(s magic.Step) bool { return !s.IsGo() })
	if _, err := cell.Format(magic.GoOf(code, held...)); err != nil {
		return "", err
	}
	var b strings.Builder
	var lines []string
	at := 0
	for _, step := range steps {
		if step.IsGo() {
			continue
		}
		line := strings.TrimRight(code[step.Start:step.End], " \t\r\n")
		b.WriteString(strings.TrimRight(code[at:step.Start], " \t"))
		fmt.Fprintf(&b, "%s%dˈ", mark, len(lines))
		lines = append(lines, line)
		at = step.Start + len(line)
	}
	b.WriteString(code[at:])
	formatted, err := cell.Format(b.String())
	if err != nil {
		return "", err
	}
	for i, line := range lines {
		formatted = strings.Replace(formatted, fmt.Sprintf("%s%dˈ", mark, i), line, 1)
	}
	return formatted, nil
}
