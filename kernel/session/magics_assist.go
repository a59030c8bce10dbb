package session

import (
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

func (s *Session) split(code string) []magic.Step {
	return s.magics.Split(code, s.notebook.Declared)
}

// goOf returns code with its magics blanked: what is left is Go and keeps its offsets.
func (s *Session) goOf(code string) string {
	if steps := s.split(code); steps != nil {
		return magic.GoOf(code, steps...)
	}
	return code
}

// completeMagic completes the name of a magic and arguments that are no Go.
func (s *Session) completeMagic(code string, cursor int) (kernel.Completion, bool) {
	cursor = min(max(cursor, 0), len(code))
	step, inName, ok := s.magics.At(code, cursor, s.notebook.Declared)
	if !ok {
		return kernel.Completion{}, false
	}
	c := kernel.Completion{Start: cursor, End: cursor}
	if inName {
		c.Start = step.Start
		for _, m := range s.magics.Candidates(step.Kind, strings.TrimLeft(code[step.Start:cursor], "%")) {
			c.Items = append(c.Items, kernel.CompletionItem{Text: m.Title(), Type: "magic", Signature: m.Help})
		}
	}
	return c, true
}

// inspectMagic describes the magic at the cursor.
func (s *Session) inspectMagic(code string, cursor int) (kernel.Inspection, bool) {
	cursor = min(max(cursor, 0), len(code))
	step, _, ok := s.magics.At(code, cursor, s.notebook.Declared)
	if !ok || step.Magic == nil {
		return kernel.Inspection{}, false
	}
	text, markdown, _ := s.magics.Describe(step.Magic.Title())
	return kernel.Inspection{Found: true, Bundle: kernel.Bundle{
		Data: map[string]any{"text/plain": text, "text/markdown": markdown},
	}}, true
}
