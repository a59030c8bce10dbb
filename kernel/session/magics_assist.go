package session

import (
	"context"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
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
func (s *Session) completeMagic(ctx context.Context, code string, cursor int) (kernel.Completion, bool) {
	cursor = min(max(cursor, 0), len(code))
	step, inName, ok := s.magics.At(code, cursor, s.notebook.Declared)
	if !ok {
		return kernel.Completion{}, false
	}
	c := kernel.Completion{Start: cursor, End: cursor}
	if !inName && step.Magic != nil && cursor <= step.ArgsAt+len(step.Args)+1 && cursor <= step.BodyAt {
		s.completeWords(ctx, &c, step, code)
	}
	if inName {
		c.Start = step.Start
		for _, m := range s.magics.Candidates(step.Kind, strings.TrimLeft(code[step.Start:cursor], "%")) {
			c.Items = append(c.Items, kernel.CompletionItem{Text: m.Title(), Type: "magic", Signature: m.Help})
		}
	}
	return c, true
}

// completeWords completes the word of a magic's arguments that ends at c.End.
func (s *Session) completeWords(ctx context.Context, c *kernel.Completion, step magic.Step, code string) {
	from := min(step.ArgsAt, c.End)
	if step.Magic.Words == magic.NamesOfGo {
		found := s.notebook.Complete(code[from:c.End], c.End-from)
		c.Start = from + found.Start
		for _, item := range found.Items {
			c.Items = append(c.Items, kernel.CompletionItem{Text: item.Text, Type: item.Kind, Signature: item.Signature})
		}
		return
	}
	c.Start = from + strings.LastIndexAny(code[from:c.End], " \t=") + 1
	var around magic.Surroundings
	switch step.Magic.Words {
	case magic.Files, magic.Folders, magic.Environment:
		now, err := s.worker.Change(ctx, worker.Change{})
		if err != nil {
			return // the worker is being replaced: there is nothing to list
		}
		around = magic.Surroundings(now)
	}
	for _, word := range s.magics.Complete(step.Magic.Words, code[c.Start:c.End], around) {
		c.Items = append(c.Items, kernel.CompletionItem{Text: word, Type: "word"})
	}
}

// inspectMagic describes the magic at the cursor.
func (s *Session) inspectMagic(code string, cursor int) (kernel.Inspection, bool) {
	cursor = min(max(cursor, 0), len(code))
	step, inName, ok := s.magics.At(code, cursor, s.notebook.Declared)
	if !ok || step.Magic == nil {
		return kernel.Inspection{}, false
	}
	if !inName && step.Magic.Words == magic.NamesOfGo {
		found := s.notebook.Inspect(step.Args, cursor-step.ArgsAt, 0)
		return kernel.Inspection{Found: found.Found, Bundle: kernel.Bundle{
			Data: map[string]any{"text/plain": found.Plain, "text/markdown": found.Markdown},
		}}, true
	}
	text, markdown, _ := s.magics.Describe(step.Magic.Title())
	return kernel.Inspection{Found: true, Bundle: kernel.Bundle{
		Data: map[string]any{"text/plain": text, "text/markdown": markdown},
	}}, true
}
