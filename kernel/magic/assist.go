package magic

import (
	"cmp"
	"slices"
	"strings"
)

// At returns the step of a half-typed cell that holds the cursor, when it is a magic and
// the cursor is in no Go of it. inName tells that the cursor is in its name, or behind a
// percent sign that has no name yet.
func (t Table) At(code string, cursor int, known func(string) bool) (step Step, inName, ok bool) {
	for _, s := range t.Split(code, known) {
		if s.IsGo() || cursor < s.Start || cursor > s.End {
			continue
		}
		if from, to := s.goSpan(); s.HoldsGo() && from <= cursor && cursor <= to {
			return Step{}, false, false
		}
		if s.Magic != nil && s.Magic.Holds == GoArgs && cursor > s.ArgsAt {
			return Step{}, false, false // behind the last letter of what is typed
		}
		return s, s.Kind != Shell && cursor <= s.Start+len(title(s.Kind, s.Name)), true
	}
	// A percent sign alone is no magic yet: look whether a letter would make it one.
	if steps := t.Split(code[:cursor]+"x", known); len(steps) > 0 {
		last := steps[len(steps)-1]
		if last.Name == "x" && last.End == cursor+1 && (last.Wrong == nil || last.Wrong.Hint != misplacedHint) {
			last.Name = ""
			return last, true, true
		}
	}
	return Step{}, false, false
}

// Candidates lists the magics of a kind whose names begin with a prefix, sorted.
func (t Table) Candidates(kind Kind, prefix string) []*Magic {
	var list []*Magic
	for _, m := range t {
		if (m.Kind == kind || kind == Line && m.Kind == Cell && prefix == "") && strings.HasPrefix(m.Name, prefix) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *Magic) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return list
}

// IsComplete tells whether the magics of a cell have all of their lines. The body of a cell
// magic is over at a blank line, a command that ends with a backslash goes on.
func IsComplete(code string, steps []Step) bool {
	last := steps[len(steps)-1]
	switch {
	case last.Wrong != nil || last.IsGo():
		return true
	case last.Kind == Cell:
		return strings.HasSuffix(strings.TrimRight(code, " \t\r"), "\n") && strings.TrimSpace(code[last.BodyAt:]) != ""
	case last.Kind == Shell:
		return !strings.HasSuffix(strings.TrimSpace(code), `\`)
	}
	return true
}
